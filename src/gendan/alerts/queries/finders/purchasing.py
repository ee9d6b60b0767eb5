"""Purchase orders: not confirmed, not sent, not come."""

from __future__ import annotations

from collections.abc import Mapping

from gendan.alerts.queries.finders.finder import MISSING, ORDER, WAITING, WORTH, Finder

_ORDER = """
SELECT 'po:' || o.id, 'po', o.id, o.number, NULL::bigint, NULL::int, o.supplier_id, NULL::bigint, o.warehouse_id,
 coalesce(o.buyer_id, o.created_by_id)"""
_LINE = """
SELECT 'line:' || l.id, 'po', o.id, o.number, l.id, l.line_no, l.supplier_id, l.product_id, l.warehouse_id,
 coalesce(o.buyer_id, o.created_by_id)"""
_OPEN_LINES = """
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE l.company_id = %(company)s::bigint AND l.is_open AND o.is_open{only}"""

# From when it was sent to the supplier, with the hours that the company gives suppliers; what was never sent by link:
# from when it was approved, in days. What a link opens only because the supplier was urged was not sent by it.
_LATE_CONFIRMATION = f"""{_ORDER}, a.due, %(today)s::date - a.due,
 round(o.net * o.rate, 4), 0, 'supplier:' || o.supplier_id,
 jsonb_build_object('since', a.since, 'days', a.due - a.since)
FROM purchasing_purchaseorder o JOIN accounts_company c ON c.id = o.company_id
LEFT JOIN LATERAL (SELECT min(x.first_at) AS at, (SELECT p.silence_hours FROM purchasing_answerpolicy p
   WHERE p.company_id = o.company_id AND (p.partner_id = o.supplier_id OR p.partner_id IS NULL)
   ORDER BY p.partner_id NULLS LAST LIMIT 1) AS hours
 FROM purchasing_sending x WHERE x.order_id = o.id
  AND NOT EXISTS (SELECT 1 FROM alerts_urge g WHERE g.link_id = x.link_id AND g.created_at = x.first_at)
  AND x.first_at < (%(today)s::date + 1)::timestamp AT TIME ZONE c.timezone) s ON true
CROSS JOIN LATERAL (SELECT coalesce(s.at, o.approved_at, o.created_at) AS at,
 CASE WHEN s.at IS NOT NULL THEN s.at + make_interval(hours => s.hours) END AS ends) w
CROSS JOIN LATERAL (SELECT (w.at AT TIME ZONE c.timezone)::date AS since,
 coalesce((w.ends AT TIME ZONE c.timezone)::date, (w.at AT TIME ZONE c.timezone)::date + %(t_days)s::int) AS due) a
WHERE o.company_id = %(company)s::bigint AND o.is_open AND o.state = 'approved' AND c.use_confirmation
 AND CASE WHEN w.ends IS NULL THEN a.due < %(today)s::date
  WHEN (%(now)s::timestamptz AT TIME ZONE c.timezone)::date = %(today)s::date THEN w.ends < %(now)s::timestamptz
  ELSE a.due < %(today)s::date END{{only}}"""

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

# Received in part, and nothing more for days.
_PARTIAL_STALLED = f"""{_LINE}, r.last, %(today)s::date - r.last - %(t_days)s::int, {WORTH}, {WAITING},
 'supplier:' || l.supplier_id,
 jsonb_build_object('last', r.last, 'received', l.received, 'missing', {MISSING}, 'unit', l.unit_id)
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
CROSS JOIN LATERAL (SELECT max(g.received_on) AS last FROM purchasing_receiptline rl
 JOIN purchasing_goodsreceipt g ON g.id = rl.receipt_id WHERE rl.order_line_id = l.id) r
WHERE l.company_id = %(company)s::bigint AND l.is_open AND o.is_open AND l.received > 0{{only}}
 AND r.last + %(t_days)s::int < %(today)s::date"""

# A shipment was booked in with less than it was said to bring, and the rest is on no other.
_SHORT = f"""{_LINE}, s.arrived, greatest(%(today)s::date - s.arrived, 0),
 round(l.net / l.quantity * s.missing * o.rate, 4),
 {WAITING}, 'supplier:' || l.supplier_id,
 jsonb_build_object('shipment', s.number, 'missing', s.missing, 'unit', l.unit_id, 'shipped', l.shipped,
  'received', l.received)
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
CROSS JOIN LATERAL (SELECT sum(x.quantity - x.received) AS missing, max(h.number) AS number,
  coalesce(max(h.arrived_on), max(h.expected_on), max(h.shipped_on)) AS arrived
 FROM purchasing_shipmentline x JOIN purchasing_shipment h ON h.id = x.shipment_id
 WHERE x.order_line_id = l.id AND h.state = 'received' AND x.received < x.quantity) s
WHERE l.company_id = %(company)s::bigint AND l.is_open AND o.is_open AND l.shipped > l.received{{only}}
 AND s.missing > l.quantity * %(t_percent)s::numeric / 100"""

# More came than was ordered; of those that were completed lately, since such a line is not open any more.
_OVER = f"""{_LINE}, l.completed_on, 0, round(l.net / l.quantity * v.over * o.rate, 4), 0, 'supplier:' || l.supplier_id,
 jsonb_build_object('over', v.over, 'ordered', l.quantity - l.cancelled, 'received', l.received, 'unit', l.unit_id)
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
CROSS JOIN LATERAL (SELECT l.received - l.returned - l.quantity + l.cancelled AS over) v
WHERE l.company_id = %(company)s::bigint AND l.completed_on > %(today)s::date - %(t_window)s::int{{only}}
 AND l.received - l.returned > l.quantity - l.cancelled
 AND v.over >= (l.quantity - l.cancelled) * %(t_percent)s::numeric / 100"""

FINDERS: Mapping[str, Finder] = {
    "late_confirmation": Finder(_LATE_CONFIRMATION, ORDER),
    "late_shipment": Finder(_LATE_SHIPMENT, ORDER),
    "overdue_receipt": Finder(_OVERDUE_RECEIPT, ORDER),
    "partial_stalled": Finder(_PARTIAL_STALLED, ORDER),
    "short_delivery": Finder(_SHORT, ORDER),
    "over_receipt": Finder(_OVER, ORDER),
}
