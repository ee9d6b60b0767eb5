"""Goods of a picked delivery leave, or come back as it was cancelled; the same statements for any number of lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from gendan.inventory import steps as inventory
from gendan.inventory.steps import Leg
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step
from gendan.purchasing.steps.order import moment_of
from gendan.sales.errors import NothingPicked, NotPicked, PartlyPicked
from gendan.sales.rules.outbound import left_behind
from gendan.sales.steps import hard, ties
from gendan.sales.steps.outbound import Outbound, OutPick
from gendan.sales.steps.picking import cut
from gendan.sales.steps.setting_aside import holds

ZERO = Decimal(0)
BACK, ALL, PICKED = "back", "all", "picked"  # what becomes of what was not picked
_LEAVE = """
WITH t AS (SELECT id, sum(quantity) AS quantity FROM unnest(%(lines)s::bigint[], %(quantities)s::numeric[])
  AS t(id, quantity) GROUP BY 1),
 d AS (UPDATE sales_delivery SET state = 'shipped', version = version + 1, updated_at = now(),
  shipped_on = %(day)s::date, carrier = %(carrier)s::text, tracking_number = %(tracking)s::text
  WHERE id = %(id)s::bigint),
 picks AS (UPDATE sales_pick k SET picked = k.quantity, picked_by_id = coalesce(k.picked_by_id, %(user)s::bigint),
  picked_at = coalesce(k.picked_at, now()) FROM sales_deliveryline dl
  WHERE dl.delivery_id = %(id)s::bigint AND k.delivery_line_id = dl.id AND k.picked <> k.quantity)
UPDATE sales_salesline l SET delivering = l.delivering - t.quantity, shipped = l.shipped + t.quantity,
 completed_on = CASE WHEN l.shipped + t.quantity + l.cancelled = l.quantity THEN %(day)s::date END
FROM t WHERE l.id = t.id
"""
_CANCEL = """
WITH t AS (SELECT id, sum(quantity) AS quantity FROM unnest(%(lines)s::bigint[], %(quantities)s::numeric[])
  AS t(id, quantity) GROUP BY 1),
 contents AS (DELETE FROM sales_parcelline pl USING sales_parcel x
  WHERE x.id = pl.parcel_id AND x.delivery_id = %(id)s::bigint),
 parcels AS (DELETE FROM sales_parcel WHERE delivery_id = %(id)s::bigint),
 picks AS (DELETE FROM sales_pick k USING sales_deliveryline dl
  WHERE dl.delivery_id = %(id)s::bigint AND k.delivery_line_id = dl.id),
 d AS (UPDATE sales_delivery SET state = 'cancelled', version = version + 1, updated_at = now(), wave_id = NULL
  WHERE id = %(id)s::bigint)
UPDATE sales_salesline l SET {} FROM t WHERE l.id = t.id
"""
_WAITED = "delivering = l.delivering - t.quantity"
_LEFT = "shipped = l.shipped - t.quantity, completed_on = NULL"
_MOVES = """
SELECT m.product_id, m.to_location_id, m.from_location_id, m.quantity, m.lot_id, m.source_line, m.id
FROM inventory_stockmove m JOIN catalog_location t ON t.id = m.to_location_id AND t.kind = 'customer'
WHERE m.source_kind = 'dn' AND m.source_id = %s::bigint ORDER BY m.id DESC
"""
_APART = """
SELECT id FROM catalog_location WHERE warehouse_id = %s::bigint AND kind = 'rejected' AND is_active ORDER BY id LIMIT 1
"""


@step
def settle(outbound: Outbound, rest: str) -> None:
    """Decide what goes: all that is planned when nothing was counted or with ``all``; with ``back`` what was counted,
    and the rest goes back to the order, which still holds it; ``picked`` refuses what nobody counted.

    Errors: PartlyPicked (something was counted, not all, and nobody decided), NotPicked, NothingPicked, OverPacked.
    """
    counted = any(pick.picked for pick in outbound.picks)
    if rest == PICKED and not counted:
        raise NotPicked(number=outbound.delivery.number)
    if rest == ALL or (not rest and not counted):
        return
    missing = [pick for pick in outbound.picks if pick.open]
    if not missing:
        return
    if rest != BACK:
        raise PartlyPicked(number=outbound.delivery.number, count=len({pick.line_id for pick in missing}))
    before = {pick.id: pick.quantity for pick in outbound.picks}
    loose = [outbound.part(pick, pick.open) for pick in missing]
    for pick in missing:
        pick.quantity = pick.picked
    loose += cut(outbound, before)
    hard.soften(loose)
    if not outbound.lines:
        raise NothingPicked(number=outbound.delivery.number)


@step
def keep_rules(outbound: Outbound) -> None:
    """Refuse to send a part where an order goes at once, or a line in full: something was not picked, or was missing.

    Errors: BackOrderHolds.
    """
    going = {line.order_line_id for line in outbound.lines}
    for order, lines in outbound.orders:
        if barred := left_behind(order.back_order, lines, going):
            raise holds(order, barred)


@step
def leave(actor: Actor, outbound: Outbound, day: date, carrier: str, tracking_number: str) -> None:
    """Write that what the picks say has left: stock, ties, the orders' lines."""
    delivery, today = outbound.delivery, actor.today()
    hard.let_go([outbound.part(pick, pick.quantity) for pick in outbound.picks])
    db.later(
        _LEAVE,
        {
            "id": delivery.id,
            "user": actor.user_id,
            "day": day,
            "carrier": carrier,
            "tracking": tracking_number,
            "lines": db.array(line.order_line_id for line in outbound.lines),
            "quantities": db.array(line.quantity for line in outbound.lines),
        },
    )
    legs = [
        Leg(p.product_id, p.location_id, delivery.customer_place, p.quantity, p.lot_id, p.line_id)
        for p in outbound.picks
    ]
    inventory.move(actor, legs, delivery.subject, moment_of(day, today, actor.zone))
    behind = outbound.order_lines
    for line in outbound.lines:
        behind[line.order_line_id].delivering -= line.quantity
        behind[line.order_line_id].shipped += line.quantity


