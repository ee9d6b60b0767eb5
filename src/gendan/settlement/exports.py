"""Bills and payments as Excel files, filtered as their pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.exports import Export, all_pages, register
from gendan.kernel.paging import MAX_LIMIT
from gendan.settlement.permissions import BUYING, SELLING
from gendan.settlement.queries.bills import bill_list
from gendan.settlement.queries.payments import payment_list
from gendan.settlement.views.bills import BILLS, bill_filter
from gendan.settlement.views.payments import PAYMENTS, payment_filter

Columns = list[tuple[str, str | Promise]]


def _bill_columns(actor: Actor) -> Columns:
    amounts: Columns = [
        ("net", _("不含税金额")),
        ("tax", _("税额")),
        ("gross", _("含税金额")),
        ("paid", _("已付")),
        ("open", _("未付")),
    ]
    return [
        ("number", _("单号")),
        ("state_label", _("状态")),
        ("supplier", _("供应商编码")),
        ("supplier_name", _("供应商")),
        ("reference", _("发票号")),
        ("dated_on", _("开票日期")),
        ("due_on", _("到期日")),
        ("late_days", _("晚几天")),
        ("orders", _("订单")),
        ("differences", _("差异行")),
        ("currency", _("币种")),
        *(amounts if actor.may(BUYING) else []),
        ("note", _("备注")),
    ]


def _payment_columns(actor: Actor) -> Columns:
    amounts: Columns = [("amount", _("金额")), ("rest", _("未分配"))]
    return [
        ("number", _("单号")),
        ("state_label", _("状态")),
        ("direction_label", _("方向")),
        ("partner", _("往来单位编码")),
        ("partner_name", _("往来单位")),
        ("paid_on", _("日期")),
        ("currency", _("币种")),
        *(amounts if actor.may(BUYING) or actor.may(SELLING) else []),
        ("method_label", _("方式")),
        ("reference", _("流水号")),
        ("documents", _("单据")),
        ("note", _("备注")),
    ]


def _bills(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    wanted = bill_filter(filters)
    return all_pages(lambda after: bill_list(actor, wanted, after=after, limit=MAX_LIMIT))


def _payments(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    wanted = payment_filter(filters)
    return all_pages(lambda after: payment_list(actor, wanted, after=after, limit=MAX_LIMIT))


register(Export(BILLS, _("供应商发票"), _bills, _bill_columns))
register(Export(PAYMENTS, _("收付款"), _payments, _payment_columns))
