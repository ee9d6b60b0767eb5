"""Who holds what of a product: its supply and its open sales lines by priority, and both on one axis of days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.sales.permissions import VIEW
from gendan.sales.queries.atp import FREE_INCOMING, UNCOVERED
from gendan.sales.rules.priority import order_by

Row = dict[str, Any]
ZERO = Decimal(0)
SHORT = 100  # products named in the overview
LINES = 300  # open lines of a product shown; how many more there are is said
_WHERE = "AND (%(warehouse)s::bigint IS NULL OR {}.warehouse_id = %(warehouse)s::bigint)"
_SHORT = f"""
SELECT p.code AS product, p.name AS product_name, u.name AS unit, w.code AS warehouse, s.lines, s.short, s.due_on
FROM (
 SELECT sl.product_id, sl.warehouse_id, count(*) AS lines, sum({UNCOVERED}) AS short, min(sl.due_on) AS due_on
 FROM sales_salesline sl
 WHERE sl.company_id = %(company)s::bigint AND sl.is_open AND {UNCOVERED} > 0 {_WHERE.format("sl")}{{within}}
 GROUP BY 1, 2 ORDER BY min(sl.due_on) NULLS LAST, 1 LIMIT {SHORT}) s
JOIN catalog_product p ON p.id = s.product_id JOIN catalog_unit u ON u.id = p.unit_id
JOIN catalog_warehouse w ON w.id = s.warehouse_id ORDER BY s.due_on NULLS LAST, p.code, w.code
"""
_SUBJECT = """
SELECT p.id, p.code, p.name, u.name, (SELECT w.id FROM catalog_warehouse w
 WHERE w.company_id = p.company_id AND w.code = %(code)s::text)
FROM catalog_product p JOIN catalog_unit u ON u.id = p.unit_id
WHERE p.company_id = %(company)s::bigint AND p.code = %(product)s::text
"""
_CRITERIA = "SELECT key, descending FROM sales_priorityrule WHERE company_id = %(company)s::bigint ORDER BY position"
_STOCK = f"""
SELECT w.code AS warehouse, l.kind, sum(b.on_hand) AS on_hand, sum(b.reserved) AS reserved FROM inventory_balance b
JOIN catalog_location l ON l.id = b.location_id JOIN catalog_warehouse w ON w.id = l.warehouse_id
WHERE b.company_id = %(company)s::bigint AND b.product_id = %(id)s::bigint AND b.on_hand > 0
 AND l.kind IN ('bin', 'inspection', 'rejected') {_WHERE.format("l")} GROUP BY 1, 2 ORDER BY 1, 2
"""
_COMING = f"""
SELECT po.number, pl.line_no AS line, s.name AS supplier, w.code AS warehouse,
 coalesce(pl.expected_on, pl.due_on) AS on, pl.incoming AS quantity, pl.pegged, {FREE_INCOMING} AS free
FROM purchasing_orderline pl JOIN purchasing_purchaseorder po ON po.id = pl.order_id
JOIN catalog_partner s ON s.id = pl.supplier_id JOIN catalog_warehouse w ON w.id = pl.warehouse_id
WHERE pl.company_id = %(company)s::bigint AND pl.product_id = %(id)s::bigint AND pl.is_open {_WHERE.format("pl")}
ORDER BY 5 NULLS LAST, pl.id LIMIT {LINES}
"""
_DEMAND = """
SELECT sl.id, o.number, sl.line_no AS line, c.name AS customer, coalesce(k.name, '') AS class, w.code AS warehouse,
 sl.due_on, sl.expected_on, (sl.quantity - sl.cancelled - sl.shipped) * sl.factor AS needed, sl.reserved, sl.pegged,
 sl.requested, {uncovered} AS uncovered, count(*) OVER () AS all_lines
FROM sales_salesline sl JOIN sales_salesline l ON l.id = sl.id JOIN sales_salesorder o ON o.id = sl.order_id
JOIN catalog_partner c ON c.id = o.customer_id LEFT JOIN catalog_customerclass k ON k.id = c.customer_class_id
JOIN catalog_warehouse w ON w.id = sl.warehouse_id
WHERE sl.company_id = %(company)s::bigint AND sl.product_id = %(id)s::bigint AND sl.is_open {where}
ORDER BY {rank} LIMIT {limit}
"""
_TIES = """
SELECT p.line_id, CASE WHEN p.balance_id IS NOT NULL THEN 'stock' WHEN p.purchase_line_id IS NOT NULL THEN 'way'
 ELSE 'asked' END AS kind, sum(p.quantity) AS quantity, sum(p.hard) AS hard, bool_or(p.moved_by_hand) AS by_hand,
 coalesce(po.number, r.number, '') AS number, coalesce(pl.expected_on, pl.due_on) AS on
FROM sales_peg p LEFT JOIN purchasing_orderline pl ON pl.id = p.purchase_line_id
LEFT JOIN purchasing_purchaseorder po ON po.id = pl.order_id
LEFT JOIN purchasing_requisitionline rl ON rl.id = p.requisition_line_id
LEFT JOIN purchasing_requisition r ON r.id = rl.requisition_id
WHERE p.line_id = ANY(%s::bigint[]) GROUP BY 1, 2, 6, 7 ORDER BY 1, 2 DESC, 7 NULLS LAST
"""
_IN_NEED = f"""
SELECT w.code FROM sales_salesline sl JOIN catalog_warehouse w ON w.id = sl.warehouse_id
WHERE sl.company_id = %s::bigint AND sl.is_open
 AND sl.product_id = (SELECT id FROM catalog_product WHERE company_id = %s::bigint AND code = %s::text)
