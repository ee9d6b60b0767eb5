"""An approved order as a change order holds it (gendan.changes.rules)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from gendan.changes.rules import Content, text
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound

HEADER = ("warehouse", "payment_terms", "supplier_reference", "note")
_HEADER = """
SELECT o.id, o.number, o.state, o.version, o.supplier_id, s.code, s.name, o.buyer_id, o.currency, o.gross * o.rate,
 o.rate, o.minor_units, o.tax_included, o.ordered_on, w.code, o.payment_terms, o.supplier_reference, o.note
FROM purchasing_purchaseorder o JOIN catalog_partner s ON s.id = o.supplier_id
JOIN catalog_warehouse w ON w.id = o.warehouse_id
WHERE o.company_id = %s::bigint AND o.number = %s::text
"""
# A line that was taken out stays in the order, cancelled as a whole.
_LINES = """
SELECT l.id, l.line_no, p.code, p.name, u.code, u.name, l.quantity - l.cancelled, l.unit_price, l.discount,
 coalesce((SELECT x.code FROM catalog_tax x WHERE x.company_id = l.company_id AND x.rate = l.tax_rate
  ORDER BY x.id = p.tax_id DESC NULLS LAST, x.id LIMIT 1), ''),
 l.required_on, l.note, l.description, l.promise_parts
FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON l.order_id = o.id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE o.company_id = %s::bigint AND o.number = %s::text AND l.quantity > l.cancelled ORDER BY l.line_no
"""
LINE = ("product", "quantity", "unit", "unit_price", "discount", "tax", "required_on", "note", "description")


@dataclass(frozen=True, slots=True)
class Terms:
    """What of an order does not change, and is needed to change the rest."""

    rate: Decimal
    minor_units: int
    tax_included: bool
    ordered_on: date


@dataclass(frozen=True, slots=True)
class Changeable:
    """An order with what of it can change."""

    header: db.Row
    terms: Terms
    content: Content
    answered: bool


def changeable(actor: Actor, number: str) -> Changeable:
    """The order. Errors: NotFound."""
    key = [actor.company_id, number]
    headers, lines = db.batch([(_HEADER, key), (_LINES, key)])
    if not headers:
        raise NotFound(what=number)
    found = headers[0]
    content: Content = dict(zip(HEADER, map(text, found[14:18]), strict=True))
    content["lines"] = [_line(row) for row in lines]
    return Changeable(found[:10], Terms(*found[10:14]), content, any(row[13] for row in lines))


def _line(row: db.Row) -> dict[str, Any]:
    id_, number, product, name, unit, unit_name, quantity, price, discount, tax, required, note, description, _p = row
    values = (product, quantity, unit, price, discount, tax, required, note, description)
    names = {"id": id_, "line": number, "product_name": name, "unit_name": unit_name}
    return {**names, **dict(zip(LINE, map(text, values), strict=True))}
