"""Deliveries while they are counted: the tally, its lines with what was counted, its scans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound, decimal_text

Row = dict[str, Any]
SHOWN_SCANS = 8


@dataclass(slots=True)
class Counting:
    """A tally as commands and pages know it."""

    id: int
    work: str
    supplier_id: int
    supplier: str
    supplier_name: str
    warehouse_id: int
    warehouse: str
    orders: list[str]
    shipment: str
    state: str
    blind: bool
    receipt: str
    round: int


@dataclass(slots=True)
class DockLine:
    """An order line at the dock. ``announced`` is what the shipment brings of it, None without one."""

    id: int
    order: str
    line: int
    product_id: int
    product: str
    name: str
    specification: str
    lot_tracked: bool
    unit: str
    decimals: int
    factor: Decimal
    quantity: Decimal
    cancelled: Decimal
    received: Decimal
    over_tolerance: Decimal
    counted: Decimal
    announced: Decimal | None


_TALLY = """
SELECT t.id, t.work, t.supplier_id, s.code, s.name, t.warehouse_id, w.code, t.orders, t.shipment, t.state, t.blind,
 t.receipt, t.round
FROM handheld_tally t JOIN catalog_partner s ON s.id = t.supplier_id JOIN catalog_warehouse w ON w.id = t.warehouse_id
WHERE t.company_id = %s::bigint AND t.user_id = %s::bigint AND t.work = %s::text
"""
_LINES = """
SELECT l.id, o.number, l.line_no, l.product_id, p.code, p.name, p.specification, p.lot_tracked, u.name, u.decimals,
 l.factor, l.quantity, l.cancelled, l.received, l.over_tolerance, coalesce(t.counted, 0), a.open
FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON l.order_id = o.id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
LEFT JOIN (SELECT order_line_id, sum(quantity) AS counted FROM handheld_tallyscan
 WHERE tally_id = %(tally)s::bigint AND NOT undone GROUP BY 1) t ON t.order_line_id = l.id
LEFT JOIN (SELECT x.order_line_id, sum(greatest(x.quantity - x.received, 0)) AS open FROM purchasing_shipment s
 JOIN purchasing_shipmentline x ON x.shipment_id = s.id WHERE s.company_id = %(company)s::bigint
 AND s.number = %(shipment)s::text GROUP BY 1) a ON a.order_line_id = l.id
WHERE o.company_id = %(company)s::bigint AND o.number = ANY(%(orders)s::text[]) AND {which} ORDER BY o.id, l.line_no
"""
_OPEN = "l.live AND (l.is_open OR t.counted IS NOT NULL)"
_NAMED = "l.live AND l.id = ANY(%(lines)s::bigint[])"
_OF_PRODUCT = "l.live AND l.product_id = %(product)s::bigint"
_CODES = """
SELECT p.id, p.code, p.unit_id = b.unit_id OR b.unit_id IS NULL, b.code, coalesce(pu.factor, 1)
FROM catalog_product p LEFT JOIN catalog_barcode b ON b.product_id = p.id
LEFT JOIN catalog_productunit pu ON pu.product_id = p.id AND pu.unit_id = b.unit_id WHERE p.id = ANY(%s::bigint[])
"""
_BARCODES = """
SELECT p.code, b.code, coalesce(pu.factor, 1) FROM catalog_product p JOIN catalog_barcode b ON b.product_id = p.id
LEFT JOIN catalog_productunit pu ON pu.product_id = p.id AND pu.unit_id = b.unit_id
WHERE p.company_id = %s::bigint AND p.code = ANY(%s::text[])
"""
_PALLETS = """
SELECT DISTINCT code FROM handheld_tallyscan WHERE tally_id = %s::bigint AND NOT undone AND code ~ '^[0-9]{18}$'
"""
_TWICE = """
WITH RECURSIVE named AS (
 SELECT id, shipment_id, parent_id, sscc FROM purchasing_shipmentparcel
 WHERE company_id = %(company)s::bigint AND sscc = ANY(%(ssccs)s::text[])),
inside AS (SELECT id, shipment_id, sscc FROM named UNION ALL
 SELECT c.id, c.shipment_id, c.sscc FROM purchasing_shipmentparcel c
 JOIN inside i ON c.shipment_id = i.shipment_id AND c.parent_id = i.id),
below AS (SELECT id, parent_id, sscc FROM named UNION ALL
 SELECT p.id, p.parent_id, p.sscc FROM purchasing_shipmentparcel p JOIN below b ON p.id = b.parent_id)
SELECT x.code, t.receipt FROM handheld_tallyscan x JOIN handheld_tally t ON t.id = x.tally_id
WHERE x.company_id = %(company)s::bigint AND NOT x.undone
 AND x.code = ANY(ARRAY(SELECT sscc FROM inside UNION SELECT sscc FROM below)::text[])
 AND (t.id = %(tally)s::bigint AND %(here)s::boolean OR t.id <> %(tally)s::bigint AND t.state = 'booked'
  AND NOT EXISTS (SELECT 1 FROM purchasing_goodsreceipt r WHERE r.company_id = t.company_id AND r.number = t.receipt
   AND r.state = 'reversed'))
