"""What open order lines and replacements of returned goods still bring in, for the stock pages below
(inventory.queries.INCOMING).
"""

from __future__ import annotations

from collections.abc import Sequence

from gendan.inventory.queries import Expected
from gendan.kernel import db, fields
from gendan.kernel.actor import Actor

# The sums are kept (models.Incoming); the next day is the first entry of the index open_line_by_product: nothing that
# is read grows with the number of open lines. What is open has something outstanding, so a sum that is not zero has a
# line behind it. Goods that are to come instead of what went back are looked at by open return, of which there are few;
# the joins are written so that the planner cannot turn them round.
EXPECTED = """
SELECT s.product_id, s.warehouse_id, s.quantity,
 (SELECT coalesce(l.expected_on, l.due_on) FROM purchasing_orderline l
  WHERE l.company_id = %(company)s::bigint AND l.product_id = s.product_id AND l.warehouse_id = s.warehouse_id
   AND l.is_open ORDER BY coalesce(l.expected_on, l.due_on) LIMIT 1)
FROM (SELECT i.product_id, i.warehouse_id, sum(i.quantity) AS quantity FROM purchasing_incoming i
 WHERE i.company_id = %(company)s::bigint AND i.product_id = ANY(%(products)s::bigint[]){where} GROUP BY 1, 2
 HAVING sum(i.quantity) <> 0) s
UNION ALL
SELECT l.product_id, r.warehouse_id, sum((x.quantity - x.replaced) * l.factor), min(r.replace_on)
FROM (SELECT r.id, r.warehouse_id, r.replace_on FROM purchasing_purchasereturn r
 WHERE r.company_id = %(company)s::bigint AND r.state = 'posted' AND r.settlement = 'replace' OFFSET 0) r
CROSS JOIN LATERAL (SELECT x.order_line_id, x.quantity, x.replaced FROM purchasing_purchasereturnline x
 WHERE x.purchase_return_id = r.id AND x.quantity > x.replaced OFFSET 0) x
CROSS JOIN LATERAL (SELECT l.product_id, l.factor FROM purchasing_orderline l WHERE l.id = x.order_line_id OFFSET 0) l
WHERE l.product_id = ANY(%(products)s::bigint[]){replacing} GROUP BY 1, 2
"""


def open_orders(actor: Actor, product_ids: Sequence[int], warehouse_id: int | None) -> list[Expected]:
    """Outstanding quantities (stock unit) per product and warehouse, and when the next is expected, of open order lines
    and of replacements; one statement.
    """
    wanted = "" if warehouse_id is None else " AND {}.warehouse_id = %(warehouse)s::bigint"
    given = {"company": actor.company_id, "products": db.array(product_ids), "warehouse": warehouse_id}
    found = db.rows(EXPECTED.format(where=wanted.format("i"), replacing=wanted.format("r")), given)
    dated = not fields.hides(actor, "po", "promised_on", "required_on")
    return [Expected(*row) if dated else Expected(*row[:3]) for row in found]
