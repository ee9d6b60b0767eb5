"""What a scanned code means at the dock: a document, a pallet, a product of one of the orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from gendan.catalog.queries import product_by_barcode
from gendan.kernel import codes, db, scope
from gendan.kernel.actor import Actor
from gendan.purchasing.queries import receiving

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Inside:
    """What of an order line (its unit) is in a parcel or on a pallet."""

    line_id: int
    quantity: Decimal
    lot: str
    expires_on: date | None


@dataclass(slots=True)
class Meaning:
    """``kind``: order, shipment, pallet, product, booked, unknown. ``factor``: stock units that one scan stands for."""

    kind: str
    number: str = ""
    product_id: int = 0
    product: str = ""
    name: str = ""
    factor: Decimal = Decimal(1)
    scanned: codes.Scanned = field(default_factory=lambda: codes.Scanned(""))
    contents: list[Inside] = field(default_factory=list)


@dataclass(slots=True)
class Paper:
    """An order or shipment that is being received."""

    number: str
    state: str
    supplier_id: int
    supplier_name: str
    warehouse_id: int
    warehouse: str
    orders: list[str]


# A pallet with all that stands on it: of which order lines, how much, of which lot.
_INSIDE = """
WITH RECURSIVE inside AS (
 SELECT id, shipment_id FROM purchasing_shipmentparcel
 WHERE company_id = %(company)s::bigint AND sscc = %(sscc)s::text
 UNION ALL SELECT c.id, c.shipment_id FROM purchasing_shipmentparcel c
 JOIN inside i ON c.shipment_id = i.shipment_id AND c.parent_id = i.id)
SELECT s.number, sl.order_line_id, sum(pc.quantity), coalesce(sl.lot_code, ''), sl.expires_on
FROM inside i JOIN purchasing_shipment s ON s.id = i.shipment_id
LEFT JOIN purchasing_parcelcontent pc ON pc.parcel_id = i.id
LEFT JOIN purchasing_shipmentline sl ON sl.id = pc.line_id
GROUP BY s.number, sl.order_line_id, sl.lot_code, sl.expires_on ORDER BY sl.order_line_id NULLS LAST, 4
"""
_BY_SUPPLIER = """
SELECT p.id, p.code, p.name, coalesce(pu.factor, 1) AS factor FROM catalog_supplierprice x
JOIN catalog_product p ON p.id = x.product_id
LEFT JOIN catalog_productunit pu ON pu.product_id = p.id AND pu.unit_id = x.unit_id
WHERE x.company_id = %(company)s::bigint AND x.partner_id = %(supplier)s::bigint AND x.supplier_code <> ''
 AND upper(x.supplier_code) = upper(%(code)s::text) ORDER BY x.id LIMIT 1
"""
_ORDER = """
SELECT o.number, o.state, o.supplier_id, s.name, o.warehouse_id, w.code, ARRAY[o.number]
FROM purchasing_purchaseorder o JOIN catalog_partner s ON s.id = o.supplier_id
JOIN catalog_warehouse w ON w.id = o.warehouse_id WHERE o.company_id = %s::bigint AND o.number = %s::text
"""
_SHIPMENT = """
SELECT h.number, h.state, h.supplier_id, s.name, h.warehouse_id, w.code,
 ARRAY(SELECT DISTINCT o.number FROM purchasing_shipmentline x JOIN purchasing_orderline l ON l.id = x.order_line_id
  JOIN purchasing_purchaseorder o ON o.id = l.order_id WHERE x.shipment_id = h.id ORDER BY 1)
FROM purchasing_shipment h JOIN catalog_partner s ON s.id = h.supplier_id
JOIN catalog_warehouse w ON w.id = h.warehouse_id WHERE h.company_id = %s::bigint AND h.number = %s::text
"""
_EXPECTING = """
SELECT o.number, o.supplier_id, s.name AS supplier_name, o.warehouse_id, w.code AS warehouse, min(l.due_on) AS due_on
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN catalog_partner s ON s.id = o.supplier_id JOIN catalog_warehouse w ON w.id = o.warehouse_id
WHERE l.company_id = %(company)s::bigint AND l.is_open AND l.product_id = %(product)s::bigint{within}
GROUP BY o.id, s.id, w.id ORDER BY min(l.due_on) NULLS LAST, o.number LIMIT 20
"""
_NEEDS_EXPIRY = """
SELECT EXISTS (SELECT 1 FROM inventory_lot WHERE product_id = %(product)s::bigint AND expires_on IS NOT NULL),
 EXISTS (SELECT 1 FROM inventory_lot WHERE product_id = %(product)s::bigint AND code = %(lot)s::text
  AND expires_on IS NOT NULL)
"""


def meaning(actor: Actor, code: str, supplier_id: int | None) -> Meaning:
    """What a code means; the supplier's own part number counts for its delivery. Two to four statements."""
    read = codes.scanned(code)
    if read.sscc and (announced := db.rows(_INSIDE, {"company": actor.company_id, "sscc": read.sscc})):
        inside = [Inside(*row[1:]) for row in announced if row[1] is not None]
        kind = "pallet" if inside else "shipment"  # nobody said what is on it: the shipment is
        return Meaning(kind, announced[0][0], scanned=read, contents=inside)
    if (read.gtin or read.own) and (product := product_by_barcode(actor, code)) is not None:
        return _product(product, read)
    found = receiving.scanned(actor, read.sscc or read.text)
    if found.kind in {"order", "shipment", "booked"}:
        return Meaning(found.kind, found.number, scanned=read)
    if found.product:
        return _product(found.product, read)
    if supplier_id is not None:
        asked = {"company": actor.company_id, "supplier": supplier_id, "code": read.text}
        if offered := db.dicts(_BY_SUPPLIER, asked):
            return _product(offered[0], read)
    return Meaning("unknown", scanned=read)


def _product(found: Row, read: codes.Scanned) -> Meaning:
    return Meaning(
        "product",
        product_id=found["id"],
        product=found["code"],
        name=found["name"],
        factor=found["factor"],
        scanned=read,
    )


def paper(actor: Actor, kind: str, number: str) -> Paper | None:
    """The order or shipment; one statement."""
    found = db.row(_SHIPMENT if kind == "shipment" else _ORDER, [actor.company_id, number])
    return Paper(*found) if found else None


def expecting(actor: Actor, product_id: int) -> list[Row]:
    """The orders that wait for a product, the earliest first; one statement."""
    sql = _EXPECTING.format(within=scope.also(actor, "po_line", "l"))
    return db.dicts(sql, {"company": actor.company_id, "product": product_id})


def needs_expiry(product_id: int, lot: str) -> bool:
    """Whether the expiry of a lot has to be asked: others of the product have one, this has none yet."""
    found = db.row(_NEEDS_EXPIRY, {"product": product_id, "lot": lot})
    return bool(found and found[0] and not found[1])
