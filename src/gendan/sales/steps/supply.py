"""What becomes of ties when their supply changes: purchase lines shrink, move or land, requisitions are ordered or ask
for less. Registered with purchasing, whose commands call it under their orders' locks.

The sales orders are locked before their ties are read; a tie that is let go is recorded on its order, for somebody has
to find other goods.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Entry, Subject, record_all
from gendan.kernel.unit import step
from gendan.purchasing.steps.pegs import FREE, Changed, Landed
from gendan.sales.queries.atp import UNCOVERED
from gendan.sales.rules.priority import order_by
from gendan.sales.steps import promises, ties
from gendan.sales.steps.ties import INCOMING, REQUESTED, STOCK, Held, Tie

ZERO = Decimal(0)
_LOCK = """
SELECT o.id FROM sales_salesorder o WHERE o.id IN (
 SELECT l.order_id FROM sales_peg p JOIN sales_salesline l ON l.id = p.line_id WHERE p.{column} = ANY(%s::bigint[]))
ORDER BY o.id FOR NO KEY UPDATE OF o
"""
_CRITERIA = "SELECT key, descending FROM sales_priorityrule WHERE company_id = %s::bigint ORDER BY position"
_RANKED = """
SELECT p.id FROM sales_peg p JOIN sales_salesline l ON l.id = p.line_id JOIN sales_salesorder o ON o.id = l.order_id
JOIN catalog_partner c ON c.id = o.customer_id LEFT JOIN catalog_customerclass k ON k.id = c.customer_class_id
WHERE p.id = ANY(%s::bigint[]) ORDER BY {}
"""
_BALANCES = """
SELECT b.id, t.n FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) WITH ORDINALITY AS t(product, place, lot, n)
JOIN inventory_balance b ON b.product_id = t.product AND b.location_id = t.place AND b.lot_id IS NOT DISTINCT FROM t.lot
"""
# The requisition lines that an ended purchase line gave back, with what of them nothing waits for yet.
_ASKED_AGAIN = """
SELECT a.order_line_id, r.id, (r.quantity - r.ordered - r.cancelled) * r.factor
 - coalesce((SELECT sum(p.quantity) FROM sales_peg p WHERE p.requisition_line_id = r.id), 0)
FROM purchasing_requisitionallocation a JOIN purchasing_requisitionline r ON r.id = a.requisition_line_id
JOIN purchasing_requisition q ON q.id = r.requisition_id AND q.state <> 'cancelled'
WHERE a.order_line_id = ANY(%s::bigint[]) AND a.released > 0 ORDER BY a.id
"""
# What came in for sales lines of purchase lines, the latest first, beyond what is accepted of these (``room`` is left).
_FORGET = """
WITH a AS (
 SELECT a.id, a.line_id, a.purchase_line_id, a.quantity,
  t.accepted - sum(a.quantity) OVER (PARTITION BY t.id ORDER BY a.id) + a.quantity AS room
 FROM unnest(%s::bigint[], %s::numeric[]) AS t(id, accepted) JOIN sales_arrival a ON a.purchase_line_id = t.id),
 gone AS (DELETE FROM sales_arrival s USING a WHERE s.id = a.id AND a.room <= 0),
 less AS (UPDATE sales_arrival s SET quantity = a.room FROM a WHERE s.id = a.id AND a.room > 0 AND a.room < s.quantity)
SELECT line_id, purchase_line_id, quantity - greatest(room, 0) FROM a WHERE room < quantity ORDER BY id
"""
# Who is at work on an order at this moment finds its supply anew: nobody waits against the order of locks.
_LOCK_AGAIN = """
SELECT o.id FROM sales_salesorder o
WHERE o.id IN (SELECT order_id FROM sales_salesline WHERE id = ANY(%s::bigint[]))
ORDER BY o.id FOR NO KEY UPDATE OF o SKIP LOCKED
"""
_LACKS = f"""
SELECT sl.id, {UNCOVERED} FROM sales_salesline sl
WHERE sl.id = ANY(%s::bigint[]) AND sl.order_id = ANY(%s::bigint[]) AND sl.is_open
"""
_ROOMS = f"SELECT l.id, {FREE} FROM purchasing_orderline l WHERE l.id = ANY(%s::bigint[]) AND l.is_open"
_LOCK_SERVED = """
SELECT o.id FROM sales_salesorder o WHERE o.id IN (
 SELECT s.order_id FROM purchasing_orderline l
 JOIN purchasing_requisitionallocation a ON a.order_line_id = l.id AND a.quantity > 0
 JOIN sales_peg p ON p.requisition_line_id = a.requisition_line_id JOIN sales_salesline s ON s.id = p.line_id
 WHERE l.order_id = %s::bigint)
