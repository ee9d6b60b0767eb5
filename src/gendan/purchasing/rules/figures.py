"""Quantities as people read them."""

from __future__ import annotations

from decimal import Decimal


def figure(value: Decimal, unit: str = "") -> str:
    """A quantity with thousands separators: 12,000 件."""
    text = format(value, ",f")
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {unit}".strip()
