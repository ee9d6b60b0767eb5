"""What a printed quotation shows: two statements for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import NotFound
from gendan.sales.models import Quotation
from gendan.sales.permissions import VIEW
from gendan.sales.queries.orders import VIEW_PRICE

Row = dict[str, Any]
HIDDEN = ("unit_price", "discount", "net", "tax", "gross")
_QUOTATIONS = """
SELECT q.id, q.number, q.state, q.currency, q.quoted_on, q.valid_to, q.payment_terms, q.customer_reference, q.note,
 q.net, q.tax, q.gross, q.ship_to_name, q.ship_to_address, c.code AS customer, c.name AS customer_name,
 c.address AS customer_address, coalesce(u.name, '') AS salesperson, coalesce(u.phone, '') AS salesperson_phone
FROM unnest(%s::text[]) WITH ORDINALITY AS asked(number, place)
JOIN sales_quotation q ON q.company_id = %s::bigint AND q.number = asked.number
JOIN catalog_partner c ON c.id = q.customer_id LEFT JOIN accounts_user u ON u.id = q.salesperson_id
ORDER BY asked.place
"""
_LINES = """
SELECT l.quotation_id AS document, l.line_no AS line, p.code AS product, p.name AS product_name, p.specification,
 l.description, u.name AS unit_name, l.quantity, l.unit_price, l.discount, l.tax_rate, l.net, l.tax, l.gross,
 l.requested_on, l.note
FROM sales_quotationline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.quotation_id = ANY(%s::bigint[]) ORDER BY l.quotation_id, l.line_no
"""


def sees(actor: Actor) -> list[str]:
    """What of a quotation the actor sees on paper."""
    return [VIEW_PRICE] if actor.may(VIEW_PRICE) else []


def quotations_on_paper(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Quotations with their lines as customers get them; without prices for who may not see them."""
    actor.must(VIEW)
    found = db.dicts(_QUOTATIONS, [list(numbers), actor.company_id])
    known = {row["number"] for row in found}
    if missing := [number for number in numbers if number not in known]:
        raise NotFound(what=missing[0])
    lines: dict[int, list[Row]] = defaultdict(list)
    for line in db.dicts(_LINES, [[row["id"] for row in found]]):
        lines[line["document"]].append(line)
    for row in found:
        row["lines"] = lines[row["id"]]
        row["title"] = row["customer_name"]
        row["valid"] = row["state"] in {"sent", "won"}
        row["state_label"] = state_label(Quotation, row["state"])
        row["priced"] = actor.may(VIEW_PRICE)
        row["discounted"] = any(line["discount"] for line in row["lines"])
        if not row["priced"]:
            for each in (row, *row["lines"]):
                each.update({name: None for name in HIDDEN if name in each})
        row["lines"] = fields.mask(actor, "quotation", row["lines"], row["state"])
    return fields.mask_of(actor, "partner", fields.mask(actor, "quotation", found), "address", "tax_id")
