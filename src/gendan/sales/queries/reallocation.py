"""What a reallocation would do: read in a few statements, whatever the number of lines, and decided by
``rules/reallocation.py``; the same for the dry run and, under locks, for the run itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.purchasing.steps.pegs import FREE
from gendan.sales.rules.priority import order_by
from gendan.sales.rules.reallocation import Given, Need, Source, by_line, give_out

ZERO = Decimal(0)
PLAN = "plan_reallocation"  # kind of job
SHOWN = 100  # lines that gain or lose, on a page
_CRITERIA = "SELECT key, descending FROM sales_priorityrule WHERE company_id = %s::bigint ORDER BY position"
# Many ids are looked up by hash: «= ANY» of a parameter walks the array for every row.
# Scope: open lines of the company, of some products and of one warehouse when given. Under locks (steps of
# commands/reallocate.py) it is what was locked and nothing that came since.
SCOPE = (
    "l.company_id = %(company)s::bigint AND l.is_open"
    " AND (%(products)s::bigint[] IS NULL OR l.product_id IN (SELECT unnest(%(products)s::bigint[])))"
    " AND (%(warehouse)s::bigint IS NULL OR l.warehouse_id = %(warehouse)s::bigint)"
    " AND (%(orders)s::bigint[] IS NULL OR l.order_id IN (SELECT unnest(%(orders)s::bigint[])))"
)
_NEEDS = """
SELECT l.id, l.warehouse_id, l.product_id,
 (l.quantity - l.cancelled - l.shipped) * l.factor - l.requested - coalesce(f.fixed, 0)
FROM sales_salesline l JOIN sales_salesorder o ON o.id = l.order_id
JOIN catalog_partner c ON c.id = o.customer_id LEFT JOIN catalog_customerclass k ON k.id = c.customer_class_id
LEFT JOIN (SELECT g.line_id, sum(CASE WHEN g.moved_by_hand THEN g.quantity ELSE g.hard END) AS fixed
 FROM sales_peg g JOIN sales_salesline l ON l.id = g.line_id
 WHERE g.requisition_line_id IS NULL AND (g.moved_by_hand OR g.hard > 0) AND {scope} GROUP BY 1) f ON f.line_id = l.id
WHERE {scope} ORDER BY {order}
"""
_HELD = f"""
SELECT g.line_id, CASE WHEN g.balance_id IS NOT NULL THEN 'stock' ELSE 'incoming' END,
 coalesce(g.balance_id, g.purchase_line_id), g.quantity - g.hard
FROM sales_salesline l JOIN sales_peg g ON g.line_id = l.id AND g.requisition_line_id IS NULL AND NOT g.moved_by_hand
 AND g.quantity > g.hard
WHERE {SCOPE} ORDER BY g.id
"""
_WANTED = f"(SELECT DISTINCT l.warehouse_id, l.product_id FROM sales_salesline l WHERE {SCOPE})"
_STOCK = f"""
SELECT b.id, 'stock', t.warehouse_id, b.product_id, b.on_hand - b.reserved
FROM {_WANTED} w JOIN inventory_balance b ON b.company_id = %(company)s::bigint AND b.product_id = w.product_id
JOIN catalog_location t ON t.id = b.location_id AND t.kind = 'bin' AND t.warehouse_id = w.warehouse_id
LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
WHERE (b.on_hand > b.reserved AND t.is_active OR b.reserved > 0)
 AND (%(balances)s::bigint[] IS NULL OR b.id IN (SELECT unnest(%(balances)s::bigint[])))
ORDER BY b.product_id, lot.expires_on NULLS LAST, t.code, b.id
"""
_COMING = f"""
SELECT l.id, 'incoming', l.warehouse_id, l.product_id, CASE WHEN l.is_open THEN {FREE} ELSE 0 END
FROM {_WANTED} w JOIN purchasing_orderline l ON l.company_id = %(company)s::bigint AND l.product_id = w.product_id
 AND l.warehouse_id = w.warehouse_id AND l.live AND (l.is_open OR l.pegged > 0)
