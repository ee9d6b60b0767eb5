"""How events and fields of approval are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LABELS = {
    "flow.flow_created": _("新建了审批流程"),
    "flow.draft_saved": _("修改了审批流程的草稿"),
    "flow.published": _("发布了审批流程"),
    "flow.version_restored": _("回到了审批流程的旧版本"),
    "flow.switched_off": _("停用了审批流程"),
    "flow.working_days_set": _("修改了工作日历"),
    "flow.working_time_set": _("修改了工作时间"),
}
FIELDS = {"hours": _("工作时间")}


def _days(data: Mapping[str, Any]) -> str:
    """«2026-11-28 改为上班；…», with the reason."""
    words = {"work": gettext("改为上班"), "rest": gettext("改为休息")}
    days = [f"{day} {words.get(works, works)}" for day, works in sorted((data.get("days") or {}).items())]
    more = [gettext("等 %(n)s 天") % {"n": len(days)}] if len(days) > 5 else []
    return gettext("；").join([*days[:5], *more, *filter(None, [str(data.get("note") or "")])])


def _version(data: Mapping[str, Any]) -> str:
    """«第 3 版：…»."""
    number = gettext("第 %(n)s 版") % {"n": data.get("version", "")}
    return gettext("：").join(filter(None, [number, str(data.get("note") or "")]))


REMARKED: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "flow.working_days_set": _days,
    "flow.published": _version,
    "flow.version_restored": _version,
}
