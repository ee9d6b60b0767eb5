"""Share a cost exactly: every part in the smallest unit of the currency, the parts make the whole."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal


def shares(amount: Decimal, weights: Sequence[Decimal], minor_units: int) -> list[Decimal]:
    """The parts of an amount by weight; what rounding leaves goes to the largest remainders, the first of equal ones.

    The amount has no more than ``minor_units`` decimals, no weight is negative, some weight is positive.
    """
    whole = sum(weights, Decimal(0))
    if whole <= 0:
        raise ValueError("nothing to share by")
    unit = Decimal(1).scaleb(-minor_units)
    exact = [amount * weight / whole for weight in weights]
    parts = [part.quantize(unit, ROUND_FLOOR) for part in exact]
    left = int((amount - sum(parts, Decimal(0))) / unit)
    order = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in order[:left]:
        parts[n] += unit
    return parts
