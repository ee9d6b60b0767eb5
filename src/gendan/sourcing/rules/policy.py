"""What a company can decide about its inquiries; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

HUNDRED = Decimal(100)
LATE = ("refuse", "mark")
WEIGHTS = ("weight_price", "weight_date", "weight_record")


@dataclass(frozen=True, slots=True)
class Policy:
    """``late_answers``: what becomes of an answer after the closing date. The weights say what the score counts.
    ``feed_prices``: awards become rows of the price list.
    """

    late_answers: str = "mark"
    weight_price: int = 60
    weight_date: int = 20
    weight_record: int = 20
    feed_prices: bool = False

    def as_row(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RateIn:
    """Freight and duty in percent for goods from a country; an empty one is all others."""

    country: str = ""
    freight_percent: Decimal = Decimal(0)
    duty_percent: Decimal = Decimal(0)


def misfits(values: Mapping[str, Any]) -> list[str]:
    """The names of settings that are unknown, or whose value is none of theirs."""
    return [name for name, value in values.items() if not _fits(name, value)]


def _fits(name: str, value: Any) -> bool:
    match name:
        case "late_answers":
            return value in LATE
        case "feed_prices":
            return isinstance(value, bool)
        case "weight_price" | "weight_date" | "weight_record":
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100
    return False
