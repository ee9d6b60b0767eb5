"""Purchase orders: not confirmed, not sent, not come."""

from __future__ import annotations

from collections.abc import Mapping

from gendan.alerts.queries.finders.finder import MISSING, PO, WAITING, WORTH, Finder

_ORDER = """
SELECT 'po:' || o.id, o.id, o.number, NULL::bigint, NULL::int, o.supplier_id, NULL::bigint, o.warehouse_id,
 coalesce(o.buyer_id, o.created_by_id)"""
_LINE = """
SELECT 'line:' || l.id, o.id, o.number, l.id, l.line_no, l.supplier_id, l.product_id, l.warehouse_id,
 coalesce(o.buyer_id, o.created_by_id)"""
_OPEN_LINES = """
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE l.company_id = %(company)s::bigint AND l.is_open{only}"""

_LATE_CONFIRMATION = f"""{_ORDER}, a.since + %(t_days)s::int, %(today)s::date - a.since - %(t_days)s::int,
 round(o.net * o.rate, 4), 0, 'supplier:' || o.supplier_id,
 jsonb_build_object('since', a.since, 'days', %(t_days)s::int)
FROM purchasing_purchaseorder o JOIN accounts_company c ON c.id = o.company_id
CROSS JOIN LATERAL (SELECT (coalesce(o.approved_at, o.created_at) AT TIME ZONE c.timezone)::date AS since) a
WHERE o.company_id = %(company)s::bigint AND o.is_open AND o.state = 'approved' AND c.use_confirmation
 AND a.since + %(t_days)s::int < %(today)s::date{{only}}"""

# What was promised for a day soon and is not on its way yet; from that day on it is overdue, which is another rule.
_LATE_SHIPMENT = f"""{_LINE}, l.due_on, greatest(%(today)s::date - (l.due_on - %(t_transit)s::int), 0), {WORTH},
 {WAITING}, 'supplier:' || l.supplier_id,
 jsonb_build_object('due', l.due_on, 'expected', l.expected_on, 'missing', l.quantity - l.cancelled - s.shipped,
  'unit', l.unit_id, 'ship_by', l.due_on - %(t_transit)s::int)
{_OPEN_LINES.replace("WHERE", "CROSS JOIN LATERAL (SELECT greatest(l.shipped, l.received) AS shipped) s WHERE")}
 AND l.due_on >= %(today)s::date AND l.due_on <= %(today)s::date + %(t_ahead)s::int + %(t_transit)s::int
 AND s.shipped + l.refused < l.quantity - l.cancelled"""

_OVERDUE_RECEIPT = f"""{_LINE}, l.due_on, %(today)s::date - l.due_on, {WORTH}, {WAITING}, 'supplier:' || l.supplier_id,
 jsonb_build_object('due', l.due_on, 'promised', l.promised_on, 'expected', l.expected_on, 'missing', {MISSING},
  'unit', l.unit_id, 'received', l.received, 'shipped', l.shipped)
{_OPEN_LINES}
 AND l.due_on < %(today)s::date - %(t_days)s::int"""

FINDERS: Mapping[str, Finder] = {
    "late_confirmation": Finder(_LATE_CONFIRMATION, PO),
    "late_shipment": Finder(_LATE_SHIPMENT, PO),
    "overdue_receipt": Finder(_OVERDUE_RECEIPT, PO),
}
