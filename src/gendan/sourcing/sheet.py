"""The answer as an Excel sheet: prefilled for a supplier, read back with what is wrong named by cell."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from gendan.kernel import workbooks
from gendan.kernel.errors import Invalid, plain
from gendan.sourcing.forms import answer_line
from gendan.sourcing.rules.inquiry import AnswerLineIn

HEAD = 4  # the row of the headings, counted from 1
MOST_BYTES, MOST_ROWS = 5 * 1024 * 1024, 20_000
COLUMNS = (
    "line", "product", "product_name", "specification", "quantity", "unit_name", "required_on", "price", "breaks",
    "tax_rate", "delivery_days", "minimum", "pack", "substitute", "line_note", "kind",
)  # fmt: skip
FIRST = COLUMNS.index("price")  # what stands before is ours
NO = {"不报价", "不報價", "no quote", "no", "否", "x"}


def _headings() -> list[str]:
    return [
        _("行"), _("产品"), _("名称"), _("规格"), _("数量"), _("单位"), _("需求日"), _("单价"),
        _("阶梯价（数量=单价）"), _("税率 %"), _("交货天数"), _("最小起订量"), _("包装量"), _("替代品"), _("说明"),
        _("不报价"),
    ]  # fmt: skip


def written(
    title: str, number: str, lines: Sequence[Mapping[str, Any]], said: Mapping[int, Mapping[str, Any]]
) -> bytes:
    """The sheet for a supplier: what is asked, and what was said so far."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(number[:31])
        bold, ours = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"bg_color": "#F1F3F5"})
        sheet.write_string(0, 0, f"{number} {title}".strip(), bold)
        sheet.write_string(1, 0, _("请填写白色的列。不能供货的行在最后一列写「不报价」，并在说明里写明原因。"))
        sheet.write_row(HEAD - 1, 0, _headings(), bold)
        for n, line in enumerate(lines, HEAD):
            for column, name in enumerate(COLUMNS):
                _write(sheet, n, column, _cell(name, line, said.get(line["line"], {})), ours)
        sheet.set_column(0, 0, 5)
        sheet.set_column(1, 3, 18)
        sheet.set_column(FIRST, len(COLUMNS) - 1, 14)
        sheet.freeze_panes(HEAD, 3)
    return file.getvalue()


def _write(sheet: Any, row: int, column: int, value: str, ours: Any) -> None:
    style = ours if column < FIRST else None
    if value and column in {0, 4, 7, 9, 10, 11, 12} and value.replace(".", "", 1).isdecimal():
        sheet.write_number(row, column, float(value), style)
    else:
        sheet.write_string(row, column, value, style)


def _cell(name: str, line: Mapping[str, Any], said: Mapping[str, Any]) -> str:
    if name in line and name not in {"tax_rate", "note"}:
        value = line[name]
        return "" if value is None else str(plain(value)) if name == "quantity" else str(value)
    if not said:
        return str(plain(line["tax_rate"])) if name == "tax_rate" else ""
    match name:
        case "kind":
            return "" if said["quoted"] else _("不报价")
        case "line_note":
            return str(said["note"])
    value = said.get(name)
    return "" if value in (None, 0) else str(plain(value))


def read(content: bytes, number: str) -> list[AnswerLineIn]:
    """The lines of a filled sheet. Errors: Invalid, each cell by its name (H5)."""
    rows = workbooks.rows_of(content, most_bytes=MOST_BYTES, most_rows=MOST_ROWS)
    if not rows or number not in str(rows[0][0] if rows[0] else ""):
        raise Invalid({"file": _("这不是 %(number)s 的报价表，请先下载再填写。") % {"number": number}})
    found: list[AnswerLineIn] = []
    problems: dict[str, str] = {}
    for n, row in enumerate(rows[HEAD:], HEAD + 1):
        values = dict(zip(COLUMNS, [*row, *[""] * len(COLUMNS)], strict=False))
        line = _whole(values["line"])
        if line is None:
            continue
        if str(values["kind"]).strip():
            if str(values["kind"]).strip().lower() not in NO:
                problems[_place("kind", n)] = _("这一列只能写「不报价」或留空。")
            values["kind"] = "no"

        def wrong(name: str, text: str, n: int = n) -> None:
            problems[_place(name, n)] = f"{_place(name, n)}：{text}"

        one = answer_line(line, values, wrong)
        if one is not None:
            if one.no_quote and not one.note:
                wrong("line_note", _("请说明不报价的原因。"))
            found.append(one)
    if problems:
        raise Invalid(problems)
    return found


def _whole(value: Any) -> int | None:
    text = str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


def _place(name: str, row: int) -> str:
    return f"{chr(ord('A') + COLUMNS.index(name))}{row}"
