"""Pure rules of stock: what a request says, and what follows from figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

MAX_LINES = 2000
ZERO = Decimal(0)

# Which way an adjustment goes, and the place outside that stands on its other side.
SIGNS = {"opening": 1, "found": 1, "lost": -1, "broken": -1, "scrap": -1, "correction": 0}
OUTSIDE = {"broken": "scrap", "scrap": "scrap"}
NEEDS_REASON = frozenset(SIGNS) - {"opening"}


@dataclass(frozen=True, slots=True)
class TransferLineIn:
    """A quantity (stock unit) of a product to be moved; bins by code, empty is the warehouse's default place."""

    product: str
    quantity: Decimal
    from_bin: str = ""
    to_bin: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True)
class ArrivalIn:
    """What arrived of a transfer line; ``bin`` empty is where the line says."""

    line: int
    quantity: Decimal
    bin: str = ""


@dataclass(frozen=True, slots=True)
class AdjustmentLineIn:
    """A change (plus or minus, stock unit) of a product at a bin."""

    product: str
    change: Decimal
    bin: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True)
class ScopeIn:
    """What a count list is made from, by codes: empty is everything in the warehouse; bins ``A-*`` begin with A-."""

    bins: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    products: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, list[str]]:
        """As it is kept with the count."""
        return {"bins": list(self.bins), "categories": list(self.categories), "products": list(self.products)}


@dataclass(slots=True)
class OnTheWay:
    """A transfer line while goods arrive."""

    id: int
    line_no: int
    product_id: int
    product: str
    decimals: int
    lot_id: int | None
    from_id: int
    to_id: int
    quantity: Decimal
    received: Decimal
    returned: Decimal
    arrivals: list[tuple[Decimal, int]] = field(default_factory=list)

    @property
    def open(self) -> Decimal:
        """What is still on its way."""
        return self.quantity - self.received - self.returned


def like(code: str) -> str:
    """The pattern of SQL's LIKE for a bin, whose code may end in a star that stands for anything."""
    bare = code.upper().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return bare[:-1] + "%" if bare.endswith("*") else bare


def outside_of(kind: str) -> str:
    """The kind of place on the other side of an adjustment."""
    return OUTSIDE.get(kind, "adjustment")


def fits_kind(kind: str, change: Decimal) -> bool:
    """Whether an adjustment of this kind may change stock this way."""
    sign = SIGNS[kind]
    return change != 0 and (sign == 0 or (change > 0) == (sign > 0))
