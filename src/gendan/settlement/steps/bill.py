"""Writing invoices: the draft in one statement, its match and its counters when it is posted.

Whoever changes counters holds the orders first (by id), then the invoice: ``hold``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import IntegrityError

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Stale
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step
from gendan.purchasing.steps import invoicing
from gendan.settlement.errors import ReferenceTaken
from gendan.settlement.models import Bill
from gendan.settlement.queries.accepted import ACCEPTED, REDUCED
from gendan.settlement.queries.settings import tolerances_of
from gendan.settlement.rules.matching import Finding, Line, OpenReceipt, Part, find, spread
from gendan.settlement.steps.lookup import Head, Item

_LINES = """
lines AS (
 INSERT INTO settlement_billline (company_id, bill_id, line_no, description, quantity, unit_price, tax_rate, net, tax,
  gross)
 SELECT %(company)s::bigint, h.id, t.n, t.description, t.quantity, t.price, t.rate, t.net, t.tax, t.gross
 FROM head h, unnest(%(descriptions)s::text[], %(quantities)s::numeric[], %(prices)s::numeric[], %(rates)s::numeric[],
  %(nets)s::numeric[], %(taxes)s::numeric[], %(grosses)s::numeric[])
  WITH ORDINALITY AS t(description, quantity, price, rate, net, tax, gross, n)
 RETURNING id, line_no),
matches AS (
 INSERT INTO settlement_billmatch (company_id, bill_line_id, order_line_id, receipt_line_id, quantity)
 SELECT %(company)s::bigint, l.id, t.order_line, t.receipt_line, t.quantity
 FROM unnest(%(of)s::int[], %(order_lines)s::bigint[], %(receipt_lines)s::bigint[], %(covered)s::numeric[])
  AS t(n, order_line, receipt_line, quantity) JOIN lines l ON l.line_no = t.n)
"""
_INSERT = f"""
WITH head AS (
 INSERT INTO settlement_bill (company_id, number, state, version, created_by_id, supplier_id, reference, dated_on,
  due_on, currency, rate, minor_units, tax_included, note, net, tax, gross)
 VALUES (%(company)s::bigint, 'BILL-' || lpad(nextval(%(sequence)s::regclass)::text, 6, '0'), 'draft', 1,
  %(user)s::bigint, %(supplier)s::bigint, %(reference)s::text, %(dated_on)s::date, %(due_on)s::date,
  %(currency)s::text, %(rate)s::numeric, %(minor_units)s::smallint, %(tax_included)s::boolean, %(note)s::text,
  %(net)s::numeric, %(tax)s::numeric, %(gross)s::numeric)
 RETURNING id, number),
{_LINES}
SELECT id, number FROM head
"""
_REPLACE = f"""
WITH head AS (
 UPDATE settlement_bill SET supplier_id = %(supplier)s::bigint, reference = %(reference)s::text,
  dated_on = %(dated_on)s::date, due_on = %(due_on)s::date, currency = %(currency)s::text, rate = %(rate)s::numeric,
  minor_units = %(minor_units)s::smallint, tax_included = %(tax_included)s::boolean, note = %(note)s::text,
  net = %(net)s::numeric, tax = %(tax)s::numeric, gross = %(gross)s::numeric, version = version + 1,
  updated_at = now() WHERE id = %(id)s::bigint RETURNING id, number),
{_LINES}
SELECT id, number FROM head
"""
_FORGET_MATCHES = """
DELETE FROM settlement_billmatch m USING settlement_billline l WHERE l.bill_id = %s::bigint AND m.bill_line_id = l.id
"""
_FORGET_LINES = "DELETE FROM settlement_billline WHERE bill_id = %s::bigint"
_FORGET = "DELETE FROM settlement_bill WHERE id = %s::bigint"
_ORDERS = """
SELECT DISTINCT ol.order_id FROM settlement_bill b JOIN settlement_billline l ON l.bill_id = b.id
JOIN settlement_billmatch m ON m.bill_line_id = l.id JOIN purchasing_orderline ol ON ol.id = m.order_line_id
WHERE b.company_id = %s::bigint AND b.number = ANY(%s::text[])
"""
# What an invoice is for with the counters as they stand, its own quantities taken out where they count already.
_PARTS = f"""
SELECT l.id, l.line_no, l.quantity, l.net, l.tax_rate, o.number, ol.line_no, ol.id, sum(m.quantity),
 ol.quantity - ol.cancelled, {ACCEPTED.format("ol")}, ol.invoiced, ol.net / ol.quantity, ol.tax_rate,
 sum(m.quantity * {REDUCED.format("rl")}) / sum(m.quantity) * 100 / (100 + ol.tax_rate)
