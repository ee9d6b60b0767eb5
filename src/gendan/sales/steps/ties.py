"""The rows that tie sales lines to their supplies, and the counters on both ends, which always change together.

Who calls holds the lines' orders and, for stock, the balances (``inventory.lock_available``). Purchase lines are held
by their orders, or by their own lock (``lock_incoming``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from gendan.inventory import steps as inventory
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step
from gendan.purchasing.steps import pegs as purchasing

STOCK, INCOMING, REQUESTED = "stock", "incoming", "requested"
COLUMNS = {STOCK: "balance_id", INCOMING: "purchase_line_id", REQUESTED: "requisition_line_id"}
COUNTERS = {STOCK: "reserved", INCOMING: "pegged", REQUESTED: "requested"}


class Tie(NamedTuple):
    """A quantity (stock units) of a supply for a sales line; ``kind`` says what the supply's id is of."""

    line_id: int
    kind: str
    supply_id: int
    quantity: Decimal
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A tie as it stands in the database; ``hard`` is the part that stands on a delivery."""

    id: int
    line_id: int
    kind: str
    supply_id: int
    quantity: Decimal
    hard: Decimal
    by_hand: bool

    @property
    def soft(self) -> Decimal:
        return self.quantity - self.hard


@dataclass(frozen=True, slots=True)
class Coming:
    """A locked purchase line that may be tied: what is ``free`` of it, in stock units."""

    id: int
    product_id: int
    order: str
    expected_on: date | None
    free: Decimal


_HELD = """
SELECT id, line_id, CASE WHEN balance_id IS NOT NULL THEN 'stock' WHEN purchase_line_id IS NOT NULL THEN 'incoming'
 ELSE 'requested' END, coalesce(balance_id, purchase_line_id, requisition_line_id), quantity, hard, moved_by_hand
FROM sales_peg WHERE {} = ANY(%s::bigint[]) ORDER BY id
"""
_ADD = """
WITH t AS (SELECT * FROM unnest(%(lines)s::bigint[], %(supplies)s::bigint[], %(quantities)s::numeric[],
  %(by_hand)s::boolean[]) AS t(line_id, supply_id, quantity, by_hand)),
 pegs AS (INSERT INTO sales_peg AS p (company_id, line_id, {column}, quantity, moved_by_hand, user_id)
  SELECT %(company)s::bigint, line_id, supply_id, sum(quantity), bool_or(by_hand), %(user)s::bigint FROM t GROUP BY 2, 3
  ON CONFLICT (line_id, {column}) WHERE {column} IS NOT NULL
  DO UPDATE SET quantity = p.quantity + excluded.quantity, moved_by_hand = p.moved_by_hand OR excluded.moved_by_hand)
UPDATE sales_salesline l SET {counter} = l.{counter} + s.quantity
FROM (SELECT line_id, sum(quantity) AS quantity FROM t GROUP BY 1) s WHERE l.id = s.line_id
"""
_DROP = """
WITH t AS (SELECT * FROM unnest(%s::bigint[], %s::numeric[]) AS t(id, quantity)),
 gone AS (DELETE FROM sales_peg p USING t WHERE p.id = t.id AND p.quantity = t.quantity
  RETURNING p.line_id, t.quantity),
 less AS (UPDATE sales_peg p SET quantity = p.quantity - t.quantity FROM t WHERE p.id = t.id AND p.quantity > t.quantity
  RETURNING p.line_id, t.quantity)
UPDATE sales_salesline l SET {counter} = l.{counter} - s.quantity
FROM (SELECT line_id, sum(quantity) AS quantity FROM (SELECT * FROM gone UNION ALL SELECT * FROM less) u GROUP BY 1) s
WHERE l.id = s.line_id
"""
SOONEST = 50
# An order that a buyer changes at this moment is passed over, so that nobody waits against the order of locks.
_ORDERS = f"""
SELECT l.id FROM unnest(%(products)s::bigint[]) AS p(id)
CROSS JOIN LATERAL (SELECT l.id FROM purchasing_orderline l WHERE l.company_id = %(company)s::bigint
  AND l.product_id = p.id AND l.warehouse_id = %(warehouse)s::bigint AND l.is_open AND {purchasing.FREE} > 0
  ORDER BY coalesce(l.expected_on, l.due_on), l.id LIMIT {SOONEST}) c
