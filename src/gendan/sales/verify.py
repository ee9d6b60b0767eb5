"""Counters, reservations and states of the sales chain agree with the rows that moved them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.verify import sql_check
from gendan.purchasing.steps.pegs import ROOM

_WHOSE = "(%(company)s::bigint IS NULL OR {}.company_id = %(company)s::bigint)"
_LINE = "concat_ws(' ', o.number, '#' || l.line_no, '{}')"


def _counter(column: str, label: object, rows: str) -> None:
    """A counter of the order line equals the sum of ``rows`` (line_id, quantity)."""
    sql_check(
        f"sales.{column}",
        label,  # type: ignore[arg-type]
        f"""
SELECT {_LINE.format(column)}, coalesce(s.quantity, 0), l.{column}
FROM sales_salesline l JOIN sales_salesorder o ON o.id = l.order_id
LEFT JOIN (SELECT line_id, sum(quantity) AS quantity FROM ({rows}) r GROUP BY 1) s ON s.line_id = l.id
WHERE {_WHOSE.format("l")} AND l.{column} <> coalesce(s.quantity, 0) ORDER BY 1
""",
    )


def _delivered(column: str, states: str, less: str = "") -> str:
    return (
        f"SELECT dl.order_line_id AS line_id, dl.{column}{less} AS quantity FROM sales_deliveryline dl"
        f" JOIN sales_delivery d ON d.id = dl.delivery_id AND d.state IN ({states})"
    )


_GONE = "'shipped', 'signed', 'refused'"
_counter(
    "reserved",
    _("销售行的锁定数量等于库存锁定之和"),
    "SELECT line_id, quantity FROM sales_peg WHERE balance_id IS NOT NULL",
)
_counter(
    "pegged",
    _("销售行的在途锁定等于采购行锁定之和"),
    "SELECT line_id, quantity FROM sales_peg WHERE purchase_line_id IS NOT NULL",
)
_counter(
    "requested",
    _("销售行的已申请数量等于采购申请锁定之和"),
    "SELECT line_id, quantity FROM sales_peg WHERE requisition_line_id IS NOT NULL",
)
_counter("delivering", _("待出库数量等于未出库发货单之和"), _delivered("quantity", "'to_pick', 'picking', 'packed'"))
_counter("shipped", _("销售行的已发货数量等于发货单行之和"), _delivered("quantity", _GONE, " - dl.short"))
_counter("refused", _("拒收数量等于发货单行之和"), _delivered("refused", _GONE))
_counter("signed", _("已签收数量等于发货单行之和"), _delivered("signed", _GONE))

sql_check(
    "sales.balance_reserved",
    _("库存的锁定数量等于销售锁定之和"),
    f"""
SELECT concat_ws(' ', p.code, c.code), coalesce(s.quantity, 0), b.reserved
FROM inventory_balance b JOIN catalog_product p ON p.id = b.product_id JOIN catalog_location c ON c.id = b.location_id
LEFT JOIN (SELECT balance_id, sum(quantity) AS quantity FROM sales_peg GROUP BY 1) s ON s.balance_id = b.id
WHERE {_WHOSE.format("b")} AND b.reserved <> coalesce(s.quantity, 0) ORDER BY 1
""",
)
sql_check(
    "sales.purchase_pegged",
    _("采购行的销售锁定等于锁定之和，且不超过其可供数量"),
    f"""
SELECT concat_ws(' ', o.number, '#' || l.line_no), least(coalesce(s.quantity, 0), {ROOM}), l.pegged
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
LEFT JOIN (SELECT purchase_line_id, sum(quantity) AS quantity FROM sales_peg GROUP BY 1) s ON s.purchase_line_id = l.id
WHERE {_WHOSE.format("l")} AND (l.pegged > 0 OR s.quantity > 0)
 AND (l.pegged <> coalesce(s.quantity, 0) OR l.pegged > {ROOM}) ORDER BY 1
