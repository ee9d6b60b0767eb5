"""Drafts as their forms show them, in two statements each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic

from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.purchasing.rules.draft import Draft, DraftLine
from gendan.purchasing.rules.merging import D
from gendan.purchasing.rules.requisitions import RequestDraft, RequestIn
from gendan.purchasing.rules.returned import ReturnDraft, ReturnDraftLine
from gendan.purchasing.rules.shipments import SHIPMENT_FIELDS, ShipmentDraft, ShipmentDraftLine

_HEADER = """
SELECT o.id, o.number, o.state, o.version, s.code, w.code, o.currency, o.ordered_on, o.tax_included,
 o.supplier_reference, o.note, s.name, w.name
FROM purchasing_purchaseorder o JOIN catalog_partner s ON s.id = o.supplier_id
JOIN catalog_warehouse w ON w.id = o.warehouse_id
WHERE o.company_id = %s::bigint AND o.number = %s::text
"""
_LINES = """
SELECT p.code, l.quantity, l.unit_price, u.code, l.required_on, l.discount,
 coalesce((SELECT x.code FROM catalog_tax x WHERE x.company_id = l.company_id AND x.rate = l.tax_rate
  ORDER BY x.id = p.tax_id DESC NULLS LAST, x.id LIMIT 1), ''),
 l.note, l.description, l.id, p.name
FROM purchasing_orderline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.order_id = %s::bigint ORDER BY l.line_no
"""
_REQUEST = """
SELECT r.id, r.state, r.version, w.code, r.required_on, r.reason
FROM purchasing_requisition r JOIN catalog_warehouse w ON w.id = r.warehouse_id
WHERE r.company_id = %s::bigint AND r.number = %s::text
"""
_REQUEST_LINES = """
SELECT p.code, l.quantity, u.code, l.required_on, coalesce(s.code, ''), l.note, l.id, p.name
FROM purchasing_requisitionline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
LEFT JOIN catalog_partner s ON s.id = l.supplier_id WHERE l.requisition_id = %s::bigint ORDER BY l.line_no
"""

_RETURN = """
SELECT r.id, r.state, r.version, r.settlement, r.contact, r.note, r.replace_on FROM purchasing_purchasereturn r
WHERE r.company_id = %s::bigint AND r.number = %s::text
"""
_RETURN_LINES = """
SELECT g.number, gl.line_no, x.quantity, x.reason, x.rejected, CASE WHEN x.rejected THEN '' ELSE place.code END, x.note,
 x.id
FROM purchasing_purchasereturnline x JOIN purchasing_receiptline gl ON gl.id = x.receipt_line_id
JOIN purchasing_goodsreceipt g ON g.id = gl.receipt_id JOIN catalog_location place ON place.id = x.location_id
WHERE x.purchase_return_id = %s::bigint ORDER BY x.line_no
"""


@dataclass(frozen=True, slots=True)
class Opened(Generic[D]):
    """A draft with its version; names by code for the form."""

    id: int
    number: str
    state: str
    version: int
    draft: D
    names: dict[str, str]


def draft_of(actor: Actor, number: str, *, whole: bool = False) -> Opened[Draft]:
    """What the form of an order opens with (``whole``: fields that the actor may not see, too); NotFound outside the
    company.
    """
    found = db.row(_HEADER, [actor.company_id, number])
    if found is None:
        raise NotFound(what=number)
    id_, _number, state, version, supplier, warehouse, currency, ordered_on, included, reference, note, *names = found
    rows = db.rows(_LINES, [id_])
    lines = tuple(DraftLine(*row[:10]) for row in rows)
    draft = Draft(supplier, warehouse, currency, ordered_on, included, reference, note, lines)
    draft = draft if whole else fields.blank(actor, "po", state, draft)
    shown = {f"product:{row[0]}": row[10] for row in rows} | {"supplier": names[0], "warehouse": names[1]}
    return Opened(id_, number, state, version, draft, shown)


def request_draft(actor: Actor, number: str, *, whole: bool = False) -> Opened[RequestDraft]:
    """What the form of a requisition opens with; NotFound outside the company."""
    found = db.row(_REQUEST, [actor.company_id, number])
    if found is None:
        raise NotFound(what=number)
    id_, state, version, warehouse, required_on, reason = found
    rows = db.rows(_REQUEST_LINES, [id_])
    draft = RequestDraft(warehouse, required_on, reason, tuple(RequestIn(*row[:7]) for row in rows))
    draft = draft if whole else fields.blank(actor, "requisition", state, draft)
    return Opened(id_, number, state, version, draft, {f"product:{row[0]}": row[7] for row in rows})


def return_draft(actor: Actor, number: str) -> Opened[ReturnDraft]:
    """What the form of a return to a supplier opens with; NotFound outside the company."""
    found = db.row(_RETURN, [actor.company_id, number])
    if found is None:
        raise NotFound(what=number)
    id_, state, version, settlement, contact, note, replace_on = found
    lines = tuple(ReturnDraftLine(*row) for row in db.rows(_RETURN_LINES, [id_]))
    return Opened(id_, number, state, version, ReturnDraft(settlement, contact, note, replace_on, lines), {})


def shipment_draft(shipment: Mapping[str, Any]) -> ShipmentDraft:
    """What the form of a shipment (shipments.shipment_detail) opens with."""
    lines = tuple(ShipmentDraftLine(line["quantity"], line["line"]) for line in shipment["lines"])
    return ShipmentDraft(**{name: shipment[name] for name in SHIPMENT_FIELDS}, lines=lines)