ORDER BY {UNCOVERED} > 0 DESC, sl.due_on NULLS LAST, sl.id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Day:
    """What happens to a product on a day, and what is left then if nothing else comes: below zero is a shortage."""

    on: date | None
    incoming: Decimal
    outgoing: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class Allocation:
    """A product: its stock by warehouse, what comes, its open lines most urgent first with their ties, its days."""

    product: str
    product_name: str
    unit: str
    stock: Sequence[Row]
    coming: Sequence[Row]
    demand: Sequence[Row]
    days: Sequence[Day]
    more: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)


def short_products(actor: Actor, warehouse: str = "") -> list[Row]:
    """Products of which reviewed lines need something that nothing covers, the most urgent first. Two statements."""
    actor.must(VIEW)
    sql = _SHORT.format(within=scope.also(actor, "so_line", "sl"))
    return db.dicts(sql, {"company": actor.company_id, "warehouse": _warehouse(actor, warehouse)})


def _warehouse(actor: Actor, code: str) -> int | None:
    if not code:
        return None
    found = db.row(
        "SELECT id FROM catalog_warehouse WHERE company_id = %s::bigint AND code = %s::text", [actor.company_id, code]
    )
    if found is None:
        raise NotFound(what=code)
    return int(found[0])


def allocation_of(actor: Actor, product: str, warehouse: str = "") -> Allocation:
    """Supply and demand of a product (in a warehouse); suppliers' names for who may see purchasing. Six statements.

    Errors: NotFound.
    """
    actor.must(VIEW)
    params: dict[str, Any] = {"company": actor.company_id, "product": product, "code": warehouse}
    subject, criteria = db.batch([(_SUBJECT, params), (_CRITERIA, params)])
    if not subject or (warehouse and subject[0][4] is None):
        raise NotFound(what=product if not subject else warehouse)
    params |= {"id": subject[0][0], "warehouse": subject[0][4] if warehouse else None}
    demand_sql = _DEMAND.format(
        uncovered=UNCOVERED,
        where=_WHERE.format("sl"),
        rank=order_by([(key, down) for key, down in criteria]),
        limit=LINES,
    )
    stock, coming, demand = db.dicts(_STOCK, params), db.dicts(_COMING, params), db.dicts(demand_sql, params)
    coming = _veiled(actor, coming, "supplier") if actor.may("purchasing.view") else _without(coming, "supplier")
    demand = _veiled(actor, demand, "customer")
    ties: dict[int, list[Row]] = defaultdict(list)
    for tie in db.dicts(_TIES, [[row["id"] for row in demand]]) if demand else []:
        ties[tie["line_id"]].append(tie)
    for place, row in enumerate(demand, start=1):
        row.update(place=place, ties=ties[row["id"]])
    more = demand[0]["all_lines"] - len(demand) if demand else 0
    sums = {
        "on_hand": sum((row["on_hand"] for row in stock if row["kind"] == "bin"), ZERO),
        "reserved": sum((row["reserved"] for row in stock if row["kind"] == "bin"), ZERO),
        "coming": sum((row["quantity"] for row in coming), ZERO),
        "needed": sum((row["needed"] for row in demand), ZERO),
        "short": sum((row["uncovered"] for row in demand), ZERO),
    }
    sums["free"] = sums["on_hand"] - sums["reserved"]
    days = in_time(sums["on_hand"], coming, demand, actor.today())
    _id, code, name, unit, _place = subject[0]
    return Allocation(code, name, unit, stock, coming, demand, days, more, sums)


def _veiled(actor: Actor, rows: list[Row], name: str) -> list[Row]:
    """The rows, without whose they are where the actor may not see the document: that it takes something, counts."""
    if actor.scope is None:
        return rows
    seen = scope.numbers_seen(actor, (row["number"] for row in rows))
    return [row if row["number"] in seen else {**row, name: ""} for row in rows]


def _without(rows: list[Row], name: str) -> list[Row]:
    return [{**row, name: ""} for row in rows]


def warehouse_in_need(actor: Actor, product: str) -> str:
    """The warehouse out of which a product is wanted most urgently, where it is short first; "" when it is wanted
    nowhere. One statement.
    """
    found = db.row(_IN_NEED, [actor.company_id, actor.company_id, product])
    return str(found[0]) if found else ""


def in_time(on_hand: Decimal, coming: Sequence[Row], demand: Sequence[Row], today: date) -> list[Day]:
    """What is there after each day on which something comes or is to leave; what is overdue counts as today, what has
    no day comes last.
    """
    plus: dict[date, Decimal] = defaultdict(Decimal)
    minus: dict[date, Decimal] = defaultdict(Decimal)
    for row in coming:
        plus[max(row["on"], today) if row["on"] else date.max] += row["quantity"]
    for row in demand:
        minus[max(row["due_on"], today) if row["due_on"] else today] += row["needed"]
    left, days = on_hand, []
    for day in sorted({today, *plus, *minus}):
        left += plus[day] - minus[day]
        days.append(Day(None if day == date.max else day, plus[day], minus[day], left))
    return days
