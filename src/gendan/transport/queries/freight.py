"""What a shipment's transport costs, and what its goods cost with it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.transport.permissions import MONEY

Row = dict[str, Any]
CENT = Decimal("0.01")
_BILLS = """
SELECT f.no, f.carrier, f.bill_number, f.amount, f.currency, f.rate, f.basis, f.version
FROM transport_freight f WHERE f.company_id = %s::bigint AND f.shipment_id = %s::bigint ORDER BY f.no
"""
# In company currency; what falls to a line that the shipment does not have any more stands under no line.
_LINES = """
SELECT x.line_no, o.number AS order_number, l.line_no AS order_line, pr.code AS product, pr.name AS product_name,
 u.name AS unit_name, x.quantity, l.net / l.quantity * x.quantity * o.rate AS goods, coalesce(c.freight, 0) AS freight,
 c.weight
FROM purchasing_shipmentline x JOIN purchasing_orderline l ON l.id = x.order_line_id
JOIN purchasing_purchaseorder o ON o.id = l.order_id JOIN catalog_product pr ON pr.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id
LEFT JOIN (SELECT h.line_no, sum(h.amount * f.rate) AS freight, max(h.weight) AS weight
 FROM transport_freight f JOIN transport_freightshare h ON h.freight_id = f.id
 WHERE f.company_id = %s::bigint AND f.shipment_id = %s::bigint GROUP BY h.line_no) c ON c.line_no = x.line_no
WHERE x.shipment_id = %s::bigint ORDER BY x.line_no
"""
_TOTAL = """
SELECT sum(f.amount * f.rate), k.currency FROM transport_freight f JOIN accounts_company k ON k.id = f.company_id
WHERE f.company_id = %s::bigint AND f.shipment_id = %s::bigint GROUP BY k.id
"""
_CURRENCIES = """
SELECT k.currency, ARRAY(SELECT c.code FROM catalog_currency c WHERE c.company_id = k.id ORDER BY c.code)
FROM accounts_company k WHERE k.id = %s::bigint
"""


def freight_total(actor: Actor, shipment: int) -> tuple[Decimal, str] | None:
    """What the freight of a shipment comes to, in company currency; None for who may not see prices, and without any.
    One statement.
    """
    if not actor.may(MONEY):
        return None
    found = db.row(_TOTAL, [actor.company_id, shipment])
    return (found[0], found[1]) if found else None


def freight_of(actor: Actor, shipment: int) -> Row | None:
    """``bills``, and ``lines`` with goods, freight and landed cost in company currency, a unit's too; None for who may
    not see prices. Three statements.
    """
    if not actor.may(MONEY):
        return None
    known = [actor.company_id, shipment]
    bills = db.dicts(_BILLS, known)
    lines = db.dicts(_LINES, [*known, shipment])
    for line in lines:
        line["landed"] = line["goods"] + line["freight"]
        line["landed_each"] = line["landed"] / line["quantity"]
        line["percent"] = (line["freight"] / line["goods"] * 100).quantize(Decimal("0.1")) if line["goods"] else None
    row = db.row(_CURRENCIES, [actor.company_id])
    assert row is not None
    return {
        "bills": bills,
        "lines": lines,
        "currency": row[0],
        "currencies": row[1],
        "goods": sum((line["goods"] for line in lines), Decimal(0)),
        "freight": sum((bill["amount"] * bill["rate"] for bill in bills), Decimal(0)),
    }
