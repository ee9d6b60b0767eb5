"""Shipments on the way: too long, silent, arrived and not booked in."""

from __future__ import annotations

from collections.abc import Mapping

from gendan.alerts.queries.finders.finder import ORDER, Finder

# ``o`` is the shipment; what is not booked in of it, for whom, and who bought it.
_SHIPMENT = """
SELECT 'asn:' || o.id, 'asn', o.id, o.number, NULL::bigint, NULL::int, o.supplier_id, NULL::bigint, o.warehouse_id,
 coalesce(v.buyer, o.created_by_id)"""
_WORTH = """
CROSS JOIN LATERAL (
 SELECT round(sum(l.net / l.quantity * greatest(x.quantity - x.received, 0) * po.rate), 4) AS amount,
  max(po.buyer_id) AS buyer, string_agg(DISTINCT po.number, ' ') AS orders,
  count(DISTINCT ws.customer_id)::int AS customers
 FROM purchasing_shipmentline x JOIN purchasing_orderline l ON l.id = x.order_line_id
 JOIN purchasing_purchaseorder po ON po.id = l.order_id
 LEFT JOIN sales_peg wg ON wg.purchase_line_id = l.id AND l.pegged > 0
 LEFT JOIN sales_salesline ws ON ws.id = wg.line_id
 WHERE x.shipment_id = o.id) v"""

# Past the day on which it should be here, or (which is not late yet) its carrier is silent for longer than it may be.
_STALLED = f"""{_SHIPMENT}, d.due, greatest(%(today)s::date - d.due, 0), v.amount,
 v.customers, 'supplier:' || o.supplier_id,
 jsonb_build_object('shipped_on', o.shipped_on, 'expected', o.expected_on, 'silent', d.silent, 'carrier', o.carrier,
  'tracking', o.tracking_number, 'orders', v.orders)
FROM purchasing_shipment o JOIN accounts_company c ON c.id = o.company_id
CROSS JOIN LATERAL (
 SELECT coalesce(o.expected_on + %(t_days)s::int, o.shipped_on + %(t_longest)s::int) AS due,
  (SELECT (min(t.silent_since) AT TIME ZONE c.timezone)::date FROM carriers_parceldocument pd
   JOIN carriers_trackedparcel t ON t.id = pd.parcel_id
   WHERE pd.kind = 'asn' AND pd.document_id = o.id AND t.silent_since <= %(now)s::timestamptz) AS silent) d
{_WORTH}
WHERE o.company_id = %(company)s::bigint AND o.is_open AND o.state = 'in_transit'{{only}}
 AND (d.due < %(today)s::date OR d.silent IS NOT NULL)"""

_ARRIVED = f"""{_SHIPMENT}, o.arrived_on + %(t_days)s::int, %(today)s::date - o.arrived_on - %(t_days)s::int, v.amount,
 v.customers, 'warehouse:' || o.warehouse_id,
 jsonb_build_object('arrived', o.arrived_on, 'orders', v.orders)
FROM purchasing_shipment o {_WORTH}
WHERE o.company_id = %(company)s::bigint AND o.is_open AND o.state = 'arrived'{{only}}
 AND o.arrived_on + %(t_days)s::int < %(today)s::date"""

FINDERS: Mapping[str, Finder] = {
    "transit_stalled": Finder(_STALLED, ORDER),
    "arrived_not_received": Finder(_ARRIVED, ORDER),
}
