"""What a person can change of a draft order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from gendan.purchasing.rules.merging import plain_number

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line of a draft as the form shows it; ``id`` is the line's own, None while it is new."""

    product: str
    quantity: Decimal
    unit_price: Decimal | None = None
    unit: str = ""
    required_on: date | None = None
    discount: Decimal = ZERO
    tax: str = ""
    note: str = ""
    description: str = ""
    id: int | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.product

    def words(self) -> str:
        """The whole line in short."""
        return f"{self.product} × {plain_number(self.quantity)}"


@dataclass(frozen=True, slots=True)
class Draft:
    """An order's header and lines."""

    supplier: str
    warehouse: str
    currency: str = ""
    ordered_on: date | None = None
    tax_included: bool = True
    supplier_reference: str = ""
    note: str = ""
    lines: tuple[DraftLine, ...] = ()


def without_prices(draft: Draft) -> Draft:
    """The draft as somebody sees it who may not see prices."""
    return replace(draft, lines=tuple(replace(line, unit_price=None, discount=ZERO) for line in draft.lines))
