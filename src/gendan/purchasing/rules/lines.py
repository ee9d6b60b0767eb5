"""What a line still lacks and the state of an order, as functions of the counters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

ZERO = Decimal(0)
HUNDRED = Decimal(100)
MAX_LINES = 2000


@dataclass(frozen=True, slots=True)
class LineIn:
    """An order line as it is asked for. ``product``, ``unit`` and ``tax`` are codes; ``unit_price`` None means by
    price list.

    ``wanted_by`` are (requisition line id, quantity in the requisition line's unit) pairs that the line serves.
    """

    product: str
    quantity: Decimal
    unit_price: Decimal | None = None
    unit: str = ""
    required_on: date | None = None
    discount: Decimal = ZERO
    tax: str = ""
    note: str = ""
    description: str = ""
    external_key: str | None = None
    wanted_by: tuple[tuple[int, Decimal], ...] = ()


class Counters(Protocol):
    """What the rules need to know of a line."""

    @property
    def quantity(self) -> Decimal: ...
    @property
    def confirmed(self) -> Decimal: ...
    @property
    def refused(self) -> Decimal: ...
    @property
    def shipped(self) -> Decimal: ...
    @property
    def received(self) -> Decimal: ...
    @property
    def accepted(self) -> Decimal: ...
    @property
    def rejected(self) -> Decimal: ...
    @property
    def cancelled(self) -> Decimal: ...
    @property
    def over_tolerance(self) -> Decimal: ...
    @property
    def under_tolerance(self) -> Decimal: ...


class Pegged(Counters, Protocol):
    """What a line still brings into the bins depends on what came instead of goods that went back, too."""

    @property
    def replaced(self) -> Decimal: ...


def outstanding(line: Counters) -> Decimal:
    """What is still to come: ordered − cancelled − received, never below zero."""
    return max(line.quantity - line.cancelled - line.received, ZERO)


def refused_open(line: Counters) -> Decimal:
    """What the supplier will not deliver, as far as nothing confirmed, sent or received covers it."""
    covered = max(line.confirmed, line.shipped, line.received)
    return min(line.refused, max(line.quantity - line.cancelled - covered, ZERO))


def expected(line: Counters) -> Decimal:
    """What is still to come without what the supplier refused."""
    return max(outstanding(line) - refused_open(line), ZERO)


def peggable(line: Pegged) -> Decimal:
    """What the line may still bring into the bins, and so may be set aside for somebody: what is to come and what waits
    for inspection, without what the supplier refused. What came instead of goods that went back is beyond the order.
    """
    gone = line.accepted + line.rejected - line.replaced
    return max(line.quantity - line.cancelled - refused_open(line) - gone, ZERO)


def is_complete(line: Counters) -> bool:
    """Whether the line is received (or cancelled) up to the tolerated under-delivery."""
    return line.received + line.cancelled >= line.quantity * (HUNDRED - line.under_tolerance) / HUNDRED


def receivable(line: Counters) -> Decimal:
    """How much may still come in within the over-delivery tolerance."""
    ordered = line.quantity - line.cancelled
    return max(ordered * (HUNDRED + line.over_tolerance) / HUNDRED - line.received, ZERO)


def line_state(line: Counters, order: str, *, live: bool) -> str:
    """The state of one line in the words of orders; ``order`` is the state of its order, ``live`` that it goes on."""
    if live:
        return live_state([line])
    if line.cancelled >= line.quantity:
        return "cancelled"
    whole = line.received >= line.quantity * (HUNDRED - line.under_tolerance) / HUNDRED
    return "received" if order == "closed" and whole else order


def live_state(lines: Iterable[Counters]) -> str:
    """The state of an approved order from its lines' counters; lines that were cancelled whole do not count.

    A refused quantity is an answer, too; an order of which everything was refused still waits for one.
    Received before shipped before confirmed: goods that came in say more than what was announced.
    """
    wanted = [line for line in lines if line.quantity > line.cancelled]
    if not wanted:
        return "cancelled"
    if all(is_complete(line) for line in wanted):
        return "received"
    if any(line.received > 0 for line in wanted):
        return "partly_received"
    if all(line.shipped >= line.quantity - line.cancelled for line in wanted):
        return "shipped"
    if any(line.shipped > 0 for line in wanted):
        return "partly_shipped"
    answered = all(line.confirmed + line.refused >= line.quantity - line.cancelled for line in wanted)
    if answered and any(line.confirmed > 0 for line in wanted):
        return "confirmed"
    return "approved"
