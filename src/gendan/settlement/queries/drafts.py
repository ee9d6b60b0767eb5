"""An invoice as it would be typed: for its form, and for a copy."""

from __future__ import annotations

from gendan.kernel import db
from gendan.settlement.rules.lines import BillLineIn, Cover

_SUPPLIER = """
SELECT p.code FROM settlement_bill b JOIN catalog_partner p ON p.id = b.supplier_id WHERE b.id = %s::bigint
"""
_LINES = """
SELECT l.line_no, l.quantity, l.unit_price, l.tax_rate, CASE WHEN b.tax_included THEN l.gross ELSE l.net END,
 l.description, o.number, ol.line_no, sum(m.quantity)
FROM settlement_bill b JOIN settlement_billline l ON l.bill_id = b.id
LEFT JOIN settlement_billmatch m ON m.bill_line_id = l.id
LEFT JOIN purchasing_orderline ol ON ol.id = m.order_line_id
LEFT JOIN purchasing_purchaseorder o ON o.id = ol.order_id
WHERE b.id = %s::bigint GROUP BY b.id, l.id, o.id, ol.id ORDER BY l.line_no, o.id, ol.line_no
"""


def lines_to_copy(bill_id: int) -> tuple[str, list[BillLineIn]]:
    """The supplier's code and the lines."""
    (supplier,), *_none = db.rows(_SUPPLIER, [bill_id])
    found: dict[int, BillLineIn] = {}
    for line_no, quantity, price, tax_rate, amount, text, order, line, covered in db.rows(_LINES, [bill_id]):
        covers = found[line_no].covers if line_no in found else ()
        more = (Cover(order, line, covered),) if order else ()
        found[line_no] = BillLineIn(quantity, (*covers, *more), price, tax_rate, amount, text)
    return supplier, list(found.values())
