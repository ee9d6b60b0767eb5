"""What a supplier can send, what it sent, and what became of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from gendan.kernel import codes, db
from gendan.kernel.errors import NotFound
from gendan.portal.queries.visitors import VISIBLE, Visitor

Row = dict[str, Any]
_LIVE = "o.state IN ('approved', 'confirmed', 'partly_shipped', 'shipped', 'partly_received')"
_TO_SHIP = f"""
SELECT * FROM (SELECT o.id AS order_id, o.number, l.line_no AS line, p.code AS product, p.name AS product_name,
  p.specification, p.lot_tracked, u.name AS unit_name, w.code AS warehouse, w.name AS warehouse_name,
  coalesce(l.expected_on, l.promised_on, l.required_on) AS due_on,
  greatest(l.quantity - l.cancelled - l.refused - coalesce((SELECT sum(sl.quantity) FROM purchasing_shipmentline sl
   JOIN purchasing_shipment s ON s.id = sl.shipment_id AND s.state <> 'cancelled' WHERE sl.order_line_id = l.id), 0),
   0) AS to_ship
 FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON l.order_id = o.id AND l.is_open
 JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
 JOIN catalog_warehouse w ON w.id = l.warehouse_id WHERE {VISIBLE} AND {_LIVE}) x
WHERE x.to_ship > 0 ORDER BY x.warehouse, x.due_on NULLS LAST, x.number, x.line LIMIT 1000
"""
# A shipment of the visitor's: it serves no order that the visitor does not see.
_SHIPMENT = f"""
SELECT s.id, s.number, s.state, s.version, s.carrier, s.tracking_number, w.name AS warehouse_name,
 w.address AS warehouse_address, sp.name AS supplier_name
FROM purchasing_shipment s JOIN catalog_warehouse w ON w.id = s.warehouse_id
JOIN catalog_partner sp ON sp.id = s.supplier_id
WHERE s.company_id = %(company)s::bigint AND s.supplier_id = %(partner)s::bigint AND s.number = %(number)s::text
 AND NOT EXISTS (SELECT 1 FROM purchasing_shipmentline sl JOIN purchasing_orderline l ON l.id = sl.order_line_id
  JOIN purchasing_purchaseorder o ON o.id = l.order_id WHERE sl.shipment_id = s.id AND NOT ({VISIBLE}))
"""
_PARCELS = """
SELECT m.number, m.kind, m.sscc, p.code AS product, p.name AS product_name, u.name AS unit_name, pc.quantity,
 o.number AS order_number, sl.lot_code AS lot, sl.expires_on, k.sscc AS pallet
FROM purchasing_shipmentparcel m LEFT JOIN purchasing_shipmentparcel k ON k.id = m.parent_id
LEFT JOIN purchasing_parcelcontent pc ON pc.parcel_id = m.id
LEFT JOIN purchasing_shipmentline sl ON sl.id = pc.line_id LEFT JOIN purchasing_orderline l ON l.id = sl.order_line_id
LEFT JOIN purchasing_purchaseorder o ON o.id = l.order_id LEFT JOIN catalog_product p ON p.id = l.product_id
LEFT JOIN catalog_unit u ON u.id = l.unit_id
WHERE m.shipment_id = %s::bigint ORDER BY m.kind DESC, m.number, sl.line_no
"""
_LINES = """
SELECT p.code AS product, p.name AS product_name, u.name AS unit_name, sl.quantity, o.number AS order_number,
 sl.lot_code AS lot, sl.expires_on
FROM purchasing_shipmentline sl JOIN purchasing_orderline l ON l.id = sl.order_line_id
JOIN purchasing_purchaseorder o ON o.id = l.order_id JOIN catalog_product p ON p.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id WHERE sl.shipment_id = %s::bigint ORDER BY sl.line_no
"""
_STATEMENT = f"""
SELECT r.received_on, r.number, r.delivery_note, o.number AS order_number, l.line_no AS line, p.name AS product_name,
 u.name AS unit_name, o.currency, rl.quantity, rl.accepted, rl.rejected, l.unit_price,
 round(l.gross / l.quantity * rl.quantity, 2) AS amount
FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON l.order_id = o.id
JOIN purchasing_receiptline rl ON rl.order_line_id = l.id JOIN purchasing_goodsreceipt r ON r.id = rl.receipt_id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE {VISIBLE} AND r.state <> 'reversed' AND r.reverses_id IS NULL
 AND r.received_on >= %(first)s::date AND r.received_on < %(end)s::date
ORDER BY r.received_on, r.id, rl.line_no LIMIT 5000
"""


def to_ship(visitor: Visitor) -> list[Row]:
    """Lines of which something can be sent, by warehouse, the most urgent first; one statement."""
    return db.dicts(_TO_SHIP, visitor.params)


def shipment_of(visitor: Visitor, number: str) -> Row:
    """A shipment of the visitor's. Errors: NotFound."""
    found = db.dicts(_SHIPMENT, {**visitor.params, "number": number})
    if not found:
        raise NotFound(what=number)
    return found[0]


def labels_of(visitor: Visitor, number: str) -> list[Row]:
    """What the labels of a shipment show: one for each parcel and pallet; without any, one for the whole."""
    shipment = shipment_of(visitor, number)
    parcels: dict[int, Row] = {}
    for row in db.dicts(_PARCELS, [shipment["id"]]):
        parcel = parcels.setdefault(row["number"], {"kind": row["kind"], "sscc": row["sscc"], "contents": []})
        parcel["pallet"] = row["pallet"] or ""
        if row["product"]:
            parcel["contents"].append(row)
    whole = {"kind": "", "sscc": "", "pallet": ""}
    found = list(parcels.values()) or [{**whole, "contents": db.dicts(_LINES, [shipment["id"]])}]
    return [
        {
            **shipment,
            **parcel,
            "number": f"{number} {n}",
            "document": number,
            "parcel_no": n,
            "parcels": len(found),
            "internal": bool(parcel["sscc"]) and codes.is_internal(parcel["sscc"]),
        }
        for n, parcel in enumerate(found, 1)
    ]


def statement_of(visitor: Visitor, first: date, end: date) -> list[Row]:
    """What was received of the visitor's orders in a month; amounts for who may see money."""
    found = db.dicts(_STATEMENT, {**visitor.params, "first": first, "end": end})
    if not visitor.may("money"):
        for row in found:
            row.update(unit_price=None, amount=None)
    return found