@step
def give_up(outbound: Outbound) -> None:
    """Write that a delivery which has not left will not: its lines hold their stock softly again."""
    hard.soften([outbound.part(pick, pick.quantity) for pick in outbound.picks])
    _cancel(outbound, _WAITED)
    behind = outbound.order_lines
    for line in outbound.lines:
        behind[line.order_line_id].delivering -= line.quantity


@step
def take_back(actor: Actor, outbound: Outbound) -> None:
    """Write that a delivery which has left did not: its goods are where they were, held by the orders' lines."""
    _cancel(outbound, _LEFT)
    legs = [Leg(*row) for row in db.rows(_MOVES, [outbound.delivery.id])]
    inventory.move(actor, legs, outbound.delivery.subject)
    parts = [outbound.part(pick, pick.quantity) for pick in outbound.picks]
    ties.add(actor, [ties.Tie(part.line_id, ties.STOCK, part.balance_id, part.quantity) for part in parts])
    behind = outbound.order_lines
    for line in outbound.lines:
        behind[line.order_line_id].shipped -= line.quantity


def _cancel(outbound: Outbound, counters: str) -> None:
    outbound.delivery.version += 1
    db.later(
        _CANCEL.format(counters),
        {
            "id": outbound.delivery.id,
            "lines": db.array(line.order_line_id for line in outbound.lines),
            "quantities": db.array(line.quantity for line in outbound.lines),
        },
    )


@step
def close_waves(wave_ids: Sequence[int | None]) -> None:
    """Finish waves in which nothing is left to pick. They are locked first and looked at afterwards, so that of two who
    pick their last pieces at once the second sees both.
    """
    ids = sorted({id_ for id_ in wave_ids if id_})
    if ids:
        db.later("SELECT 1 FROM sales_wave WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE", [ids])
        db.later(
            "UPDATE sales_wave v SET state = 'done', version = v.version + 1, updated_at = now()"
            " WHERE v.id = ANY(%s::bigint[]) AND v.state = 'picking' AND NOT EXISTS (SELECT 1 FROM sales_delivery d"
            "  JOIN sales_deliveryline dl ON dl.delivery_id = d.id JOIN sales_pick k ON k.delivery_line_id = dl.id"
            "  WHERE d.wave_id = v.id AND d.is_open AND k.picked < k.quantity)",
            [ids],
        )


@step
def set_apart(actor: Actor, outbound: Outbound, pick: OutPick, quantity: Decimal) -> None:
    """What was not found in its bin is blocked until somebody finds it or writes it off: nobody shall be sent for it
    again. A warehouse without a place for rejected goods leaves it where the books have it.
    """
    place = db.row(_APART, [outbound.delivery.warehouse_id])
    if place:
        leg = Leg(pick.product_id, pick.location_id, place[0], quantity, pick.lot_id)
        inventory.move(actor, [leg], outbound.delivery.subject)
