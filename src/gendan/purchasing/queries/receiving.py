"""What a scanned or typed code means at the receiving desk, and what is open there."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from gendan.catalog.queries import product_by_barcode
from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.purchasing.models.receipt import NOTE_KEY
from gendan.purchasing.queries.lines import REFUSED_OPEN

VIEW = "purchasing.view"
ZERO = Decimal(0)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a code stands for. ``kind``: order, shipment, product, booked (a delivery note or receipt that"
    " exists), unknown.

    ``number`` is the document; ``choices`` the orders that a product is expected with.
    """

    kind: str
    code: str
    number: str = ""
    choices: list[Row] = field(default_factory=list)
    product: Row = field(default_factory=dict)


_DOCUMENTS = """
SELECT 1 AS rank, 'order' AS kind, o.number, o.state FROM purchasing_purchaseorder o
WHERE o.company_id = %(company)s::bigint AND o.number IN (%(number)s::text, %(order)s::text)
UNION ALL
SELECT 2, 'shipment', s.number, s.state FROM purchasing_shipment s
WHERE s.company_id = %(company)s::bigint AND s.number IN (%(number)s::text)
UNION ALL
SELECT 3, 'booked', r.number, r.state FROM purchasing_goodsreceipt r
WHERE r.company_id = %(company)s::bigint AND r.number = %(number)s::text
UNION ALL
SELECT 4, 'shipment', s.number, s.state FROM purchasing_shipment s WHERE s.company_id = %(company)s::bigint
 AND {tracking} = {asked} AND s.tracking_number <> '' AND s.state <> 'cancelled'
UNION ALL
SELECT 5, 'shipment', s.number, s.state FROM purchasing_shipment s
WHERE s.company_id = %(company)s::bigint AND s.is_open AND s.supplier_reference <> '' AND {reference} = {asked}
UNION ALL
SELECT 6, 'booked', r.number, r.state FROM purchasing_goodsreceipt r WHERE r.company_id = %(company)s::bigint
 AND {key} = {asked} AND r.delivery_note <> '' AND r.state <> 'reversed' AND r.reverses_id IS NULL
ORDER BY rank, number DESC LIMIT 1
""".format(
    key=NOTE_KEY.format("r.delivery_note"),
    tracking=NOTE_KEY.format("s.tracking_number"),
    reference=NOTE_KEY.format("s.supplier_reference"),
    asked=NOTE_KEY.format("%(code)s::text"),
)
_EXPECTED = """
SELECT o.number, s.name AS supplier_name, u.name AS unit_name, sum(l.quantity - l.cancelled - l.received) AS open,
 min(l.due_on) AS due_on, greatest(%(today)s::date - min(l.due_on), 0) AS days_late
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN catalog_partner s ON s.id = l.supplier_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.company_id = %(company)s::bigint AND l.is_open AND l.product_id = %(product)s::bigint{within}
GROUP BY o.number, s.name, u.name ORDER BY min(l.due_on) NULLS LAST, o.number LIMIT 20
"""
_LINES = """
SELECT l.id, o.number AS order_number, l.line_no AS line, pr.code AS product, pr.name AS product_name, pr.specification,
 pr.lot_tracked, pr.inspect, u.name AS unit_name, u.decimals, l.quantity - l.cancelled AS ordered, l.received,
 greatest(l.quantity - l.cancelled - l.received, 0) AS open, l.over_tolerance, l.due_on,
 {refused} AS refused,
 greatest(%(today)s::date - l.due_on, 0) AS days_late, l.expected_on, {announced}
 (SELECT coalesce(json_agg(json_build_object('code', b.code, 'factor', (coalesce(pu.factor, 1) / l.factor)::text)),
 '[]')::text
  FROM catalog_barcode b LEFT JOIN catalog_productunit pu ON pu.product_id = b.product_id AND pu.unit_id = b.unit_id
   AND b.unit_id <> pr.unit_id WHERE b.product_id = pr.id) AS barcodes, (1 / l.factor)::text AS one
FROM {source}
JOIN purchasing_purchaseorder o ON o.id = l.order_id JOIN catalog_product pr ON pr.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id WHERE {where} ORDER BY o.id, l.line_no
"""


