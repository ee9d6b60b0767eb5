"""What may be there twice: receipts, and orders while stock and incoming cover the need."""

from __future__ import annotations

from collections.abc import Mapping

from gendan.alerts.queries.finders.finder import ORDER, Finder

LATEST = 5000  # receipts that are compared: the newest, by their index
# Receipts of one supplier with the same products and quantities within a few days: the later one is the case.
_DUPLICATE_RECEIPT = f"""
WITH latest AS (
 SELECT g.* FROM (SELECT * FROM purchasing_goodsreceipt WHERE company_id = %(company)s::bigint
  ORDER BY id DESC LIMIT {LATEST}) g
 WHERE g.reverses_id IS NULL AND g.state IN ('posted', 'to_inspect'){{kin}}
  AND g.received_on > %(today)s::date - %(t_window)s::int - %(t_days)s::int),
content AS MATERIALIZED (
 SELECT g.id, g.number, g.supplier_id, g.warehouse_id, g.created_by_id, g.received_on, g.delivery_note,
  string_agg(l.product_id || ':' || (x.quantity * l.factor)::numeric(24, 6), ' '
   ORDER BY l.product_id, x.quantity * l.factor) AS goods,
  round(sum(l.net / l.quantity * x.quantity * po.rate), 4) AS amount, max(po.buyer_id) AS buyer,
  string_agg(DISTINCT po.number, ' ') AS orders
 FROM latest g JOIN purchasing_receiptline x ON x.receipt_id = g.id
 JOIN purchasing_orderline l ON l.id = x.order_line_id JOIN purchasing_purchaseorder po ON po.id = l.order_id
 GROUP BY g.id, g.number, g.supplier_id, g.warehouse_id, g.created_by_id, g.received_on, g.delivery_note)
SELECT 'gr:' || o.id, 'gr', o.id, o.number, NULL::bigint, NULL::int, o.supplier_id, NULL::bigint, o.warehouse_id,
 coalesce(o.buyer, o.created_by_id), o.received_on, greatest(%(today)s::date - o.received_on, 0), o.amount, 0,
 'supplier:' || o.supplier_id,
 jsonb_build_object('other', o.other, 'other_on', o.other_on, 'note', o.delivery_note, 'other_note', o.other_note,
  'received_on', o.received_on, 'orders', o.orders)
FROM (SELECT c.*, lag(c.number) OVER alike AS other, lag(c.received_on) OVER alike AS other_on,
  lag(c.delivery_note) OVER alike AS other_note
 FROM content c WINDOW alike AS (PARTITION BY c.supplier_id, c.goods ORDER BY c.received_on, c.id)) o
WHERE o.received_on > %(today)s::date - %(t_window)s::int{{only}}
 AND o.received_on - o.other_on <= %(t_days)s::int"""

# An open line, ordered a few days after another of the same product, without which stock and what is to come would
# still be enough for what customers wait for and for the safety stock.
_DUPLICATE_ORDER = """
WITH open_line AS MATERIALIZED (
 SELECT l.id, l.product_id, l.incoming, o.id AS order_id, o.number, o.ordered_on FROM purchasing_orderline l
 JOIN purchasing_purchaseorder o ON o.id = l.order_id
 WHERE l.company_id = %(company)s::bigint AND l.is_open AND o.is_open{kin}),
coming AS (
 SELECT product_id, sum(incoming) AS incoming FROM open_line GROUP BY product_id HAVING count(*) > 1),
near AS (
 SELECT id AS line_id, ordered_on AS own_day, first_value(number) OVER before AS number,
  first_value(ordered_on) OVER before AS ordered_on
 FROM open_line
 WINDOW before AS (PARTITION BY product_id ORDER BY order_id GROUPS BETWEEN 1 PRECEDING AND 1 PRECEDING)),
held AS (
 SELECT b.product_id, sum(b.on_hand) AS on_hand FROM inventory_balance b
 JOIN catalog_location lo ON lo.id = b.location_id
 WHERE b.company_id = %(company)s::bigint AND b.on_hand > 0 AND lo.kind = 'bin' GROUP BY b.product_id),
wanted AS (
 SELECT s.product_id, sum((s.quantity - s.cancelled - s.shipped) * s.factor) AS needed FROM sales_salesline s
 WHERE s.company_id = %(company)s::bigint AND s.is_open GROUP BY s.product_id)
SELECT 'line:' || l.id, 'po', o.id, o.number, l.id, l.line_no, l.supplier_id, l.product_id, l.warehouse_id,
 coalesce(o.buyer_id, o.created_by_id), o.ordered_on, 0,
 round(l.net / l.quantity * greatest(l.quantity - l.cancelled - l.received, 0) * o.rate, 4), 0,
 'product:' || l.product_id,
 jsonb_build_object('other', e.number, 'other_on', e.ordered_on, 'on_hand', coalesce(h.on_hand, 0),
  'other_incoming', c.incoming - l.incoming, 'needed', coalesce(w.needed, 0), 'safety', p.safety_stock,
  'base_unit', p.unit_id, 'quantity', l.quantity, 'unit', l.unit_id)
FROM (SELECT * FROM near WHERE own_day - ordered_on BETWEEN 0 AND %(t_days)s::int
  AND own_day > %(today)s::date - %(t_window)s::int) e
JOIN purchasing_orderline l ON l.id = e.line_id JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN coming c ON c.product_id = l.product_id JOIN catalog_product p ON p.id = l.product_id
LEFT JOIN held h ON h.product_id = l.product_id LEFT JOIN wanted w ON w.product_id = l.product_id
WHERE l.received = 0 AND l.pegged = 0{only}
 AND coalesce(h.on_hand, 0) + c.incoming - l.incoming >= coalesce(w.needed, 0) + p.safety_stock"""

FINDERS: Mapping[str, Finder] = {
    "duplicate_receipt": Finder(
        _DUPLICATE_RECEIPT,
        ORDER,
        "g.supplier_id IN (SELECT y.supplier_id FROM purchasing_goodsreceipt y"
        " WHERE y.company_id = %(company)s::bigint AND y.number = ANY(%(documents)s::text[]))",
    ),
    "duplicate_order": Finder(
        _DUPLICATE_ORDER,
        ORDER,
        "l.product_id IN (SELECT yl.product_id FROM purchasing_purchaseorder y"
        " JOIN purchasing_orderline yl ON yl.order_id = y.id"
        " WHERE y.company_id = %(company)s::bigint AND y.number = ANY(%(documents)s::text[]))",
    ),
}
