"""What is recorded of a supplier's document, and how it stands; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

KINDS = ("licence", "certificate", "contract", "other")
MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class PaperIn:
    """A document as it is recorded."""

    kind: str
    name: str
    reference: str = ""
    valid_from: date | None = None
    expires_on: date | None = None
    remind_days: int = 30
    note: str = ""


def standing(expires_on: date | None, remind_days: int, today: date) -> str:
    """valid, expiring (within the days of its reminder), or expired."""
    if expires_on is None:
        return "valid"
    if expires_on < today:
        return "expired"
    return "expiring" if expires_on - timedelta(days=remind_days) <= today else "valid"