ORDER BY o.id FOR NO KEY UPDATE OF o
"""
_SERVED = """
SELECT a.requisition_line_id, a.order_line_id, a.quantity * r.factor, l.warehouse_id FROM purchasing_orderline l
JOIN purchasing_requisitionallocation a ON a.order_line_id = l.id AND a.quantity > 0
JOIN purchasing_requisitionline r ON r.id = a.requisition_line_id
WHERE l.order_id = %s::bigint ORDER BY a.id
"""
_ASKED = """
SELECT t.id,
 coalesce(CASE WHEN q.state NOT IN ('rejected', 'cancelled') THEN (r.quantity - r.cancelled) * r.factor END, 0),
 coalesce(r.product_id, 0), coalesce(q.warehouse_id, 0)
FROM unnest(%s::bigint[]) AS t(id) LEFT JOIN purchasing_requisitionline r ON r.id = t.id
LEFT JOIN purchasing_requisition q ON q.id = r.requisition_id
"""
_WHO = """
SELECT l.id, o.id, o.number, c.code, pr.code, l.line_no, l.product_id, l.warehouse_id FROM sales_salesline l
JOIN sales_salesorder o ON o.id = l.order_id JOIN catalog_partner c ON c.id = o.customer_id
JOIN catalog_product pr ON pr.id = l.product_id WHERE l.id = ANY(%s::bigint[]) ORDER BY o.id, l.line_no
"""


class Who(NamedTuple):
    """Whose a sales line is."""

    line_id: int
    order_id: int
    number: str
    customer: str
    product: str
    line_no: int
    product_id: int
    warehouse_id: int


class Waiting:
    """Sales lines wait for purchase and requisition lines (purchasing.steps.pegs.Holder)."""

    def hold(self, actor: Actor, line_ids: Sequence[int]) -> None:
        """Lock the sales orders whose lines wait for the purchase lines."""
        lock_waiting(INCOMING, line_ids)

    def follow(self, actor: Actor, changed: Sequence[Changed]) -> None:
        """Let go what purchase lines cannot bring any more, least urgent first, back to the requisition that asked for
        it where there is one; a line whose supply moved is told a new day.
        """
        held = ranked(actor, ties.of_supplies(INCOMING, [c.line_id for c in changed]))
        lost = _beyond(held, {c.line_id: c.room for c in changed})
        again = _back_to_requisitions(lost)
        ties.drop(lost)
        ties.add(actor, again)
        tell(actor, "sales.supply_lost", _sums(lost))
        moved = {c.line_id for c in changed if c.moved}
        touched = {tie.line_id for tie, _q in lost} | {tie.line_id for tie in held if tie.supply_id in moved}
        promises.follow_supply(actor, sorted(touched), _("采购交期或数量变化"))

    def land(self, actor: Actor, goods: Sequence[Landed]) -> None:
        """Move ties from purchase lines to the stock that came in, most urgent first; their days follow."""
        held = ranked(actor, ties.of_supplies(INCOMING, sorted({g.line_id for g in goods})))
        keys = [db.array(getattr(g, name) for g in goods) for name in ("product_id", "location_id", "lot_id")]
        balances = {n - 1: id_ for id_, n in db.rows(_BALANCES, keys)}
        left = {tie.id: tie.quantity for tie in held}
        dropped: list[tuple[Held, Decimal]] = []
        made: list[Tie] = []
        for n, landed in enumerate(goods):
            quantity = landed.quantity
            for tie in held:
                part = min(quantity, left[tie.id]) if tie.supply_id == landed.line_id else ZERO
                if part > 0:
                    left[tie.id] -= part
                    quantity -= part
                    dropped.append((tie, part))
                    made.append(Tie(tie.line_id, STOCK, balances[n], part, tie.by_hand))
        ties.drop(dropped)
        ties.add(actor, made)
        _remember(actor, dropped)
        tell(actor, "sales.supply_landed", _sums(dropped))
        promises.follow_supply(actor, sorted({tie.line_id for tie, _q in dropped}), _("到货入库"))

    def taken_back(self, actor: Actor, accepted: Mapping[int, Decimal]) -> None:
        """Forget what came in for sales lines beyond what is still accepted of purchase lines, the latest first; what
        they lack now they wait for again, as far as the purchase lines still bring it.
        """
        forgotten = db.rows(_FORGET, [db.array(accepted), db.array(accepted.values())])
        if not forgotten:
            return
        lines = sorted({line_id for line_id, _purchase, _q in forgotten})
        orders = [row[0] for row in db.rows(_LOCK_AGAIN, [lines])]
        lacks: dict[int, Decimal] = dict(db.rows(_LACKS, [lines, orders]))
        rooms: dict[int, Decimal] = dict(db.rows(_ROOMS, [list(accepted)]))
        again: dict[int, Decimal] = defaultdict(Decimal)
        made = []
        for line_id, purchase_line, quantity in forgotten:
            part = min(quantity, lacks.get(line_id, ZERO), rooms.get(purchase_line, ZERO))
            if part > 0:
                lacks[line_id] -= part
                rooms[purchase_line] -= part
                again[line_id] += part
                made.append(Tie(line_id, INCOMING, purchase_line, part))
        ties.add(actor, made)
        tell(actor, "sales.supply_awaited", again)
        promises.follow_supply(actor, sorted(again), _("入库冲销"))

    def went_live(self, actor: Actor, order: Subject) -> None:
        """Move ties from requisition lines to the purchase lines that were ordered for them; what was ordered into
        another warehouse than the sales line's is nobody's.
        """
        if not db.rows(_LOCK_SERVED, [order.id]):
            return
        served = db.rows(_SERVED, [order.id])
        held = ranked(actor, ties.of_supplies(REQUESTED, sorted({row[0] for row in served})))
        places = {who.line_id: who.warehouse_id for who in whose([tie.line_id for tie in held])}
        left = {tie.id: tie.quantity for tie in held}
        dropped: list[tuple[Held, Decimal]] = []
        lost: list[tuple[Held, Decimal]] = []
        made: list[Tie] = []
        for requisition_line, purchase_line, quantity, warehouse in served:
            for tie in held:
                part = min(quantity, left[tie.id]) if tie.supply_id == requisition_line else ZERO
                if part > 0:
                    left[tie.id] -= part
                    quantity -= part
                    if places[tie.line_id] != warehouse:
                        lost.append((tie, part))
                        continue
                    dropped.append((tie, part))
                    made.append(Tie(tie.line_id, INCOMING, purchase_line, part, tie.by_hand))
        ties.drop([*dropped, *lost])
        ties.add(actor, made)
        tell(actor, "sales.supply_ordered", _sums(dropped), order.number)
        tell(actor, "sales.supply_lost", _sums(lost))
        promises.follow_supply(actor, sorted({tie.line_id for tie, _q in (*dropped, *lost)}), order.number)

    def requested_less(self, actor: Actor, line_ids: Sequence[int]) -> None:
        """Let go what requisition lines do not ask for any more, or ask for of another product or for another place."""
        if not line_ids or not lock_waiting(REQUESTED, line_ids):
            return
        held = ranked(actor, ties.of_supplies(REQUESTED, line_ids))
        asked = {row[0]: row[1:] for row in db.rows(_ASKED, [list(line_ids)])}
        wanted = {who.line_id: (who.product_id, who.warehouse_id) for who in whose([tie.line_id for tie in held])}
        right = [tie for tie in held if wanted[tie.line_id] == asked[tie.supply_id][1:]]
        wrong = [(tie, tie.quantity) for tie in held if wanted[tie.line_id] != asked[tie.supply_id][1:]]
        lost = wrong + _beyond(right, {id_: row[0] for id_, row in asked.items()})
        ties.drop(lost)
        tell(actor, "sales.supply_lost", _sums(lost))
        promises.follow_supply(actor, sorted({tie.line_id for tie, _q in lost}), _("采购申请已变更"))


def _remember(actor: Actor, landed: Sequence[tuple[Held, Decimal]]) -> None:
    """Keep which purchase line brought what for which sales line: the ties move on."""
    if landed:
        db.later(
            "INSERT INTO sales_arrival (company_id, line_id, purchase_line_id, quantity)"
            " SELECT %s::bigint, * FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[])",
            [
                actor.company_id,
                db.array(tie.line_id for tie, _q in landed),
                db.array(tie.supply_id for tie, _q in landed),
                db.array(quantity for _tie, quantity in landed),
            ],
        )


@step
def lock_waiting(kind: str, supply_ids: Sequence[int]) -> bool:
    """Lock the sales orders that wait for supplies; whether there are any."""
    return bool(db.rows(_LOCK.format(column=ties.COLUMNS[kind]), [sorted(set(supply_ids))]))


def ranked(actor: Actor, held: Sequence[Held]) -> list[Held]:
    """Ties in the order in which their lines are served by the company's priorities."""
    if len(held) < 2:
        return list(held)
    criteria = db.rows(_CRITERIA, [actor.company_id])
    order = db.rows(_RANKED.format(order_by([(key, down) for key, down in criteria])), [[tie.id for tie in held]])
    known = {tie.id: tie for tie in held}
    return [known[id_] for (id_,) in order]


