"""The list of orders as an Excel file, filtered as its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gendan.kernel.actor import Actor
from gendan.kernel.exports import Export, all_pages, register
from gendan.kernel.paging import MAX_LIMIT
from gendan.kernel.values import day_or_none
from gendan.purchasing.models import PurchaseOrder, PurchaseReturn
from gendan.purchasing.queries.lines import LineFilter, open_lines
from gendan.purchasing.queries.orders import VIEW_PRICE, OrderFilter, list_orders
from gendan.purchasing.queries.purchase_returns import VIEWS, ReturnFilter, rejects, return_lines
from gendan.purchasing.queries.sent import STATES as SENDINGS

ORDERS = "purchasing.orders"
LINES = "purchasing.open_lines"
RETURNS = "purchasing.returns"
REJECTS = "purchasing.rejects"
STATES = dict(PurchaseOrder.State.choices)
RETURN_STATES = dict(PurchaseReturn.State.choices)


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


def line_filter(asked: Mapping[str, str]) -> LineFilter:
    """What the address of the list of open lines asks for."""
    only = asked.get("only", "")
    return LineFilter(
        due=asked.get("due", ""),
        supplier=asked.get("supplier", ""),
        product=asked.get("product", ""),
        warehouse=asked.get("warehouse", ""),
        unconfirmed=only == "unconfirmed",
        not_shipped=only == "not_shipped",
        order=asked.get("order", "").strip().upper(),
        replacing=only == "replacing",
    )


def _line_columns(actor: Actor) -> list[tuple[str, str | Promise]]:
    return [
        ("order_number", _("单号")),
        ("line", _("行")),
        ("supplier", _("供应商编码")),
        ("supplier_name", _("供应商")),
        ("product", _("产品编码")),
        ("product_name", _("产品")),
        ("specification", _("规格")),
        ("warehouse", _("仓库")),
        ("unit_name", _("单位")),
        ("ordered", _("数量")),
        ("confirmed", _("已确认")),
        ("shipped", _("已发货")),
        ("received", _("已收")),
        ("accepted", _("合格")),
        ("rejected", _("不合格")),
        ("returned", _("已退")),
        ("replaced", _("已补")),
        ("to_replace", _("待补")),
        ("outstanding", _("未交")),
        ("required_on", _("需求日")),
        ("promised_on", _("首次承诺")),
        ("expected_on", _("最新预计")),
        ("due_on", _("到期")),
        ("days_late", _("晚几天")),
    ]


def _line_rows(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    wanted = line_filter(filters)
    return all_pages(lambda after: open_lines(actor, wanted, after=after, limit=MAX_LIMIT))


def return_filter(asked: Mapping[str, str]) -> ReturnFilter:
    """What the address of the list of returns asks for."""
    state = asked.get("state", "")
    return ReturnFilter(
        state if state in RETURN_STATES or state == "all" else "open",
        asked.get("supplier", ""),
        asked.get("warehouse", ""),
        asked.get("order", "").strip().upper(),
        q=asked.get("q", "").strip()[:100],
        view=asked.get("view", "") if asked.get("view", "") in VIEWS else "",
    )


def _return_columns(actor: Actor) -> list[tuple[str, str | Promise]]:
    priced = [("currency", _("币种")), ("worth", _("货值")), ("credit", _("退款金额"))] if actor.may(VIEW_PRICE) else []
    return [
        ("number", _("单号")),
        ("state_label", _("状态")),
        ("settlement_label", _("处理方式")),
        ("supplier", _("供应商编码")),
        ("supplier_name", _("供应商")),
        ("warehouse", _("仓库")),
        ("order_number", _("订单")),
        ("order_line", _("订单行")),
        ("receipt", _("入库单")),
        ("product", _("产品编码")),
        ("product_name", _("产品")),
        ("reason_label", _("原因")),
        ("line_note", _("说明")),
        ("unit_name", _("单位")),
        ("quantity", _("退货")),
        ("replaced", _("已补")),
        ("to_replace", _("待补")),
        *priced,
        ("credit_note", _("贷项通知单号")),
        ("posted_on", _("退出日期")),
        ("promised_on", _("承诺补货")),
        ("replace_on", _("预计补货")),
        ("late_days", _("晚几天")),
        ("created_by", _("制单人")),
    ]


def _return_rows(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    wanted = return_filter(filters)
    return all_pages(lambda after: return_lines(actor, wanted, after=after, limit=MAX_LIMIT))


def _reject_columns(actor: Actor) -> list[tuple[str, str | Promise]]:
    return [
        ("receipt", _("入库单")),
        ("line", _("行")),
        ("received_on", _("入库日期")),
        ("order_number", _("订单")),
        ("supplier", _("供应商编码")),
        ("supplier_name", _("供应商")),
        ("product", _("产品编码")),
        ("product_name", _("产品")),
        ("lot", _("批次")),
        ("warehouse", _("仓库")),
        ("rejects", _("可处理数量")),
        ("unit_name", _("单位")),
    ]


def _reject_rows(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    asked = {name: filters.get(name, "") for name in ("supplier", "warehouse", "q")}
    return iter(rejects(actor, **asked))


register(Export(LINES, _("未交明细"), _line_rows, _line_columns))
register(Export(RETURNS, pgettext_lazy("list", "采购退货"), _return_rows, _return_columns))
register(Export(REJECTS, _("不良品"), _reject_rows, _reject_columns))
register(Export(ORDERS, _("采购订单"), _rows, _columns))
