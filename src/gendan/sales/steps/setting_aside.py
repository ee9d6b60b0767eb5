"""A delivery to be picked is made: which goods it gets, its lines and picks, and the ties that become hard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from gendan.inventory import steps as inventory
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step
from gendan.sales.errors import BackOrderHolds, NotEnoughStock
from gendan.sales.models import SalesOrder
from gendan.sales.rules.allocation import Supply, Want
from gendan.sales.rules.lines import outstanding
from gendan.sales.rules.outbound import Own, Portion, held_back, portions, whole_steps
from gendan.sales.steps import hard, ties
from gendan.sales.steps.order import LockedLine, LockedOrder

ZERO = Decimal(0)
Orders = Sequence[tuple[LockedOrder, Sequence[LockedLine]]]


class Asked(NamedTuple):
    """A quantity (the line's unit) of an order's line that shall go."""

    order: LockedOrder
    line: LockedLine
    quantity: Decimal


_INSERT = """
WITH d AS (
 INSERT INTO sales_delivery (company_id, number, state, version, created_by_id, customer_id, warehouse_id, carrier,
  tracking_number, planned_on, note, ship_to_code, ship_to_name, ship_to_phone, ship_to_address, ship_to_country)
 SELECT o.company_id, 'DN-' || lpad(n::text, greatest(6, length(n::text)), '0'), 'to_pick', 1, %(user)s::bigint,
  o.customer_id, o.warehouse_id, %(carrier)s::text, %(tracking)s::text, %(planned_on)s::date, %(note)s::text,
  o.ship_to_code, o.ship_to_name, o.ship_to_phone, o.ship_to_address, o.ship_to_country
 FROM sales_salesorder o, nextval(%(sequence)s::regclass) AS n WHERE o.id = %(order)s::bigint
 RETURNING id, number),
 lines AS (
 INSERT INTO sales_deliveryline (delivery_id, line_no, order_line_id, quantity)
 SELECT d.id, t.* FROM d, unnest(%(line_nos)s::int[], %(lines)s::bigint[], %(quantities)s::numeric[]) AS t
 RETURNING id, order_line_id),
 picks AS (
 INSERT INTO sales_pick (delivery_line_id, balance_id, quantity)
 SELECT lines.id, t.balance_id, t.quantity
 FROM unnest(%(pick_lines)s::bigint[], %(balances)s::bigint[], %(picks)s::numeric[])
  AS t(line_id, balance_id, quantity)
 JOIN lines ON lines.order_line_id = t.line_id),
 taken AS (
 UPDATE sales_salesline l SET delivering = l.delivering + t.quantity
 FROM unnest(%(lines)s::bigint[], %(quantities)s::numeric[]) AS t(id, quantity) WHERE l.id = t.id)
SELECT id, number FROM d
"""


@step
def choose(
    actor: Actor, orders: Orders, asked: Sequence[Asked], *, partly: bool
) -> tuple[list[Asked], list[Portion], list[ties.Held]]:
    """What goes of each line and from which balances: what the line holds, then free stock, first expired first, then
    by bin. With ``partly`` as much as there is and the orders' rules for back orders allow.

    Errors: NotEnoughStock, BackOrderHolds.
    """
    held = ties.of_lines([a.line.id for a in asked if a.line.reserved or a.line.pegged or a.line.requested])
    own = [Own(tie.line_id, tie.supply_id, tie.soft) for tie in held if tie.kind == ties.STOCK and tie.soft > 0]
    places = inventory.lock_available(
        actor, orders[0][0].warehouse_id, [a.line.product_id for a in asked], [o.balance_id for o in own]
    )
    supplies = [Supply(place.id, place.product_id, place.available) for place in places]
    wanted = list(asked)
    while wanted:
        found = portions(
            [Want(a.line.id, a.line.product_id, a.quantity * a.line.factor) for a in wanted], own, supplies
        )
        there = _sums(found)
        short = [a for a in wanted if there.get(a.line.id, ZERO) < a.quantity * a.line.factor]
        if not short:
            return wanted, found, held
        if not partly:
            raise _not_enough(short[0], there)
        wanted = _less(orders, wanted, there)
    return [], [], held


def _sums(found: Sequence[Portion]) -> dict[int, Decimal]:
    there: dict[int, Decimal] = {}
    for portion in found:
        there[portion.line_id] = there.get(portion.line_id, ZERO) + portion.quantity
    return there


def _not_enough(asked: Asked, there: Mapping[int, Decimal]) -> NotEnoughStock:
    return NotEnoughStock(
        product=asked.line.product,
        available=there.get(asked.line.id, ZERO),
        quantity=asked.quantity * asked.line.factor,
    )


def _less(orders: Orders, wanted: Sequence[Asked], there: Mapping[int, Decimal]) -> list[Asked]:
    """What can go of it by what is there and by the orders' rules."""
    reduced = {
        a.line.id: a.quantity
        if there.get(a.line.id, ZERO) >= a.quantity * a.line.factor
        else whole_steps(there.get(a.line.id, ZERO), a.line.factor, a.line.decimals)
        for a in wanted
    }
    for order, lines in orders:
        mine = {line.id: reduced[line.id] for line in lines if line.id in reduced}
        barred = held_back(order.back_order, lines, mine)
        for line in lines:
            if line.id in mine and (line.line_no in barred or (barred and order.back_order == "complete")):
                reduced[line.id] = ZERO
    return [a._replace(quantity=reduced[a.line.id]) for a in wanted if reduced[a.line.id] > 0]


@step
def check_rules(orders: Orders, asked: Sequence[Asked]) -> None:
    """Refuse given quantities that the orders' rules for back orders forbid. Errors: BackOrderHolds."""
    for order, lines in orders:
        wanted = {a.line.id: a.quantity for a in asked if a.order.id == order.id}
        if wanted and (barred := held_back(order.back_order, lines, wanted)):
            raise holds(order, barred)


@step
def explain(orders: Orders, asked: Sequence[Asked]) -> None:
    """Say so when it is an order's rule for back orders that lets nothing go. Errors: BackOrderHolds."""
    for order, _lines in orders:
        mine = [a.line.line_no for a in asked if a.order.id == order.id]
        if mine and order.back_order != "partial":
            raise holds(order, mine)


def holds(order: LockedOrder, lines: Sequence[int]) -> BackOrderHolds:
    """The refusal in words."""
    rule = SalesOrder.BackOrder(order.back_order).label
    return BackOrderHolds(number=order.number, rule=str(rule), lines="、".join(map(str, lines)))


@step
def insert_to_pick(
    actor: Actor,
    asked: Sequence[Asked],
    found: Sequence[Portion],
    held: Sequence[ties.Held],
    header: Mapping[str, object],
) -> Subject:
    """Write a delivery with its lines and picks; what it takes is held by its lines, and hard."""
    free = [ties.Tie(p.line_id, ties.STOCK, p.balance_id, p.quantity - p.own) for p in found if p.quantity > p.own]
    ties.drop(_surplus(asked, free, held))
    ties.add(actor, free)
    planned: date | None = header["planned_on"]  # type: ignore[assignment]
    row = db.row(
        _INSERT,
        {
            "user": actor.user_id,
            "sequence": sequence_name(actor.company_id, "DN"),
            "order": asked[0].order.id,
            "carrier": header["carrier"],
            "tracking": header["tracking_number"],
            "planned_on": planned,
            "note": header["note"],
            "line_nos": db.array(range(1, len(asked) + 1)),
            "lines": db.array(a.line.id for a in asked),
            "quantities": db.array(a.quantity for a in asked),
            "pick_lines": db.array(p.line_id for p in found),
            "balances": db.array(p.balance_id for p in found),
            "picks": db.array(p.quantity for p in found),
        },
    )
    assert row is not None
    hard.harden([hard.Part(p.line_id, p.balance_id, p.quantity) for p in found])
    for a in asked:
        a.line.delivering += a.quantity
    return Subject("dn", row[0], row[1])


def _surplus(
    asked: Sequence[Asked], free: Sequence[ties.Tie], held: Sequence[ties.Held]
) -> list[tuple[ties.Held, Decimal]]:
    """What the lines need no more of what is on the way or was asked for, as stock takes its place; what was only asked
    for goes first.
    """
    found = []
    for a in asked:
        line = a.line
        more = sum((tie.quantity for tie in free if tie.line_id == line.id), ZERO)
        surplus = line.reserved + line.pegged + line.requested + more - outstanding(line) * line.factor
        for kind in (ties.REQUESTED, ties.INCOMING):
            for tie in reversed([tie for tie in held if tie.line_id == line.id and tie.kind == kind]):
                less = min(surplus, tie.quantity)
                if less > 0:
                    found.append((tie, less))
                    surplus -= less
    return found
