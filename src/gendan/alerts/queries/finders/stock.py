"""Stock: too little, too little soon, too much, too old, refused."""

from __future__ import annotations

from collections.abc import Mapping

from gendan.alerts.queries.finders.finder import PRODUCT, Finder

# ``p`` is the product; what a stock unit was bought for last stands in for its worth, else the standard cost.
_PRODUCT = """
SELECT 'product:' || p.id, 'product', p.id, p.code, NULL::bigint, NULL::int, {partner}, p.id, {warehouse}, {person}"""
_LAST = """
LEFT JOIN LATERAL (
 SELECT b.net / b.quantity / b.factor * bo.rate AS worth, b.supplier_id,
  coalesce(bo.buyer_id, bo.created_by_id) AS buyer
 FROM purchasing_orderline b JOIN purchasing_purchaseorder bo ON bo.id = b.order_id
 WHERE b.product_id = p.id AND (b.live OR b.completed_on IS NOT NULL) ORDER BY b.id DESC LIMIT 1) last ON true"""
_HELD = """
held AS (
 SELECT b.product_id, sum(b.on_hand) AS on_hand, sum(b.on_hand - b.reserved) AS free
 FROM inventory_balance b JOIN catalog_location lo ON lo.id = b.location_id
 WHERE b.company_id = %(company)s::bigint AND lo.kind = 'bin' GROUP BY b.product_id)"""
_COMING = """
coming AS (
 SELECT l.product_id, sum(l.incoming) AS incoming, min(coalesce(l.expected_on, l.due_on)) AS first
 FROM purchasing_orderline l WHERE l.company_id = %(company)s::bigint AND l.is_open GROUP BY l.product_id)"""
# What went out to customers a day, lately: by the ledger's index of a product and time. Of what moves often the newest
# moves stand for all, so that a look costs the same however much there was.
MOVES = 300
_LATELY = "%(now)s::timestamptz - make_interval(days => %(t_lately)s::int)"
_TO_CUSTOMERS = """ARRAY(SELECT lo.id FROM catalog_location lo
 WHERE lo.company_id = %(company)s::bigint AND lo.kind = 'customer')"""
_USED = f"""
CROSS JOIN LATERAL (
 SELECT coalesce(sum(m.quantity) FILTER (WHERE m.to_location_id = ANY({_TO_CUSTOMERS})), 0) / greatest(
  CASE WHEN count(*) < {MOVES} THEN %(t_lately)s::numeric
   ELSE extract(epoch FROM %(now)s::timestamptz - min(m.occurred_at)) / 86400 END, 1) AS daily
 FROM (SELECT y.quantity, y.to_location_id, y.occurred_at FROM inventory_stockmove y
  WHERE y.product_id = p.id AND y.occurred_at > {_LATELY} AND y.occurred_at <= %(now)s::timestamptz
  ORDER BY y.occurred_at DESC, y.id DESC LIMIT {MOVES}) m) used"""
_NOBODY = {"partner": "last.supplier_id", "warehouse": "NULL::bigint", "person": "last.buyer"}

_LOW = f"""
WITH {_HELD}, {_COMING}
{_PRODUCT.format(**_NOBODY)}, c.first, 0, round(greatest(p.safety_stock - coalesce(h.free, 0), 0) * last.worth, 4), 0,
 'product:' || p.id,
 jsonb_build_object('free', coalesce(h.free, 0), 'safety', p.safety_stock, 'incoming', coalesce(c.incoming, 0),
  'first', c.first, 'base_unit', p.unit_id)
FROM catalog_product p LEFT JOIN held h ON h.product_id = p.id LEFT JOIN coming c ON c.product_id = p.id {_LAST}
WHERE p.company_id = %(company)s::bigint AND p.is_active AND p.safety_stock > 0{{only}}
 AND coalesce(h.free, 0) < p.safety_stock * %(t_percent)s::numeric / 100"""

# At the rate at which it goes out it is used up before anything comes.
_STOCK_OUT = f"""
WITH {_HELD}, {_COMING}
{_PRODUCT.format(**_NOBODY)}, e.empty_on, 0, round(used.daily * %(t_ahead)s::int * last.worth, 4), 0,
 'product:' || p.id,
 jsonb_build_object('free', h.free, 'daily', round(used.daily, 3), 'empty_on', e.empty_on,
  'incoming', coalesce(c.incoming, 0), 'first', c.first, 'base_unit', p.unit_id)
FROM catalog_product p JOIN held h ON h.product_id = p.id LEFT JOIN coming c ON c.product_id = p.id {_USED}
CROSS JOIN LATERAL (
 SELECT %(today)s::date + least(floor(greatest(h.free, 0) / nullif(used.daily, 0)), 9999)::int AS empty_on) e {_LAST}
WHERE p.company_id = %(company)s::bigint AND p.is_active{{only}} AND used.daily > 0
 AND e.empty_on < %(today)s::date + %(t_ahead)s::int AND (c.first IS NULL OR c.first > e.empty_on)"""

