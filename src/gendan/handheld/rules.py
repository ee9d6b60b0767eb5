"""How a scanned quantity is spread over order lines, and what a device may send; no framework."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

ZERO = Decimal(0)
HUNDRED = Decimal(100)
UNDO_SECONDS = 10
MOST_OPERATIONS = 20  # in one request
LONGEST_CODE = 200


class Room(Protocol):
    """What the rules need to know of an order line at the dock; ``counted`` is on the device's tally already."""

    @property
    def quantity(self) -> Decimal: ...
    @property
    def cancelled(self) -> Decimal: ...
    @property
    def received(self) -> Decimal: ...
    @property
    def over_tolerance(self) -> Decimal: ...
    @property
    def counted(self) -> Decimal: ...


def expected(line: Room) -> Decimal:
    """What is still to come of a line after what the tally has counted."""
    return max(line.quantity - line.cancelled - line.received - line.counted, ZERO)


def tolerated(line: Room) -> Decimal:
    """How much more may be counted within the over-delivery tolerance."""
    most = (line.quantity - line.cancelled) * (HUNDRED + line.over_tolerance) / HUNDRED
    return max(most - line.received - line.counted, ZERO)


def spread(quantity: Decimal, lines: Sequence[Room]) -> tuple[list[Decimal], bool]:
    """How much each of the lines of a product gets, and whether that is more than may come in.

    What is expected is filled line by line, then the tolerances; what is beyond goes to the last line.
    """
    parts, left = [ZERO] * len(lines), quantity
    for room in (expected, tolerated):
        for n, line in enumerate(lines):
            taken = min(left, max(room(line) - parts[n], ZERO))
            parts[n] += taken
            left -= taken
    if left > 0:
        parts[-1] += left
    return parts, left > 0


def fits(quantity: Decimal, decimals: int) -> bool:
    """Whether a quantity can be written in a unit with so many decimals, and is one."""
    return quantity.is_finite() and ZERO < quantity < Decimal(10) ** 12 and quantity == round(quantity, decimals)
