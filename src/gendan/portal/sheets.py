"""Suppliers' Excel files: open lines with room for answers, and shipment notices; read back, wrong cells by name."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from gendan.kernel import workbooks
from gendan.kernel.errors import Invalid, plain
from gendan.kernel.values import BadValue, to_date, to_number
from gendan.portal.rules import LineAnswer, Part

HEAD = 3  # the row of the headings, counted from 1
MOST_BYTES, MOST_ROWS = 5 * 1024 * 1024, 20_000
ANSWERS = (
    "order", "line", "product", "supplier_code", "product_name", "specification", "unit_name", "quantity",
    "unit_price", "required_on", "promised_on", "said", "part", "on", "price", "note", "seen",
)  # fmt: skip
SHIPMENTS = (
    "order", "line", "product", "supplier_code", "product_name", "unit_name", "to_ship", "due_on", "warehouse_name",
    "reference", "ship", "lot", "expires_on", "boxes", "carrier", "tracking_number", "shipped_on", "expected_on",
)  # fmt: skip
YES = {"确认", "確認", "y", "yes", "ok", "是", "√", "accept"}
NO = {"不能供货", "不能供貨", "拒绝", "拒絕", "n", "no", "否", "refuse"}
Cells = Mapping[str, Any]


def _answer_headings() -> list[str]:
    return [
        _("订单"), _("行"), _("产品"), _("您的编码"), _("名称"), _("规格"), _("单位"), _("订购数量"), _("单价"),
        _("需求日"), _("已答应日期"), _("答复：确认或不能供货"), _("确认数量"), _("确认日期"), _("新单价"),
        _("原因或说明"), _("请勿改动"),
    ]  # fmt: skip


def _ship_headings() -> list[str]:
    return [
        _("订单"), _("行"), _("产品"), _("您的编码"), _("名称"), _("单位"), _("待发数量"), _("应交日期"), _("收货仓库"),
        _("您的发货单号"), _("本次发货"), _("批次号"), _("有效期至"), _("箱号，如 3 或 1-4"), _("承运商"), _("运单号"),
        _("发货日期"), _("预计到货"),
    ]  # fmt: skip


def answer_sheet(lines: Sequence[Cells], *, priced: bool) -> bytes:
    """Open lines with empty cells for answers; several rows of one line are several deliveries."""
    hint = _("请填写白色的列，不答复的行留空。分批交货：复制整行，每批一行。")
    return _written(_("未完成的行"), hint, _answer_headings(), ANSWERS, ANSWERS.index("said"), lines, priced)


def shipment_sheet(lines: Sequence[Cells]) -> bytes:
    """What can be sent, with empty cells for a shipment notice; rows with one number are one shipment."""
    hint = _("填写这次发出的数量，不发的行留空。发货单号相同的行是一张发货单。")
    first = SHIPMENTS.index("reference")
    return _written(_("发货通知"), hint, _ship_headings(), SHIPMENTS, first, lines, priced=True)


def _written(
    title: str, hint: str, headings: Sequence[str], columns: Sequence[str], first: int, lines: Sequence[Cells],
    priced: bool,
) -> bytes:  # fmt: skip
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(title[:31])
        bold, ours = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"bg_color": "#F1F3F5"})
        sheet.write_string(0, 0, title, bold)
        sheet.write_string(1, 0, hint)
        sheet.write_row(HEAD - 1, 0, headings, bold)
        for n, line in enumerate(lines, HEAD):
            for column, name in enumerate(columns):
                hidden = name == "unit_price" and not priced
                _cell(sheet, n, column, None if hidden else line.get(name), ours if column < first else None)
        sheet.set_column(0, 0, 13)
        sheet.set_column(1, 1, 5)
        sheet.set_column(2, len(columns) - 1, 14)
        if "seen" in columns:
            sheet.set_column(columns.index("seen"), columns.index("seen"), 3, None, {"hidden": True})
        sheet.freeze_panes(HEAD, 3)
    return file.getvalue()


def _cell(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if isinstance(value, Decimal | int) and not isinstance(value, bool) and len(str(plain(value))) < 15:
        sheet.write_number(row, column, float(value), style)
    elif value is not None:
        sheet.write_string(row, column, str(plain(value)), style)
    elif style is not None:
        sheet.write_blank(row, column, None, style)


@dataclass(slots=True)
class Reader:
    """Cells of a sheet as they are read, with what is wrong by the name of the cell."""

    columns: Sequence[str]
    problems: dict[str, str] = field(default_factory=dict)

    def place(self, name: str, row: int) -> str:
        """A cell as people call it."""
        return f"{chr(ord('A') + self.columns.index(name))}{row}"

    def wrong(self, name: str, row: int, text: str) -> None:
        """Keep what is wrong with a cell."""
        place = self.place(name, row)
        self.problems.setdefault(place, f"{place}：{text}")

    def read(self, cells: Cells, name: str, row: int, convert: Callable[[str], Any]) -> Any:
        """A cell, None when it is empty or unreadable."""
        text = _text(cells.get(name))
        if not text:
            return None
        try:
            return convert(text)
        except BadValue as wrong:
            self.wrong(name, row, wrong.text)
            return None

    def check(self) -> None:
        """Refuse when something was wrong. Errors: Invalid."""
        if self.problems:
            raise Invalid(dict(list(self.problems.items())[:200]))


@dataclass(frozen=True, slots=True)
class Placed:
    """What a file says of an order, and the rows where each line stands."""

    number: str
    lines: tuple[LineAnswer, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShipRow:
    """One row of a shipment notice."""

    row: int
    order: str
    line: int
    quantity: Decimal
    lot: str
    expires_on: date | None
    boxes: str
    header: tuple[tuple[str, Any], ...]


def read_answers(content: bytes) -> tuple[list[Placed], Reader]:
    """The answers of a filled sheet, by order. Errors: Invalid, each cell by its name (M5)."""
    reader = Reader(ANSWERS)
    grouped: dict[tuple[str, int], list[tuple[int, Cells]]] = {}
    for row, cells in _rows(content, ANSWERS):
        if not any(_text(cells[name]) for name in ("said", "part", "on", "price", "note")):
            continue
        order, line = _text(cells["order"]), _whole(cells["line"])
        if not order or line is None:
            reader.wrong("order" if not order else "line", row, _("请写明订单和行。"))
            continue
        grouped.setdefault((order, line), []).append((row, cells))
    by_order: dict[str, list[tuple[LineAnswer, int]]] = {}
    for (order, line), rows in grouped.items():
        answer = _answer(reader, line, rows)
        if answer is not None:
            by_order.setdefault(order, []).append((answer, rows[0][0]))
    reader.check()
    found = [
        Placed(order, tuple(one for one, _row in given), tuple(row for _one, row in given))
        for order, given in sorted(by_order.items())
    ]
    return found, reader


def _answer(reader: Reader, line: int, rows: Sequence[tuple[int, Cells]]) -> LineAnswer | None:
    parts: list[Part] = []
    price, notes, said = None, [], ""
    for row, cells in rows:
        word = _text(cells["said"]).lower()
        if word and word not in YES | NO:
            reader.wrong("said", row, _("这一列只能写「确认」「不能供货」或留空。"))
        said = said or ("no" if word in NO else "yes" if word else "")
        quantity = reader.read(cells, "part", row, to_number)
        on = reader.read(cells, "on", row, to_date)
        price = reader.read(cells, "price", row, to_number) if price is None else price
        if quantity is not None or on is not None:
            parts.append(Part(quantity, on))
        elif len(rows) > 1:
            reader.wrong("part", row, _("分批时每批都要填数量。"))
        notes.append(_text(cells["note"]))
    note, seen = "；".join(dict.fromkeys(filter(None, notes)))[:300], _text(rows[0][1]["seen"])
    first = rows[0][0]
    if said == "no":
        if parts or price is not None:
            reader.wrong("said", first, _("写了不能供货，就不要再填数量、日期和单价。"))
        if not note:
            reader.wrong("note", first, _("请写明不能供货的原因。"))
        return LineAnswer(line, "refuse", note=note, seen=seen)
    if parts or price is not None:
        return LineAnswer(line, "change", tuple(parts), price, note=note, seen=seen)
    if said == "yes":
        return LineAnswer(line, "accept", note=note, seen=seen)
    reader.wrong("said", first, _("只有说明，没有答复：请写「确认」「不能供货」，或填数量、日期。"))
    return None


def read_shipments(content: bytes) -> tuple[dict[str, list[ShipRow]], Reader]:
    """Rows of a filled shipment notice by the supplier's number. Errors: Invalid, each cell by its name."""
    reader = Reader(SHIPMENTS)
    found: dict[str, list[ShipRow]] = {}
    for row, cells in _rows(content, SHIPMENTS):
        quantity = reader.read(cells, "ship", row, to_number)
        if quantity is None:
            continue
        order, line = _text(cells["order"]), _whole(cells["line"])
        if not order or line is None:
            reader.wrong("order" if not order else "line", row, _("请写明订单和行。"))
            continue
        reference = _text(cells["reference"])[:80]
        header = {name: _text(cells[name])[:80] for name in ("carrier", "tracking_number")}
        days = {name: reader.read(cells, name, row, to_date) for name in ("shipped_on", "expected_on")}
        expires, boxes = reader.read(cells, "expires_on", row, to_date), _text(cells["boxes"])[:60]
        way = tuple({**header, **days}.items())
        one = ShipRow(row, order, line, quantity, _text(cells["lot"])[:80], expires, boxes, way)
        found.setdefault(reference, []).append(one)
    for rows in found.values():
        first = dict(rows[0].header)
        for one in rows[1:]:
            for name, value in one.header:
                if value and value != first[name]:
                    reader.wrong(name, one.row, _("同一张发货单的各行应该一样，或只填第一行。"))
    reader.check()
    return found, reader


def _rows(content: bytes, columns: Sequence[str]) -> list[tuple[int, Cells]]:
    rows = workbooks.rows_of(content, most_bytes=MOST_BYTES, most_rows=MOST_ROWS + HEAD)
    if len(rows) < HEAD or len(rows[HEAD - 1]) < len(columns) - 1:
        raise Invalid({"file": _("这不是从这里下载的表格，请先下载再填写。")})
    blank = [""] * len(columns)
    return [(n, dict(zip(columns, [*row, *blank], strict=False))) for n, row in enumerate(rows[HEAD:], HEAD + 1)]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value.is_integer() else repr(round(value, 6))
    return str(value).strip()


def _whole(value: Any) -> int | None:
    text = _text(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None
