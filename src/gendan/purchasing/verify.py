"""Counters, states and amounts of the purchase chain agree with the rows that moved them."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.verify import Difference, check, sql_check
from gendan.purchasing.rules.promises import Part, next_due
from gendan.purchasing.steps.promises import first_schedules

_WHOSE = "(%(company)s::bigint IS NULL OR {}.company_id = %(company)s::bigint)"
_LINE = "concat_ws(' ', o.number, '#' || l.line_no, '{}')"
_LIVE = "('approved', 'confirmed', 'partly_shipped', 'shipped', 'partly_received', 'received')"


def _counter(column: str, label: object, rows: str) -> None:
    """A counter of the order line equals the sum of ``rows`` (order_line_id, quantity)."""
    sql_check(
        f"purchasing.{column}",
        label,  # type: ignore[arg-type]
        f"""
SELECT {_LINE.format(column)}, coalesce(s.quantity, 0), l.{column}
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
LEFT JOIN (SELECT order_line_id, sum(quantity) AS quantity FROM ({rows}) r GROUP BY 1) s ON s.order_line_id = l.id
WHERE {_WHOSE.format("l")} AND l.{column} <> coalesce(s.quantity, 0) ORDER BY 1
""",
    )


def _promised(kind: str) -> str:
    return f"""
SELECT p.order_line_id, p.quantity FROM purchasing_promise p
WHERE p.kind = '{kind}' AND p.revision = (SELECT max(q.revision) FROM purchasing_promise q
 WHERE q.order_line_id = p.order_line_id AND q.kind IN ('promise', 'refused'))
"""


_RECEIVED = "SELECT order_line_id, {} AS quantity FROM purchasing_receiptline"

_counter("confirmed", _("已确认数量等于最新一次承诺之和"), _promised("promise"))
_counter("refused", _("已拒绝数量等于最新一次答复中的拒绝"), _promised("refused"))
_counter(
    "shipped",
    _("已发货数量等于发货单行之和"),
    "SELECT sl.order_line_id, sl.quantity FROM purchasing_shipmentline sl JOIN purchasing_shipment s"
    " ON s.id = sl.shipment_id AND s.state IN ('in_transit', 'arrived', 'received')",
)
_counter("received", _("已入库数量等于入库单行之和"), _RECEIVED.format("quantity") + " WHERE return_line_id IS NULL")
_counter("accepted", _("合格数量等于入库单行之和"), _RECEIVED.format("accepted"))
_counter("rejected", _("不合格数量等于入库单行之和"), _RECEIVED.format("rejected"))

sql_check(
    "purchasing.shipment_received",
    _("发货单行的已收数量等于入库单行之和"),
    f"""
SELECT concat(s.number, ' #', sl.line_no), coalesce(r.quantity, 0), sl.received
FROM purchasing_shipmentline sl JOIN purchasing_shipment s ON s.id = sl.shipment_id
LEFT JOIN (SELECT shipment_line_id, sum(quantity) AS quantity FROM purchasing_receiptline GROUP BY 1) r
 ON r.shipment_line_id = sl.id
WHERE {_WHOSE.format("s")} AND sl.received <> coalesce(r.quantity, 0) ORDER BY 1
""",
)
sql_check(
    "purchasing.requisition_ordered",
    _("采购申请的已下单数量等于分配之和"),
    f"""
SELECT concat(r.number, ' #', l.line_no), coalesce(a.quantity, 0), l.ordered
FROM purchasing_requisitionline l JOIN purchasing_requisition r ON r.id = l.requisition_id
LEFT JOIN (SELECT requisition_line_id, sum(quantity) AS quantity FROM purchasing_requisitionallocation GROUP BY 1) a
 ON a.requisition_line_id = l.id
WHERE {_WHOSE.format("r")} AND l.ordered <> coalesce(a.quantity, 0) ORDER BY 1
""",
)
sql_check(
    "purchasing.order_state",
    _("订单状态由各行数量得出"),
    f"""
WITH derived AS (
 SELECT l.order_id, CASE WHEN count(*) FILTER (WHERE l.quantity > l.cancelled) = 0 THEN 'cancelled'
  WHEN bool_and(l.received + l.cancelled >= l.quantity * (100 - l.under_tolerance) / 100) FILTER (WHERE
   l.quantity > l.cancelled) THEN 'received'
  WHEN bool_or(l.received > 0) FILTER (WHERE l.quantity > l.cancelled) THEN 'partly_received'
  WHEN bool_and(l.shipped >= l.quantity - l.cancelled) FILTER (WHERE l.quantity > l.cancelled) THEN 'shipped'
  WHEN bool_or(l.shipped > 0) FILTER (WHERE l.quantity > l.cancelled) THEN 'partly_shipped'
  WHEN bool_and(l.confirmed + l.refused >= l.quantity - l.cancelled) FILTER (WHERE l.quantity > l.cancelled)
   AND bool_or(l.confirmed > 0) FILTER (WHERE l.quantity > l.cancelled) THEN 'confirmed'
  ELSE 'approved' END AS state
 FROM purchasing_orderline l WHERE {_WHOSE.format("l")} GROUP BY 1)
SELECT o.number, d.state, o.state FROM purchasing_purchaseorder o JOIN derived d ON d.order_id = o.id
WHERE o.state IN {_LIVE} AND o.state <> d.state ORDER BY 1
""",
)
sql_check(
    "purchasing.order_amounts",
    _("订单金额等于各行之和"),
    f"""
