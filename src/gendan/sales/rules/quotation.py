"""What a person can change of a quotation, and what can still be ordered out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gendan.sales.rules.draft import Draft


@dataclass(frozen=True, slots=True)
class QuoteDraft(Draft):
    """A quotation's header and lines; ``ordered_on`` is the day on which it was made."""

    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class OrderedIn:
    """A quantity (the line's unit) of a quoted line that the customer orders."""

    line: int
    quantity: Decimal


def is_expired(valid_to: date | None, today: date) -> bool:
    """Whether an offer no longer holds; the last day still counts."""
    return valid_to is not None and valid_to < today
