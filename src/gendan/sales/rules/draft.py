"""What a person can change of a sales order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from gendan.purchasing.rules.merging import plain_number


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line as the form shows it; ``id`` is the line's own, None while it is new. Without ``unit_price`` and
    ``discount`` the customer's price list decides.
    """

    product: str
    quantity: Decimal
    unit_price: Decimal | None = None
    unit: str = ""
    requested_on: date | None = None
    discount: Decimal | None = None
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
    """An order's header and lines; ``ship_to`` is the code of an address ("": the customer's default one),
    ``back_order`` what happens when goods are short ("": as the company says).
    """

    customer: str
    warehouse: str
    currency: str = ""
    ship_to: str = ""
    ordered_on: date | None = None
    requested_on: date | None = None
    tax_included: bool = True
    customer_reference: str = ""
    note: str = ""
    back_order: str = ""
    lines: tuple[DraftLine, ...] = ()


D = TypeVar("D", bound=Draft)


def without_prices(draft: D) -> D:
    """The draft as somebody sees it who may not see prices."""
    return replace(draft, lines=tuple(replace(line, unit_price=None, discount=None) for line in draft.lines))