def scanned(actor: Actor, code: str) -> Scanned:
    """What the code stands for: a document before a product, in any case and width; two or three statements."""
    actor.must(VIEW)
    code = code.strip()
    plain = unicodedata.normalize("NFKC", code).strip()
    number = plain.upper()
    order = f"PO-{int(plain):06d}" if plain.isdecimal() and len(plain) <= 9 else number
    found = db.row(_DOCUMENTS, {"company": actor.company_id, "number": number, "order": order, "code": code})
    if found and not _hidden(actor, found[2]):
        return Scanned(found[1], code, found[2])
    product = product_by_barcode(actor, code)
    if product is None:
        return Scanned("unknown", code)
    expected = _EXPECTED.format(within=scope.also(actor, "po_line", "l"))
    choices = db.dicts(expected, {"company": actor.company_id, "product": product["id"], "today": actor.today()})
    return Scanned("product", code, choices[0]["number"] if len(choices) == 1 else "", choices, product)


def _hidden(actor: Actor, number: str) -> bool:
    try:
        scope.demand(actor, number)
    except NotFound:
        return True
    return False


def lines_to_receive(actor: Actor, *, order: str = "", shipment: str = "") -> list[Row]:
    """What is open of an order, or of a shipment (``announced``: what it brings of each line); one statement.

    ``barcodes`` are the codes by which a scan finds the line, with the quantity (line's unit) that one scan counts.
    """
    actor.must(VIEW)
    params: dict[str, Any] = {"company": actor.company_id, "today": actor.today()}
    if shipment:
        params["number"] = shipment
        sql = _LINES.format(
            refused=REFUSED_OPEN,
            announced="sl.open AS announced, sl.lots AS announced_lot,",
            source="(SELECT x.order_line_id, sum(greatest(x.quantity - x.received, 0)) AS open,"
            " min(x.lot_code) AS lots FROM purchasing_shipment s JOIN purchasing_shipmentline x ON x.shipment_id = s.id"
            " WHERE s.company_id = %(company)s::bigint AND s.number = %(number)s::text AND s.is_open GROUP BY 1) sl"
            " JOIN purchasing_orderline l ON l.id = sl.order_line_id",
            where="l.live AND sl.open > 0",
        )
    else:
        params["number"] = order
        sql = _LINES.format(
            refused=REFUSED_OPEN,
            announced="NULL::numeric AS announced, ''::text AS announced_lot,",
            source="purchasing_purchaseorder x JOIN purchasing_orderline l ON l.order_id = x.id",
            where="x.company_id = %(company)s::bigint AND x.number = %(number)s::text AND l.is_open",
        )
    rows = db.dicts(sql, params)
    for row in rows:
        row["barcodes"] = [{"code": row["product"], "factor": row["one"]}, *json.loads(row["barcodes"])]
        row["most"] = row["open"] if row["announced"] is None else row["announced"]
        row["suggested"] = max(row["open"] - row["refused"], ZERO) if row["announced"] is None else row["announced"]
    return rows


def document_to_receive(actor: Actor, *, order: str = "", shipment: str = "") -> Row | None:
    """The order or shipment at the receiving desk: number, state, supplier, warehouse, shipments under way;"
    " one statement."""
    actor.must(VIEW)
    table, number = ("purchasing_shipment", shipment) if shipment else ("purchasing_purchaseorder", order)
    found = db.dicts(
        "SELECT d.number, d.state, p.code AS supplier, p.name AS supplier_name, w.code AS warehouse, w.name AS"
        " warehouse_name,"
        f" {'d.carrier, d.tracking_number, d.supplier_reference,' if shipment else ''}"
        " coalesce((SELECT dl.code FROM catalog_location dl WHERE dl.id = w.default_location_id), '') AS default_bin,"
        " EXISTS (SELECT 1 FROM catalog_location b WHERE b.warehouse_id = w.id AND b.kind = 'bin' AND b.is_active"
        "  AND b.id <> w.default_location_id) AS has_bins"
        f" FROM {table} d JOIN catalog_partner p ON p.id = d.supplier_id JOIN catalog_warehouse w ON w.id ="
        f" d.warehouse_id"
        " WHERE d.company_id = %s::bigint AND d.number = %s::text",
        [actor.company_id, number],
    )
    return found[0] if found else None


def shipments_under_way(actor: Actor, order: str) -> list[Row]:
    """Open shipments that bring goods of an order: the receiver may mean one of them; one statement."""
    return db.dicts(
        "SELECT s.number, s.state, s.carrier, s.tracking_number, s.expected_on, sum(sl.quantity - sl.received) AS open,"
        " count(*) AS lines, count(DISTINCT l.product_id) AS products"
        " FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON l.order_id = o.id"
        " JOIN purchasing_shipmentline sl ON sl.order_line_id = l.id AND sl.quantity > sl.received"
        " JOIN purchasing_shipment s ON s.id = sl.shipment_id AND s.is_open"
        " WHERE o.company_id = %s::bigint AND o.number = %s::text GROUP BY s.id ORDER BY s.expected_on NULLS"
        " LAST, s.id",
        [actor.company_id, order],
    )
