"""What went back, what came instead, and what lies in the rejected places agree with the documents."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.verify import sql_check

_WHOSE = "(%(company)s::bigint IS NULL OR {}.company_id = %(company)s::bigint)"
_LEFT = "('posted', 'replaced', 'credited')"

sql_check(
    "purchasing.returned",
    _("退货与补货数量等于采购退货单与补货入库行之和"),
    f"""
WITH back AS (
 SELECT x.order_line_id, sum(x.quantity) AS quantity FROM purchasing_purchasereturnline x
 JOIN purchasing_purchasereturn y ON y.id = x.purchase_return_id AND y.state IN {_LEFT} GROUP BY 1),
came AS (
 SELECT order_line_id, sum(quantity) AS quantity FROM purchasing_receiptline
 WHERE return_line_id IS NOT NULL GROUP BY 1)
SELECT concat_ws(' ', o.number, '#' || l.line_no), concat_ws('/', trim_scale(coalesce(b.quantity, 0)),
 trim_scale(coalesce(c.quantity, 0))), concat_ws('/', trim_scale(l.returned), trim_scale(l.replaced))
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
LEFT JOIN back b ON b.order_line_id = l.id LEFT JOIN came c ON c.order_line_id = l.id
WHERE {_WHOSE.format("l")} AND (l.returned, l.replaced) <> (coalesce(b.quantity, 0), coalesce(c.quantity, 0)) ORDER BY 1
""",
)
sql_check(
    "purchasing.receipt_returned",
    _("入库单行的退货与报废数量等于其单据之和"),
    f"""
WITH back AS (
 SELECT x.receipt_line_id, coalesce(sum(x.quantity) FILTER (WHERE x.rejected), 0) AS bad,
  coalesce(sum(x.quantity) FILTER (WHERE NOT x.rejected), 0) AS good FROM purchasing_purchasereturnline x
 JOIN purchasing_purchasereturn y ON y.id = x.purchase_return_id AND y.state IN {_LEFT} GROUP BY 1),
gone AS (
 SELECT receipt_line_id, sum(quantity) AS quantity FROM purchasing_rejectaction WHERE kind = 'scrap' GROUP BY 1)
SELECT concat(r.number, ' #', rl.line_no), concat_ws('/', coalesce(b.bad, 0), coalesce(b.good, 0),
 coalesce(g.quantity, 0)), concat_ws('/', rl.rejected_returned, rl.accepted_returned, rl.scrapped)
FROM purchasing_receiptline rl JOIN purchasing_goodsreceipt r ON r.id = rl.receipt_id
LEFT JOIN back b ON b.receipt_line_id = rl.id LEFT JOIN gone g ON g.receipt_line_id = rl.id
WHERE {_WHOSE.format("r")} AND (rl.rejected_returned, rl.accepted_returned, rl.scrapped) <>
 (coalesce(b.bad, 0), coalesce(b.good, 0), coalesce(g.quantity, 0)) ORDER BY 1
""",
)
sql_check(
    "purchasing.return_replaced",
    _("采购退货行的补货数量等于补货入库行之和，状态由此得出"),
    f"""
WITH came AS (
 SELECT return_line_id, sum(quantity) AS quantity FROM purchasing_receiptline
 WHERE return_line_id IS NOT NULL GROUP BY 1)
SELECT concat(y.number, ' #', x.line_no), concat_ws('/', coalesce(c.quantity, 0), true), concat_ws('/', x.replaced,
 y.state <> 'replaced' OR x.replaced = x.quantity)
FROM purchasing_purchasereturnline x JOIN purchasing_purchasereturn y ON y.id = x.purchase_return_id
LEFT JOIN came c ON c.return_line_id = x.id
WHERE {_WHOSE.format("y")} AND (x.replaced <> coalesce(c.quantity, 0)
 OR (y.state = 'replaced' AND x.replaced < x.quantity)) ORDER BY 1
""",
)
sql_check(
    "purchasing.return_moves",
    _("采购退货行等于其库存流水"),
    f"""
WITH rows AS (
 SELECT y.id, l.product_id, sum(CASE WHEN y.state IN {_LEFT} THEN x.quantity * l.factor ELSE 0 END) AS quantity
 FROM purchasing_purchasereturn y JOIN purchasing_purchasereturnline x ON x.purchase_return_id = y.id
 JOIN purchasing_orderline l ON l.id = x.order_line_id GROUP BY 1, 2),
moves AS (
 SELECT m.source_id AS id, m.product_id,
  sum(CASE WHEN t.kind = 'supplier' THEN m.quantity ELSE -m.quantity END) AS quantity
 FROM inventory_stockmove m JOIN catalog_location t ON t.id = m.to_location_id
 WHERE m.source_kind = 'rtv' GROUP BY 1, 2)
SELECT concat(y.number, ' ', p.code), coalesce(rows.quantity, 0), coalesce(moves.quantity, 0)
FROM rows FULL JOIN moves USING (id, product_id) JOIN purchasing_purchasereturn y USING (id)
JOIN catalog_product p ON p.id = product_id
WHERE {_WHOSE.format("y")} AND coalesce(rows.quantity, 0) <> coalesce(moves.quantity, 0) ORDER BY 1
""",
)
# Of the goods in rejected places, those that receipts and returns brought there or took from there, by place and lot.
sql_check(
    "purchasing.rejected_places",
    _("不良品区的货物都有单据：等于不合格未处理的数量"),
    f"""
