"""Who gets what of which supply: greedy, in the order in which both are given."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple


class Want(NamedTuple):
    """A line's need of a product, in stock units."""

    line_id: int
    product_id: int
    quantity: Decimal


class Supply(NamedTuple):
    """What a supply (a balance) still has of a product, in stock units."""

    id: int
    product_id: int
    available: Decimal


class Share(NamedTuple):
    line_id: int
    supply_id: int
    quantity: Decimal


def allocate(wants: Sequence[Want], supplies: Sequence[Supply]) -> list[Share]:
    """Serve wants in their order from supplies in theirs; never more than a supply has or a want needs."""
    left = {supply.id: supply.available for supply in supplies}
    shares = []
    for want in wants:
        need = want.quantity
        for supply in supplies:
            if need <= 0:
                break
            if supply.product_id != want.product_id or left[supply.id] <= 0:
                continue
            taken = min(need, left[supply.id])
            left[supply.id] -= taken
            need -= taken
            shares.append(Share(want.line_id, supply.id, taken))
    return shares
