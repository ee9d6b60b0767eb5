"""When a quantity can leave: free stock first, then what is on its way, then what would have to be bought.

What other reviewed orders still need is set aside first (``reduce``): each of them from the latest supply that is in
time for it, so that what is promised to them is not promised again, and stock is not kept for an order that a later
delivery serves in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)
STOCK, PURCHASE, LEAD = "stock", "purchase", "lead"


@dataclass(slots=True)
class Supply:
    """A quantity (stock units) from a day on; ``number`` and ``line`` name the purchase line that brings it."""

    kind: str
    on: date
    quantity: Decimal
    number: str = ""
    line: int = 0
    id: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an answer: so much on that day out of that supply; no day: nobody knows."""

    kind: str
    on: date | None
    quantity: Decimal
    number: str = ""
    line: int = 0
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """What a reviewed order still needs of a product, and by when (nothing: as soon as possible)."""

    quantity: Decimal
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """When a quantity can leave: its parts by day; ``on`` is when all of it can, None when that is not known."""

    quantity: Decimal
    parts: tuple[Part, ...]
    on: date | None

    @property
    def from_stock(self) -> bool:
        return all(part.kind == STOCK for part in self.parts)

    def by(self, day: date) -> Decimal:
        """How much of it can leave up to a day."""
        return sum((part.quantity for part in self.parts if part.on and part.on <= day), ZERO)


@dataclass(slots=True)
class Shelf:
    """What a product has to promise; every answer takes from it, so that two lines do not get the same piece.

    ``days`` is how long buying it takes (None: nobody said), ``lead_on`` when it could leave if it were ordered today.
    """

    supplies: list[Supply] = field(default_factory=list)
    days: int | None = None
    lead_on: date | None = None

    def take(self, quantity: Decimal) -> Answer:
        """The earliest that the quantity can leave."""
        left, parts = quantity, []
        for supply in self.supplies:
            if left <= 0:
                break
            if (taken := min(left, supply.quantity)) > 0:
                supply.quantity -= taken
                left -= taken
                parts.append(Part(supply.kind, supply.on, taken, supply.number, supply.line))
        if left > 0:
            parts.append(Part(LEAD, self.lead_on, left, days=self.days))
        days = [part.on for part in parts]
        known = [day for day in days if day is not None]
        return Answer(quantity, tuple(parts), max(known) if known and len(known) == len(days) else None)


def reduce(supplies: Iterable[Supply], demands: Iterable[Demand], today: date) -> list[Supply]:
    """The supplies in the order of their days without what the demands need of them."""
    free = sorted((s for s in supplies if s.quantity > 0), key=lambda s: (s.on, s.kind != STOCK, s.id))
    for demand in sorted(demands, key=lambda d: d.due_on or today):
        _set_aside(free, demand.quantity, demand.due_on or today)
        free = [supply for supply in free if supply.quantity > 0]
    return free


def _set_aside(free: Sequence[Supply], quantity: Decimal, due_on: date) -> None:
    """Latest first of what is in time, then the earliest of what is late."""
    in_time = [supply for supply in free if supply.on <= due_on]
    for supply in [*reversed(in_time), *free[len(in_time) :]]:
        if quantity <= 0:
            return
        taken = min(quantity, supply.quantity)
        supply.quantity -= taken
        quantity -= taken
