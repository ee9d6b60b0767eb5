"""Who gets what of which supply: greedy, in the order in which both are given."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple


class Want(NamedTuple):
    """A line's need of a product, in stock units."""

    line_id: int
    product_id: int
    quantity: Decimal


class Supply(NamedTuple):
    """What a supply (a balance, a purchase line) still has of a product, in stock units."""

    id: int
    product_id: int
    available: Decimal


class Share(NamedTuple):
    line_id: int
    supply_id: int
    quantity: Decimal


def allocate(wants: Sequence[Want], supplies: Sequence[Supply]) -> list[Share]:
    """Serve wants in their order from supplies in theirs; never more than a supply has or a want needs."""
    queues: dict[int, deque[Supply]] = defaultdict(deque)
    for supply in supplies:
        if supply.available > 0:
            queues[supply.product_id].append(supply)
    shares = []
    for want in wants:
        need, queue = want.quantity, queues[want.product_id]
        while need > 0 and queue:
            supply = queue.popleft()
            taken = min(need, supply.available)
            need -= taken
            shares.append(Share(want.line_id, supply.id, taken))
            if taken < supply.available:
                queue.appendleft(supply._replace(available=supply.available - taken))
    return shares
