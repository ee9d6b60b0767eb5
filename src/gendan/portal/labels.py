"""How the events of customers' and suppliers' links are called in timelines."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "portal.link_created": _("生成了客户链接"),
    "portal.link_revoked": _("撤销了客户链接"),
    "portal.question_asked": _("提了问题"),
    "portal.question_answered": _("回复了客户"),
    "portal.order_answered": _("供应商作了答复"),
    "portal.progress_reported": _("报了生产进度"),
}
