"""A draft as its form shows it, in two statements."""

from __future__ import annotations

from dataclasses import dataclass

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.purchasing.rules.draft import Draft, DraftLine

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


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft with its version; names by code for the form."""

    id: int
    number: str
    state: str
    version: int
    draft: Draft
    names: dict[str, str]


def draft_of(actor: Actor, number: str) -> Opened:
    """What the form of an order opens with; NotFound outside the company."""
    found = db.row(_HEADER, [actor.company_id, number])
    if found is None:
        raise NotFound(what=number)
    id_, _number, state, version, supplier, warehouse, currency, ordered_on, included, reference, note, *names = found
    rows = db.rows(_LINES, [id_])
    lines = tuple(DraftLine(*row[:10]) for row in rows)
    draft = Draft(supplier, warehouse, currency, ordered_on, included, reference, note, lines)
    shown = {f"product:{row[0]}": row[10] for row in rows} | {"supplier": names[0], "warehouse": names[1]}
    return Opened(id_, number, state, version, draft, shown)
