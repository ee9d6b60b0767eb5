"""From rows to typed records: every row becomes a line, is outside the filter, or is rejected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from gendan.integrations.history import codes, values
from gendan.integrations.history.cells import Cells, Refused
from gendan.integrations.history.mapping import HistoryMapping
from gendan.integrations.history.records import HistoryLine, Item, Named, Outside, Reason, Rejected
from gendan.integrations.history.source import check_header, rows

Outcome = HistoryLine | Outside | Rejected
Thing = TypeVar("Thing", Named, Item)


def read(path: Path, mapping: HistoryMapping) -> Iterator[Outcome]:
    """Stream the outcomes of a file, one per row after the header."""
    stream = rows(path, mapping)
    _, header = next(stream, (0, []))
    names = check_header(header, mapping)
    reader = RowReader(mapping)
    for row, cells in stream:
        yield reader.read(row, names, cells)


class RowReader:
    """Reads rows with one mapping; partners, places and products that it has met exist once in memory."""

    def __init__(self, mapping: HistoryMapping) -> None:
        self.mapping = mapping
        self._named: dict[tuple[str, ...], Named] = {}
        self._items: dict[tuple[str, ...], Item] = {}
        self._by_code: dict[tuple[str, str], Named | Item] = {}

    def read(self, row: int, names: list[str], cells: list[str]) -> Outcome:
        """The outcome of one row."""
        if not any(cell.strip() for cell in cells):
            return Outside(row, "")
        if len(cells) != len(names):
            return Rejected(row, "", "", Reason.CELLS, f"{len(cells)} / {len(names)}")
        record = dict(zip(names, cells, strict=True))
        for column, wanted in self.mapping.only.items():
            if record[column].strip().casefold() not in wanted:
                return Outside(row, f"{column} = {record[column]}")
        reader = Cells(self.mapping, record)
        line_id = order_key = ""
        try:
            if column := reader.undecodable():
                raise Refused(column, Reason.ENCODING)
            line_id = reader.text("line_id") or str(row)
            order_key = reader.text("order_key")
            return self._line(row, line_id, order_key, reader)
        except Refused as refused:
            return Rejected(row, line_id, refused.column, refused.reason, refused.value, order_key)

    def _line(self, row: int, line_id: str, order_key: str, cells: Cells) -> HistoryLine:
        quantity, stated = cells.number("quantity"), cells.number("price")
        if not quantity:
            raise Refused(cells.label("quantity"), Reason.NOT_POSITIVE, str(quantity or ""))
        price = values.line_price(quantity, stated, cells.number("value"), self.mapping.price)
        if price is None:
            raise Refused(cells.label("price"), Reason.NO_PRICE)
        cells.remark_price(quantity, stated, price)
        dates = {name: cells.day(name) for name, spec in self.mapping.fields.items() if spec.type == "date"}
        if not any(day for name, day in dates.items() if name != "recorded_on"):
            raise Refused(cells.label("promised_on"), Reason.NO_DATE)
        cells.remark_dates(dates)
        return HistoryLine(
            row=row,
            line_id=line_id,
            order_key=order_key,
            shipment_key=cells.text("shipment_key"),
            partner=self._partner(cells),
            warehouse=self._warehouse(cells),
            item=self._item(cells),
            quantity=quantity,
            unit_price=price.unit_price,
            value=price.value,
            currency=cells.text("currency").upper(),
            quoted_on=dates.get("quoted_on"),
            sent_on=dates.get("sent_on"),
            required_on=dates.get("required_on"),
            promised_on=dates.get("promised_on"),
            delivered_on=dates.get("delivered_on"),
            recorded_on=dates.get("recorded_on"),
            carrier_mode=cells.text("carrier_mode"),
            incoterm=cells.text("incoterm"),
            weight=cells.amount("weight"),
            freight=cells.amount("freight"),
            insurance=cells.amount("insurance"),
            notes=cells.notes(),
            fingerprint=cells.fingerprint(),
            remarks=tuple(cells.remarks),
        )

    def _partner(self, cells: Cells) -> Named:
        who = self.mapping.partner
        name, code, country = (cells.text(f"{who}_{field}") for field in ("name", "code", "country"))
        known = (who, name, code)
        if known not in self._named:
            named = Named(code or codes.name_code(name, self.mapping.partner_codes), name, country)
            self._named[known] = self._claim(who, named, bool(code), cells)
        return self._named[known]

    def _warehouse(self, cells: Cells) -> Named:
        name, code, country = cells.text("warehouse_name"), cells.text("warehouse_code"), cells.text("country")
        known = ("warehouse", name, code)
        if known not in self._named:
            named = Named(code or codes.name_code(name, self.mapping.warehouse_codes), name, country)
            self._named[known] = self._claim("warehouse", named, bool(code), cells)
        return self._named[known]

    def _item(self, cells: Cells) -> Item:
        parts = ("product_name", "category", "specification", "brand", "pack", "unit")
        identity = tuple(cells.text(name) for name in parts)
        code = cells.text("product_code")
        known = (*identity, code)
        if known not in self._items:
            name, category, specification, brand, pack, unit = identity
            made = code or codes.item_code(name, identity, self.mapping.product_codes)
            item = Item(made, name, category, specification, brand, pack, unit)
            self._items[known] = self._claim("product", item, bool(code), cells)
        return self._items[known]

    def _claim(self, what: str, thing: Thing, given: bool, cells: Cells) -> Thing:
        """The first thing with its code. A code that the file gives identifies; one that was made must not clash."""
        first = self._by_code.setdefault((what, thing.code), thing)
        assert isinstance(first, type(thing))
        if first != thing and not given:
            raise Refused(cells.label(f"{what}_name"), Reason.CODE_CLASH, thing.code)
        return first
