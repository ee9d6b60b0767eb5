"""What was paid for goods, for the stock pages below (inventory.queries.WORTH)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.purchasing.queries.orders import VIEW_PRICE

_LAST = """
SELECT p.id, last.worth FROM unnest(%s::bigint[]) AS p(id) JOIN LATERAL (
 SELECT l.net / l.quantity / l.factor * o.rate AS worth FROM purchasing_orderline l
 JOIN purchasing_purchaseorder o ON o.id = l.order_id
 WHERE l.product_id = p.id AND l.company_id = %s::bigint AND (l.live OR l.completed_on IS NOT NULL)
 ORDER BY l.id DESC LIMIT 1) last ON true
"""


def last_paid(actor: Actor, product_ids: Sequence[int]) -> dict[int, Decimal]:
    """The net price of a stock unit in the company's currency on the last order of each product; one statement."""
    if not product_ids or not actor.may(VIEW_PRICE):
        return {}
    return dict(db.rows(_LAST, [list(product_ids), actor.company_id]))
