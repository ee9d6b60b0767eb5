"""What a printed order confirmation shows: two statements for any number of orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from gendan.changes.queries import on_paper
from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import NotFound
from gendan.sales.models import SalesOrder
from gendan.sales.permissions import VIEW
from gendan.sales.queries.orders import VIEW_PRICE

Row = dict[str, Any]
HIDDEN = ("unit_price", "discount", "net", "tax", "gross")
UNCONFIRMED = frozenset({"draft", "pending_review", "rejected", "cancelled"})
_ORDERS = """
SELECT o.id, o.number, o.state, o.currency, o.ordered_on, o.payment_terms, o.customer_reference, o.note, o.net, o.tax,
 o.gross, o.ship_to_name, o.ship_to_phone, o.ship_to_address, o.ship_to_country, c.code AS customer,
 c.name AS customer_name, c.address AS customer_address, coalesce(u.name, '') AS salesperson,
 coalesce(u.phone, '') AS salesperson_phone,
 coalesce((SELECT max(v.revision) FROM changes_orderversion v WHERE v.order_kind = 'so' AND v.order_id = o.id), 1)
  AS revision
FROM unnest(%s::text[]) WITH ORDINALITY AS asked(number, place)
JOIN sales_salesorder o ON o.company_id = %s::bigint AND o.number = asked.number
JOIN catalog_partner c ON c.id = o.customer_id LEFT JOIN accounts_user u ON u.id = o.salesperson_id
ORDER BY asked.place
"""
_LINES = """
SELECT l.order_id AS document, l.line_no AS line, p.code AS product, p.name AS product_name, p.specification,
 l.description, u.name AS unit_name, l.quantity, l.cancelled, l.unit_price, l.discount, l.tax_rate, l.net, l.tax,
 l.gross, coalesce(l.promised_on, l.requested_on) AS due_on, l.note
FROM sales_salesline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.order_id = ANY(%s::bigint[]) ORDER BY l.order_id, l.line_no
"""


def orders_on_paper(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Orders with their lines as customers get them confirmed; without prices for who may not see them.
    ``SO-000001@2`` is the second version of an order.
    """
    actor.must(VIEW)
    return [_for(actor, order) for order in on_paper(actor, "so", numbers, whole_orders)]


def whole_orders(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Orders with their lines as they stand, prices and all, for who keeps versions of them."""
    found = db.dicts(_ORDERS, [list(numbers), actor.company_id])
    known = {row["number"] for row in found}
    if missing := [number for number in numbers if number not in known]:
        raise NotFound(what=missing[0])
    lines: dict[int, list[Row]] = defaultdict(list)
    for line in db.dicts(_LINES, [[row["id"] for row in found]]):
        lines[line["document"]].append(line)
    for row in found:
        row["lines"] = lines[row["id"]]
        row["title"] = row["customer_name"]
        row["valid"] = row["state"] not in UNCONFIRMED
        row["state_label"] = state_label(SalesOrder, row["state"])
        row["discounted"] = any(line["discount"] for line in row["lines"])
    return found


def _for(actor: Actor, order: Row) -> Row:
    """The order as the actor may see it."""
    shown = {**order, "lines": [dict(line) for line in order["lines"]], "priced": actor.may(VIEW_PRICE)}
    if not shown["priced"]:
        for each in (shown, *shown["lines"]):
            each.update({name: None for name in HIDDEN if name in each})
    shown["lines"] = fields.mask(actor, "so", shown["lines"], shown["state"])
    return fields.mask_of(actor, "partner", fields.mask(actor, "so", [shown]), "address", "tax_id")[0]
