"""How the events, fields and notices of change orders are called."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "changes.change_created": _("起草了变更单"),
    "changes.change_updated": _("修改了变更单"),
    "changes.change_submitted": _("提交了变更单"),
    "changes.change_approved": _("批准了变更单"),
    "changes.change_rejected": _("驳回了变更单"),
    "changes.change_returned": _("退回了变更单"),
    "changes.change_withdrawn": _("撤回了变更单"),
    "changes.change_accepted": _("登记了对方同意变更"),
    "changes.change_countered": _("登记了对方的另一方案"),
    "changes.change_refused": _("登记了对方不同意变更"),
    "changes.change_applied": _("变更已生效"),
}

FIELDS = {
    "payment_terms": _("付款条件"),
    "ship_to": _("收货地址"),
    "origin": _("提出方"),
}

ORIGINS = {"own": _("我方"), "partner": _("对方")}

NOTICES = {"change": _("订单变更")}
