"""The lists of sales orders and of open lines as Excel files, filtered as their pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.exports import Export, all_pages, register
from gendan.kernel.paging import MAX_LIMIT
from gendan.kernel.values import day_or_none
from gendan.sales.models import Delivery
from gendan.sales.queries.deliveries import DeliveryFilter, delivery_list
from gendan.sales.queries.lines import LineFilter, open_lines
from gendan.sales.queries.orders import STATES, VIEW_PRICE, OrderFilter, list_orders
from gendan.sales.queries.quotations import STATES as QUOTATION_STATES
from gendan.sales.queries.quotations import QuotationFilter, list_quotations
from gendan.sales.queries.returns import ReturnFilter
from gendan.sales.queries.returns import return_list as list_returns

ORDERS = "sales.orders"
QUOTATIONS = "sales.quotations"
LINES = "sales.lines"
DELIVERIES = "sales.deliveries"
RETURNS = "sales.returns"


def order_filter(asked: Mapping[str, str]) -> OrderFilter:
    """What the address of the list asks for."""
    state, view = asked.get("state", ""), asked.get("view")
    return OrderFilter(
        state=state if state in STATES or state == "all" else "open",
        customer=asked.get("customer", ""),
        warehouse=asked.get("warehouse", ""),
        salesperson="me" if view == "mine" else "",
        first=day_or_none(asked.get("from")),
        last=day_or_none(asked.get("to")),
        q=asked.get("q", "")[:100],
        late=view == "late",
    )


def _columns(actor: Actor) -> list[tuple[str, str | Promise]]:
    return [
        ("number", _("单号")),
        ("state_label", _("状态")),
        ("customer", _("客户编码")),
        ("customer_name", _("客户")),
        ("customer_reference", _("客户单号")),
        ("warehouse", _("仓库")),
        ("ordered_on", _("下单日期")),
        ("requested_on", _("客户要求日期")),
        ("due_on", _("到期日")),
        ("expected_on", _("预计发货")),
        ("late_days", _("晚几天")),
        ("lines", _("行数")),
        ("open_lines", _("未发行数")),
        ("currency", _("币种")),
        *([("net", _("不含税金额")), ("gross", _("含税金额"))] if actor.may(VIEW_PRICE) else []),
        ("salesperson", _("销售员")),
        ("note", _("备注")),
    ]


def _rows(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    wanted = order_filter(filters)
    return all_pages(lambda after: list_orders(actor, wanted, after, MAX_LIMIT))


def quotation_filter(asked: Mapping[str, str]) -> QuotationFilter:
    """What the address of the list of quotations asks for."""
    state, view, days = asked.get("state", ""), asked.get("view"), order_filter(asked)
    return QuotationFilter(
        state=state if state in QUOTATION_STATES or state == "all" else "open",
        customer=asked.get("customer", ""),
        salesperson="me" if view == "mine" else "",
        first=days.first,
        last=days.last,
        q=asked.get("q", "")[:100],
        expired=view == "expired",
    )


def _quotation_columns(actor: Actor) -> list[tuple[str, str | Promise]]:
    return [
        ("number", _("单号")),
        ("state_label", _("状态")),
        ("customer", _("客户编码")),
        ("customer_name", _("客户")),
        ("customer_reference", _("客户询价单号")),
        ("warehouse", _("仓库")),
        ("quoted_on", _("报价日期")),
        ("valid_to", _("有效期至")),
        ("requested_on", _("客户要求日期")),
        ("lines", _("行数")),
        ("orders", _("订单数")),
        ("currency", _("币种")),
        *([("net", _("不含税金额")), ("gross", _("含税金额"))] if actor.may(VIEW_PRICE) else []),
        ("salesperson", _("销售员")),
        ("note", _("备注")),
    ]


def _quotation_rows(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    wanted = quotation_filter(filters)
    return all_pages(lambda after: list_quotations(actor, wanted, after, MAX_LIMIT))


register(Export(QUOTATIONS, _("报价单"), _quotation_rows, _quotation_columns))
register(Export(ORDERS, _("销售订单"), _rows, _columns))


def line_filter(asked: Mapping[str, str]) -> LineFilter:
    """What the address of the list of open lines asks for."""
    return LineFilter(
        due=asked.get("due", ""),
        customer=asked.get("customer", ""),
        product=asked.get("product", ""),
        warehouse=asked.get("warehouse", ""),
        only=asked.get("only", ""),
        order=asked.get("order", "").strip().upper(),
        mine=asked.get("view") == "mine",
    )


def _line_columns(actor: Actor) -> list[tuple[str, str | Promise]]:
    return [
        ("order_number", _("单号")),
        ("line", _("行")),
        ("customer", _("客户编码")),
        ("customer_name", _("客户")),
        ("customer_reference", _("客户单号")),
        ("product", _("产品编码")),
        ("product_name", _("产品")),
        ("warehouse", _("仓库")),
        ("unit", _("单位")),
        ("quantity", _("数量")),
        ("shipped", _("已发货")),
        ("outstanding", _("未发数量")),
        ("reserved", _("已锁定库存")),
        ("pegged", _("锁定在途")),
        ("requested", _("已申请采购")),
        ("uncovered", _("缺货数量")),
        ("requested_on", _("客户要求日期")),
        ("promised_on", _("承诺交期")),
        ("expected_on", _("预计发货")),
        ("days_late", _("晚几天")),
        ("salesperson", _("销售员")),
    ]


def _line_rows(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    wanted = line_filter(filters)
    return all_pages(lambda after: open_lines(actor, wanted, after=after, limit=MAX_LIMIT))


register(Export(LINES, _("未发明细"), _line_rows, _line_columns))


def delivery_filter(asked: Mapping[str, str]) -> DeliveryFilter:
    """What the address of the list of deliveries asks for."""
    days = order_filter(asked)
    return DeliveryFilter(
        state=asked.get("state", ""),
        customer=asked.get("customer", ""),
        warehouse=asked.get("warehouse", ""),
        order=asked.get("order", "").strip().upper(),
        wave=asked.get("wave", "").strip().upper(),
        q=asked.get("q", "").strip()[:100],
        shipped_from=days.first,
        shipped_to=days.last,
    )


def _delivery_columns(actor: Actor) -> list[tuple[str, str | Promise]]:
    return [
        ("number", _("单号")),
        ("state_label", _("状态")),
        ("customer", _("客户编码")),
        ("customer_name", _("客户")),
        ("orders", _("销售订单")),
        ("products", _("产品编码")),
        ("warehouse", _("仓库")),
        ("ship_to_name", _("收货方")),
        ("ship_to_address", _("送货地址")),
        ("carrier", _("承运商")),
        ("tracking_number", _("运单号")),
        ("parcels", _("件数")),
        ("planned_on", _("计划发货")),
        ("shipped_on", _("出库日期")),
        ("expected_on", _("预计送达")),
        ("signed_on", _("签收日期")),
        ("signed_by", _("签收人")),
        ("wave", _("波次")),
        ("note", _("备注")),
    ]


def _delivery_rows(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    wanted = delivery_filter(filters)
    for row in all_pages(lambda after: delivery_list(actor, wanted, after=after, limit=MAX_LIMIT)):
        yield {**row, "state_label": state_label(Delivery, row["state"])}


register(Export(DELIVERIES, _("出库单"), _delivery_rows, _delivery_columns))


def return_filter(asked: Mapping[str, str]) -> ReturnFilter:
    """What the address of the list of returns asks for."""
    days, view = order_filter(asked), asked.get("view")
    return ReturnFilter(
        state=asked.get("state", "") or "open",
        customer=asked.get("customer", ""),
        order=asked.get("order", "").strip().upper(),
        q=asked.get("q", "").strip()[:100],
        first=days.first,
        last=days.last,
        mine=view == "mine",
        by_customer=view == "customer",
    )


def _return_columns(actor: Actor) -> list[tuple[str, str | Promise]]:
    return [
        ("number", _("单号")),
        ("state_label", _("状态")),
        ("customer", _("客户编码")),
        ("customer_name", _("客户")),
        ("orders", _("销售订单")),
        ("products", _("产品编码")),
        ("lines", _("行数")),
        ("reason_labels", _("原因")),
        ("warehouse", _("仓库")),
        ("contact", _("联系人")),
        ("created_at", _("申请时间")),
        ("created_by", _("登记人")),
        ("decided_by", _("批准人")),
        ("received_on", _("到货日期")),
        ("settlement_label", _("处理方式")),
        ("replacement", _("换货订单")),
        ("currency", _("币种")),
        *([("credit", _("退款金额"))] if actor.may(VIEW_PRICE) else []),
        ("note", _("备注")),
    ]


def _return_rows(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    wanted = return_filter(filters)
    return all_pages(lambda after: list_returns(actor, wanted, after=after, limit=MAX_LIMIT))


register(Export(RETURNS, _("退货单"), _return_rows, _return_columns))
