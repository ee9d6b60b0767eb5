"""The list of orders as an Excel file, filtered as its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.exports import Export, all_pages, register
from gendan.kernel.paging import MAX_LIMIT
from gendan.kernel.values import day_or_none
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.queries.orders import VIEW_PRICE, OrderFilter, list_orders
from gendan.purchasing.queries.sent import STATES as SENDINGS

ORDERS = "purchasing.orders"
STATES = dict(PurchaseOrder.State.choices)


def order_filter(asked: Mapping[str, str]) -> OrderFilter:
    """What the address of the list asks for."""
    state, view = asked.get("state", ""), asked.get("view")
    return OrderFilter(
        state=state if state in STATES or state == "all" else "open",
        supplier=asked.get("supplier", ""),
        warehouse=asked.get("warehouse", ""),
        buyer="me" if view == "mine" else "",
        first=day_or_none(asked.get("from")),
        last=day_or_none(asked.get("to")),
        q=asked.get("q", "")[:100],
        late=view == "late",
        sending=asked.get("sending", "") if asked.get("sending", "") in SENDINGS else "",
    )


def _columns(actor: Actor) -> list[tuple[str, str | Promise]]:
    return [
        ("number", _("单号")),
        ("state_label", _("状态")),
        ("supplier", _("供应商编码")),
        ("supplier_name", _("供应商")),
        ("warehouse", _("仓库")),
        ("ordered_on", _("下单日期")),
        ("due_on", _("到期日")),
        ("expected_on", _("预计到货")),
        ("late_days", _("晚几天")),
        ("lines", _("行数")),
        ("open_lines", _("未交行数")),
        ("currency", _("币种")),
        *([("net", _("不含税金额")), ("gross", _("含税金额"))] if actor.may(VIEW_PRICE) else []),
        ("buyer", _("采购员")),
        ("supplier_reference", _("供应商单号")),
        ("note", _("备注")),
    ]


def _rows(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    wanted = order_filter(filters)
    return all_pages(lambda after: list_orders(actor, wanted, after, MAX_LIMIT))


register(Export(ORDERS, _("采购订单"), _rows, _columns))
