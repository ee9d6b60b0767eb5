"""A shipment and its carrier: its numbers are followed, and what the carrier says moves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from gendan.carriers import steps as carriers
from gendan.carriers.steps import Change, Named
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import step
from gendan.purchasing.models.receipt import NOTE_KEY
from gendan.purchasing.steps import progress, shipment
from gendan.purchasing.steps.order import lock_orders
from gendan.purchasing.steps.shipment import LockedShipment

FIELDS = ("carrier", "tracking_number", "shipped_on")
HANDED_OVER = time(9)  # when on its day a shipment is taken to have left
ON_ITS_WAY = frozenset({"picked_up", "in_transit", "out_for_delivery"})
_ORDERS = """
SELECT DISTINCT o.number FROM purchasing_shipmentline sl JOIN purchasing_orderline l ON l.id = sl.order_line_id
JOIN purchasing_purchaseorder o ON o.id = l.order_id WHERE sl.shipment_id = ANY(%s::bigint[])
"""


_NAMING = f"""
SELECT s.id, s.number, s.carrier, s.tracking_number, s.shipped_on FROM purchasing_shipment s
WHERE s.company_id = %(company)s::bigint AND s.is_open AND s.state IN ('announced', 'in_transit')
 AND s.tracking_number <> '' AND {NOTE_KEY.format("s.carrier")} = ANY(%(names)s::text[])
ORDER BY s.id DESC LIMIT %(limit)s::int
"""


@step
def follow(actor: Actor, subject: Subject, header: Mapping[str, Any]) -> None:
    """Have the carrier asked about the numbers of a shipment."""
    day = header["shipped_on"]
    carriers.track(
        actor, subject, header["carrier"] or "", header["tracking_number"] or "", since=_handed_over(actor, day)
    )


def _handed_over(actor: Actor, day: date | None) -> datetime | None:
    return datetime.combine(day, HANDED_OVER, actor.zone) if day else None


@step
def follow_changed(actor: Actor, found: LockedShipment, new: Mapping[str, Any]) -> None:
    """Follow what a shipment's carrier and numbers are after a change; those it had before are forgotten."""
    header = {name: new.get(name, getattr(found, name)) for name in FIELDS}
    if (header["carrier"], header["tracking_number"]) != (found.carrier, found.tracking_number):
        forget(found)
    follow(actor, found.subject, header)


@step
def forget(found: LockedShipment) -> None:
    """Have it asked about no number of the shipment any more."""
    if found.tracking_number:
        carriers.untrack(found.subject)


class Shipments:
    """What a carrier's news does to shipments: they leave, are expected on another day, arrive."""

    def lock(self, actor: Actor, documents: Sequence[Subject]) -> list[LockedShipment]:
        if len(documents) > 1:  # the orders of all of them first, by id
            numbers = [row[0] for row in db.rows(_ORDERS, [db.array(document.id for document in documents)])]
            lock_orders(actor, numbers)
        return [shipment.lock_shipment(actor, document.number) for document in documents]

    def changed(self, actor: Actor, locked: list[LockedShipment], documents: Sequence[Subject], change: Change) -> None:
        concerned = {document.id for document in documents}
        for found in locked:
            if found.id in concerned:
                _move(actor, found, change)

    def naming(self, actor: Actor, names: Sequence[str], limit: int) -> list[Named]:
        found = db.rows(_NAMING, {"company": actor.company_id, "names": list(names), "limit": limit})
        return [
            Named(Subject("asn", id_, number), carrier, tracking, _handed_over(actor, day))
            for id_, number, carrier, tracking, day in found
        ]


def _move(actor: Actor, found: LockedShipment, change: Change) -> None:
    """Bring one shipment to what its carrier says; one that people have taken further is left alone."""
    if found.state not in {"announced", "in_transit"} or change.at is None:
        return
    day = min((change.delivered_at or change.at).astimezone(actor.zone).date(), actor.today())
    if change.status == "delivered" and change.is_last(found.subject):
        shipment.arrive(actor, found, max(day, found.shipped_on or day))
        return
    if found.state == "announced" and change.status in ON_ITS_WAY:
        found = shipment.dispatch(actor, found, day)
    new = change.expected_for(found.subject)
    if new is None or new == found.expected_on or (found.shipped_on and new < found.shipped_on):
        return
    shipment.expect(actor, shipment.open_totals(found), new, "carrier", found.number)
    progress.save(actor, found.orders, found.order_lines, shipment.lines_behind(found))
    shipment.save_shipment(found, found.state, expected_on=new)
    changes = {"expected_on": [str(found.expected_on or ""), str(new)]}
    record("purchasing.shipment_updated", found.subject, actor, found.refs, changes=changes)
