"""What a change of an approved order does to its lines: how little is possible, what becomes of a promise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from gendan.purchasing.rules.promises import Part

ZERO = Decimal(0)


def fit(parts: Sequence[Part], total: Decimal) -> list[Part]:
    """Promised parts cut or stretched to a new quantity: what goes less comes off the last day, what is more is added
    to it.
    """
    found: list[Part] = []
    left = total
    for part in sorted(parts, key=lambda p: p.promised_on or date.max):
        quantity = min(part.quantity, left)
        if quantity > 0:
            found.append(Part(quantity, part.promised_on))
            left -= quantity
    if left > 0:
        last = found.pop() if found else Part(ZERO, parts[-1].promised_on if parts else None)
        found.append(Part(last.quantity + left, last.promised_on))
    return found
