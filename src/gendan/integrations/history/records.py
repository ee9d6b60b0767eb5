"""What reading a history yields: a line, a row outside the filter, or a rejected row; and what was odd about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Reason(StrEnum):
    """Why a row could not be taken."""

    CELLS = "cells"
    ENCODING = "encoding"
    MISSING = "missing"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    DATE_OUT_OF_RANGE = "date_out_of_range"
    NO_DATE = "no_date"
    NOT_POSITIVE = "not_positive"
    NEGATIVE = "negative"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    NO_PRICE = "no_price"
    DUPLICATE_ID = "duplicate_id"
    CODE_CLASH = "code_clash"
    REFUSED = "refused"


class Kind(StrEnum):
    """What was odd about a row that was taken."""

    SPACES = "spaces"
    MOJIBAKE = "mojibake"
    PRICE_ROUNDED = "price_rounded"
    PRICE_DIFFERS = "price_differs"
    VALUE_NOT_EXACT = "value_not_exact"
    FREE_OF_CHARGE = "free_of_charge"
    SENT_ON_UNKNOWN = "sent_on_unknown"
    DATES_REVERSED = "dates_reversed"
    DATES_FAR_APART = "dates_far_apart"
    UNREADABLE = "unreadable"
    REFERENCE_LOST = "reference_lost"
    DUPLICATE_ROW = "duplicate_row"
    ORDER_SPLIT = "order_split"
    SHIPMENT_SPLIT = "shipment_split"
    SHIPMENT_KNOWN = "shipment_known"
    ORDERED_EARLIER = "ordered_earlier"


@dataclass(frozen=True, slots=True)
class Remark:
    """A warning kept with a line: the kind, the column or field it is about, and the text or figures that show it."""

    kind: Kind
    column: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A supplier, customer or warehouse: a code that depends on the name only, and the name."""

    code: str
    name: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A product as the history knows it."""

    code: str
    name: str
    category: str
    specification: str
    brand: str
    pack: str
    unit: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, or why there is none: the line that states it for all (``see_line``), or a declared word (``word``)."""

    number: Decimal | None = None
    see_line: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One order line of a history, with its delivery where there was one; ``partner`` is the supplier or customer."""

    row: int
    line_id: str
    order_key: str
    shipment_key: str
    partner: Named
    warehouse: Named
    item: Item
    quantity: Decimal
    unit_price: Decimal
    value: Decimal
    currency: str
    quoted_on: date | None
    sent_on: date | None
    required_on: date | None
    promised_on: date | None
    delivered_on: date | None
    recorded_on: date | None
    carrier_mode: str
    incoterm: str
    weight: Amount
    freight: Amount
    insurance: Amount
    notes: tuple[tuple[str, str], ...]
    fingerprint: bytes
    remarks: tuple[Remark, ...] = ()

    @property
    def days(self) -> tuple[date, ...]:
        """Every day known of the line."""
        known = (self.quoted_on, self.sent_on, self.required_on, self.promised_on, self.delivered_on)
        return tuple(day for day in known if day)


@dataclass(frozen=True, slots=True)
class Outside:
    """A row that the mapping's filter leaves to somebody else; ``why`` names the column and value."""

    row: int
    why: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was meant and could not be taken."""

    row: int
    line_id: str
    column: str
    reason: Reason
    value: str = ""
    order_key: str = ""


@dataclass(slots=True)
class Tally:
    """Where the rows went. ``read == taken + outside + rejected`` holds at any time."""

    read: int = 0
    taken: int = 0
    outside: int = 0
    rejected: int = 0
    remarks: Counter[Kind] = field(default_factory=Counter)
    reasons: Counter[Reason] = field(default_factory=Counter)

    def count(self, outcome: HistoryLine | Outside | Rejected) -> None:
        """Count one row by its outcome."""
        self.read += 1
        if isinstance(outcome, HistoryLine):
            self.taken += 1
            self.remarks.update(remark.kind for remark in outcome.remarks)
        elif isinstance(outcome, Outside):
            self.outside += 1
        else:
            self.rejected += 1
            self.reasons[outcome.reason] += 1

    def turn_down(self, line: HistoryLine, reason: Reason) -> None:
        """Move a row that had been taken to the rejected ones."""
        self.taken -= 1
        self.rejected += 1
        self.reasons[reason] += 1
        self.remarks.subtract(remark.kind for remark in line.remarks)