""",
)
sql_check(
    "sales.peg_warehouse",
    _("销售锁定的库存和采购行在销售行的发货仓库"),
    f"""
SELECT concat_ws(' ', o.number, '#' || l.line_no), l.warehouse_id, coalesce(place.warehouse_id, pl.warehouse_id)
FROM sales_peg g JOIN sales_salesline l ON l.id = g.line_id JOIN sales_salesorder o ON o.id = l.order_id
LEFT JOIN inventory_balance b ON b.id = g.balance_id LEFT JOIN catalog_location place ON place.id = b.location_id
LEFT JOIN purchasing_orderline pl ON pl.id = g.purchase_line_id
WHERE {_WHOSE.format("g")} AND coalesce(place.warehouse_id, pl.warehouse_id) <> l.warehouse_id ORDER BY 1
""",
)
sql_check(
    "sales.requisition_pegged",
    _("采购申请行的销售锁定不超过其申请数量"),
    f"""
SELECT concat_ws(' ', q.number, '#' || r.line_no), (r.quantity - r.cancelled) * r.factor, s.quantity
FROM (SELECT requisition_line_id, sum(quantity) AS quantity FROM sales_peg WHERE requisition_line_id IS NOT NULL
 GROUP BY 1) s
LEFT JOIN purchasing_requisitionline r ON r.id = s.requisition_line_id
LEFT JOIN purchasing_requisition q ON q.id = r.requisition_id
WHERE (q.id IS NULL OR {_WHOSE.format("q")})
 AND (r.id IS NULL OR s.quantity > (r.quantity - r.cancelled) * r.factor) ORDER BY 1
""",
)
sql_check(
    "sales.order_state",
    _("销售订单状态由各行数量得出"),
    f"""
WITH derived AS (
 SELECT l.order_id, CASE WHEN count(*) FILTER (WHERE l.quantity > l.cancelled) = 0 THEN 'cancelled'
  WHEN bool_and(l.shipped + l.cancelled = l.quantity) THEN
   CASE WHEN bool_or(l.signed + l.refused < l.shipped) THEN 'shipped' ELSE 'signed' END
  WHEN bool_or(l.shipped > 0) THEN 'partly_shipped' ELSE 'to_ship' END AS state
 FROM sales_salesline l WHERE {_WHOSE.format("l")} GROUP BY 1)
SELECT o.number, d.state, o.state FROM sales_salesorder o JOIN derived d ON d.order_id = o.id
WHERE o.state IN ('to_ship', 'partly_shipped', 'shipped', 'signed') AND o.state <> d.state ORDER BY 1
""",
)
sql_check(
    "sales.order_amounts",
    _("销售订单金额等于各行之和"),
    f"""
SELECT o.number, s.gross, o.gross FROM sales_salesorder o
JOIN (SELECT order_id, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross FROM sales_salesline GROUP BY 1) s
 ON s.order_id = o.id
WHERE {_WHOSE.format("o")} AND (o.net, o.tax, o.gross) <> (s.net, s.tax, s.gross) ORDER BY 1
""",
)
sql_check(
    "sales.quotation_amounts",
    _("报价单金额等于各行之和"),
    f"""
SELECT q.number, s.gross, q.gross FROM sales_quotation q
JOIN (SELECT quotation_id, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross FROM sales_quotationline GROUP BY 1) s
 ON s.quotation_id = q.id
WHERE {_WHOSE.format("q")} AND (q.net, q.tax, q.gross) <> (s.net, s.tax, s.gross) ORDER BY 1
""",
)
sql_check(
    "sales.delivery_moves",
    _("发货单的拣货数量等于其库存流水"),
    f"""
WITH picks AS (
 SELECT d.company_id, d.id, l.product_id, sum(k.picked) AS quantity
 FROM sales_delivery d JOIN sales_deliveryline dl ON dl.delivery_id = d.id
 JOIN sales_pick k ON k.delivery_line_id = dl.id
 JOIN sales_salesline l ON l.id = dl.order_line_id WHERE d.state IN ({_GONE}) GROUP BY 1, 2, 3),
