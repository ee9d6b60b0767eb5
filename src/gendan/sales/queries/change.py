"""A reviewed order as a change order holds it (gendan.changes.rules)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from gendan.changes.rules import Content, text
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound

HEADER = ("warehouse", "ship_to", "requested_on", "payment_terms", "customer_reference", "note", "back_order")
LINE = ("product", "quantity", "unit", "unit_price", "discount", "tax", "requested_on", "note", "description")
_HEADER = """
SELECT o.id, o.number, o.state, o.version, o.customer_id, c.code, c.name, o.salesperson_id, o.currency,
 o.gross * o.rate, o.minor_units, o.tax_included, o.ordered_on,
 w.code, o.ship_to_code, o.requested_on, o.payment_terms, o.customer_reference, o.note, o.back_order
FROM sales_salesorder o JOIN catalog_partner c ON c.id = o.customer_id JOIN catalog_warehouse w ON w.id = o.warehouse_id
WHERE o.company_id = %s::bigint AND o.number = %s::text
"""
# A line that was taken out, or written off before anything of it left, stays in the order, cancelled as a whole.
_LINES = """
SELECT l.id, l.line_no, p.code, p.name, u.code, u.name, l.quantity - l.cancelled, l.unit_price, l.discount,
 coalesce((SELECT x.code FROM catalog_tax x WHERE x.company_id = l.company_id AND x.rate = l.tax_rate
  ORDER BY x.id = p.tax_id DESC NULLS LAST, x.id LIMIT 1), ''),
 l.requested_on, l.note, l.description
FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE o.company_id = %s::bigint AND o.number = %s::text AND l.quantity > l.cancelled ORDER BY l.line_no
"""


@dataclass(frozen=True, slots=True)
class Terms:
    """What of an order does not change, and is needed to change the rest."""

    minor_units: int
    tax_included: bool
    ordered_on: date


@dataclass(frozen=True, slots=True)
class Changeable:
    """An order with what of it can change."""

    header: db.Row
    terms: Terms
    content: Content


def changeable(actor: Actor, number: str) -> Changeable:
    """The order. Errors: NotFound."""
    key = [actor.company_id, number]
    headers, lines = db.batch([(_HEADER, key), (_LINES, key)])
    if not headers:
        raise NotFound(what=number)
    found = headers[0]
    content: Content = dict(zip(HEADER, map(text, found[13:20]), strict=True))
    content["lines"] = [_line(row) for row in lines]
    return Changeable(found[:10], Terms(*found[10:13]), content)


def _line(row: db.Row) -> dict[str, Any]:
    id_, number, product, name, unit, unit_name, quantity, price, discount, tax, requested, note, description = row
    values = (product, quantity, unit, price, discount, tax, requested, note, description)
    names = {"id": id_, "line": number, "product_name": name, "unit_name": unit_name}
    return {**names, **dict(zip(LINE, map(text, values), strict=True))}