FROM settlement_billline l LEFT JOIN settlement_billmatch m ON m.bill_line_id = l.id
LEFT JOIN purchasing_receiptline rl ON rl.id = m.receipt_line_id
LEFT JOIN purchasing_orderline ol ON ol.id = m.order_line_id
LEFT JOIN purchasing_purchaseorder o ON o.id = ol.order_id
WHERE l.bill_id = %s::bigint GROUP BY l.id, o.id, ol.id ORDER BY l.line_no, o.id, ol.line_no
"""
_COVERS = """
SELECT m.bill_line_id, m.order_line_id, coalesce(g.number, ''), sum(m.quantity)
FROM settlement_billline l JOIN settlement_billmatch m ON m.bill_line_id = l.id
LEFT JOIN purchasing_receiptline rl ON rl.id = m.receipt_line_id
LEFT JOIN purchasing_goodsreceipt g ON g.id = rl.receipt_id
WHERE l.bill_id = %s::bigint GROUP BY l.line_no, m.bill_line_id, m.order_line_id, g.number
ORDER BY l.line_no, m.order_line_id
"""
# Receipt lines of these order lines that no posted invoice has taken whole, oldest first.
_RECEIPTS = """
SELECT rl.id, g.number, rl.order_line_id, rl.accepted - rl.accepted_returned - coalesce(taken.quantity, 0)
FROM purchasing_receiptline rl JOIN purchasing_goodsreceipt g ON g.id = rl.receipt_id
LEFT JOIN LATERAL (SELECT sum(m.quantity) AS quantity FROM settlement_billmatch m
 JOIN settlement_billline l ON l.id = m.bill_line_id JOIN settlement_bill b ON b.id = l.bill_id
 WHERE m.receipt_line_id = rl.id AND b.state NOT IN ('draft', 'void') AND b.id <> %(bill)s::bigint) taken ON true
WHERE rl.order_line_id = ANY(%(lines)s::bigint[]) AND g.state = 'posted' AND g.reverses_id IS NULL
 AND rl.accepted - rl.accepted_returned > coalesce(taken.quantity, 0) ORDER BY g.id, rl.id
