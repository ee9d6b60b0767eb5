"""The purchase orders and requisitions behind a sales order: what its lines wait for, and what came in for them."""

from __future__ import annotations

from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import KINDS, state_label
from gendan.sales.permissions import VIEW

Row = dict[str, Any]
SEES = "purchasing.view"
_SOURCES = """
WITH lines AS MATERIALIZED (SELECT l.id FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id
 WHERE o.company_id = %(company)s::bigint AND o.number = %(number)s::text),
supplies AS (
 SELECT p.purchase_line_id AS line, p.quantity AS waiting FROM lines JOIN sales_peg p ON p.line_id = lines.id
  AND p.purchase_line_id IS NOT NULL UNION ALL
 SELECT a.purchase_line_id, 0 FROM lines JOIN sales_arrival a ON a.line_id = lines.id),
asked AS (SELECT p.requisition_line_id AS line FROM lines JOIN sales_peg p ON p.line_id = lines.id
 AND p.requisition_line_id IS NOT NULL)
SELECT 'requisition' AS kind, q.number, q.state, true AS waits, NULL::date AS expected_on
FROM asked JOIN purchasing_requisitionline r ON r.id = asked.line
JOIN purchasing_requisition q ON q.id = r.requisition_id GROUP BY q.id
UNION ALL
SELECT 'po', o.number, o.state, sum(s.waiting) > 0,
 max(coalesce(pl.expected_on, pl.due_on)) FILTER (WHERE s.waiting > 0)
FROM supplies s JOIN purchasing_orderline pl ON pl.id = s.line JOIN purchasing_purchaseorder o ON o.id = pl.order_id
GROUP BY o.id ORDER BY 1, 2
"""


def sources(actor: Actor, number: str) -> list[Row]:
    """Each document once, with its state and, of a purchase order that is waited for, its latest day; one statement.
    Nothing for who may not see purchasing.
    """
    actor.must(VIEW)
    if not actor.may(SEES):
        return []
    found = db.dicts(_SOURCES, {"company": actor.company_id, "number": number})
    for row in found:
        row["state_label"] = state_label(KINDS[row["kind"]], row["state"])
    return found
