"""Counters of order lines, bills, payments and sales orders agree with invoices and payments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.verify import sql_check

_WHOSE = "(%(company)s::bigint IS NULL OR {}.company_id = %(company)s::bigint)"
_COUNTER = """
WITH booked AS (
 SELECT m.order_line_id AS id, sum(m.quantity) AS quantity FROM settlement_bill b
 JOIN settlement_billline l ON l.bill_id = b.id JOIN settlement_billmatch m ON m.bill_line_id = l.id
 WHERE b.state {states} AND {bills} GROUP BY 1),
kept AS (SELECT l.id, l.{counter} AS quantity FROM purchasing_orderline l WHERE l.{counter} <> 0 AND {lines})
SELECT concat(o.number, ' / ', l.line_no), coalesce(booked.quantity, 0), coalesce(kept.quantity, 0)
FROM booked FULL JOIN kept USING (id) JOIN purchasing_orderline l USING (id)
JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE coalesce(booked.quantity, 0) <> coalesce(kept.quantity, 0) ORDER BY 1
"""
_KNOWN = {"bills": _WHOSE.format("b"), "lines": _WHOSE.format("l")}
sql_check(
    "settlement.invoiced",
    _("订单行已开票数量等于发票之和"),
    _COUNTER.format(counter="invoiced", states="NOT IN ('draft', 'void')", **_KNOWN),
)
sql_check(
    "settlement.paid",
    _("订单行已付款数量等于付清发票之和"),
    _COUNTER.format(counter="paid", states="= 'paid'", **_KNOWN),
)
sql_check(
    "settlement.bill_amounts",
    _("发票金额等于各行之和"),
    f"""
SELECT b.number, concat_ws(' ', sum(l.net), sum(l.tax), sum(l.gross)), concat_ws(' ', b.net, b.tax, b.gross)
FROM settlement_bill b JOIN settlement_billline l ON l.bill_id = b.id WHERE {_WHOSE.format("b")}
GROUP BY b.id HAVING (sum(l.net), sum(l.tax), sum(l.gross)) <> (b.net, b.tax, b.gross)
 OR sum(l.net + l.tax - l.gross) <> 0 ORDER BY 1
""",
)
sql_check(
    "settlement.bill_quantities",
    _("发票行数量等于其对应订单行之和"),
    f"""
SELECT concat(b.number, ' / ', l.line_no), l.quantity, sum(m.quantity) FROM settlement_bill b
JOIN settlement_billline l ON l.bill_id = b.id JOIN settlement_billmatch m ON m.bill_line_id = l.id
WHERE {_WHOSE.format("b")} GROUP BY b.number, l.id HAVING sum(m.quantity) <> l.quantity ORDER BY 1
""",
)
sql_check(
    "settlement.bills_paid",
    _("发票已付金额和状态等于其付款"),
    f"""
SELECT b.number, coalesce(x.amount, 0), b.paid FROM settlement_bill b
LEFT JOIN (SELECT bill_id, sum(amount) AS amount FROM settlement_paymentpart GROUP BY 1) x ON x.bill_id = b.id
WHERE {_WHOSE.format("b")} AND (coalesce(x.amount, 0) <> b.paid OR (b.state = 'paid') <> (b.paid >= b.gross AND b.state
 NOT IN ('draft', 'matched', 'mismatch', 'void')) OR (b.paid > 0 AND b.state NOT IN ('partly_paid', 'paid'))) ORDER BY 1
""",
)
sql_check(
    "settlement.payments",
    _("付款分配等于其明细之和"),
    f"""
SELECT p.number, coalesce(x.amount, 0), p.allocated FROM settlement_payment p
LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM settlement_paymentpart GROUP BY 1) x ON x.payment_id = p.id
WHERE {_WHOSE.format("p")} AND coalesce(x.amount, 0) <> p.allocated ORDER BY 1
""",
)
sql_check(
    "settlement.sales_orders",
    _("销售订单已收金额等于收款之和"),
    f"""
WITH booked AS (
 SELECT x.sales_order_id AS id, sum(x.amount) AS amount FROM settlement_paymentpart x
 WHERE x.sales_order_id IS NOT NULL AND {_WHOSE.format("x")} GROUP BY 1),
kept AS (SELECT o.id, o.paid_amount AS amount FROM sales_salesorder o WHERE o.paid_amount <> 0 AND {_WHOSE.format("o")})
SELECT o.number, coalesce(booked.amount, 0), coalesce(kept.amount, 0)
FROM booked FULL JOIN kept USING (id) JOIN sales_salesorder o USING (id)
WHERE coalesce(booked.amount, 0) <> coalesce(kept.amount, 0) ORDER BY 1
""",
)
