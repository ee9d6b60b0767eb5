"""What a supplier promised, and when something is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ConfirmIn:
    """One part of a supplier's answer to a line: a quantity by a date, or a refusal. Several parts split the line."""

    line: int
    quantity: Decimal | None = None
    promised_on: date | None = None
    refused: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A promised quantity by a date."""

    quantity: Decimal
    promised_on: date | None


def last_date(parts: Sequence[Part]) -> date | None:
    """The date by which all parts are promised; None if any has no date."""
    dates = [part.promised_on for part in parts]
    return max((d for d in dates if d), default=None) if dates and all(dates) else None


def next_due(parts: Sequence[Part], received: Decimal, required_on: date | None) -> date | None:
    """When the next missing quantity is due: the first part, by date, that receipts do not cover yet.

    What nobody promised is due when it is required.
    """
    covered = received
    for part in sorted(parts, key=lambda p: p.promised_on or date.max):
        if covered < part.quantity:
            return part.promised_on or required_on
        covered -= part.quantity
    return required_on


def late_days(due_on: date | None, today: date) -> int:
    """Days past due, 0 when not late."""
    return max((today - due_on).days, 0) if due_on else 0