moves AS (
 SELECT m.source_id AS id, m.product_id,
  sum(CASE WHEN t.kind = 'customer' THEN m.quantity ELSE -m.quantity END) AS quantity
 FROM inventory_stockmove m JOIN catalog_location f ON f.id = m.from_location_id
 JOIN catalog_location t ON t.id = m.to_location_id
 WHERE m.source_kind = 'dn' AND 'customer' IN (f.kind, t.kind) GROUP BY 1, 2)
SELECT concat(d.number, ' ', p.code), coalesce(picks.quantity, 0), coalesce(moves.quantity, 0)
FROM picks FULL JOIN moves USING (id, product_id) JOIN sales_delivery d USING (id)
JOIN catalog_product p ON p.id = product_id
WHERE {_WHOSE.format("d")} AND coalesce(picks.quantity, 0) <> coalesce(moves.quantity, 0) ORDER BY 1
""",
)
_counter(
    "returned",
    _("销售行的已退回数量等于退货单收货之和"),
    "SELECT order_line_id AS line_id, received AS quantity FROM sales_returnline",
)
sql_check(
    "sales.asked_back",
    _("申请退货的数量不超过已签收与拒收之和"),
    f"""
WITH asked AS (
 SELECT rl.order_line_id AS id, sum(CASE r.state WHEN 'settled' THEN rl.received ELSE rl.quantity END) AS quantity
 FROM sales_returnline rl JOIN sales_salesreturn r ON r.id = rl.sales_return_id
 WHERE r.state NOT IN ('rejected', 'cancelled') GROUP BY 1)
SELECT {_LINE.format("returned")}, l.signed + l.refused, a.quantity
FROM asked a JOIN sales_salesline l ON l.id = a.id JOIN sales_salesorder o ON o.id = l.order_id
WHERE {_WHOSE.format("l")} AND a.quantity > l.signed + l.refused ORDER BY 1
""",
)
sql_check(
    "sales.credited",
    _("订单的已退款金额之和等于退货单的退款之和"),
    f"""
WITH given AS (
 SELECT r.company_id, r.customer_id, sum(r.credit) AS amount FROM sales_salesreturn r
 WHERE r.settlement = 'credit' AND {_WHOSE.format("r")} GROUP BY 1, 2),
kept AS (
 SELECT o.company_id, o.customer_id, sum(o.credited) AS amount FROM sales_salesorder o
 WHERE o.credited <> 0 AND {_WHOSE.format("o")} GROUP BY 1, 2)
SELECT p.code, coalesce(given.amount, 0), coalesce(kept.amount, 0)
FROM given FULL JOIN kept USING (company_id, customer_id) JOIN catalog_partner p ON p.id = customer_id
WHERE coalesce(given.amount, 0) <> coalesce(kept.amount, 0) ORDER BY 1
""",
)
sql_check(
    "sales.return_moves",
    _("退货单的数量等于其库存流水"),
    f"""
WITH booked AS (
 SELECT rl.sales_return_id AS id, l.product_id, sum(rl.received * l.factor) AS came,
  sum(rl.scrapped * l.factor) AS scrapped
 FROM sales_returnline rl JOIN sales_salesline l ON l.id = rl.order_line_id GROUP BY 1, 2),
moves AS (
 SELECT m.source_id AS id, m.product_id, sum(m.quantity) FILTER (WHERE f.kind = 'customer') AS came,
  sum(m.quantity) FILTER (WHERE t.kind = 'scrap') AS scrapped
 FROM inventory_stockmove m JOIN catalog_location f ON f.id = m.from_location_id
 JOIN catalog_location t ON t.id = m.to_location_id WHERE m.source_kind = 'rma' GROUP BY 1, 2)