WHERE %(purchases)s::bigint[] IS NULL OR l.order_id IN (SELECT unnest(%(purchases)s::bigint[]))
ORDER BY coalesce(l.expected_on, l.due_on) NULLS LAST, l.id
"""
_TOLD = """
SELECT l.id, o.id, o.number, c.code, c.name, p.code, p.name, l.line_no, coalesce(l.due_on, l.requested_on), w.code
FROM sales_salesline l JOIN sales_salesorder o ON o.id = l.order_id JOIN catalog_partner c ON c.id = o.customer_id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_warehouse w ON w.id = l.warehouse_id
WHERE l.id = ANY(%s::bigint[]) ORDER BY p.code, o.id, l.line_no
"""


@dataclass(frozen=True, slots=True)
class Change:
    """What a reallocation does to one line: its stock and what is on the way for it, before and after; stock units."""

    line_id: int
    order_id: int
    number: str
    customer: str
    customer_name: str
    product: str
    product_name: str
    line: int
    due_on: object
    warehouse: str
    stock_before: Decimal
    stock_after: Decimal
    incoming_before: Decimal
    incoming_after: Decimal

    @property
    def gains(self) -> bool:
        """Whether the line is better off: more stock, or as much of it and more on the way."""
        return (self.stock_after, self.incoming_after) > (self.stock_before, self.incoming_before)


@dataclass(frozen=True, slots=True)
class Plan:
    """The ties as they are and as they would be, and what that changes, by line."""

    lines: int
    before: list[Given]
    after: list[Given]
    changes: list[Change]


def scope_of(actor: Actor, warehouse: str = "", products: Sequence[str] | None = None) -> dict[str, object]:
    """The parameters of SCOPE for codes. Errors: NotFound."""
    scope: dict[str, object] = dict.fromkeys(("warehouse", "products", "orders", "purchases", "balances"))
    scope["company"] = actor.company_id
    if warehouse:
        found = db.row(
            "SELECT id FROM catalog_warehouse WHERE company_id = %s::bigint AND code = %s::text",
            [actor.company_id, warehouse],
        )
        if found is None:
            raise NotFound(what=warehouse)
        scope["warehouse"] = found[0]
    if products is not None:
        ids: dict[str, int] = dict(
            db.rows(
                "SELECT code, id FROM catalog_product WHERE company_id = %s::bigint AND code = ANY(%s::text[])",
                [actor.company_id, list(products)],
            )
        )
        if unknown := [code for code in products if code not in ids]:
            raise NotFound(what=unknown[0])
        scope["products"] = list(ids.values())
    return scope


def lines_in(scope: dict[str, object], most: int) -> int:
    """How many open lines a scope has, counted up to ``most``."""
    found = db.row(f"SELECT count(*) FROM (SELECT 1 FROM sales_salesline l WHERE {SCOPE} LIMIT {most}) x", scope)
    return int(found[0]) if found else 0


def products_in(scope: dict[str, object]) -> list[int]:
    """The ids of the products of which a scope has open lines."""
    sql = f"SELECT DISTINCT l.product_id FROM sales_salesline l WHERE {SCOPE} ORDER BY 1"
    return [row[0] for row in db.rows(sql, scope)]


def told(changes: Sequence[Change], most: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The first lines that gain and the first that lose, as pages show them."""
    gains = [asdict(change) for change in changes if change.gains]
    losses = [asdict(change) for change in changes if not change.gains]
    return gains[:most], losses[:most]


def plan(actor: Actor, scope: dict[str, object]) -> Plan:
    """What a reallocation of a scope would do; six statements, whatever the number of lines."""
    criteria = [(key, down) for key, down in db.rows(_CRITERIA, [actor.company_id])]
    needs, held, stock, coming = db.batch(
        [
            (_NEEDS.format(scope=SCOPE, order=order_by(criteria)), scope),
            (_HELD, scope),
            (_STOCK, scope),
            (_COMING, scope),
        ]
    )
    before = [Given(*row) for row in held]
    soft: dict[tuple[str, int], Decimal] = {}
    for given in before:
        soft[given.kind, given.supply_id] = soft.get((given.kind, given.supply_id), ZERO) + given.quantity
    sources = [
        Source(id_, kind, (warehouse, product), max(free, ZERO) + soft.get((kind, id_), ZERO))
        for id_, kind, warehouse, product, free in (*stock, *coming)
    ]
    wanted = [Need(id_, (warehouse, product), quantity) for id_, warehouse, product, quantity in needs if quantity > 0]
    after = give_out(wanted, sources, before)
    return Plan(len(needs), before, after, _changes(before, after))


def _changes(before: Sequence[Given], after: Sequence[Given]) -> list[Change]:
    """The lines that are better or worse off; moves from bin to bin change nothing for a line."""
    was, will = by_line(before), by_line(after)
    differing = [
        line_id
        for line_id in {*was, *will}
        if any(was[line_id].get(kind, ZERO) != will[line_id].get(kind, ZERO) for kind in ("stock", "incoming"))
    ]
    if not differing:
        return []

    def figures(line_id: int) -> tuple[Decimal, ...]:
        return tuple(of[line_id].get(kind, ZERO) for kind in ("stock", "incoming") for of in (was, will))

    return [Change(*row, *figures(row[0])) for row in db.rows(_TOLD, [differing])]
