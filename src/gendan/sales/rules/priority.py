"""Who is served first: the company's criteria in their order; ties go to the older order, then to the earlier line."""

from __future__ import annotations

from collections.abc import Sequence

# What each criterion looks at, over sales lines «l», their orders «o» and customers' classes «k», least first: the
# class with the highest priority, the earliest day, the largest order; «descending» turns it round. What has no value
# comes last in either direction.
KEYS = {
    "customer_class": "-coalesce(k.priority, 0)",
    "promised_on": "coalesce(l.due_on, l.requested_on)",
    "order_value": "-(o.gross * o.rate)",
    "ordered_on": "o.ordered_on",
}
DEFAULT: tuple[tuple[str, bool], ...] = (("customer_class", False), ("promised_on", False))


def order_by(criteria: Sequence[tuple[str, bool]]) -> str:
    """The ORDER BY of lines, first served first; ``criteria`` are (key, descending), none the default."""
    parts = [f"{KEYS[key]} {'DESC' if down else 'ASC'} NULLS LAST" for key, down in criteria or DEFAULT if key in KEYS]
    return ", ".join([*parts, "o.id", "l.line_no"])