SELECT concat(r.number, ' ', p.code), concat_ws(' / ', b.came, b.scrapped),
 concat_ws(' / ', coalesce(m.came, 0), coalesce(m.scrapped, 0))
FROM booked b LEFT JOIN moves m USING (id, product_id) JOIN sales_salesreturn r ON r.id = b.id
JOIN catalog_product p ON p.id = b.product_id
WHERE {_WHOSE.format("r")} AND (b.came, b.scrapped) <> (coalesce(m.came, 0), coalesce(m.scrapped, 0)) ORDER BY 1
""",
)
sql_check(
    "sales.hard_pegs",
    _("已安排发货的锁定数量等于未出库的拣货数量"),
    f"""
WITH picks AS (
 SELECT dl.order_line_id AS line_id, k.balance_id, sum(k.quantity) AS quantity FROM sales_delivery d
 JOIN sales_deliveryline dl ON dl.delivery_id = d.id JOIN sales_pick k ON k.delivery_line_id = dl.id
 WHERE d.is_open GROUP BY 1, 2),
pegs AS (SELECT line_id, balance_id, hard FROM sales_peg WHERE balance_id IS NOT NULL AND hard > 0)
SELECT {_LINE.format("hard")}, coalesce(picks.quantity, 0), coalesce(pegs.hard, 0)
FROM picks FULL JOIN pegs USING (line_id, balance_id) JOIN sales_salesline l ON l.id = line_id
JOIN sales_salesorder o ON o.id = l.order_id
WHERE {_WHOSE.format("l")} AND coalesce(picks.quantity, 0) <> coalesce(pegs.hard, 0) ORDER BY 1
""",
)
sql_check(
    "sales.picks",
    _("出库单行的数量等于其拣货数量之和"),
    f"""
SELECT concat_ws(' ', d.number, '#' || dl.line_no), dl.quantity * l.factor, coalesce(sum(k.quantity), 0)
FROM sales_delivery d JOIN sales_deliveryline dl ON dl.delivery_id = d.id
JOIN sales_salesline l ON l.id = dl.order_line_id LEFT JOIN sales_pick k ON k.delivery_line_id = dl.id
WHERE {_WHOSE.format("d")} AND d.state <> 'cancelled'
GROUP BY d.number, dl.id, l.factor HAVING dl.quantity * l.factor <> coalesce(sum(k.quantity), 0) ORDER BY 1
""",
)
sql_check(
    "sales.parcels",
    _("装箱数量不超过发货数量"),
    f"""
SELECT concat_ws(' ', d.number, '#' || dl.line_no), dl.quantity, sum(pl.quantity)
FROM sales_parcelline pl JOIN sales_deliveryline dl ON dl.id = pl.delivery_line_id
JOIN sales_delivery d ON d.id = dl.delivery_id WHERE {_WHOSE.format("d")}
GROUP BY d.number, dl.id HAVING sum(pl.quantity) > dl.quantity ORDER BY 1
""",
)
sql_check(
    "sales.promises",
    _("承诺与预计日期等于交期记录的第一条和最后一条"),
    f"""
WITH words AS (
 SELECT line_id, max(revision) AS n, (array_agg(promised_on ORDER BY revision))[1] AS first,
  (array_agg(promised_on ORDER BY revision DESC))[1] AS last FROM sales_salespromise GROUP BY 1)
SELECT {_LINE.format("promised_on")}, concat_ws(' ', coalesce(w.n, 0), w.first, w.last),
 concat_ws(' ', l.promise_revision, l.promised_on, l.expected_on)
FROM sales_salesline l JOIN sales_salesorder o ON o.id = l.order_id LEFT JOIN words w ON w.line_id = l.id
WHERE {_WHOSE.format("l")} AND (l.promise_revision <> coalesce(w.n, 0)
 OR w.n > 0 AND (l.promised_on, l.expected_on) IS DISTINCT FROM (w.first, w.last)) ORDER BY 1
""",
)
