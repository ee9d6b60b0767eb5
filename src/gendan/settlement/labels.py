"""How the events of settlement are called in timelines."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "settlement.bill_created": _("登记了发票"),
    "settlement.bill_updated": _("修改了发票"),
    "settlement.bill_deleted": _("删除了发票草稿"),
    "settlement.bill_posted": _("发票过账并匹配"),
    "settlement.bill_matched": _("重新匹配了发票"),
    "settlement.bill_approved": _("批准付款"),
    "settlement.bill_held_back": _("审批通过，但重新匹配有差异，没有批准付款"),
    "settlement.bill_voided": _("作废了发票"),
    "settlement.bill_paid": _("登记了付款"),
    "settlement.payment_received": _("登记了收款"),
    "settlement.payment_allocated": _("分配了收付款"),
    "settlement.payment_reversed": _("冲销了收付款"),
    "settlement.payment_taken_back": _("冲销单"),
    "settlement.credit_recorded": _("登记了供应商退款冲抵"),
    "settlement.account_saved": _("登记了银行账户"),
    "settlement.account_removed": _("删除了银行账户"),
    "settlement.settings_saved": _("修改了结算设置"),
}
FIELDS = {
    "reference": _("发票号"),
    "dated_on": _("开票日期"),
    "due_on": _("付款到期日"),
    "amount": _("金额"),
    "account": _("银行账号"),
    "bank": _("开户银行"),
    "price_percent": _("单价容差 %"),
    "quantity_percent": _("数量容差 %"),
    "extra_amount": _("订单外费用上限"),
}
