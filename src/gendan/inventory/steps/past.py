"""Moves of many documents at once, each at its own time: what histories of other systems bring in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from gendan.inventory.steps.ledger import LOCK, Key, Leg, leg_params, short
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.unit import step


@dataclass(frozen=True, slots=True)
class PastLeg:
    """A leg with the document that it belongs to, and when it happened."""

    leg: Leg
    source: Subject
    at: datetime


_APPLY = """
WITH moved AS (
 INSERT INTO inventory_stockmove (company_id, product_id, lot_id, from_location_id, to_location_id, quantity,
  occurred_at, source_kind, source_id, source_line, source_number, user_id)
 SELECT %(company)s::bigint, t.product_id, t.lot_id, t.from_id, t.to_id, t.quantity, t.at, t.kind, t.source, t.line,
  t.number, %(user)s::bigint
 FROM unnest(%(product)s::bigint[], %(lot)s::bigint[], %(from)s::bigint[], %(to)s::bigint[], %(quantity)s::numeric[],
  %(ats)s::timestamptz[], %(kinds)s::text[], %(sources)s::bigint[], %(line)s::bigint[], %(numbers)s::text[])
  AS t(product_id, lot_id, from_id, to_id, quantity, at, kind, source, line, number))
UPDATE inventory_balance b SET on_hand = b.on_hand + u.change
FROM unnest(%(balance)s::bigint[], %(change)s::numeric[]) AS u(id, change) WHERE b.id = u.id
"""


@step
def move_past(actor: Actor, legs: Sequence[PastLeg]) -> None:
    """Book legs of any number of documents, two statements; balances are locked in key order. Errors: StockShort."""
    if not legs:
        return
    params = leg_params(actor, [past.leg for past in legs], legs[0].source, None)
    deltas: dict[Key, Decimal] = defaultdict(Decimal)
    for past in legs:
        deltas[past.leg.product_id, past.leg.from_location_id, past.leg.lot_id] -= past.leg.quantity
        deltas[past.leg.product_id, past.leg.to_location_id, past.leg.lot_id] += past.leg.quantity
    changed = []
    for id_, product_id, location_id, lot_id, on_hand, reserved, allow_negative in db.rows(LOCK, params):
        change = deltas[product_id, location_id, lot_id]
        if change < 0 and on_hand + change < reserved and not allow_negative:
            raise short(product_id, location_id, lot_id, on_hand - reserved, -change)
        if change:
            changed.append((id_, change))
    own = {
        "ats": [past.at for past in legs],
        "kinds": [past.source.kind for past in legs],
        "sources": db.array(past.source.id for past in legs),
        "numbers": [past.source.number for past in legs],
        "balance": db.array(id_ for id_, _ in changed),
        "change": db.array(change for _, change in changed),
    }
    db.execute(_APPLY, {**params, **own})
