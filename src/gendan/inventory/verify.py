"""Stock agrees with its ledger, and its documents with what they moved."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.verify import sql_check

_WHOSE = "(%(company)s::bigint IS NULL OR {}.company_id = %(company)s::bigint)"
_NAMED = (
    "concat_ws(' ', co.code, p.code, w.code, l.code, nullif(lot.code, ''))",
    "JOIN catalog_product p ON p.id = x.product_id JOIN accounts_company co ON co.id = p.company_id"
    " JOIN catalog_location l ON l.id = x.location_id LEFT JOIN catalog_warehouse w ON w.id = l.warehouse_id"
    " LEFT JOIN inventory_lot lot ON lot.id = x.lot_id",
)

sql_check(
    "inventory.balances",
    _("每个结存等于其流水之和"),
    f"""
WITH booked AS (
 SELECT company_id, product_id, location_id, lot_id, sum(quantity) AS quantity FROM (
  SELECT company_id, product_id, to_location_id AS location_id, lot_id, quantity FROM inventory_stockmove
  UNION ALL SELECT company_id, product_id, from_location_id, lot_id, -quantity FROM inventory_stockmove) m
 WHERE {_WHOSE.format("m")} GROUP BY 1, 2, 3, 4),
kept AS (SELECT * FROM inventory_balance b WHERE {_WHOSE.format("b")}),
x AS (
 SELECT coalesce(k.product_id, m.product_id) AS product_id, coalesce(k.location_id, m.location_id) AS location_id,
  coalesce(k.lot_id, m.lot_id) AS lot_id, coalesce(m.quantity, 0) AS expected, coalesce(k.on_hand, 0) AS found
 FROM kept k FULL JOIN booked m ON m.product_id = k.product_id AND m.location_id = k.location_id
  AND coalesce(m.lot_id, 0) = coalesce(k.lot_id, 0))
SELECT {_NAMED[0]}, x.expected, x.found FROM x {_NAMED[1]}
WHERE l.kind IN ('bin', 'inspection', 'rejected', 'transit') AND x.expected <> x.found ORDER BY 1
""",
)
sql_check(
    "inventory.balances_without_moves",
    _("没有流水就没有结存"),
    f"""
SELECT {_NAMED[0]}, 'moves', 'none' FROM inventory_balance x {_NAMED[1]}
WHERE {_WHOSE.format("x")} AND (x.on_hand <> 0 OR x.reserved <> 0) AND NOT EXISTS (
 SELECT 1 FROM inventory_stockmove m WHERE m.product_id = x.product_id AND m.lot_id IS NOT DISTINCT FROM x.lot_id
  AND x.location_id IN (m.from_location_id, m.to_location_id)) ORDER BY 1
""",
)
sql_check(
    "inventory.reserved",
    _("锁定不超过现存，现存不为负"),
    f"""
SELECT {_NAMED[0]}, x.on_hand, x.reserved FROM inventory_balance x {_NAMED[1]}
WHERE {_WHOSE.format("x")} AND NOT (l.allow_negative OR x.allow_negative)
 AND (x.reserved > x.on_hand OR x.reserved < 0 OR x.on_hand < 0) ORDER BY 1
""",
)
sql_check(
    "inventory.lots",
    _("批次属于其产品"),
    f"""
SELECT {_NAMED[0]}, (SELECT o.code FROM catalog_product o WHERE o.id = lot.product_id), p.code
FROM inventory_balance x {_NAMED[1]}
WHERE {_WHOSE.format("x")} AND lot.product_id <> x.product_id
UNION ALL
SELECT m.source_number, p.code, lot.code FROM inventory_stockmove m JOIN inventory_lot lot ON lot.id = m.lot_id
JOIN catalog_product p ON p.id = m.product_id WHERE {_WHOSE.format("m")} AND lot.product_id <> m.product_id ORDER BY 1
""",
)
sql_check(
    "inventory.transfers",
    _("调拨单的在途、到货、退回数量等于其流水"),
    f"""
WITH moved AS (
 SELECT m.source_line AS line_id, sum(m.quantity) FILTER (WHERE a.kind <> 'transit') AS sent,
  sum(m.quantity) FILTER (WHERE b.kind <> 'transit' AND m.to_location_id <> l.from_location_id) AS received,
  sum(m.quantity) FILTER (WHERE b.kind <> 'transit' AND m.to_location_id = l.from_location_id) AS returned
 FROM inventory_stockmove m JOIN catalog_location a ON a.id = m.from_location_id
 JOIN catalog_location b ON b.id = m.to_location_id JOIN inventory_transferline l ON l.id = m.source_line
 WHERE m.source_kind = 'transfer' AND {_WHOSE.format("m")} GROUP BY 1),