def _beyond(held: Sequence[Held], rooms: Mapping[int, Decimal]) -> list[tuple[Held, Decimal]]:
    """What of the ties, most urgent first, does not fit into their supplies' rooms any more."""
    left = dict(rooms)
    lost = []
    for tie in held:
        kept = min(tie.quantity, max(left[tie.supply_id], ZERO))
        left[tie.supply_id] -= kept
        if kept < tie.quantity:
            lost.append((tie, tie.quantity - kept))
    return lost


def _back_to_requisitions(lost: Sequence[tuple[Held, Decimal]]) -> list[Tie]:
    """What was ordered for a requisition waits for the requisition again, as far as that is open."""
    if not lost:
        return []
    rooms: dict[int, Decimal] = {}
    asked: dict[int, list[int]] = defaultdict(list)
    for purchase_line, requisition_line, room in db.rows(_ASKED_AGAIN, [sorted({tie.supply_id for tie, _q in lost})]):
        asked[purchase_line].append(requisition_line)
        rooms[requisition_line] = room
    made = []
    for tie, quantity in lost:
        for requisition_line in asked[tie.supply_id]:
            part = min(quantity, rooms[requisition_line])
            if part > 0:
                quantity -= part
                rooms[requisition_line] -= part
                made.append(Tie(tie.line_id, REQUESTED, requisition_line, part, tie.by_hand))
    return made


@step
def whose(line_ids: Sequence[int]) -> list[Who]:
    """Whose sales lines are, by order and line."""
    return [Who(*row) for row in db.rows(_WHO, [sorted(set(line_ids))])] if line_ids else []


def _sums(parts: Sequence[tuple[Held, Decimal]]) -> dict[int, Decimal]:
    total: dict[int, Decimal] = defaultdict(Decimal)
    for tie, quantity in parts:
        total[tie.line_id] += quantity
    return dict(total)


@step
def tell(actor: Actor, happened: str, quantities: Mapping[int, Decimal], supply: str = "") -> None:
    """Record on each sales order what became of the supply of its lines, by line id in stock units."""
    orders: dict[Subject, list[Who]] = defaultdict(list)
    for who in whose(list(quantities)):
        orders[Subject("so", who.order_id, who.number)].append(who)
    entries = []
    for order, lines in orders.items():
        told = [{"line": w.line_no, "product": w.product, "quantity": quantities[w.line_id]} for w in lines[:50]]
        refs = (f"partner:{lines[0].customer}", *sorted({f"product:{w.product}" for w in lines})[:50])
        entries.append(Entry(happened, order, refs, {"lines": told, **({"supply": supply} if supply else {})}))
    record_all(actor, entries)
