"""Sales orders: not shipped in time."""

from __future__ import annotations

from collections.abc import Mapping

from gendan.alerts.queries.finders.finder import SO, Finder

_LINE = """
SELECT 'line:' || l.id, o.id, o.number, l.id, l.line_no, l.customer_id, l.product_id, l.warehouse_id,
 coalesce(o.salesperson_id, o.created_by_id)"""
_OPEN_LINES = """
FROM sales_salesline l JOIN sales_salesorder o ON o.id = l.order_id
WHERE l.company_id = %(company)s::bigint AND l.is_open{only}"""
MISSING = "l.quantity - l.cancelled - l.shipped"
WORTH = f"round(l.net / l.quantity * ({MISSING}) * o.rate, 4)"

_NOT_SHIPPED = f"""{_LINE}, l.due_on, %(today)s::date - l.due_on, {WORTH}, 1, 'customer:' || l.customer_id,
 jsonb_build_object('due', l.due_on, 'promised', l.promised_on, 'missing', {MISSING}, 'unit', l.unit_id,
  'reserved', round(l.reserved / l.factor, 6))
{_OPEN_LINES}
 AND l.due_on < %(today)s::date - %(t_days)s::int"""

FINDERS: Mapping[str, Finder] = {"sales_not_shipped": Finder(_NOT_SHIPPED, SO)}
