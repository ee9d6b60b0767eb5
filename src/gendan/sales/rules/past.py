"""Orders that another system kept: what was ordered, and what of it was delivered when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PastLine:
    """A line as the other system had it; ``key`` is what that system knows it by."""

    key: str
    product: str
    quantity: Decimal
    unit_price: Decimal
    unit: str = ""
    requested_on: date | None = None
    promised_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class PastDelivery:
    """What arrived at the customer on one day: quantities by the key of the line, whole lines as a rule."""

    key: str
    delivered_on: date
    quantities: tuple[tuple[str, Decimal], ...]
    recorded_on: date | None = None
    carrier: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order with its deliveries. ``number`` is that of the order here, where it exists already: then only the
    deliveries are written. ``settled`` says that it was paid.
    """

    key: str
    customer: str
    warehouse: str
    currency: str
    ordered_on: date
    lines: tuple[PastLine, ...]
    deliveries: tuple[PastDelivery, ...] = ()
    reference: str = ""
    note: str = ""
    settled: bool = False
    number: str = ""