JOIN purchasing_orderline l ON l.id = c.id JOIN purchasing_purchaseorder o ON o.id = l.order_id
FOR SHARE OF o SKIP LOCKED
"""
_SHARE = """
SELECT l.id FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE l.id = ANY(%s::bigint[]) FOR SHARE OF o SKIP LOCKED
"""
# The columns come from the locked rows themselves: they are read again after waiting for somebody else's lock.
_LINES = f"""
WITH locked AS MATERIALIZED (
 SELECT l.id, l.product_id, l.order_id, coalesce(l.expected_on, l.due_on) AS day, {purchasing.FREE} AS free, l.is_open
 FROM purchasing_orderline l WHERE l.id = ANY(%s::bigint[]) ORDER BY l.id FOR NO KEY UPDATE)
SELECT l.id, l.product_id, o.number, l.day, l.free, l.is_open
FROM locked l JOIN purchasing_purchaseorder o ON o.id = l.order_id ORDER BY l.day, l.id
"""


@step
def of_lines(line_ids: Sequence[int]) -> list[Held]:
    """The ties of sales lines, oldest first."""
    return [Held(*row) for row in db.rows(_HELD.format("line_id"), [list(line_ids)])] if line_ids else []


@step
def of_supplies(kind: str, supply_ids: Sequence[int]) -> list[Held]:
    """The ties on supplies of a kind, oldest first."""
    return [Held(*row) for row in db.rows(_HELD.format(COLUMNS[kind]), [list(supply_ids)])] if supply_ids else []


@step
def add(actor: Actor, ties: Sequence[Tie]) -> None:
    """Write ties and raise the counters of both ends; two statements per kind of supply, sent with the next."""
    for kind in COLUMNS:
        mine = [tie for tie in ties if tie.kind == kind]
        if not mine:
            continue
        db.later(
            _ADD.format(column=COLUMNS[kind], counter=COUNTERS[kind]),
            {
                "company": actor.company_id,
                "user": actor.user_id,
                "lines": db.array(tie.line_id for tie in mine),
                "supplies": db.array(tie.supply_id for tie in mine),
                "quantities": db.array(tie.quantity for tie in mine),
                "by_hand": [tie.by_hand for tie in mine],
            },
        )
        _count(kind, ((tie.supply_id, tie.quantity) for tie in mine), 1)


@step
def drop(parts: Sequence[tuple[Held, Decimal]]) -> None:
    """Take quantities off ties and lower the counters of both ends; two statements per kind of supply."""
    total: dict[int, Decimal] = defaultdict(Decimal)
    for tie, quantity in parts:
        total[tie.id] += quantity
    found = {tie.id: tie for tie, _quantity in parts if total[tie.id] > 0}
    for kind in COLUMNS:
        mine = [(tie, total[id_]) for id_, tie in found.items() if tie.kind == kind]
        if not mine:
            continue
        ids, quantities = db.array(tie.id for tie, _ in mine), db.array(quantity for _, quantity in mine)
        db.later(_DROP.format(counter=COUNTERS[kind]), [ids, quantities])
        _count(kind, ((tie.supply_id, quantity) for tie, quantity in mine), -1)


def _count(kind: str, parts: Iterable[tuple[int, Decimal]], sign: int) -> None:
    """Let the supplies' own counters follow; requisition lines keep none."""
    total: dict[int, Decimal] = defaultdict(Decimal)
    for supply_id, quantity in parts:
        total[supply_id] += sign * quantity
    if kind == STOCK:
        inventory.reserve(total)
    elif kind == INCOMING:
        purchasing.set_aside(total)


@step
def lock_incoming(
    actor: Actor, warehouse_id: int, product_ids: Iterable[int], held: Iterable[int] = ()
) -> list[Coming]:
    """The open purchase lines of the products with something free, soonest first, with their locks: the orders shared,
    the lines in key order, and with them those ``held`` that the caller will let go. Orders that somebody changes at
    this moment are passed over.
    """
    asked = {"company": actor.company_id, "warehouse": warehouse_id, "products": sorted(set(product_ids))}
    ids = {row[0] for row in db.rows(_ORDERS, asked)}
    every = sorted({*ids, *held})
    found = db.rows(_LINES, [every]) if every else []
    return [Coming(*row[:5]) for row in found if row[4] > 0 and row[5] and row[0] in ids]


@step
def share_orders(purchase_line_ids: Iterable[int]) -> set[int]:
    """Those of the purchase lines that may be tied to another sales line now: nobody changes their order at this
    moment. Who changes it has locked the sales orders that waited before, and would miss a new one.
    """
    ids = sorted(set(purchase_line_ids))
    return {row[0] for row in db.rows(_SHARE, [ids])} if ids else set()


@step
def lock_held(purchase_line_ids: Iterable[int]) -> None:
    """Lock purchase lines of which several are let go, in key order; sent with the next statement."""
    ids = sorted(set(purchase_line_ids))
    if len(ids) > 1:
        db.later("SELECT 1 FROM purchasing_orderline WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE", [ids])