x AS (
 SELECT t.number || ' / ' || l.line_no AS what,
  ARRAY[CASE WHEN t.sent_at IS NULL THEN 0 ELSE l.quantity END, l.received, l.returned] AS found,
  ARRAY[coalesce(m.sent, 0), coalesce(m.received, 0), coalesce(m.returned, 0)] AS expected,
  CASE WHEN t.state = 'in_transit' THEN l.received + l.returned <= l.quantity
   WHEN t.state = 'posted' THEN l.received + l.returned = l.quantity
   WHEN t.state = 'cancelled' THEN l.received = 0 ELSE l.received + l.returned = 0 END AS fits
 FROM inventory_transfer t JOIN inventory_transferline l ON l.transfer_id = t.id LEFT JOIN moved m ON m.line_id = l.id
 WHERE {_WHOSE.format("t")})
SELECT what, expected::text, found::text FROM x WHERE expected <> found OR NOT fits ORDER BY 1
""",
)
sql_check(
    "inventory.adjustments",
    _("已过账的调整单与其流水一致"),
    f"""
WITH moved AS (
 SELECT m.source_line AS line_id, sum(CASE WHEN m.to_location_id = l.location_id THEN m.quantity
  WHEN m.from_location_id = l.location_id THEN -m.quantity END) AS change
 FROM inventory_stockmove m JOIN inventory_adjustmentline l ON l.id = m.source_line
 WHERE m.source_kind = 'adjustment' AND {_WHOSE.format("m")} GROUP BY 1),
x AS (
 SELECT d.number || ' / ' || l.line_no AS what, CASE WHEN d.state = 'posted' THEN l.change ELSE 0 END AS expected,
  coalesce(m.change, 0) AS found
 FROM inventory_adjustment d JOIN inventory_adjustmentline l ON l.adjustment_id = d.id
 LEFT JOIN moved m ON m.line_id = l.id WHERE {_WHOSE.format("d")})
SELECT what, expected, found FROM x WHERE expected <> found ORDER BY 1
""",
)
sql_check(
    "inventory.counts",
    _("已过账的盘点差异与其流水一致"),
    f"""
WITH moved AS (
 SELECT m.source_line AS line_id, sum(CASE WHEN m.to_location_id = l.location_id THEN m.quantity
  ELSE -m.quantity END) AS change
 FROM inventory_stockmove m JOIN inventory_stockcountline l ON l.id = m.source_line
 WHERE m.source_kind = 'count' AND {_WHOSE.format("m")} GROUP BY 1),
x AS (
 SELECT d.number || ' / ' || l.line_no AS what,
  CASE WHEN d.state = 'posted' AND l.counted IS NOT NULL THEN l.counted - l.expected ELSE 0 END AS expected,
  coalesce(m.change, 0) AS found
 FROM inventory_stockcount d JOIN inventory_stockcountline l ON l.count_id = d.id
 LEFT JOIN moved m ON m.line_id = l.id WHERE {_WHOSE.format("d")})
SELECT what, expected, found FROM x WHERE expected <> found ORDER BY 1
""",
)
sql_check(
    "inventory.sources",
    _("流水都在同一公司之内，库存单据的流水都有单据"),
    f"""
SELECT m.source_number, 'one company', concat_ws(' ', a.company_id, b.company_id, p.company_id)
FROM inventory_stockmove m JOIN catalog_location a ON a.id = m.from_location_id
JOIN catalog_location b ON b.id = m.to_location_id JOIN catalog_product p ON p.id = m.product_id
WHERE {_WHOSE.format("m")} AND NOT (a.company_id = m.company_id AND b.company_id = m.company_id
 AND p.company_id = m.company_id)
UNION ALL
SELECT m.source_number, 'a document', m.source_kind FROM inventory_stockmove m
WHERE {_WHOSE.format("m")} AND CASE m.source_kind
 WHEN 'transfer' THEN NOT EXISTS (SELECT 1 FROM inventory_transfer d WHERE d.id = m.source_id)
 WHEN 'adjustment' THEN NOT EXISTS (SELECT 1 FROM inventory_adjustment d WHERE d.id = m.source_id)
 WHEN 'count' THEN NOT EXISTS (SELECT 1 FROM inventory_stockcount d WHERE d.id = m.source_id) ELSE false END
""",
)
