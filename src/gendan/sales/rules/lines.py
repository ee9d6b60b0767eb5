"""What a sales line still lacks and the state of an order, as functions of the counters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineIn:
    """A line as it is asked for. ``product``, ``unit`` and ``tax`` are codes; without ``unit_price`` and ``discount``
    the customer's price list decides.
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
    external_key: str | None = None


@dataclass(frozen=True, slots=True)
class DeliverIn:
    """A quantity (the line's unit) of an order line that leaves."""

    line: int
    quantity: Decimal


class Counters(Protocol):
    """What the rules need to know of a line; all in its unit."""

    @property
    def quantity(self) -> Decimal: ...
    @property
    def delivering(self) -> Decimal: ...
    @property
    def shipped(self) -> Decimal: ...
    @property
    def signed(self) -> Decimal: ...
    @property
    def refused(self) -> Decimal: ...
    @property
    def cancelled(self) -> Decimal: ...


def outstanding(line: Counters) -> Decimal:
    """What has not left yet: ordered − cancelled − shipped."""
    return line.quantity - line.cancelled - line.shipped


def deliverable(line: Counters) -> Decimal:
    """What no delivery has taken yet."""
    return outstanding(line) - line.delivering


def live_state(lines: Iterable[Counters], settled: bool = False) -> str:
    """The state of a reviewed order: what is cancelled does not count; a refused quantity is answered, too."""
    counted = [line for line in lines if line.quantity > line.cancelled]
    if not counted:
        return "cancelled"
    if all(outstanding(line) == 0 for line in counted):
        if any(line.signed + line.refused < line.shipped for line in counted):
            return "shipped"
        return "completed" if settled else "signed"
    return "partly_shipped" if any(line.shipped > 0 for line in counted) else "to_ship"
