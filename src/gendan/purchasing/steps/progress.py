"""Write lines' counters and the order states that follow from them, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gendan.kernel import db
from gendan.kernel.unit import step
from gendan.purchasing.rules.lines import live_state
from gendan.purchasing.steps.order import LockedLine, LockedOrder

_WRITE = """
WITH changed AS (
 UPDATE purchasing_orderline l SET confirmed = t.confirmed, refused = t.refused, shipped = t.shipped,
  received = t.received, accepted = t.accepted, rejected = t.rejected, cancelled = t.cancelled,
  promised_on = t.promised_on, expected_on = t.expected_on, due_on = t.due_on, completed_on = t.completed_on,
  promise_revision = t.revision, promise_parts = t.parts
 FROM unnest(%(ids)s::bigint[], %(confirmed)s::numeric[], %(refused)s::numeric[], %(shipped)s::numeric[],
  %(received)s::numeric[], %(accepted)s::numeric[], %(rejected)s::numeric[], %(cancelled)s::numeric[],
  %(promised_on)s::date[], %(expected_on)s::date[], %(due_on)s::date[], %(completed_on)s::date[],
  %(promise_revision)s::int[], %(promise_parts)s::smallint[])
  AS t(id, confirmed, refused, shipped, received, accepted, rejected, cancelled, promised_on, expected_on, due_on,
   completed_on, revision, parts)
 WHERE l.id = t.id)
UPDATE purchasing_purchaseorder o SET state = t.state, version = o.version + 1, updated_at = now()
FROM unnest(%(orders)s::bigint[], %(states)s::text[]) AS t(id, state) WHERE o.id = t.id
"""
_COLUMNS = (
    "confirmed",
    "refused",
    "shipped",
    "received",
    "accepted",
    "rejected",
    "cancelled",
    "promised_on",
    "expected_on",
    "due_on",
    "completed_on",
    "promise_revision",
    "promise_parts",
)


@step
def save(
    orders: Sequence[LockedOrder], lines: Sequence[LockedLine], changed: Sequence[LockedLine]
) -> Mapping[int, str]:
    """Write the changed lines and every order's state and version; the new states by order id.

    ``lines`` are all lines of the orders, since the state follows from all of them.
    """
    states = {order.id: live_state([line for line in lines if line.order_id == order.id]) for order in orders}
    db.later(
        _WRITE,
        {
            "ids": db.array(line.id for line in changed),
            **{column: db.array(getattr(line, column) for line in changed) for column in _COLUMNS},
            "orders": db.array(states),
            "states": list(states.values()),
        },
    )
    return states
