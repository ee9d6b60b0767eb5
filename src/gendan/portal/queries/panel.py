"""What the page of a sales order shows of its customer's links."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from gendan.kernel import fields
from gendan.kernel.actor import Actor
from gendan.portal import rules
from gendan.portal.permissions import VIEW
from gendan.portal.queries.links import SHOWN, links_of, messages_of
from gendan.sales.models.order import LIVE_STATES
from gendan.sales.queries.panels import Panel


def panel(actor: Actor, order: dict[str, Any]) -> Panel | None:
    """Links with their state, and the questions of customers; two statements."""
    if not actor.may(VIEW):
        return None
    hidden = fields.hides(actor, "so", *SHOWN)
    data = {
        "number": order["number"],
        "links": links_of(actor, order["id"]),
        "messages": messages_of(actor.company_id, order["id"]),
        "languages": list(settings.LANGUAGES),
        "days": rules.DAYS,
        "may_create": actor.may("portal.create_link") and order["state"] in LIVE_STATES and not hidden,
        "may_revoke": actor.may("portal.revoke_link"),
        "may_answer": actor.may("portal.answer_question"),
    }
    return Panel("portal/_panel.html", data)
