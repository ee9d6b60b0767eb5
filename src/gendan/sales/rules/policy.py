"""What a company can decide about selling, and what is wrong with a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

HUNDRED = Decimal(100)
MOST_DAYS = 365
# Field → what it is: a flag, whole days, a percentage, how back orders are served.
FIELDS: Mapping[str, str] = {
    "reserve_on_review": "flag",
    "peg_incoming": "flag",
    "request_shortage": "flag",
    "request_safety_stock": "flag",
    "handling_days": "days",
    "back_order": "back_order",
    "sign_by_carrier": "flag",
    "discount_limit": "percent",
}
DEFAULTS: Mapping[str, Any] = {
    "reserve_on_review": True,
    "peg_incoming": True,
    "request_shortage": False,
    "request_safety_stock": False,
    "handling_days": 0,
    "back_order": "partial",
    "sign_by_carrier": False,
    "discount_limit": Decimal(10),
}
BACK_ORDERS = ("partial", "complete", "line")
# What a rule of the review compares with: from, to; rules that are not here compare with nothing.
THRESHOLDS: Mapping[str, tuple[int, int]] = {"overdue": (0, 3650), "margin": (-100, 100)}
KEYS = ("customer_class", "promised_on", "order_value", "ordered_on")


@dataclass(frozen=True, slots=True)
class RuleIn:
    """How a rule of the review shall answer; ``threshold`` None is the default."""

    code: str
    answer: str
    threshold: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PriorityIn:
    """A criterion of who is served first."""

    key: str
    descending: bool = False


def is_fit(field: str, value: Any) -> bool:
    """Whether a setting can have this value."""
    kind = FIELDS.get(field)
    if kind == "flag":
        return isinstance(value, bool)
    if kind == "days":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_DAYS
    if kind == "back_order":
        return value in BACK_ORDERS
    return kind == "percent" and isinstance(value, Decimal) and 0 <= value <= HUNDRED and value == round(value, 3)


def threshold_fits(code: str, threshold: Decimal | None) -> bool:
    """Whether a rule can compare with this; days are whole."""
    if threshold is None:
        return True
    if code not in THRESHOLDS:
        return False
    low, high = THRESHOLDS[code]
    whole = code != "overdue" or threshold == threshold.to_integral_value()
    return threshold.is_finite() and low <= threshold <= high and whole and threshold == round(threshold, 2)
