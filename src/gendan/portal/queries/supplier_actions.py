"""Corrective actions that a supplier is asked for: who signed in sees all of their supplier's, who comes with a link
those about goods of orders that were sent by it.
"""

from __future__ import annotations

from typing import Any

from gendan.kernel import db
from gendan.kernel.errors import NotFound
from gendan.portal.queries.visitors import VISIBLE, Visitor

Row = dict[str, Any]
_SEEN = f"""
c.company_id = %(company)s::bigint AND c.supplier_id = %(partner)s::bigint AND (%(link)s::bigint IS NULL OR EXISTS (
 SELECT 1 FROM quality_inspection q JOIN quality_inspectionline ql ON ql.inspection_id = q.id
 JOIN purchasing_receiptline rl ON rl.id = ql.source_line JOIN purchasing_orderline l ON l.id = rl.order_line_id
 JOIN purchasing_purchaseorder o ON o.id = l.order_id WHERE q.id = c.inspection_id AND q.source_kind = 'gr'
  AND {VISIBLE}))
"""
_ROWS = f"""
SELECT c.number, c.state, c.version, c.problem, c.due_on, c.contact, c.cause, c.measure, c.done_by, c.answered_by,
 c.answered_at, c.verdict_note, c.created_at, coalesce(p.code, '') AS product, coalesce(p.name, '') AS product_name,
 c.state = 'open' AND c.due_on < %(today)s::date AS late
FROM quality_correctiveaction c LEFT JOIN catalog_product p ON p.id = c.product_id
WHERE {_SEEN} AND {{which}} ORDER BY c.due_on, c.id LIMIT 100
"""


def actions_of(visitor: Visitor) -> list[Row]:
    """What waits for the supplier's answer or our verdict, the most urgent first; one statement."""
    return _rows(visitor, "c.is_open")


def action_of(visitor: Visitor, number: str) -> Row:
    """One of them, closed ones too. Errors: NotFound."""
    found = _rows(visitor, "c.number = %(number)s::text", number=number)
    if not found:
        raise NotFound(what=number)
    return found[0]


def _rows(visitor: Visitor, which: str, **more: str) -> list[Row]:
    return db.dicts(_ROWS.format(which=which), {**visitor.params, "today": visitor.actor().today(), **more})
