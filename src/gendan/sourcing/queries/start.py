"""Where inquiries begin: requisition lines, and who could be asked for their products."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.purchasing.queries.orders import VIEW
from gendan.sourcing.rules.inquiry import LineIn, SourceIn, SupplierIn

MOST = 8
_LINES = """
SELECT r.number, l.line_no, p.code, u.code, w.code, l.required_on, l.quantity - l.ordered - l.cancelled
FROM purchasing_requisition r JOIN purchasing_requisitionline l ON l.requisition_id = r.id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
JOIN catalog_warehouse w ON w.id = r.warehouse_id
JOIN unnest(%(numbers)s::text[], %(lines)s::int[]) WITH ORDINALITY AS t(number, line, n)
 ON t.number = r.number AND t.line = l.line_no
WHERE r.company_id = %(company)s::bigint AND r.state IN ('approved', 'partly_ordered')
 AND l.quantity > l.ordered + l.cancelled{within} ORDER BY t.n
"""
# Who sold these products or has a price for them: whoever offers most of them, then who sold last.
_SUPPLIERS = """
WITH wanted AS (SELECT id FROM catalog_product WHERE company_id = %(company)s::bigint AND code = ANY(%(products)s)),
 known AS (SELECT x.supplier_id AS id, w.id AS product, x.line AS last FROM wanted w JOIN LATERAL (
   SELECT l.supplier_id, l.id AS line FROM purchasing_orderline l WHERE l.product_id = w.id
   ORDER BY l.id DESC LIMIT 50) x ON true
  UNION ALL SELECT s.partner_id, s.product_id, 0 FROM catalog_supplierprice s JOIN wanted w ON w.id = s.product_id
   WHERE s.company_id = %(company)s::bigint)
SELECT p.code FROM (SELECT id, count(DISTINCT product) AS products, max(last) AS last FROM known GROUP BY 1) k
JOIN catalog_partner p ON p.id = k.id AND p.is_active AND p.is_supplier
ORDER BY k.products DESC, k.last DESC, p.code LIMIT %(most)s::int
"""


def lines_for(actor: Actor, picks: Sequence[tuple[str, int, Decimal | None]]) -> list[LineIn]:
    """Lines of an inquiry for requisition lines (number, line, quantity or all that is open): those of the same
    product, unit, place and day become one. What is not open any more is left out. One statement.
    """
    actor.must(VIEW)
    wanted = {(number, line): quantity for number, line, quantity in picks}
    params = {
        "numbers": [number for number, _line in wanted],
        "lines": [line for _number, line in wanted],
        "company": actor.company_id,
    }
    groups: dict[tuple[str, str, str, date | None], list[SourceIn]] = {}
    for number, line, product, unit, warehouse, on, open_ in db.rows(
        _LINES.format(within=scope.also(actor, "requisition", "r")), params
    ):
        asked = wanted[number, line]
        quantity = open_ if asked is None else min(asked, open_)
        if quantity > 0:
            groups.setdefault((product, unit, warehouse, on), []).append(SourceIn(number, line, quantity))
    return [
        LineIn(
            product,
            sum((source.quantity for source in sources), Decimal(0)),
            unit,
            on,
            warehouse=warehouse,
            sources=tuple(sources),
        )
        for (product, unit, warehouse, on), sources in groups.items()
    ]


def suppliers_for(actor: Actor, products: Sequence[str]) -> list[SupplierIn]:
    """Who could be asked for products: a few, the likeliest first; one statement."""
    params = {"company": actor.company_id, "products": list(products), "most": MOST}
    return [SupplierIn(code) for (code,) in db.rows(_SUPPLIERS, params)]
