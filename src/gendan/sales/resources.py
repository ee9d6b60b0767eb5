"""Sales orders offered to import and the bulk API: flat rows, as a customer's own file has them. Those with one of the
customer's numbers become one order; the headers that customers use are understood.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.kernel.bulk import Column, Resource, register
from gendan.purchasing.resources import LINE_NOTE, PRODUCT, QUANTITY, UNIT, Group, saver
from gendan.sales.commands.save_many import save_orders
from gendan.sales.rules.lines import LineIn

COLUMNS = (
    Column(
        "order",
        _("客户单号"),
        "text",
        required=True,
        max_length=80,
        help=_("相同的行合成一张订单；同一客户的单号只能录入一次"),
        example="PO-20261201",
        aliases=("PO", "PO No.", "PO Number", "Purchase order", "订单号", "订单编号", "采购单号", "合同号"),
    ),
    Column("customer", _("客户"), "code", required=True, max_length=64, ref="partners", aliases=("Customer code",)),
    Column("warehouse", _("发货仓库"), "code", max_length=64, ref="warehouses", help=_("留空：唯一的仓库")),
    Column("ship_to", _("收货地址编码"), "code", max_length=64, help=_("留空：客户的默认地址")),
    Column("currency", _("币种"), "code", max_length=3, ref="currencies"),
    Column("ordered_on", _("下单日期"), "date", default=None, aliases=("Order date", "订单日期")),
    Column("note", _("备注"), "text", max_length=4000),
    replace(PRODUCT, aliases=("Item", "Part No.", "Part number", "SKU", "物料编码", "物料号", "料号", "货号")),
    replace(QUANTITY, aliases=("Qty", "Order qty", "订购数量", "订单数量", "需求数量")),
    UNIT,
    Column("unit_price", _("单价"), "number", default=None, permission="sales.view_price", help=_("留空：按销售价格")),
    Column("discount", _("折扣 %"), "number", default=None, decimals=3, permission="sales.view_price"),
    Column("tax", _("税率"), "code", max_length=64, ref="taxes"),
    Column(
        "requested_on",
        _("客户要求日期"),
        "date",
        default=None,
        example="2026-12-01",
        aliases=("Delivery date", "Required date", "Due date", "交货日期", "要求交期", "交期", "需求日期"),
    ),
    LINE_NOTE,
)
HEADER = ("customer", "warehouse", "ship_to", "currency", "ordered_on", "note")


def _order(group: Group) -> dict[str, Any]:
    lines = [
        LineIn(
            row["product"],
            row["quantity"],
            row["unit_price"],
            row["unit"],
            row["requested_on"],
            row["discount"],
            row["tax"],
            row["line_note"],
        )
        for row in group.rows
    ]
    return {**group.header(HEADER), "lines": lines, "customer_reference": group.key}


register(
    Resource(
        "sales-orders",
        _("销售订单"),
        saver(COLUMNS, _order, save_orders),
        "sales.create_order",
        COLUMNS,
        "sales.view",
        whole=("customer", "warehouse"),
        together="order",
    )
)
