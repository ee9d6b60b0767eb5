"""Sales orders: not shipped in time."""

from __future__ import annotations

from collections.abc import Mapping

from gendan.alerts.queries.finders.finder import ORDER, PRODUCT, Finder

_LINE = """
SELECT 'line:' || l.id, 'so', o.id, o.number, l.id, l.line_no, l.customer_id, l.product_id, l.warehouse_id,
 coalesce(o.salesperson_id, o.created_by_id)"""
_OPEN_LINES = """
FROM sales_salesline l JOIN sales_salesorder o ON o.id = l.order_id
WHERE l.company_id = %(company)s::bigint AND l.is_open AND o.is_open{only}"""
MISSING = "l.quantity - l.cancelled - l.shipped"
WORTH = f"round(l.net / l.quantity * ({MISSING}) * o.rate, 4)"

_NOT_SHIPPED = f"""{_LINE}, l.due_on, %(today)s::date - l.due_on, {WORTH}, 1, 'customer:' || l.customer_id,
 jsonb_build_object('due', l.due_on, 'promised', l.promised_on, 'missing', {MISSING}, 'unit', l.unit_id,
  'reserved', round(l.reserved / l.factor, 6))
{_OPEN_LINES}
 AND l.due_on < %(today)s::date - %(t_days)s::int"""

# Nothing is set aside for what is due soon, or what is set aside is known to come too late, however far off.
_CANNOT_BE_MET = f"""{_LINE}, l.due_on,
 greatest(%(today)s::date - l.due_on, coalesce(l.expected_on - l.due_on, 0), 0), {WORTH}, 1, 'product:' || l.product_id,
 jsonb_build_object('due', l.due_on, 'uncovered', round(v.uncovered / l.factor, 6), 'missing', {MISSING},
  'unit', l.unit_id, 'expected', l.expected_on)
FROM sales_salesline l JOIN sales_salesorder o ON o.id = l.order_id
CROSS JOIN LATERAL (SELECT ({MISSING} - l.delivering) * l.factor - l.reserved - l.pegged - l.requested AS uncovered) v
WHERE l.company_id = %(company)s::bigint AND l.is_open AND o.is_open{{only}}
 AND ((v.uncovered > 0 AND l.due_on <= %(today)s::date + %(t_ahead)s::int)
  OR (l.pegged + l.requested > 0 AND l.expected_on > l.due_on))"""

# What a customer has not paid of orders that are under way, against the limit; the orders that count are the open ones.
_CREDIT = """
SELECT 'partner:' || p.id, 'partner', p.id, p.code, NULL::bigint, NULL::int, p.id, NULL::bigint, NULL::bigint,
 p.salesperson_id, NULL::date, 0, c.used - p.credit_limit, 1, 'customer:' || p.id,
 jsonb_build_object('limit', p.credit_limit, 'used', c.used, 'orders', c.orders)
FROM catalog_partner p CROSS JOIN LATERAL (
 SELECT round(sum((o.gross - o.credited - o.paid_amount - coalesce(x.gross, 0)) * o.rate), 2) AS used,
  count(*) AS orders
 FROM sales_salesorder o LEFT JOIN LATERAL (
  SELECT sum(l.gross * l.cancelled / l.quantity) AS gross FROM sales_salesline l
  WHERE l.order_id = o.id AND l.cancelled > 0) x ON true
 WHERE o.company_id = p.company_id AND o.customer_id = p.id AND o.is_open AND o.settled_at IS NULL
  AND o.state IN ('to_ship', 'partly_shipped', 'shipped', 'signed')) c
WHERE p.company_id = %(company)s::bigint AND p.credit_limit IS NOT NULL{only}
 AND c.used > p.credit_limit * (100 + %(t_percent)s::numeric) / 100"""

FINDERS: Mapping[str, Finder] = {
    "sales_not_shipped": Finder(_NOT_SHIPPED, ORDER),
    "reservation_unmet": Finder(_CANNOT_BE_MET, ORDER),
    "credit_exceeded": Finder(_CREDIT, PRODUCT),
}
