"""Lists as workbooks: what is filtered, streamed to a file, no text ever taken for a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from gendan.kernel.actor import Actor
from gendan.purchasing.queries.orders import VIEW_PRICE, OrderFilter, list_orders

MOST_ROWS = 10_000
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def orders_workbook(actor: Actor, wanted: OrderFilter) -> FileResponse:
    """The orders of a list, at most MOST_ROWS."""
    columns = [
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
    rows = list_orders(actor, wanted, most=MOST_ROWS).items
    return workbook(_("采购订单"), columns, rows)


def workbook(name: str, columns: Sequence[tuple[str, str]], rows: Iterable[dict[str, Any]]) -> FileResponse:
    """A sheet with these columns as a download."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "remove_timezone": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(name[:31])
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    for column, (_key, label) in enumerate(columns):
        sheet.write_string(0, column, label, bold)
    for n, row in enumerate(rows, 1):
        for column, (key, _label) in enumerate(columns):
            value = row[key]
            if value is None or value == "":
                continue
            if isinstance(value, date):
                sheet.write_datetime(n, column, value, day)
            elif isinstance(value, Decimal | int):
                sheet.write_number(n, column, float(value))
            else:
                sheet.write_string(n, column, str(value))
    sheet.freeze_panes(1, 1)
    book.close()
    file.seek(0)
    filename = f"{name}-{timezone.localdate().isoformat()}.xlsx"
    return FileResponse(file, as_attachment=True, filename=filename, content_type=TYPE)
