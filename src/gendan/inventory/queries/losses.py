"""Whom it hits when stock that is set aside is lost, asked before it is posted.

Contexts above that set stock aside register here (LOSERS), as they do in ``steps/claims.py``; inventory only says which
balances would have less. Nothing further is read while nothing of them is set aside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gendan.inventory.queries.stock import VIEW
from gendan.kernel import db
from gendan.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Loser:
    """A line of a customer's order that finds no other stock for a quantity (stock units); ``after`` is when it could
    leave then, None when nobody knows. Without the right to see sales, order and customer are not named.
    """

    order: str
    line: int
    customer_name: str
    product: str
    product_name: str
    unit: str
    quantity: Decimal
    before: date | None
    after: date | None
    url: str


LOSERS: list[Callable[[Actor, Mapping[int, Decimal]], Sequence[Loser]]] = []
_ADJUSTMENT = """
SELECT b.id, -sum(l.change) FROM inventory_adjustment a JOIN inventory_adjustmentline l ON l.adjustment_id = a.id
JOIN inventory_balance b ON b.product_id = l.product_id AND b.location_id = l.location_id
 AND b.lot_id IS NOT DISTINCT FROM l.lot_id
WHERE a.company_id = %s::bigint AND a.number = %s::text AND b.reserved > 0
GROUP BY b.id HAVING sum(l.change) < 0 AND b.on_hand + sum(l.change) < b.reserved
"""
_COUNT = """
SELECT b.id, l.expected - l.counted FROM inventory_stockcount c JOIN inventory_stockcountline l ON l.count_id = c.id
JOIN inventory_balance b ON b.product_id = l.product_id AND b.location_id = l.location_id
 AND b.lot_id IS NOT DISTINCT FROM l.lot_id
WHERE c.company_id = %s::bigint AND c.number = %s::text AND b.reserved > 0 AND l.counted < l.expected
 AND b.on_hand - l.expected + l.counted < b.reserved
"""


def losers_of_adjustment(actor: Actor, number: str) -> list[Loser]:
    """Whom a draft hits when it is posted."""
    return _losers(actor, _ADJUSTMENT, number)


def losers_of_count(actor: Actor, number: str) -> list[Loser]:
    """Whom the differences of a count hit when they are posted."""
    return _losers(actor, _COUNT, number)


def _losers(actor: Actor, sql: str, number: str) -> list[Loser]:
    actor.must(VIEW)
    less: dict[int, Decimal] = dict(db.rows(sql, [actor.company_id, number]))
    return [loser for find in LOSERS for loser in find(actor, less)] if less else []
