"""An inquiry as its form wants it."""

from __future__ import annotations

from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.sourcing.permissions import VIEW
from gendan.sourcing.rules.draft import InquiryDraft
from gendan.sourcing.rules.inquiry import LineIn, SourceIn, SupplierIn

_HEAD = """
SELECT q.id, q.state, q.version, w.code, q.title, q.closes_at, q.sealed, q.note
FROM sourcing_inquiry q JOIN catalog_warehouse w ON w.id = q.warehouse_id
WHERE q.company_id = %s::bigint AND q.number = %s::text
"""
_LINES = """
SELECT l.id, p.code, l.quantity, u.code, l.required_on, l.target_price, l.note, w.code, p.name
FROM sourcing_inquiryline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
JOIN catalog_warehouse w ON w.id = l.warehouse_id WHERE l.inquiry_id = %s::bigint ORDER BY l.line_no
"""
_SOURCES = """
SELECT s.line_id, r.number, rl.line_no, s.quantity FROM sourcing_inquirysource s
JOIN sourcing_inquiryline l ON l.id = s.line_id JOIN purchasing_requisitionline rl ON rl.id = s.requisition_line_id
JOIN purchasing_requisition r ON r.id = rl.requisition_id WHERE l.inquiry_id = %s::bigint ORDER BY s.id
"""
_SUPPLIERS = """
SELECT p.code, i.email, i.recipient, i.language, p.name FROM sourcing_invitation i
JOIN catalog_partner p ON p.id = i.partner_id WHERE i.inquiry_id = %s::bigint ORDER BY i.id
"""


def inquiry_draft(actor: Actor, number: str, *, whole: bool = False) -> tuple[InquiryDraft, dict[str, Any]]:
    """The draft, and its id, state, version and the names behind its codes; four statements. ``whole``: for a command,
    whatever the actor may see.
    """
    if not whole:
        actor.must(VIEW)
    found = db.row(_HEAD, [actor.company_id, number])
    if found is None:
        raise NotFound(what=number)
    id_, state, version, warehouse, title, closes_at, sealed, note = found
    sources: dict[int, list[SourceIn]] = {}
    for line_id, requisition, line, quantity in db.rows(_SOURCES, [id_]):
        sources.setdefault(line_id, []).append(SourceIn(requisition, line, quantity))
    lines, names = [], dict[str, str]()
    for row in db.rows(_LINES, [id_]):
        names[f"product:{row[1]}"] = row[8]
        lines.append(LineIn(*(*row[1:8], tuple(sources.get(row[0], ())))))
    suppliers = []
    for row in db.rows(_SUPPLIERS, [id_]):
        names[f"supplier:{row[0]}"] = row[4]
        suppliers.append(SupplierIn(*row[:4]))
    draft = InquiryDraft(warehouse, title, closes_at, sealed, note, tuple(lines), tuple(suppliers))
    return draft, {"id": id_, "number": number, "state": state, "version": version, "names": names}
