"""How events and fields of quality are called."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "quality.plan_saved": _("保存了检验方案"),
    "quality.results_recorded": _("登记了检验结果明细"),
    "quality.concession_requested": _("申请了让步接收"),
    "quality.action_opened": _("发起了纠正措施"),
    "quality.action_answered": _("登记了纠正措施答复"),
    "quality.action_returned": _("退回了纠正措施答复"),
    "quality.action_verified": _("验证了纠正措施"),
    "quality.action_closed": _("关闭了纠正措施"),
}
FIELDS = {
    "method": _("检验方式"),
    "level": _("检验水平"),
    "aql": _("AQL"),
    "allow_reduced": _("允许放宽"),
    "skip_after": _("连续合格批数"),
    "skip_every": _("此后每几批检一批"),
    "needs_photo": _("要求照片"),
    "defective": _("不合格件数"),
    "sample": _("样本量"),
}
