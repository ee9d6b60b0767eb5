"""The cells of one row, read through the mapping; remembers what was odd about them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from gendan.integrations.history import values
from gendan.integrations.history.mapping import FieldSpec, HistoryMapping
from gendan.integrations.history.records import Amount, Kind, Reason, Remark

LARGEST = Decimal(10) ** 11
LONGEST = dict.fromkeys(("line_id", "order_key", "shipment_key"), 80) | dict.fromkeys(
    ("supplier_name", "customer_name", "warehouse_name", "product_name"), 200
)
CODE_LENGTH = 64
UNDECODABLE = re.compile("[\udc80-\udcff]")


class Refused(Exception):
    """A cell makes its row impossible to take."""

    def __init__(self, column: str, reason: Reason, value: str = "") -> None:
        super().__init__(column, reason, value)
        self.column, self.reason, self.value = column, reason, value


class Cells:
    """Typed access by field name. A field that the mapping does not give is empty."""

    def __init__(self, mapping: HistoryMapping, record: Mapping[str, str]) -> None:
        self.mapping, self.record = mapping, record
        self.remarks: list[Remark] = []
        self._clean: dict[str, str] = {}

    def label(self, field: str) -> str:
        """What the file calls a field."""
        spec = self.mapping.fields.get(field)
        return spec.label if spec else field

    def text(self, field: str) -> str:
        """The text of a field, words for «none» as empty; refused if it is required and empty, or too long to keep."""
        spec = self.mapping.fields.get(field)
        text = self._raw(spec) if spec else ""
        if not text and field in self.mapping.required:
            raise Refused(self.label(field), Reason.MISSING)
        longest = CODE_LENGTH if field.endswith("_code") else LONGEST.get(field)
        if longest and len(text) > longest:
            raise Refused(self.label(field), Reason.TOO_LONG, f"{len(text)} > {longest}")
        return text

    def number(self, field: str) -> Decimal | None:
        """A number that must be right; None if empty. Refused if it is no number, negative or beyond all reason."""
        text = self.text(field)
        if not text:
            return None
        number = values.number(text, self.mapping.file)
        if number is None:
            raise Refused(self.label(field), Reason.NOT_A_NUMBER, text)
        if number < 0:
            raise Refused(self.label(field), Reason.NEGATIVE if field != "quantity" else Reason.NOT_POSITIVE, text)
        if number >= LARGEST:
            raise Refused(self.label(field), Reason.TOO_LARGE, text)
        return number

    def day(self, field: str) -> date | None:
        """A date; None if empty. Refused if it is none or lies outside the years that the mapping allows."""
        text = self.text(field)
        if not text:
            return None
        day = values.day(text, self.mapping.dates)
        if day is None:
            raise Refused(self.label(field), Reason.NOT_A_DATE, text)
        if not self.mapping.dates.earliest <= day <= self.mapping.dates.latest:
            raise Refused(self.label(field), Reason.DATE_OUT_OF_RANGE, text)
        return day

    def amount(self, field: str) -> Amount:
        """Weight, freight and the like: a number, a declared word, or a reference to the line that states it for all.

        The line can do without it, so anything else is a remark, not a refusal.
        """
        spec = self.mapping.fields.get(field)
        if spec is None or not (text := self.text(field)):
            return Amount()
        if word := spec.words.get(text.casefold()):
            return Amount(word=word)
        if spec.reference and (match := spec.reference.fullmatch(text)):
            return Amount(see_line=match["line"])
        number = values.number(text, self.mapping.file)
        if number is None or not 0 <= number < LARGEST:
            self.remarks.append(Remark(Kind.UNREADABLE, spec.label, text))
            return Amount()
        return Amount(number=number)

    def notes(self) -> tuple[tuple[str, str], ...]:
        """What the mapping keeps as text, under its labels; empty ones left out."""
        found = ((label, self._column(column)) for label, column in self.mapping.notes.items())
        return tuple((label, text) for label, text in found if text and text.casefold() not in self.mapping.none)

    def undecodable(self) -> str:
        """The first column that the mapping uses and whose bytes are not in the file's encoding."""
        for column in self.mapping.column_order:
            if UNDECODABLE.search(self.record[column]):
                return column
        return ""

    def fingerprint(self) -> bytes:
        """Equal for rows that say the same in every column but the line's id."""
        spec = self.mapping.fields.get("line_id")
        skipped = spec.columns if spec else ()
        said = "\x1f".join(f"{column}\x1e{cell}" for column, cell in self.record.items() if column not in skipped)
        return hashlib.blake2b(said.encode("utf-8", "surrogateescape"), digest_size=12).digest()

    def remark_price(self, quantity: Decimal, stated: Decimal | None, price: values.Price) -> None:
        """Keep what the price rule had to decide."""
        shown = f"{quantity} × {stated} ≠ {price.value}; {price.unit_price}"
        for kind in price.kinds:
            self.remarks.append(Remark(kind, self.label("price"), "" if kind is Kind.FREE_OF_CHARGE else shown))

    def remark_dates(self, dates: Mapping[str, date | None]) -> None:
        """Keep what contradicts the order in which things happen. The dates themselves stay as the file has them."""
        for earlier, later in self.mapping.date_order:
            first, second = dates.get(earlier), dates.get(later)
            if first and second and first > second:
                self.remarks.append(Remark(Kind.DATES_REVERSED, f"{earlier} > {later}", f"{first} > {second}"))
        far = self.mapping.far_apart_days
        for earlier, later in (("promised_on", "delivered_on"), ("delivered_on", "recorded_on")):
            first, second = dates.get(earlier), dates.get(later)
            if far is not None and first and second and abs((second - first).days) > far:
                self.remarks.append(Remark(Kind.DATES_FAR_APART, f"{earlier} … {later}", f"{first} … {second}"))
        if "sent_on" in self.mapping.fields and dates.get("sent_on") is None:
            spec = self.mapping.fields["sent_on"]
            written = " ".join(self.record[column] for column in spec.columns)
            self.remarks.append(Remark(Kind.SENT_ON_UNKNOWN, spec.label, written))

    def _raw(self, spec: FieldSpec) -> str:
        if spec.constant is not None:
            return spec.constant
        parts = [self._column(column) for column in spec.columns]
        none = self.mapping.none | spec.none
        return spec.join.join(part for part in parts if part and part.casefold() not in none)

    def _column(self, column: str) -> str:
        """The cell without stray blanks; what had to be repaired is remarked once per cell."""
        if column not in self._clean:
            text, kinds = values.clean(self.record[column], repair_mojibake=self.mapping.file.repair_mojibake)
            self._clean[column] = text
            self.remarks.extend(Remark(kind, column, text) for kind in kinds)
        return self._clean[column]
