"""What suppliers' invoices and their payments do to order lines: counters, written by who holds the order.

Lock order: purchase orders by id before invoices before payments (docs/decisions/0030-settlement.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step

_LOCK = """
SELECT o.id FROM purchasing_purchaseorder o WHERE o.company_id = %s::bigint AND o.id = ANY(%s::bigint[])
ORDER BY o.id FOR NO KEY UPDATE
"""
_COUNT = """
UPDATE purchasing_orderline l SET {counter} = l.{counter} + t.quantity
FROM unnest(%s::bigint[], %s::numeric[]) AS t(id, quantity) WHERE l.id = t.id
"""


@step
def hold(actor: Actor, order_ids: Sequence[int]) -> None:
    """Lock orders by their ids."""
    if order_ids:
        db.rows(_LOCK, [actor.company_id, db.array(sorted(set(order_ids)))])


@step
def count(counter: Literal["invoiced", "paid"], quantities: Mapping[int, Decimal]) -> None:
    """Add to a counter of lines (by id) of held orders, each in its unit."""
    changed = {line: quantity for line, quantity in quantities.items() if quantity}
    if changed:
        db.later(_COUNT.format(counter=counter), [db.array(changed), db.array(changed.values())])
