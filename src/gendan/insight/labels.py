"""How the events of scorecards are called in timelines, and the fields that they name."""

from django.utils.translation import gettext_lazy as _

from gendan.insight.queries.words import LABELS as FIGURE_NAMES

LABELS = {"insight.scorecard_set": _("修改了供应商评分规则")}
FIELDS = {
    **{f"{code}.weight": name for code, name in FIGURE_NAMES.items()},
    **{f"{code}.goal": name for code, name in FIGURE_NAMES.items()},
    **{f"{code}.zero": name for code, name in FIGURE_NAMES.items()},
    "shown": _("给供应商看"),
    "least": _("评级至少要有多少数据（%）"),
}
