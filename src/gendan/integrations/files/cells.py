"""What a cell holds, there and back: what was written is read as it was.

Text that a spreadsheet would take for a formula gets an apostrophe in front, which reading takes away again.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gendan.kernel.bulk import Column
from gendan.kernel.errors import plain
from gendan.kernel.values import BadValue

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
EXACT_DIGITS = 15  # what a spreadsheet's number keeps
_TOO_LONG_FOR_A_NUMBER = 1e15


def neutralise(text: str) -> str:
    """Text that no spreadsheet calculates. Text that already looks neutralised gets one more apostrophe."""
    return f"'{text}" if text.lstrip("'").startswith(DANGEROUS) else text


def restore(text: str) -> str:
    """Text as it was before ``neutralise``."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(DANGEROUS) else text


def cell_of(column: Column, value: Any) -> str | Decimal | date:
    """A value as it is written: numbers and dates stay, everything else becomes text."""
    if value is None or value == "":
        return ""
    match column.kind:
        case "number" | "integer":
            return Decimal(value)
        case "date":
            return value if isinstance(value, date) else str(value)
        case "flag":
            return _("是") if value else _("否")
        case "choice":
            return str(column.choices.get(value, value))
        case "units":
            return ";".join(f"{part['unit']}={plain(part['factor'])}" for part in value)
        case "barcodes":
            return ";".join(f"{part['unit']}={part['code']}" if part["unit"] else part["code"] for part in value)
        case "codes":
            return ";".join(value)
        case _:
            return str(value)


def as_text(cell: str | Decimal | date) -> str:
    """A cell for CSV."""
    if isinstance(cell, Decimal):
        return str(plain(cell))
    if isinstance(cell, date):
        return cell.isoformat()
    return neutralise(cell)


def value_of(column: Column, cell: Any) -> Any:
    """A cell as it is handed on. BadValue where the spreadsheet has lost what was meant."""
    if isinstance(cell, str):
        return restore(cell.strip())
    if column.kind in {"number", "integer", "date", "flag"} or cell is None:
        return cell
    if isinstance(cell, float):
        if abs(cell) >= _TOO_LONG_FOR_A_NUMBER:
            raise BadValue(_("在 Excel 中被当成数字，末尾几位已丢失。请把这一列设为文本后重新填写"))
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return str(cell)