WITH docs AS (
 SELECT r.company_id, r.warehouse_id, l.product_id, coalesce(rl.lot_id, 0) AS lot,
  sum((rl.rejected - rl.scrapped - rl.rejected_returned) * l.factor) AS quantity
 FROM purchasing_receiptline rl JOIN purchasing_goodsreceipt r ON r.id = rl.receipt_id
 JOIN purchasing_orderline l ON l.id = rl.order_line_id
 WHERE (rl.rejected <> 0 OR rl.scrapped <> 0 OR rl.rejected_returned <> 0) AND EXISTS (
  SELECT 1 FROM catalog_location x WHERE x.warehouse_id = r.warehouse_id AND x.kind = 'rejected' AND x.is_active)
 GROUP BY 1, 2, 3, 4),
moves AS (
 SELECT m.company_id, place.warehouse_id, m.product_id, coalesce(m.lot_id, 0) AS lot,
  sum(CASE WHEN place.id = m.to_location_id THEN m.quantity ELSE -m.quantity END) AS quantity
 FROM inventory_stockmove m JOIN catalog_location place ON place.id IN (m.from_location_id, m.to_location_id)
  AND place.kind = 'rejected'
 WHERE m.source_kind IN ('gr', 'rtv') GROUP BY 1, 2, 3, 4)
SELECT concat_ws(' ', w.code, p.code), coalesce(docs.quantity, 0), coalesce(moves.quantity, 0)
FROM docs FULL JOIN moves USING (company_id, warehouse_id, product_id, lot)
JOIN catalog_product p ON p.id = product_id JOIN catalog_warehouse w ON w.id = warehouse_id
WHERE {_WHOSE.format("p")} AND coalesce(docs.quantity, 0) <> coalesce(moves.quantity, 0) ORDER BY 1
""",
)
# What is undecided of a line: never less than what returns ask for that have not left.
sql_check(
    "purchasing.return_asked",
    _("退货、报废与降价不超过入库单行的不合格与合格数量"),
    f"""
WITH asked AS (
 SELECT x.receipt_line_id AS id, coalesce(sum(x.quantity) FILTER (WHERE x.rejected), 0) AS bad,
  coalesce(sum(x.quantity) FILTER (WHERE NOT x.rejected), 0) AS good FROM purchasing_purchasereturnline x
 JOIN purchasing_purchasereturn y ON y.id = x.purchase_return_id AND y.state IN ('draft', 'approved') GROUP BY 1),
taken AS (
 SELECT receipt_line_id AS id, sum(quantity) AS quantity FROM purchasing_rejectaction WHERE kind = 'reduce' GROUP BY 1),
sums AS (
 SELECT rl.id, rl.rejected - rl.scrapped - rl.rejected_returned - coalesce(a.bad, 0) AS bad,
  rl.accepted - rl.accepted_returned - coalesce(a.good, 0) AS good, rl.accepted - coalesce(t.quantity, 0) AS whole,
  rl.quantity - rl.accepted - rl.rejected AS waiting
 FROM purchasing_receiptline rl LEFT JOIN asked a ON a.id = rl.id LEFT JOIN taken t ON t.id = rl.id
 WHERE a.id IS NOT NULL OR t.id IS NOT NULL)
SELECT concat(r.number, ' #', rl.line_no), 'bad 0 good 0 whole 0 waiting 0',
 concat_ws(' ', 'bad', least(s.bad, 0), 'good', least(s.good, 0), 'whole', least(s.whole, 0),
  'waiting', least(s.waiting, 0))
FROM sums s JOIN purchasing_receiptline rl ON rl.id = s.id JOIN purchasing_goodsreceipt r ON r.id = rl.receipt_id
WHERE {_WHOSE.format("r")} AND least(s.bad, s.good, s.whole, s.waiting) < 0 ORDER BY 1
""",
)
sql_check(
    "purchasing.counted_apart",
    _("合格与不合格之和不超过已入库加补货"),
    f"""
SELECT concat(o.number, ' #', l.line_no), l.received + l.replaced, l.accepted + l.rejected
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE {_WHOSE.format("l")} AND l.accepted + l.rejected > l.received + l.replaced ORDER BY 1
""",
)
sql_check(
    "purchasing.inspected",
    _("检验单行的合格与不合格数量等于入库单行"),
    f"""
SELECT concat(q.number, ' #', ql.line_no), concat_ws('/', trim_scale(rl.quantity), trim_scale(rl.accepted),
 trim_scale(rl.rejected)), concat_ws('/', trim_scale(ql.quantity), trim_scale(ql.accepted), trim_scale(ql.rejected))
FROM quality_inspectionline ql JOIN quality_inspection q ON q.id = ql.inspection_id AND q.source_kind = 'gr'
JOIN purchasing_receiptline rl ON rl.id = ql.source_line
WHERE {_WHOSE.format("q")} AND (rl.quantity, rl.accepted, rl.rejected) <> (ql.quantity, ql.accepted, ql.rejected)
ORDER BY 1
""",
)
