"""What is typed in: lines of an invoice, parts of a payment."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Cover:
    """A quantity (order line's unit) of an invoice line that is for a line of an order; ``receipt`` says which receipt
    brought it, otherwise the oldest that is not invoiced counts.
    """

    order: str
    line: int
    quantity: Decimal
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class BillLineIn:
    """A line of a supplier's invoice. ``covers`` is what it is for; none: freight and other things beside the order.

    Without ``unit_price`` and ``tax_rate`` those of the order are taken. ``amount`` is the line's amount as printed
    (with tax where prices include it); without one it is quantity × price.
    """

    quantity: Decimal
    covers: tuple[Cover, ...] = ()
    unit_price: Decimal | None = None
    tax_rate: Decimal | None = None
    amount: Decimal | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class PartIn:
    """An amount of a payment that is for a document: a bill, or a sales order."""

    number: str
    amount: Decimal
