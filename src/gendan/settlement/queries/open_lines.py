"""What may still be invoiced or paid: what the forms of bills and payments begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gendan.kernel import db, fields, scope
from gendan.kernel.actor import Actor
from gendan.sales.steps.paying import OWED, PAYABLE
from gendan.settlement.models import PAYABLE_STATES
from gendan.settlement.permissions import BUYING, SELLING, VIEW
from gendan.settlement.queries.accepted import ACCEPTED, REDUCED, REDUCED_OF_ORDER

Row = dict[str, Any]
MOST = 200
# What was accepted, without what went back, and was not invoiced; of a receipt: what of it no bill has taken.
_OPEN = """
SELECT o.number AS order_number, l.line_no AS line, pr.code AS product, pr.name AS product_name, u.name AS unit,
 p.code AS supplier, p.name AS supplier_name, o.currency, o.tax_included, l.quantity - l.cancelled AS ordered,
 greatest({accepted} - l.invoiced, 0) AS open, l.invoiced, {receipt} AS receipt,
 CASE WHEN o.tax_included THEN l.gross / l.quantity - {reduced}
  ELSE l.net / l.quantity - {reduced} * 100 / (100 + l.tax_rate) END AS unit_price, l.tax_rate
FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON l.order_id = o.id {join}
JOIN catalog_product pr ON pr.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
JOIN catalog_partner p ON p.id = o.supplier_id
WHERE o.company_id = %(company)s::bigint AND {where} AND o.state NOT IN ('draft', 'pending_approval', 'cancelled')
ORDER BY o.id, l.line_no LIMIT 1000
"""
_OF_ORDERS = _OPEN.format(
    accepted=ACCEPTED.format("l"),
    reduced=REDUCED_OF_ORDER.format("l"),
    receipt="''",
    join="",
    where="o.number = ANY(%(numbers)s::text[])",
)
_OF_SUPPLIER = _OPEN.format(
    accepted=ACCEPTED.format("l"),
    reduced=REDUCED_OF_ORDER.format("l"),
    receipt="''",
    join="",
    where="o.supplier_id = (SELECT id FROM catalog_partner WHERE company_id = %(company)s::bigint"
    " AND code = %(supplier)s::text) AND l.accepted > l.invoiced{also}",
)
_OF_RECEIPTS = _OPEN.replace(
    "greatest({accepted} - l.invoiced, 0) AS open",
    "least(x.open, greatest({accepted} - l.invoiced, 0)) AS open",
).format(
    accepted=ACCEPTED.format("l"),
    reduced="x.reduced",
    receipt="x.number",
    join=f"""JOIN (SELECT rl.order_line_id, g.number,
   sum(rl.accepted * {REDUCED.format("rl")}) / nullif(sum(rl.accepted), 0) AS reduced,
   sum(rl.accepted - rl.accepted_returned)
   - coalesce(sum((SELECT sum(m.quantity)
   FROM settlement_billmatch m JOIN settlement_billline bl ON bl.id = m.bill_line_id
   JOIN settlement_bill b ON b.id = bl.bill_id WHERE m.receipt_line_id = rl.id
    AND b.state NOT IN ('draft', 'void'))), 0) AS open
  FROM purchasing_goodsreceipt g JOIN purchasing_receiptline rl ON rl.receipt_id = g.id
  WHERE g.company_id = %(company)s::bigint AND g.number = ANY(%(numbers)s::text[])
  GROUP BY rl.order_line_id, g.number) x ON x.order_line_id = l.id""",
    where="x.open > 0",
)


def open_lines(
    actor: Actor, *, orders: Sequence[str] = (), receipts: Sequence[str] = (), supplier: str = ""
) -> list[Row]:
    """The order lines that an invoice can begin with, with what is open of each; one statement."""
    actor.must(VIEW)
    scope.demand(actor, {"orders": list(orders), "receipts": list(receipts), "supplier": supplier})
    given: Row = {"company": actor.company_id, "numbers": list(receipts or orders), "supplier": supplier}
    if receipts:
        rows = db.dicts(_OF_RECEIPTS, given)
    elif orders:
        rows = db.dicts(_OF_ORDERS, given)
    else:
        rows = db.dicts(_OF_SUPPLIER.format(also=scope.also(actor, "po", "o").replace("%", "%%")), given)
    if not actor.may(BUYING):
        rows = [{**row, "unit_price": None} for row in rows]
    return rows


_BILLS = f"""
SELECT b.number, b.reference, b.due_on, b.currency, b.gross, b.gross - b.paid AS open, p.code AS partner,
 p.name AS partner_name FROM settlement_bill b JOIN catalog_partner p ON p.id = b.supplier_id
WHERE b.company_id = %(company)s::bigint AND b.is_open AND b.state = ANY(%(states)s::text[]) AND {{where}}{{also}}
ORDER BY b.due_on, b.id LIMIT {MOST}
"""
_ORDERS = f"""
SELECT o.number, o.customer_reference AS reference, o.ordered_on AS due_on, o.currency, o.gross,
 greatest({OWED} - o.paid_amount, 0) AS open, p.code AS partner, p.name AS partner_name
FROM sales_salesorder o JOIN catalog_partner p ON p.id = o.customer_id
WHERE o.company_id = %(company)s::bigint AND o.state = ANY(%(states)s::text[]) AND {{where}}{{also}}
ORDER BY o.ordered_on, o.id LIMIT {MOST}
"""


def payable(actor: Actor, direction: str, *, numbers: Sequence[str] = (), partner: str = "") -> list[Row]:
    """The documents that a payment can be for: those named, else the partner's open ones; the oldest first."""
    actor.must(VIEW)
    out = direction == "out"
    scope.demand(actor, {"numbers": list(numbers), "partner": partner})
    key = ("b.supplier_id" if out else "o.customer_id") if not numbers else ""
    where = (
        f"{key} = (SELECT id FROM catalog_partner WHERE company_id = %(company)s::bigint AND code = %(partner)s::text)"
        if key
        else f"{'b' if out else 'o'}.number = ANY(%(numbers)s::text[])"
    )
    if key and not out:
        where += " AND o.is_open AND o.settled_at IS NULL"
    also = scope.also(actor, "bill" if out else "so", "b" if out else "o")
    rows = db.dicts(
        (_BILLS if out else _ORDERS).format(where=where, also=also.replace("%", "%%")),
        {
            "company": actor.company_id,
            "states": sorted(PAYABLE_STATES if out else PAYABLE),
            "numbers": list(numbers),
            "partner": partner,
        },
    )
    if not actor.may(BUYING if out else SELLING):
        rows = [{**row, "gross": None, "open": None} for row in rows]
    if not out and fields.hides(actor, "so", "customer_reference"):
        rows = [{**row, "reference": ""} for row in rows]
    return rows
