"""What an inspector decides about a received line, and when a line counts as completed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class InspectIn:
    """The verdict on a receipt's line: good and bad quantities (order line's unit); good goes into ``bin``.

    Together they may be less than what waits: the rest waits on. ``sorted``: every item was looked at, so that good
    ones may be accepted of a lot whose sample was bad.
    """

    line: int
    accepted: Decimal
    rejected: Decimal = ZERO
    bin: str = ""
    note: str = ""
    sorted: bool = False


@dataclass(frozen=True, slots=True)
class RejectIn:
    """What becomes of rejected goods of a receipt's line that do not go back (order line's unit): thrown away, worked
    over and inspected again, or accepted at a lower price into ``bin``, for which the supplier credits ``amount``.
    """

    line: int
    scrap: Decimal = ZERO
    rework: Decimal = ZERO
    reduce: Decimal = ZERO
    amount: Decimal | None = None
    bin: str = ""
    note: str = ""

    @property
    def total(self) -> Decimal:
        return self.scrap + self.rework + self.reduce


class Completable(Protocol):
    """What the rule needs to know of an order line."""

    @property
    def quantity(self) -> Decimal: ...
    @property
    def cancelled(self) -> Decimal: ...
    @property
    def under_tolerance(self) -> Decimal: ...


def completion_date(line: Completable, receipts: Iterable[tuple[date, Decimal]]) -> date | None:
    """The day on which what was received by then completed the line; None when it never did."""
    needed = line.quantity * (HUNDRED - line.under_tolerance) / HUNDRED - line.cancelled
    total = ZERO
    for day, quantity in sorted(receipts):
        total += quantity
        if total >= needed:
            return day
    return None
