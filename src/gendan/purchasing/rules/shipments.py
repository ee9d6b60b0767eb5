"""What may be announced of an order line, and what a shipment's lines say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Protocol

from gendan.purchasing.rules.merging import plain_number

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class ShipIn:
    """A quantity (order line's unit) that the supplier sends. ``order`` may be empty when only one order is meant."""

    line: int
    quantity: Decimal
    order: str = ""
    lot: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class ParcelIn:
    """A parcel or pallet of a new shipment; ``contents``: which of its lines (0, 1 …) with how much; ``parent``: the
    place of the pallet that it stands on. Without ``sscc`` it gets a number.
    """

    kind: str = "parcel"
    contents: tuple[tuple[int, Decimal], ...] = ()
    parent: int | None = None
    sscc: str = ""


@dataclass(frozen=True, slots=True)
class ShipmentLineIn:
    """A corrected quantity of a shipment's line; zero takes the line out."""

    line: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class ShipmentDraftLine:
    """A line as the form of a shipment shows it; ``id`` is its number."""

    quantity: Decimal
    id: int | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return f"#{self.id}"

    def words(self) -> str:
        """The whole line in short."""
        return f"{self.name} × {plain_number(self.quantity)}"


@dataclass(frozen=True, slots=True)
class ShipmentDraft:
    """What people can change of a shipment on the way."""

    carrier: str = ""
    tracking_number: str = ""
    mode: str = ""
    packages: int | None = None
    weight: Decimal | None = None
    supplier_reference: str = ""
    shipped_on: date | None = None
    expected_on: date | None = None
    note: str = ""
    lines: tuple[ShipmentDraftLine, ...] = ()


SHIPMENT_FIELDS = tuple(f.name for f in fields(ShipmentDraft) if f.name != "lines")


@dataclass(frozen=True, slots=True)
class Announced:
    """What all shipments of an order line that were not cancelled say together."""

    quantity: Decimal = ZERO
    received: Decimal = ZERO


class Ordered(Protocol):
    """What the rules need to know of an order line."""

    @property
    def quantity(self) -> Decimal: ...
    @property
    def cancelled(self) -> Decimal: ...
    @property
    def received(self) -> Decimal: ...
    @property
    def over_tolerance(self) -> Decimal: ...


class Counted(Protocol):
    """What the rules need to know of a shipment's line."""

    @property
    def quantity(self) -> Decimal: ...
    @property
    def received(self) -> Decimal: ...


def committed(line: Ordered, announced: Announced) -> Decimal:
    """What is announced, under way or here already: all shipments, and receipts that no shipment announced."""
    return announced.quantity + max(line.received - announced.received, ZERO)


def shippable(line: Ordered, announced: Announced) -> Decimal:
    """What a new shipment takes by default: ordered − cancelled − committed."""
    return max(line.quantity - line.cancelled - committed(line, announced), ZERO)


def shippable_at_most(line: Ordered, announced: Announced) -> Decimal:
    """What a new shipment may hold within the over-delivery tolerance."""
    ordered = (line.quantity - line.cancelled) * (HUNDRED + line.over_tolerance) / HUNDRED
    return max(ordered - committed(line, announced), ZERO)


def shipment_state(lines: Sequence[Counted], arrived_on: date | None) -> str:
    """The state of a dispatched shipment from what was booked in."""
    if lines and all(line.received >= line.quantity for line in lines):
        return "received"
    return "arrived" if arrived_on or any(line.received > 0 for line in lines) else "in_transit"
