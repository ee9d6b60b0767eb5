"""Turn what nothing covers into requisitions: for sales lines (tied to them) and for safety stock, never twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_UP, Decimal

from django.utils.translation import gettext as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Entry, Subject, record_all
from gendan.kernel.unit import Done, step
from gendan.purchasing.commands import request_goods
from gendan.purchasing.rules.lines import MAX_LINES
from gendan.purchasing.rules.requisitions import RequestIn
from gendan.sales.queries.atp import UNCOVERED
from gendan.sales.steps import promises, ties
from gendan.sales.steps.ties import REQUESTED, Tie

ORDERS_AT_ONCE = 2000
_ORDERS = f"""
SELECT o.number FROM sales_salesorder o WHERE o.id IN (
 SELECT sl.order_id FROM sales_salesline sl WHERE sl.company_id = %s::bigint AND sl.is_open AND {UNCOVERED} > 0
 ORDER BY sl.due_on, sl.id LIMIT {ORDERS_AT_ONCE}) ORDER BY o.id
"""
# What was discontinued cannot be bought any more, and must not keep the rest from being requested.
_SHORT = f"""
SELECT sl.id, o.id, o.number, c.code, w.code, p.code, sl.line_no, {UNCOVERED},
 coalesce(sl.requested_on, sl.promised_on, o.requested_on), u.decimals
FROM sales_salesline sl JOIN sales_salesorder o ON o.id = sl.order_id
JOIN catalog_product p ON p.id = sl.product_id AND p.is_active JOIN catalog_unit u ON u.id = p.unit_id
JOIN catalog_warehouse w ON w.id = sl.warehouse_id AND w.is_active JOIN catalog_partner c ON c.id = o.customer_id
WHERE o.id = ANY(%s::bigint[]) AND sl.is_open AND {UNCOVERED} > 0 ORDER BY w.code, p.code, 9 NULLS LAST, sl.id
"""
_REQUESTED = "SELECT line_no, id FROM purchasing_requisitionline WHERE requisition_id = %s::bigint"
# Whoever asks for safety stock asks alone: two at once would ask twice.
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('sales.safety_stock', %s::bigint))"
# Goods under inspection lie in stock and may have been waited for on their way: ties on the way are taken off both.
_BELOW = """
SELECT p.code, p.safety_stock - s.free - i.coming + w.waiting - coalesce(r.asked, 0), coalesce(s.warehouse, %(main)s)
FROM catalog_product p
CROSS JOIN LATERAL (
 SELECT coalesce(sum(b.on_hand - b.reserved), 0) AS free,
  (array_agg(w.code ORDER BY b.on_hand DESC, w.code) FILTER (WHERE l.kind = 'bin' AND w.is_active))[1] AS warehouse
 FROM inventory_balance b JOIN catalog_location l ON l.id = b.location_id AND l.kind IN ('bin', 'transit', 'inspection')
 LEFT JOIN catalog_warehouse w ON w.id = l.warehouse_id
 WHERE b.company_id = p.company_id AND b.product_id = p.id) s
CROSS JOIN LATERAL (
 SELECT coalesce(sum(l.incoming), 0) AS coming FROM purchasing_orderline l
 WHERE l.company_id = p.company_id AND l.product_id = p.id AND l.is_open) i
CROSS JOIN LATERAL (
 SELECT coalesce(sum(l.pegged), 0) AS waiting FROM sales_salesline l
 WHERE l.company_id = p.company_id AND l.product_id = p.id AND l.is_open) w
LEFT JOIN LATERAL (
 SELECT sum(greatest((l.quantity - l.cancelled - l.ordered + coalesce(d.drafted, 0)) * l.factor
   - coalesce(g.waiting, 0), 0)) AS asked
 FROM purchasing_requisitionline l
 JOIN purchasing_requisition q ON q.id = l.requisition_id AND q.state NOT IN ('cancelled', 'rejected')
 LEFT JOIN LATERAL (SELECT sum(a.quantity) AS drafted FROM purchasing_requisitionallocation a
  JOIN purchasing_orderline ol ON ol.id = a.order_line_id
  JOIN purchasing_purchaseorder o ON o.id = ol.order_id AND o.state IN ('draft', 'pending_approval')
  WHERE a.requisition_line_id = l.id) d ON true
 LEFT JOIN LATERAL (SELECT sum(g.quantity) AS waiting FROM sales_peg g WHERE g.requisition_line_id = l.id) g ON true
 WHERE q.company_id = p.company_id AND l.product_id = p.id) r ON true
