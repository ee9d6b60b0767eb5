"""Invoices and money: what does not match, waits for goods or for an invoice, is due, or may be there twice."""

from __future__ import annotations

from collections.abc import Mapping

from gendan.alerts.queries.finders.finder import ORDER, Finder
from gendan.settlement.queries.accepted import ACCEPTED
from gendan.settlement.queries.bills import NUMBER_KEY

_BILL = """
SELECT 'bill:' || o.id, 'bill', o.id, o.number, NULL::bigint, NULL::int, o.supplier_id, NULL::bigint, NULL::bigint,
 o.created_by_id, {due}, {days}, round({amount} * o.rate, 4), 0, 'supplier:' || o.supplier_id,
 jsonb_build_object('reference', o.reference, {facts})
FROM settlement_bill o JOIN accounts_company c ON c.id = o.company_id {join}
WHERE o.company_id = %(company)s::bigint AND o.is_open{{only}} AND {where}"""
_POSTED = "(o.posted_at AT TIME ZONE c.timezone)::date"
_ORDERS = """(SELECT string_agg(DISTINCT po.number, ' ') FROM settlement_billline bl
  JOIN settlement_billmatch m ON m.bill_line_id = bl.id JOIN purchasing_orderline l ON l.id = m.order_line_id
  JOIN purchasing_purchaseorder po ON po.id = l.order_id WHERE bl.bill_id = o.id)"""

_MISMATCH = _BILL.format(
    due=_POSTED,
    days=f"greatest(%(today)s::date - {_POSTED}, 0)",
    amount="o.gross",
    facts=f"""'since', {_POSTED}, 'count', (SELECT count(*) FROM settlement_billline bl
  WHERE bl.bill_id = o.id AND bl.findings <> '[]'), 'orders', {_ORDERS}""",
    join="",
    where=f"o.state = 'mismatch' AND {_POSTED} + %(t_days)s::int <= %(today)s::date",
)
# What of a posted invoice no receipt has brought.
_WITHOUT = _BILL.format(
    due=f"{_POSTED} + %(t_days)s::int",
    days=f"%(today)s::date - {_POSTED} - %(t_days)s::int",
    amount="x.amount",
    facts=f"'since', {_POSTED}, 'amount', round(x.amount, 2), 'currency', o.currency, 'orders', {_ORDERS}",
    join="""CROSS JOIN LATERAL (SELECT sum(bl.gross * m.quantity / bl.quantity) AS amount FROM settlement_billline bl
 JOIN settlement_billmatch m ON m.bill_line_id = bl.id WHERE bl.bill_id = o.id AND m.receipt_line_id IS NULL) x""",
    where=f"o.state <> 'draft' AND x.amount > 0 AND {_POSTED} + %(t_days)s::int < %(today)s::date",
)
_DUE = _BILL.format(
    due="o.due_on",
    days="greatest(%(today)s::date - o.due_on, 0)",
    amount="(o.gross - o.paid)",
    facts="'due', o.due_on, 'amount', round(o.gross - o.paid, 2), 'currency', o.currency",
    join="",
    where="o.state <> 'draft' AND o.gross > o.paid AND o.due_on <= %(today)s::date + %(t_ahead)s::int",
)
# A later invoice of the supplier with nearly the same number, or the same amount on the same day.
_DUPLICATE = _BILL.format(
    due="o.dated_on",
    days="0",
    amount="o.gross",
    facts="""'other', x.number, 'other_reference', x.reference, 'other_on', x.dated_on, 'amount', round(o.gross, 2),
  'currency', o.currency""",
    join=f"""JOIN LATERAL (SELECT e.number, e.reference, e.dated_on FROM settlement_bill e
 WHERE e.company_id = o.company_id AND e.supplier_id = o.supplier_id AND e.id < o.id AND e.state <> 'void'
  AND e.dated_on > o.dated_on - %(t_window)s::int
  AND ((e.gross = o.gross AND e.dated_on = o.dated_on)
   OR nullif({NUMBER_KEY.format("e.reference")}, '') = {NUMBER_KEY.format("o.reference")})
 ORDER BY e.id DESC LIMIT 1) x ON true""",
    where="true",
)
# Complete lines of the last weeks whose invoice does not come; nothing for a company that enters no invoices.
_NOT_INVOICED = """
SELECT 'line:' || l.id, 'po', o.id, o.number, l.id, l.line_no, l.supplier_id, l.product_id, l.warehouse_id,
 coalesce(o.buyer_id, o.created_by_id), l.completed_on + %(t_days)s::int,
 %(today)s::date - l.completed_on - %(t_days)s::int,
 round(l.net / l.quantity * (v.accepted - l.invoiced) * o.rate, 4), 0, 'supplier:' || l.supplier_id,
 jsonb_build_object('since', l.completed_on, 'received', v.accepted, 'missing', v.accepted - l.invoiced)
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
CROSS JOIN LATERAL (SELECT {accepted} AS accepted) v
WHERE l.company_id = %(company)s::bigint{only} AND v.accepted > l.invoiced
 AND l.completed_on < %(today)s::date - %(t_days)s::int AND l.completed_on >= %(today)s::date - %(t_window)s::int
 AND EXISTS (SELECT 1 FROM settlement_bill b WHERE b.company_id = %(company)s::bigint AND b.state <> 'draft')"""
# What left for a customer longer ago than the days of payment and is not paid.
_RECEIVABLE = """
SELECT 'so:' || o.id, 'so', o.id, o.number, NULL::bigint, NULL::int, o.customer_id, NULL::bigint, o.warehouse_id,
 coalesce(o.salesperson_id, o.created_by_id), d.due, %(today)s::date - d.due, round(d.amount * o.rate, 4), 1,
 'customer:' || o.customer_id,
 jsonb_build_object('since', d.since, 'due', d.due, 'amount', round(d.amount, 2), 'currency', o.currency,
  'payment_days', p.payment_days)
FROM sales_salesorder o JOIN catalog_partner p ON p.id = o.customer_id
CROSS JOIN LATERAL (
 SELECT min(e.shipped_on) AS since, min(e.shipped_on) + p.payment_days AS due,
  sum(l.gross * (x.quantity - x.refused - x.short) / l.quantity) - o.credited - o.paid_amount AS amount
 FROM sales_salesline l JOIN sales_deliveryline x ON x.order_line_id = l.id AND x.quantity > x.refused + x.short
 JOIN sales_delivery e ON e.id = x.delivery_id AND e.state IN ('shipped', 'signed')
 WHERE l.order_id = o.id AND e.shipped_on < %(today)s::date - p.payment_days - %(t_days)s::int) d
WHERE o.company_id = %(company)s::bigint AND o.is_open{only} AND o.settled_at IS NULL
 AND o.state IN ('partly_shipped', 'shipped', 'signed') AND d.amount > 0
 AND o.ordered_on < %(today)s::date - p.payment_days - %(t_days)s::int"""

FINDERS: Mapping[str, Finder] = {
    "bill_mismatch": Finder(_MISMATCH, ORDER),
    "bill_without_receipt": Finder(_WITHOUT, ORDER),
    "received_not_invoiced": Finder(_NOT_INVOICED.replace("{accepted}", ACCEPTED.format("l")), ORDER),
    "payable_due": Finder(_DUE, ORDER),
    "receivable_overdue": Finder(_RECEIVABLE, ORDER),
    "duplicate_bill": Finder(_DUPLICATE, ORDER),
}
