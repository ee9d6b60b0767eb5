"""How a delivery is spread over order lines and shipment lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ReceiveIn:
    """One counted quantity (order line's unit). ``order`` may be empty when the receipt is for one order only.

    ``lot`` and ``bin`` are codes; an empty bin is the warehouse's default place.
    """

    line: int
    quantity: Decimal
    order: str = ""
    lot: str = ""
    bin: str = ""
    expires_on: date | None = None


@dataclass(slots=True)
class OpenShipmentLine:
    """What of a shipment line is still to be booked in."""

    id: int
    order_line_id: int
    shipment_id: int
    shipment_number: str
    quantity: Decimal
    received: Decimal
    announced: bool = False

    @property
    def open(self) -> Decimal:
        return max(self.quantity - self.received, ZERO)


def spread(quantity: Decimal, shipments: Iterable[OpenShipmentLine]) -> list[tuple[OpenShipmentLine | None, Decimal]]:
    """Split a received quantity over open shipment lines, oldest first; what no shipment announced goes without one."""
    parts: list[tuple[OpenShipmentLine | None, Decimal]] = []
    left = quantity
    for shipment in shipments:
        taken = min(left, shipment.open)
        if taken > 0:
            parts.append((shipment, taken))
            left -= taken
    if left > 0:
        parts.append((None, left))
    return parts


def all_received(lines: Sequence[OpenShipmentLine]) -> bool:
    """Whether nothing of a shipment is left to book in."""
    return all(line.open == 0 for line in lines)
