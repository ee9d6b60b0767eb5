"""Writing rows as Excel and CSV, so that a spreadsheet shows them well and an import reads them back unchanged."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from gendan.integrations.files.cells import EXACT_DIGITS, as_text, cell_of, neutralise, restore
from gendan.kernel.bulk import Column, Resource

Rows = Iterable[Mapping[str, Any]]
_WIDTHS = {"number": 12, "integer": 10, "flag": 8, "date": 12, "units": 20, "barcodes": 24}
_FLUSH = 256 * 1024
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False}


class _Echo(io.StringIO):
    """Collects text to be handed on in pieces."""

    def take(self) -> bytes:
        data = self.getvalue().encode()
        self.seek(0)
        self.truncate()
        return data


def csv_chunks(columns: Sequence[Column], rows: Rows) -> Iterator[bytes]:
    """CSV in UTF-8 with a mark (Excel needs it), piece by piece."""
    buffer = _Echo(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([neutralise(str(column.label)) for column in columns])
    for row in rows:
        writer.writerow([as_text(cell_of(column, row.get(column.name))) for column in columns])
        if buffer.tell() > _FLUSH:
            yield buffer.take()
    yield buffer.take()


def write_workbook(path: Path, columns: Sequence[Column], rows: Rows) -> int:
    """An Excel file; the number of rows."""
    with xlsxwriter.Workbook(path, {"constant_memory": True, **_PLAIN}) as book:
        formats = _formats(book)
        sheet = book.add_worksheet(_("数据"))
        for at, column in enumerate(columns):
            kind = column.kind if column.kind in formats else "text"
            sheet.set_column(at, at, _WIDTHS.get(column.kind, 18), formats[kind])
        sheet.freeze_panes(1, 1)
        for at, column in enumerate(columns):
            sheet.write_string(0, at, str(column.label), formats["required" if column.required else "header"])
        count = 0
        for number, row in enumerate(rows, 1):
            for at, column in enumerate(columns):
                _write(sheet, number, at, cell_of(column, row.get(column.name)), formats)
            count = number
        return count


def write_rejected(path: Path, headers: Sequence[str], rows: Iterable[tuple[list[Any], str]]) -> None:
    """The rows of an uploaded file that were not taken, as they were, with the reason in a last column."""
    with xlsxwriter.Workbook(path, {"constant_memory": True, **_PLAIN}) as book:
        formats = _formats(book)
        sheet = book.add_worksheet(_("数据"))
        sheet.set_column(0, len(headers), 18)
        sheet.set_column(len(headers), len(headers), 60)
        for at, header in enumerate([*headers, _("问题")]):
            sheet.write_string(0, at, neutralise(restore(header)), formats["header"])
        for number, (cells, problem) in enumerate(rows, 1):
            for at, cell in enumerate(cells[: len(headers)]):
                _copy(sheet, number, at, cell, formats)
            sheet.write_string(number, len(headers), neutralise(problem), formats["problem"])


def _copy(sheet: Worksheet, row: int, at: int, cell: Any, formats: dict[str, Format]) -> None:
    """A cell as it was read."""
    if isinstance(cell, bool):
        sheet.write_boolean(row, at, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, at, cell)
    elif isinstance(cell, date):
        sheet.write_datetime(row, at, cell, formats["date"])
    elif cell is not None and str(cell):
        sheet.write_string(row, at, neutralise(restore(str(cell))), formats["text"])


def write_template(path: Path, resource: Resource, columns: Sequence[Column]) -> None:
    """An empty file to be filled in: headers, one example, and a sheet that explains the columns."""
    with xlsxwriter.Workbook(path, dict(_PLAIN)) as book:
        formats = _formats(book)
        sheet, help_sheet = book.add_worksheet(_("数据")), book.add_worksheet(_("说明"))
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            kind = column.kind if column.kind in formats else "text"
            sheet.set_column(at, at, _WIDTHS.get(column.kind, 18), formats[kind])
            sheet.write_string(0, at, str(column.label), formats["required" if column.required else "header"])
        help_sheet.set_column(0, 0, 20)
        help_sheet.set_column(1, 3, 40)
        for at, title in enumerate((_("列"), _("必填"), _("说明"), _("例子"))):
            help_sheet.write_string(0, at, title, formats["header"])
        for number, column in enumerate(columns, 1):
            texts = (str(column.label), _("必填") if column.required else "", _explain(column), column.example)
            for at, text in enumerate(texts):
                help_sheet.write_string(number, at, text, formats["text"])


def _explain(column: Column) -> str:
    if column.help:
        return str(column.help)
    match column.kind:
        case "flag":
            return _("是 或 否")
        case "date":
            return _("日期，如 2026-11-21")
        case "number" | "integer":
            return _("数字")
        case "choice":
            return "、".join(str(label) for label in column.choices.values())
        case _:
            return _("最多 %(max)s 个字符") % {"max": column.max_length}


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    return {
        "header": book.add_format({"bold": True, "bg_color": "#EEF1F5", "border": 1, "border_color": "#D5DAE1"}),
        "required": book.add_format({"bold": True, "bg_color": "#FFF3CD", "border": 1, "border_color": "#D5DAE1"}),
        "text": book.add_format({"num_format": "@"}),
        "number": book.add_format({"num_format": "General"}),
        "integer": book.add_format({"num_format": "0"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "problem": book.add_format({"font_color": "#B42318", "num_format": "@"}),
    }


def _write(sheet: Worksheet, row: int, at: int, cell: str | Decimal | date, formats: dict[str, Format]) -> None:
    if cell == "":
        return
    if isinstance(cell, Decimal):
        if len(cell.normalize().as_tuple().digits) <= EXACT_DIGITS:
            sheet.write_number(row, at, float(cell), formats["number"])
        else:
            sheet.write_string(row, at, as_text(cell), formats["text"])
    elif isinstance(cell, date):
        sheet.write_datetime(row, at, cell, formats["date"])
    else:
        sheet.write_string(row, at, neutralise(cell), formats["text"])
