"""How the events of inquiries are called in timelines."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "sourcing.inquiry_created": _("新建了询价单"),
    "sourcing.inquiry_updated": _("修改了询价单"),
    "sourcing.inquiry_deleted": _("删除了询价单草稿"),
    "sourcing.inquiry_sent": _("发出了询价"),
    "sourcing.supplier_invited": _("又邀请了供应商"),
    "sourcing.closing_moved": _("改了截止时间"),
    "sourcing.inquiry_answered": _("收到报价"),
    "sourcing.inquiry_declined": _("供应商不报价"),
    "sourcing.award_proposed": _("定标待审批"),
    "sourcing.award_rejected": _("定标被驳回"),
    "sourcing.inquiry_awarded": _("定标"),
    "sourcing.inquiry_closed": _("关闭了询价"),
    "sourcing.settings_saved": _("修改了询价设置"),
    "sourcing.paper_saved": _("登记了供应商资料"),
    "sourcing.paper_removed": _("移除了供应商资料"),
    "sourcing.paper_ends": _("供应商资料即将到期"),
}
FIELDS = {
    "closes_at": _("截止时间"),
    "sealed": _("截止前密封"),
    "suppliers": _("供应商"),
    "late_answers": _("迟到的报价"),
    "weight_price": _("价格权重"),
    "weight_date": _("交期权重"),
    "weight_record": _("历史表现权重"),
    "feed_prices": _("定标后写入价目表"),
    "expires_on": _("到期日"),
    "target_price": _("预算单价"),
}