WHERE p.company_id = %(company)s::bigint AND p.is_active AND p.safety_stock > 0
 AND p.safety_stock > s.free + i.coming - w.waiting + coalesce(r.asked, 0)
ORDER BY p.code LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Short:
    """A sales line that nothing covers; ``missing`` in stock units, which are counted to so many ``decimals``."""

    line_id: int
    order_id: int
    number: str
    customer: str
    warehouse: str
    product: str
    line_no: int
    missing: Decimal
    wanted_on: date | None
    decimals: int


def orders_short_of_goods(actor: Actor) -> list[str]:
    """The numbers of the reviewed orders with lines that nothing covers, the most urgent ones first cut off."""
    return [row[0] for row in db.rows(_ORDERS, [actor.company_id])]


@step
def request_for(actor: Actor, order_ids: Sequence[int]) -> list[Done]:
    """Request what nothing covers of orders that the caller has locked, by warehouse, one line per product and day; the
    sales lines are tied to it. The requisitions made.
    """
    short = [Short(*row) for row in db.rows(_SHORT, [list(order_ids)])]
    by_warehouse: dict[str, dict[tuple[str, date | None], list[Short]]] = defaultdict(lambda: defaultdict(list))
    for line in short:
        day = max(line.wanted_on, actor.today()) if line.wanted_on else None
        by_warehouse[line.warehouse][line.product, day].append(line)
    made = []
    for warehouse, wanted in by_warehouse.items():
        groups = list(wanted.items())
        for n in range(0, len(groups), MAX_LINES):
            made.append(_request(actor, warehouse, groups[n : n + MAX_LINES]))
    promises.follow_supply(actor, sorted({line.line_id for line in short}), _("已转采购申请"))
    return made


def _request(actor: Actor, warehouse: str, groups: Sequence[tuple[tuple[str, date | None], list[Short]]]) -> Done:
    """One requisition, with the ties of those who wait for it; a part of a stock unit is bought as a whole one."""
    lines = [RequestIn(product, _whole(short), required_on=day) for (product, day), short in groups]
    done = request_goods(actor, warehouse, lines, _("销售缺货"))
    ids: dict[int, int] = dict(db.rows(_REQUESTED, [done.id]))
    waiting = [(n, line) for n, (_key, short) in enumerate(groups, 1) for line in short]
    ties.add(actor, [Tie(line.line_id, REQUESTED, ids[n], line.missing) for n, line in waiting])
    orders: dict[Subject, list[Short]] = defaultdict(list)
    for _n, line in waiting:
        orders[Subject("so", line.order_id, line.number)].append(line)
    refs = (f"requisition:{done.number}",)
    record_all(actor, [_entry(order, short, refs, done.number) for order, short in orders.items()])
    return done


def _whole(short: Sequence[Short]) -> Decimal:
    missing = sum((s.missing for s in short), Decimal(0))
    return missing.quantize(Decimal(1).scaleb(-short[0].decimals), ROUND_UP)


def _entry(order: Subject, short: Sequence[Short], refs: tuple[str, ...], number: str) -> Entry:
    told = [{"line": s.line_no, "product": s.product, "quantity": s.missing} for s in short[:50]]
    refs = (*refs, f"partner:{short[0].customer}", *sorted({f"product:{s.product}" for s in short})[:50])
    return Entry("sales.shortage_requested", order, refs, {"lines": told, "requisition": number})


@step
def request_safety_stock(actor: Actor, main_warehouse: str) -> list[Done]:
    """Request what is missing to the safety stock of products, counting what is free, on the way and requested already;
    into the warehouse where most of the product lies, else into ``main_warehouse``.
    """
    db.row(_ALONE, [actor.company_id])
    found = db.rows(_BELOW, {"company": actor.company_id, "main": main_warehouse, "limit": MAX_LINES})
    by_warehouse: dict[str, list[RequestIn]] = defaultdict(list)
    for product, missing, warehouse in found:
        by_warehouse[warehouse].append(RequestIn(product, missing))
    return [request_goods(actor, w, lines, _("低于安全库存")) for w, lines in sorted(by_warehouse.items())]
