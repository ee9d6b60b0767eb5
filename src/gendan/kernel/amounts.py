"""Amounts of a document line: exact, rounded once per line to the currency's minor unit."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

HUNDRED = Decimal(100)


class Amounts(NamedTuple):
    net: Decimal
    tax: Decimal
    gross: Decimal


def amounts(
    quantity: Decimal, unit_price: Decimal, discount: Decimal, tax_rate: Decimal, tax_included: bool, minor_units: int
) -> Amounts:
    """Net, tax and gross of a line, each rounded half up to the currency's minor unit.

    With included tax the gross is rounded first and the tax taken out of it, else the net first and the tax added.
    """
    cent = Decimal(1).scaleb(-minor_units)
    base = (quantity * unit_price * (HUNDRED - discount) / HUNDRED).quantize(cent, ROUND_HALF_UP)
    if tax_included:
        tax = (base * tax_rate / (HUNDRED + tax_rate)).quantize(cent, ROUND_HALF_UP)
        return Amounts(base - tax, tax, base)
    tax = (base * tax_rate / HUNDRED).quantize(cent, ROUND_HALF_UP)
    return Amounts(base, tax, base + tax)
