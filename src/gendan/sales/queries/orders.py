"""Reading sales orders: lists by key, one order with its lines and deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.paging import Page, cut, decode, limited

VIEW_PRICE = "sales.view_price"
PRICES = frozenset({"net", "tax", "gross", "unit_price", "price_source", "discount"})


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What a list shall contain; empty is all. ``state`` may be ``open`` or ``all``."""

    state: str = ""
    customer: str = ""


_LIST = """
SELECT o.id, o.number, o.state, o.version, p.code AS customer, p.name AS customer_name, w.code AS warehouse, o.currency,
 o.gross, o.ordered_on, o.requested_on, o.customer_reference
FROM sales_salesorder o JOIN catalog_partner p ON p.id = o.customer_id JOIN catalog_warehouse w ON w.id = o.warehouse_id
WHERE o.company_id = %(company)s::bigint AND (%(after)s::bigint IS NULL OR o.id < %(after)s::bigint) {}
ORDER BY o.id DESC LIMIT %(limit)s::int
"""
_ORDER = """
SELECT o.id, o.number, o.state, o.version, p.code AS customer, p.name AS customer_name, w.code AS warehouse, o.currency,
 o.net, o.tax, o.gross, o.tax_included, o.ordered_on, o.requested_on, o.customer_reference, o.payment_terms, o.note,
 o.decision_note, o.ship_to_code, o.ship_to_name, o.ship_to_phone, o.ship_to_address, o.ship_to_country
FROM sales_salesorder o JOIN catalog_partner p ON p.id = o.customer_id JOIN catalog_warehouse w ON w.id = o.warehouse_id
WHERE o.company_id = %s::bigint AND o.number = %s::text
"""
_LINES = """
SELECT l.line_no AS line, p.code AS product, p.name AS product_name, u.code AS unit, l.quantity, l.unit_price,
 l.price_source, l.discount, l.tax_rate, l.net, l.tax, l.gross, l.requested_on, l.promised_on, l.expected_on,
 l.reserved, l.shipped, l.signed, l.cancelled, l.note
FROM sales_salesline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.order_id = (SELECT id FROM sales_salesorder WHERE company_id = %s::bigint AND number = %s::text)
ORDER BY l.line_no
"""
_DELIVERIES = """
SELECT DISTINCT d.id, d.number, d.state, d.carrier, d.tracking_number, d.shipped_on, d.signed_on, d.signed_by
FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id
JOIN sales_deliveryline dl ON dl.order_line_id = l.id JOIN sales_delivery d ON d.id = dl.delivery_id
WHERE o.company_id = %s::bigint AND o.number = %s::text ORDER BY d.id
"""


def order_list(actor: Actor, which: OrderFilter, limit: int | None = None, after: str = "") -> Page[dict[str, Any]]:
    """Orders newest first; one statement, by key."""
    conditions = []
    if which.state == "open":
        conditions.append("AND o.is_open")
    elif which.state not in {"", "all"}:
        conditions.append("AND o.state = %(state)s::text")
    if which.customer:
        conditions.append(
            "AND o.customer_id = (SELECT id FROM catalog_partner WHERE company_id = %(company)s::bigint"
            " AND code = %(customer)s::text)"
        )
    key = decode(after, 1)
    size = limited(limit)
    params = {
        "company": actor.company_id,
        "after": key[0] if key else None,
        "limit": size + 1,
        "state": which.state,
        "customer": which.customer,
    }
    found = db.dicts(_LIST.format(" ".join(conditions)), params)
    return cut([_seen(actor, row) for row in found], size, lambda row: [row["id"]])


def order_detail(actor: Actor, number: str) -> dict[str, Any]:
    """An order with ``lines`` and ``deliveries``; three statements. Errors: NotFound."""
    params = [actor.company_id, number]
    found = db.dicts(_ORDER, params)
    if not found:
        raise NotFound(what=number)
    lines = [_seen(actor, row) for row in db.dicts(_LINES, params)]
    return {**_seen(actor, found[0]), "lines": lines, "deliveries": db.dicts(_DELIVERIES, params)}


def _seen(actor: Actor, row: dict[str, Any]) -> dict[str, Any]:
    """The row without prices for those who may not see them."""
    if actor.may(VIEW_PRICE):
        return row
    return {name: None if name in PRICES else value for name, value in row.items()}