_OVERSTOCK = f"""
WITH {_HELD}
{_PRODUCT.format(**_NOBODY)}, NULL::date, 0, round((h.on_hand - used.daily * %(t_days)s::int) * last.worth, 4), 0,
 'product:' || p.id,
 jsonb_build_object('on_hand', h.on_hand, 'daily', round(used.daily, 3), 'base_unit', p.unit_id,
  'cover', floor(h.on_hand / used.daily))
FROM catalog_product p JOIN held h ON h.product_id = p.id {_USED} {_LAST}
WHERE p.company_id = %(company)s::bigint{{only}} AND used.daily > 0
 AND h.on_hand > used.daily * %(t_days)s::int AND h.on_hand > p.safety_stock"""

# In stock since long, and nothing went to a customer in all that time.
_SLOW = f"""
WITH {_HELD}
{_PRODUCT.format(**_NOBODY)}, NULL::date, 0, round(h.on_hand * last.worth, 4), 0, 'product:' || p.id,
 jsonb_build_object('on_hand', h.on_hand, 'base_unit', p.unit_id, 'since', m.last::date, 'given', %(t_lately)s::int)
FROM catalog_product p JOIN held h ON h.product_id = p.id {_LAST}
CROSS JOIN LATERAL (
 SELECT (SELECT m.occurred_at FROM inventory_stockmove m WHERE m.product_id = p.id
  AND m.occurred_at <= %(now)s::timestamptz ORDER BY m.occurred_at DESC LIMIT 1) AS last) m
WHERE p.company_id = %(company)s::bigint{{only}} AND h.on_hand > 0 AND m.last < {_LATELY}"""

_EXPIRING = f"""
SELECT 'lot:' || lt.id || ':' || coalesce(lo.warehouse_id, 0), 'product', p.id, p.code, NULL::bigint, NULL::int,
 last.supplier_id, p.id, lo.warehouse_id, last.buyer, lt.expires_on, greatest(%(today)s::date - lt.expires_on, 0),
 round(sum(b.on_hand) * max(last.worth), 4), 0, 'product:' || p.id,
 jsonb_build_object('lot', lt.code, 'expires', lt.expires_on, 'on_hand', sum(b.on_hand), 'base_unit', p.unit_id)
FROM inventory_balance b JOIN inventory_lot lt ON lt.id = b.lot_id JOIN catalog_location lo ON lo.id = b.location_id
JOIN catalog_product p ON p.id = b.product_id {_LAST}
WHERE b.company_id = %(company)s::bigint AND b.on_hand > 0 AND lo.kind IN ('bin', 'inspection'){{only}}
 AND lt.expires_on <= %(today)s::date + %(t_ahead)s::int
GROUP BY lt.id, lt.code, lt.expires_on, lo.warehouse_id, p.id, p.code, p.unit_id, last.supplier_id, last.buyer"""

# What inspection refused lies there until somebody sends it back or scraps it.
_REJECTED = f"""
SELECT 'rejected:' || p.id || ':' || lo.warehouse_id, 'product', p.id, p.code, NULL::bigint, NULL::int,
 f.supplier_id, p.id, lo.warehouse_id, coalesce(f.buyer, last.buyer), NULL::date,
 coalesce(%(today)s::date - f.received_on, 0), round(sum(b.on_hand) * max(last.worth), 4), 0,
 'product:' || p.id,
 jsonb_build_object('on_hand', sum(b.on_hand), 'base_unit', p.unit_id, 'receipt', f.number, 'order', f.order_number)
FROM inventory_balance b JOIN catalog_location lo ON lo.id = b.location_id
JOIN catalog_product p ON p.id = b.product_id {_LAST}
LEFT JOIN LATERAL (
 SELECT g.number, g.received_on, l.supplier_id, po.number AS order_number,
  coalesce(po.buyer_id, po.created_by_id) AS buyer
 FROM purchasing_orderline l JOIN purchasing_purchaseorder po ON po.id = l.order_id
 JOIN purchasing_receiptline x ON x.order_line_id = l.id AND x.rejected > x.scrapped + x.rejected_returned
 JOIN purchasing_goodsreceipt g ON g.id = x.receipt_id
 WHERE l.product_id = p.id AND l.rejected > 0 AND g.warehouse_id = lo.warehouse_id ORDER BY l.id DESC LIMIT 1) f ON true
WHERE b.company_id = %(company)s::bigint AND b.on_hand > 0 AND lo.kind = 'rejected'{{only}}
GROUP BY p.id, p.code, p.unit_id, lo.warehouse_id, f.supplier_id, f.buyer, f.number, f.order_number, f.received_on,
 last.buyer"""

FINDERS: Mapping[str, Finder] = {
    "low_stock": Finder(_LOW, PRODUCT),
    "stock_out": Finder(_STOCK_OUT, PRODUCT),
    "overstock": Finder(_OVERSTOCK, PRODUCT),
    "slow_mover": Finder(_SLOW, PRODUCT),
    "expiring_lot": Finder(_EXPIRING, PRODUCT),
    "failed_inspection": Finder(_REJECTED, PRODUCT),
}