ORDER BY t.receipt DESC LIMIT 1
"""
_SCANS = """
SELECT x.key, min(x.code) AS code, min(p.code) AS product, min(p.name) AS name, sum(x.quantity) AS quantity,
 min(u.name) AS unit, min(x.lot) AS lot, count(DISTINCT p.id) AS products,
 bool_or(x.undone) AS undone, bool_or(x.over) AS over, max(x.id) AS id
FROM handheld_tallyscan x JOIN purchasing_orderline l ON l.id = x.order_line_id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE x.tally_id = %(tally)s::bigint GROUP BY x.key ORDER BY max(x.id) DESC LIMIT %(most)s
"""
_BOOKABLE = """
SELECT o.number, l.line_no, x.lot, x.expires_on, sum(x.quantity), bool_or(x.over), bool_and(a.order_line_id IS NOT NULL)
FROM handheld_tallyscan x JOIN purchasing_orderline l ON l.id = x.order_line_id
JOIN purchasing_purchaseorder o ON o.id = l.order_id
LEFT JOIN (SELECT DISTINCT y.order_line_id FROM purchasing_shipment s JOIN purchasing_shipmentline y
 ON y.shipment_id = s.id WHERE s.company_id = %(company)s::bigint AND s.number = %(shipment)s::text) a
 ON a.order_line_id = l.id
WHERE x.tally_id = %(tally)s::bigint AND NOT x.undone
GROUP BY o.number, l.line_no, x.lot, x.expires_on ORDER BY o.number, l.line_no, x.lot, x.expires_on
"""


@dataclass(frozen=True, slots=True)
class Bookable:
    """What a tally says of one line and lot."""

    order: str
    line: int
    lot: str
    expires_on: date | None
    quantity: Decimal
    over: bool
    shipped: bool


def tally_named(actor: Actor, work: str, *, lock: bool = False) -> Counting | None:
    """The tally of this person with the device's name for it; one statement."""
    sql = _TALLY + (" FOR NO KEY UPDATE OF t" if lock else "")
    found = db.row(sql, [actor.company_id, actor.user_id, work])
    return Counting(*found) if found else None


def must_exist(found: Counting | None, work: str) -> Counting:
    """The tally, else NotFound."""
    if found is None:
        raise NotFound(what=work)
    return found


def lines_at_dock(
    actor: Actor, tally: Counting, product_id: int | None = None, line_ids: list[int] | None = None
) -> list[DockLine]:
    """The lines that a tally can count, of one product or with these ids if named; one statement."""
    which = _NAMED if line_ids is not None else _OPEN if product_id is None else _OF_PRODUCT
    params = {
        "company": actor.company_id,
        "tally": tally.id,
        "orders": tally.orders,
        "shipment": tally.shipment,
        "product": product_id,
        "lines": line_ids or [],
    }
    return [DockLine(*row) for row in db.rows(_LINES.format(which=which), params)]


def bookable(actor: Actor, tally: Counting) -> list[Bookable]:
    """What was counted, by order line, lot and expiry; one statement."""
    params = {"company": actor.company_id, "tally": tally.id, "shipment": tally.shipment}
    return [Bookable(*row) for row in db.rows(_BOOKABLE, params)]


def scans_of(tally: Counting, most: int = SHOWN_SCANS) -> list[Row]:
    """The last scans, newest first; one statement."""
    return db.dicts(_SCANS, {"tally": tally.id, "most": most})


def live_scans(tally_id: int) -> int:
    """How many scans count."""
    found = db.row(
        "SELECT count(DISTINCT key) FROM handheld_tallyscan WHERE tally_id = %s::bigint AND NOT undone", [tally_id]
    )
    return int(found[0]) if found else 0


def codes_of(product_ids: list[int]) -> dict[int, list[tuple[str, Decimal]]]:
    """By which codes a scan finds these products, with the stock units that it stands for; one statement."""
    found: dict[int, list[tuple[str, Decimal]]] = {}
    for product_id, own, _is_stock, code, factor in db.rows(_CODES, [sorted(set(product_ids))]):
        entries = found.setdefault(product_id, [(own, Decimal(1))])
        if code:
            entries.append((code, factor))
    return found


def codes_of_products(actor: Actor, products: list[str]) -> dict[str, list[list[str]]]:
    """By which codes a scan finds these products (their codes), as devices get it; one statement."""
    found: dict[str, list[list[str]]] = {code: [[code, "1"]] for code in products}
    for product, code, factor in db.rows(_BARCODES, [actor.company_id, sorted(found)]):
        found[product].append([code, decimal_text(factor)])
    return found


def counted_before(actor: Actor, tally: Counting, ssccs: list[str], *, here: bool = True) -> tuple[str, str] | None:
    """Which of these pallets and parcels, of what stands on them or they stand on, counts already: on this delivery
    (``here``), or on one that is booked; and its receipt ("" for this delivery). One statement.
    """
    given = {"ssccs": ssccs, "company": actor.company_id, "tally": tally.id, "here": here}
    found = db.row(_TWICE, given)
    return (found[0], found[1]) if found else None


def pallets_on(tally_id: int) -> list[str]:
    """The pallets and parcels that count on a delivery as a whole; one statement."""
    return [row[0] for row in db.rows(_PALLETS, [tally_id])]


def is_blind(actor: Actor) -> bool:
    """Whether the company counts without knowing what is expected."""
    found = db.row("SELECT blind FROM handheld_settings WHERE company_id = %s::bigint", [actor.company_id])
    return bool(found and found[0])