"""
_SPREAD = """
INSERT INTO settlement_billmatch (company_id, bill_line_id, order_line_id, receipt_line_id, quantity)
SELECT %s::bigint, * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[])
"""
_FOUND = """
UPDATE settlement_billline l SET findings = t.findings::jsonb FROM unnest(%s::bigint[], %s::text[]) AS t(id, findings)
WHERE l.id = t.id
"""


@step
def insert(actor: Actor, head: Head, items: Sequence[Item]) -> Subject:
    """Write a draft with its lines and what they are for. Errors: ReferenceTaken."""
    row = _write(_INSERT, head, {**_columns(actor, head, items), "sequence": sequence_name(actor.company_id, "BILL")})
    return Subject("bill", row[0], row[1])


@step
def replace(actor: Actor, bill: Bill, head: Head, items: Sequence[Item]) -> None:
    """Write a locked draft anew. Errors: ReferenceTaken."""
    db.later(_FORGET_MATCHES, [bill.pk])
    db.later(_FORGET_LINES, [bill.pk])
    _write(_REPLACE, head, {**_columns(actor, head, items), "id": bill.pk})


@step
def forget(bill: Bill) -> None:
    """Delete a locked draft."""
    for statement in (_FORGET_MATCHES, _FORGET_LINES, _FORGET):
        db.later(statement, [bill.pk])


def _write(sql: str, head: Head, values: Mapping[str, object]) -> db.Row:
    try:
        row = db.row(sql, values)
    except IntegrityError as error:
        if "bill_reference_once_per_supplier" in str(error):
            raise ReferenceTaken(supplier=head.supplier, reference=head.reference, number="BILL") from error
        raise
    assert row is not None
    return row


def _columns(actor: Actor, head: Head, items: Sequence[Item]) -> dict[str, object]:
    covers = [(n, cover) for n, item in enumerate(items, 1) for cover in item.covers]
    return {
        "company": actor.company_id,
        "user": actor.user_id,
        "supplier": head.supplier_id,
        "reference": head.reference,
        "dated_on": head.dated_on,
        "due_on": head.due_on,
        "currency": head.currency,
        "rate": head.rate,
        "minor_units": head.minor_units,
        "tax_included": head.tax_included,
        "note": head.note,
        "net": sum((item.amounts.net for item in items), Decimal(0)),
        "tax": sum((item.amounts.tax for item in items), Decimal(0)),
        "gross": sum((item.amounts.gross for item in items), Decimal(0)),
        "descriptions": [item.description for item in items],
        "quantities": db.array(item.quantity for item in items),
        "prices": db.array(item.unit_price for item in items),
        "rates": db.array(item.tax_rate for item in items),
        "nets": db.array(item.amounts.net for item in items),
        "taxes": db.array(item.amounts.tax for item in items),
        "grosses": db.array(item.amounts.gross for item in items),
        "of": db.array(n for n, _cover in covers),
        "order_lines": db.array(cover.order_line_id for _n, cover in covers),
        "receipt_lines": db.array(cover.receipt_line_id for _n, cover in covers),
        "covered": db.array(cover.quantity for _n, cover in covers),
    }


@step
def hold_orders(actor: Actor, numbers: Sequence[str]) -> set[int]:
    """Lock the orders that these invoices are for; their ids."""
    orders = {row[0] for row in db.rows(_ORDERS, [actor.company_id, list(numbers)])}
    invoicing.hold(actor, sorted(orders))
    return orders


@step
def hold(actor: Actor, number: str, version: int | None = None) -> Bill:
    """Lock an invoice with the orders that it is for. Errors: NotFound, Stale."""
    orders = hold_orders(actor, [number])
    bill = Bill.lock(actor, number, version)
    if bill.state == "draft" and {row[0] for row in db.rows(_ORDERS, [actor.company_id, [number]])} - orders:
        raise Stale(number=number, current=bill.version, seen=bill.version - 1)  # changed between the two
    return bill


@step
def spread_over_receipts(actor: Actor, bill: Bill) -> None:
    """Say which receipts brought what a held draft invoices: those that were named, else the oldest."""
    covers = db.rows(_COVERS, [bill.pk])
    lines = db.array({row[1] for row in covers})
    open_ = [OpenReceipt(*row) for row in db.rows(_RECEIPTS, {"bill": bill.pk, "lines": lines})]
    rows = [
        (bill_line, order_line, receipt_line, taken)
        for bill_line, order_line, receipt, quantity in sorted(covers, key=lambda row: not row[2])
        for receipt_line, taken in spread(order_line, quantity, receipt, open_)
    ]
    db.later(_FORGET_MATCHES, [bill.pk])
    if rows:
        db.later(_SPREAD, [actor.company_id, *(db.array(column) for column in zip(*rows, strict=True))])


@step
def match(actor: Actor, bill: Bill, *, counted: bool) -> tuple[dict[int, list[Finding]], dict[int, Decimal]]:
    """Compare a held invoice with its orders and receipts: what is wrong by line, and its quantity by order line;
    ``counted`` says that its quantities are in the counters already.
    """
    found: dict[int, Line] = {}
    quantities: dict[int, Decimal] = defaultdict(Decimal)
    rows, cent = db.rows(_PARTS, [bill.pk]), Decimal(1).scaleb(-bill.minor_units)
    for row in rows:
        if row[7] is not None:
            quantities[row[7]] += row[8]
    for line_id, line_no, quantity, net, tax_rate, order, at, order_line, mine, ordered, *counters in rows:
        line = found.setdefault(line_id, Line(line_id, line_no, quantity, net, tax_rate, bill.rate, cent))
        if order_line is None:
            continue
        received, invoiced, net_price, order_tax, reduced = counters
        others = invoiced - (quantities[order_line] if counted else 0)
        price = net_price - reduced
        line.parts.append(Part(order, at, order_line, mine, ordered, received, others, price, order_tax, reduced))
    return find(list(found.values()), tolerances_of(actor.company_id)), dict(quantities)


@step
def keep_findings(findings: Mapping[int, Sequence[Finding]]) -> None:
    """Write what a match found with the lines."""
    db.later(_FOUND, [db.array(findings), [json.dumps(found) for found in findings.values()]])


@step
def matched(bill: Bill) -> None:
    """Write down that a held invoice was compared now."""
    db.later("UPDATE settlement_bill SET matched_at = clock_timestamp() WHERE id = %s::bigint", [bill.pk])