SELECT o.number, s.gross, o.gross FROM purchasing_purchaseorder o
JOIN (SELECT order_id, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross FROM purchasing_orderline GROUP BY 1) s
 ON s.order_id = o.id
WHERE {_WHOSE.format("o")} AND (o.net, o.tax, o.gross) <> (s.net, s.tax, s.gross) ORDER BY 1
""",
)
sql_check(
    "purchasing.order_lines",
    _("订单行与订单头一致"),
    f"""
SELECT {_LINE.format("header")}, concat_ws('/', o.company_id, o.supplier_id, o.warehouse_id, o.state IN {_LIVE}),
 concat_ws('/', l.company_id, l.supplier_id, l.warehouse_id, l.live)
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE {_WHOSE.format("o")} AND ((o.company_id, o.supplier_id, o.warehouse_id) <>
 (l.company_id, l.supplier_id, l.warehouse_id) OR l.live <> (o.state IN {_LIVE})) ORDER BY 1
""",
)
sql_check(
    "purchasing.receipt_moves",
    _("入库单行等于其库存流水"),
    f"""
WITH rows AS (
 SELECT r.company_id, r.id, l.product_id, sum(rl.quantity * l.factor) AS quantity
 FROM purchasing_goodsreceipt r JOIN purchasing_receiptline rl ON rl.receipt_id = r.id
 JOIN purchasing_orderline l ON l.id = rl.order_line_id WHERE r.state <> 'draft' GROUP BY 1, 2, 3),
moves AS (
 SELECT m.source_id AS id, m.product_id,
  sum(CASE WHEN f.kind = 'supplier' THEN m.quantity ELSE -m.quantity END) AS quantity
 FROM inventory_stockmove m JOIN catalog_location f ON f.id = m.from_location_id
 JOIN catalog_location t ON t.id = m.to_location_id
 WHERE m.source_kind = 'gr' AND 'supplier' IN (f.kind, t.kind) GROUP BY 1, 2)
SELECT concat(g.number, ' ', p.code), coalesce(rows.quantity, 0), coalesce(moves.quantity, 0)
FROM rows FULL JOIN moves USING (id, product_id) JOIN purchasing_goodsreceipt g USING (id)
JOIN catalog_product p ON p.id = product_id
WHERE {_WHOSE.format("g")} AND coalesce(rows.quantity, 0) <> coalesce(moves.quantity, 0) ORDER BY 1
""",
)
sql_check(
    "purchasing.incoming",
    _("待入库之和等于未交订单行之和"),
    f"""
WITH lines AS (
 SELECT l.company_id, l.product_id, l.warehouse_id, sum(l.incoming) AS quantity FROM purchasing_orderline l
 WHERE l.is_open AND {_WHOSE.format("l")} GROUP BY 1, 2, 3),
kept AS (
 SELECT i.company_id, i.product_id, i.warehouse_id, sum(i.quantity) AS quantity FROM purchasing_incoming i
 WHERE {_WHOSE.format("i")} GROUP BY 1, 2, 3)
SELECT concat_ws(' ', co.code, w.code, p.code), coalesce(lines.quantity, 0), coalesce(kept.quantity, 0)
FROM lines FULL JOIN kept USING (company_id, product_id, warehouse_id)
LEFT JOIN accounts_company co ON co.id = company_id LEFT JOIN catalog_product p ON p.id = product_id
LEFT JOIN catalog_warehouse w ON w.id = warehouse_id
WHERE coalesce(lines.quantity, 0) <> coalesce(kept.quantity, 0) ORDER BY 1
""",
)
sql_check(
    "purchasing.master_data",
    _("订单行引用的基础资料存在且属于同一公司"),
    f"""
SELECT {_LINE.format("master data")}, 'ok', concat_ws('/', p.company_id, s.company_id, w.company_id, u.company_id)
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
LEFT JOIN catalog_product p ON p.id = l.product_id AND p.company_id = l.company_id
LEFT JOIN catalog_partner s ON s.id = l.supplier_id AND s.company_id = l.company_id
LEFT JOIN catalog_warehouse w ON w.id = l.warehouse_id AND w.company_id = l.company_id
LEFT JOIN catalog_unit u ON u.id = l.unit_id AND u.company_id = l.company_id
WHERE {_WHOSE.format("l")} AND (p.id IS NULL OR s.id IS NULL OR w.id IS NULL OR u.id IS NULL) ORDER BY 1
""",
)


@check("purchasing.due_dates", _("未交行的到期日由首次承诺和已收数量得出"))
def due_dates(company_id: int | None) -> Iterator[Difference]:
    """Open lines only: the due date of a finished line is of no use."""
    found = db.rows(
        f"""
SELECT l.id, {_LINE.format("due_on")}, l.received, l.required_on, l.due_on
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE l.is_open AND {_WHOSE.format("l")} ORDER BY l.id
""",
        {"company": company_id},
    )
    schedules: dict[int, list[Part]] = first_schedules([row[0] for row in found])
    for line_id, what, received, required_on, due_on in found:
        expected = next_due(schedules.get(line_id, []), received, required_on)
        if expected != due_on:
            yield Difference(what, expected, due_on)
