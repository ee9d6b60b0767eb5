"""What the page of a purchase order shows of its supplier: sent, seen, answered, and what the supplier wants."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings

from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.queries.orders import VIEW_PRICE
from gendan.purchasing.queries.panels import Panel
from gendan.purchasing.queries.sending import SEND, links_of, sees_it, sending_of
from gendan.purchasing.steps.sending import DAYS

_ANSWERS = """
SELECT a.at, a.name, a.note, a.lines::text AS lines, a.change FROM portal_supplieranswer a
WHERE a.company_id = %s::bigint AND a.order_id = %s::bigint ORDER BY a.id DESC LIMIT 20
"""
_PROGRESS = """
SELECT DISTINCT ON (g.line_id) l.line_no AS line, p.name AS product_name, g.percent, g.step, g.note, g.name, g.at
FROM portal_progress g JOIN purchasing_orderline l ON l.id = g.line_id JOIN catalog_product p ON p.id = l.product_id
WHERE g.company_id = %s::bigint AND g.order_id = %s::bigint ORDER BY g.line_id, g.id DESC
"""
_CHANGES = """
SELECT c.number, c.state, c.version, c.reason FROM changes_changeorder c
WHERE c.company_id = %s::bigint AND c.order_kind = 'po' AND c.order_id = %s::bigint AND c.origin = 'partner'
 AND c.state = 'draft' AND c.created_by_id IS NULL ORDER BY c.id
"""
_CONTACT = """
SELECT k.name, k.email FROM purchasing_purchaseorder o JOIN catalog_contact k ON k.partner_id = o.supplier_id
WHERE o.id = %s::bigint ORDER BY k.email = '', k.is_main DESC, k.id LIMIT 1
"""


BLANK: dict[str, Any] = {"parts": [], "price": "", "product": "", "text": "", "note": ""}


def answers_of(actor: Actor, order_id: int) -> list[dict[str, Any]]:
    """What the supplier said about an order, newest first; without prices and days for who may not see them."""
    found = db.dicts(_ANSWERS, [actor.company_id, order_id])
    hidden = set() if actor.may(VIEW_PRICE) else {"price"}
    if fields.hides(actor, "po", "required_on", "promised_on"):
        hidden.add("parts")
    for row in found:
        row["lines"] = [
            {**BLANK, **{name: value for name, value in line.items() if name not in hidden}}
            for line in json.loads(row["lines"])
        ]
    return found


def supplier_panel(actor: Actor, order: dict[str, Any]) -> Panel | None:
    """The state at the supplier, links, answers, progress; a fixed number of statements."""
    if order["state"] not in LIVE_STATES | {"closed"}:
        return None
    contact = db.row(_CONTACT, [order["id"]])
    links = links_of(actor, order["id"], order["number"])
    sending = sending_of(actor, order["id"])
    if not links and not sees_it(actor):
        return None
    company = [actor.company_id, order["id"]]
    data = {
        "number": order["number"],
        "version": order["version"],
        "sending": sending,
        "links": links,
        "answers": answers_of(actor, order["id"]),
        "progress": db.dicts(_PROGRESS, company),
        "changes": db.dicts(_CHANGES, company),
        "contact": {"name": contact[0], "email": contact[1]} if contact else {"name": "", "email": ""},
        "languages": list(settings.LANGUAGES),
        "days": DAYS,
        "may_send": sees_it(actor) and order["state"] in LIVE_STATES,
        "may_revoke": actor.may(SEND),
        "may_change": actor.may("changes.create_change") and actor.may("purchasing.update_order"),
    }
    return Panel("portal/_supplier_panel.html", data)
