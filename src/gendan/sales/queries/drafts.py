"""A sales order as its form shows it, in two statements."""

from __future__ import annotations

from dataclasses import replace

from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.purchasing.queries.drafts import Opened
from gendan.sales.rules.draft import Draft, DraftLine

_HEADER = """
SELECT o.id, o.state, o.version, p.code, w.code, o.currency, o.ship_to_code, o.ordered_on, o.requested_on,
 o.tax_included, o.customer_reference, o.note, o.back_order, p.name, w.name
FROM sales_salesorder o JOIN catalog_partner p ON p.id = o.customer_id JOIN catalog_warehouse w ON w.id = o.warehouse_id
WHERE o.company_id = %s::bigint AND o.number = %s::text
"""
# A line that was taken out of a reviewed order stays, cancelled; the form does not show it.
_LINES = """
SELECT p.code, l.quantity, l.unit_price, u.code, l.requested_on, l.discount,
 coalesce((SELECT x.code FROM catalog_tax x WHERE x.company_id = l.company_id AND x.rate = l.tax_rate
  ORDER BY x.id = p.tax_id DESC NULLS LAST, x.id LIMIT 1), ''),
 l.note, l.description, l.id, p.name
FROM sales_salesline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.order_id = %s::bigint AND (l.cancelled < l.quantity OR %s::boolean) ORDER BY l.line_no
"""


def draft_of(actor: Actor, number: str, *, whole: bool = False) -> Opened[Draft]:
    """What the form of an order opens with; all its lines when it was cancelled; ``whole``: hidden fields, too.

    Errors: NotFound outside the company.
    """
    found = db.row(_HEADER, [actor.company_id, number])
    if found is None:
        raise NotFound(what=number)
    id_, state, version, *header, customer, warehouse = found
    rows = db.rows(_LINES, [id_, state == "cancelled"])
    draft = replace(Draft(*header), lines=tuple(DraftLine(*row[:10]) for row in rows))
    draft = draft if whole else fields.blank(actor, "so", state, draft)
    shown = {f"product:{row[0]}": row[10] for row in rows} | {"customer": customer, "warehouse": warehouse}
    return Opened(id_, number, state, version, draft, shown)


_USUAL = """
SELECT w.code FROM (SELECT warehouse_id, created_by_id, id FROM sales_salesorder
 WHERE company_id = %(company)s::bigint ORDER BY id DESC LIMIT 100) o
JOIN catalog_warehouse w ON w.id = o.warehouse_id AND w.is_active
ORDER BY o.created_by_id IS NOT DISTINCT FROM %(user)s::bigint DESC, o.id DESC LIMIT 1
"""


def usual_warehouse(actor: Actor, choices: list[tuple[str, str]]) -> str:
    """What a new form starts with: the only one, else what the person, else the company sold from last; or nothing."""
    if len(choices) < 2:
        return choices[0][0] if choices else ""
    found = db.row(_USUAL, {"company": actor.company_id, "user": actor.user_id})
    return str(found[0]) if found else ""


def address_name(actor: Actor, customer: str, code: str) -> str:
    """Name and address behind the code of a customer's address."""
    if not code:
        return ""
    found = db.row(
        "SELECT a.name, a.address FROM catalog_partneraddress a JOIN catalog_partner p ON p.id = a.partner_id"
        " WHERE p.company_id = %s::bigint AND p.code = %s::text AND a.code = %s::text",
        [actor.company_id, customer, code],
    )
    return f"{found[0]} {found[1]}".strip() if found else code
