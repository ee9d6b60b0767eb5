"""When a shipment arrives, and by whose word. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

ENOUGH = 3  # past shipments from which something usual can be said


@dataclass(frozen=True, slots=True)
class Usual:
    """What past shipments say: of the supplier with this carrier, or of the supplier (``carrier`` "")."""

    days: int
    shipments: int
    carrier: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """The day and its source: arrived, carrier, usual, supplier, or none ("")."""

    on: date | None
    source: str


def expected(
    *, arrived: date | None, carrier: date | None, shipped: date | None, stated: date | None, usual: Usual | None
) -> Expected:
    """The carrier knows best; else how long it usually takes from the day of shipping; else what the supplier said."""
    if arrived is not None:
        return Expected(arrived, "arrived")
    if carrier is not None:
        return Expected(carrier, "carrier")
    if shipped is not None and usual is not None and usual.shipments >= ENOUGH:
        return Expected(shipped + timedelta(days=usual.days), "usual")
    return Expected(stated, "supplier" if stated else "")
