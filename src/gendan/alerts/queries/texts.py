"""How rules and thresholds are called, and the sentence of a case, with what words.py makes of its facts."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Texts = Mapping[str, str | Promise]

NAMES: Texts = {
    "late_confirmation": _("供应商未确认"),
    "late_shipment": _("延迟发货"),
    "overdue_receipt": _("超期未入库"),
    "sales_not_shipped": _("超时未发货"),
}
SENTENCES: Texts = {
    "late_confirmation": _("%(since)s 下达后供应商一直没有确认，已超过约定的 %(days_given)s 天，晚 %(days)s 天。"),
    "late_shipment": _("应于 %(due)s 到货，还有 %(missing)s 没有发货，最晚 %(ship_by)s 要发出。"),
    "overdue_receipt": _("应于 %(due)s 入库，还差 %(missing)s，晚 %(days)s 天。"),
    "sales_not_shipped": _("应于 %(due)s 发货，还差 %(missing)s，晚 %(days)s 天。"),
}
THRESHOLDS: Texts = {
    "late_confirmation.days": _("下达后几天内应确认"),
    "late_shipment.ahead": _("提前几天检查"),
    "late_shipment.transit": _("运输需要几天"),
    "overdue_receipt.days": _("宽限天数"),
    "sales_not_shipped.days": _("宽限天数"),
}
SEVERITIES: Texts = {"low": _("一般"), "medium": _("重要"), "high": _("紧急")}
REMEDIES: Texts = {
    "urge_supplier": _("催供应商"),
    "record_confirmation": _("登记供应商确认"),
    "move_date": _("修改预计到货日"),
    "next_supplier": _("换供应商"),
    "transfer_stock": _("从其他仓库调拨"),
    "split": _("拆分"),
    "close_short": _("关闭余量"),
    "change_order": _("发起变更单"),
    "deliver": _("安排发货"),
    "move_promise": _("修改承诺交期"),
    "release_reservation": _("释放锁定"),
}
