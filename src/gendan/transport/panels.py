"""What transport adds to the page of a shipment: when it comes and by whose word, its place at a dock, its freight."""

from __future__ import annotations

from typing import Any

from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.purchasing.queries.panels import Panel
from gendan.transport.permissions import VIEW
from gendan.transport.queries.arrivals import arrival
from gendan.transport.queries.freight import freight_total
from gendan.transport.views.source import source_text


def shipment_panel(actor: Actor, shipment: dict[str, Any]) -> Panel | None:
    """When a shipment comes, where it is unloaded, and the way to plan both; three statements."""
    if not actor.may(VIEW) or shipment["state"] == "cancelled":
        return None
    try:
        found = arrival(actor, shipment["number"])
    except NotFound:  # shown although it is out of scope, for another reason
        return None
    data = {"shipment": found, "source": source_text(found), "freight": freight_total(actor, found["id"])}
    return Panel("transport/_shipment_panel.html", data)
