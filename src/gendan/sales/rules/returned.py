"""What customers ask to give back, what came, and what becomes of it; all quantities in the sales line's unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Protocol

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ReturnIn:
    """A quantity of an order's line that shall come back, and why. ``delivery`` names the delivery that brought it,
    ``lot`` the lot, where they are known.
    """

    order: str
    line: int
    quantity: Decimal
    reason: str
    note: str = ""
    delivery: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True)
class BackIn:
    """A quantity of a return's line that came in; ``lot`` where the goods are kept by lot and several were sent."""

    line: int
    quantity: Decimal
    lot: str = ""


@dataclass(frozen=True, slots=True)
class VerdictIn:
    """What becomes of a quantity that came back: into ``bin`` (empty: the warehouse's usual one), to scrap, or to the
    rejected area, from where it goes to the supplier.
    """

    line: int
    restock: Decimal = ZERO
    scrap: Decimal = ZERO
    to_supplier: Decimal = ZERO
    bin: str = ""
    note: str = ""

    @property
    def total(self) -> Decimal:
        return self.restock + self.scrap + self.to_supplier


class Back(Protocol):
    """What the rules need to know of a returned line."""

    @property
    def quantity(self) -> Decimal: ...
    @property
    def received(self) -> Decimal: ...
    @property
    def restocked(self) -> Decimal: ...
    @property
    def scrapped(self) -> Decimal: ...
    @property
    def to_supplier(self) -> Decimal: ...


def to_come(line: Back) -> Decimal:
    """What was asked back and has not come."""
    return line.quantity - line.received


def undecided(line: Back) -> Decimal:
    """What came and waits for a verdict."""
    return line.received - line.restocked - line.scrapped - line.to_supplier


def worth(quantity: Decimal, ordered: Decimal, gross: Decimal, minor_units: int) -> Decimal:
    """What a quantity of a line cost the customer, never rounded up."""
    return (gross * quantity / ordered).quantize(Decimal(1).scaleb(-minor_units), ROUND_DOWN)


def shared(credit: Decimal, worths: Mapping[int, Decimal], minor_units: int) -> dict[int, Decimal]:
    """A credit shared out among orders (by id) by what came back of each was worth; the rest goes to the last."""
    total = sum(worths.values(), ZERO)
    cent = Decimal(1).scaleb(-minor_units)
    shares = {id_: (credit * much / total).quantize(cent, ROUND_DOWN) for id_, much in sorted(worths.items()) if much}
    shares[max(shares)] += credit - sum(shares.values(), ZERO)
    return shares
