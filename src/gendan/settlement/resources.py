"""Bills offered to import and the bulk API: flat rows, as a supplier's or an accountant's list has them. Rows with one
number of an invoice are one draft.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.kernel.bulk import Column, Resource, register
from gendan.purchasing.resources import Group, saver
from gendan.settlement.commands.save_many import save_bills
from gendan.settlement.permissions import BUYING
from gendan.settlement.rules.lines import BillLineIn, Cover

COLUMNS = (
    Column(
        "order",
        _("发票号"),
        "text",
        required=True,
        max_length=80,
        help=_("相同的行合成一张发票；同一供应商的发票号只能登记一次"),
        example="12345678",
        aliases=("Invoice No.", "Invoice number", "发票号码", "票号"),
    ),
    Column("supplier", _("供应商"), "code", required=True, max_length=64, ref="partners", aliases=("Supplier",)),
    Column("dated_on", _("开票日期"), "date", default=None, aliases=("Invoice date",)),
    Column("due_on", _("付款到期日"), "date", default=None, help=_("留空：按供应商账期"), aliases=("Due date",)),
    Column("currency", _("币种"), "code", max_length=3, ref="currencies"),
    Column("note", _("备注"), "text", max_length=4000),
    Column("po", _("采购订单"), "code", max_length=32, help=_("运费等没有订单的行留空"), aliases=("PO", "订单号")),
    Column("line", _("订单行号"), "integer", default=1, low=1, high=32767, aliases=("Line", "行号")),
    Column("receipt", _("入库单"), "code", max_length=32, help=_("留空：最早未开票的入库")),
    Column("quantity", _("数量"), "number", required=True, aliases=("Qty", "开票数量")),
    Column("unit_price", _("单价"), "number", default=None, permission=BUYING, help=_("含税；留空：按订单")),
    Column("amount", _("金额"), "number", default=None, permission=BUYING, help=_("含税；留空：数量 × 单价")),
    Column("tax_rate", _("税率 %"), "number", default=None, decimals=4, help=_("留空：按订单")),
    Column("description", _("说明"), "text", max_length=300),
)
HEADER = ("supplier", "dated_on", "due_on", "currency", "note")


def _bill(group: Group) -> dict[str, Any]:
    lines = [
        BillLineIn(
            row["quantity"],
            (Cover(row["po"], row["line"], row["quantity"], row["receipt"]),) if row["po"] else (),
            row["unit_price"],
            row["tax_rate"],
            row["amount"],
            row["description"],
        )
        for row in group.rows
    ]
    return {**group.header(HEADER), "lines": lines, "reference": group.key}


register(
    Resource(
        "bills",
        _("供应商发票"),
        saver(COLUMNS, _bill, save_bills),
        "settlement.create_bill",
        COLUMNS,
        "settlement.view",
        whole=("supplier",),
        together="order",
    )
)
