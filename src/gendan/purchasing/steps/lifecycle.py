"""Set-based writes that end an order or bring it back."""

from __future__ import annotations

from collections.abc import Sequence

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step
from gendan.purchasing.errors import OrderHasShipments
from gendan.purchasing.steps import pegs
from gendan.purchasing.steps.order import LockedLine, LockedOrder

_END = """
WITH lines AS (
 UPDATE purchasing_orderline l SET live = false, cancelled = t.cancelled, closed_short = t.short
 FROM unnest(%(ids)s::bigint[], %(cancelled)s::numeric[], %(short)s::numeric[]) AS t(id, cancelled, short)
 WHERE l.id = t.id)
UPDATE purchasing_purchaseorder SET state = %(state)s::text, version = version + 1, updated_at = now(),
 closed_at = now(), close_reason = %(reason)s::text WHERE id = %(order)s::bigint
"""
_REOPEN = """
WITH lines AS (
 UPDATE purchasing_orderline SET live = true, cancelled = cancelled - closed_short, closed_short = 0
 WHERE order_id = %(order)s::bigint)
UPDATE purchasing_purchaseorder SET state = %(state)s::text, version = version + 1, updated_at = now(),
 closed_at = NULL, close_reason = '' WHERE id = %(order)s::bigint
"""


@step
def check_no_open_shipment(order: LockedOrder) -> None:
    """OrderHasShipments when goods are announced or on the way; shipments are made under the order's lock."""
    found = db.row(
        "SELECT s.number FROM purchasing_orderline l JOIN purchasing_shipmentline sl ON sl.order_line_id = l.id"
        " JOIN purchasing_shipment s ON s.id = sl.shipment_id AND s.is_open"
        " WHERE l.order_id = %s::bigint AND sl.received < sl.quantity ORDER BY s.id LIMIT 1",
        [order.id],
    )
    if found:
        raise OrderHasShipments(number=order.number, shipment=found[0])


@step
def end(
    actor: Actor,
    order: LockedOrder,
    lines: Sequence[LockedLine],
    state: str,
    reason: str,
    short: Sequence[object],
) -> None:
    """Write the lines' cancelled quantities, take them out of the open work, and end the order; one statement. What
    waited for them is let go.
    """
    waited = pegs.hold(actor, lines)
    db.execute(
        _END,
        {
            "ids": [line.id for line in lines],
            "cancelled": [line.cancelled for line in lines],
            "short": list(short),
            "state": state,
            "reason": reason,
            "order": order.id,
        },
    )
    pegs.follow(actor, [pegs.Changed(line.id, pegs.room_of(line), moved=False) for line in waited])


@step
def bring_back(order: LockedOrder, state: str) -> None:
    """Give back what closing wrote off, and make the order live again; one statement."""
    db.execute(_REOPEN, {"order": order.id, "state": state})


@step
def set_state(order: LockedOrder, state: str, actor: Actor, note: str = "", submitted: bool = False) -> None:
    """Move a draft to approval or back; one statement."""
    db.execute(
        "UPDATE purchasing_purchaseorder SET state = %(state)s::text, version = version + 1, updated_at = now(),"
        " decision_note = %(note)s::text, submitted_at = CASE WHEN %(submitted)s::boolean THEN now() END"
        " WHERE id = %(id)s::bigint AND company_id = %(company)s::bigint",
        {"state": state, "note": note, "submitted": submitted, "id": order.id, "company": actor.company_id},
    )
