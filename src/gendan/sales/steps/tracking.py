"""A delivery and its carrier: its numbers are followed, and what the carrier says moves it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from gendan.carriers import steps as carriers
from gendan.carriers.steps import Change, Named
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import step
from gendan.sales.models.order import REFERENCE_KEY
from gendan.sales.steps import signing
from gendan.sales.steps.outbound import LockedDelivery, Outbound, lock_outbounds

HANDED_OVER = time(17)  # when on its day a delivery is taken to have left
_NAMING = f"""
SELECT d.id, d.number, d.carrier, d.tracking_number, d.shipped_on FROM sales_delivery d
WHERE d.company_id = %(company)s::bigint AND d.state = 'shipped' AND d.tracking_number <> ''
 AND {REFERENCE_KEY.format("d.carrier")} = ANY(%(names)s::text[])
ORDER BY d.id DESC LIMIT %(limit)s::int
"""


@step
def follow(
    actor: Actor, delivery: Subject, carrier: str, tracking_number: str, day: date | None, phone: str = ""
) -> None:
    """Have the carrier asked about the numbers of a delivery."""
    carriers.track(actor, delivery, carrier, tracking_number, since=_handed_over(actor, day), phone=phone)


@step
def follow_changed(actor: Actor, delivery: LockedDelivery, carrier: str, tracking_number: str) -> None:
    """Follow what a delivery's carrier and numbers are after a change; those it had before are forgotten."""
    if delivery.tracking_number and (carrier, tracking_number) != (delivery.carrier, delivery.tracking_number):
        carriers.untrack(delivery.subject)
    follow(actor, delivery.subject, carrier, tracking_number, delivery.shipped_on, delivery.ship_to_phone)


@step
def forget(delivery: LockedDelivery) -> None:
    """Have it asked about no number of the delivery any more."""
    if delivery.tracking_number:
        carriers.untrack(delivery.subject)


def _handed_over(actor: Actor, day: date | None) -> datetime | None:
    """When it left; a day that is today may have had its parcel scanned at any hour."""
    return datetime.combine(day, HANDED_OVER if day < actor.today() else time(0), actor.zone) if day else None


class Deliveries:
    """What a carrier's news does to deliveries: they are expected on another day, arrive, are signed for."""

    def lock(self, actor: Actor, documents: Sequence[Subject]) -> list[Outbound]:
        return lock_outbounds(actor, [document.number for document in documents]) if documents else []

    def changed(self, actor: Actor, locked: list[Outbound], documents: Sequence[Subject], change: Change) -> None:
        concerned = {document.id for document in documents}
        for outbound in locked:
            if outbound.delivery.id in concerned and outbound.delivery.state == "shipped":
                _move(actor, outbound, change)

    def naming(self, actor: Actor, names: Sequence[str], limit: int) -> list[Named]:
        found = db.rows(_NAMING, {"company": actor.company_id, "names": list(names), "limit": limit})
        return [
            Named(Subject("dn", id_, number), carrier, tracking, _handed_over(actor, day))
            for id_, number, carrier, tracking, day in found
        ]


def _move(actor: Actor, outbound: Outbound, change: Change) -> None:
    """Bring one delivery to what its carrier says."""
    delivery = outbound.delivery
    if change.status == "delivered" and change.at is not None and change.is_last(delivery.subject):
        if _signs(actor):
            day = min((change.delivered_at or change.at).astimezone(actor.zone).date(), actor.today())
            signing.sign(
                actor,
                outbound,
                via="carrier",
                signed_by=change.signed_by,
                signed_on=max(day, delivery.shipped_on or day),
            )
        return
    new = change.expected_for(delivery.subject)
    if new is None or new == delivery.expected_on or (delivery.shipped_on and new < delivery.shipped_on):
        return
    db.later(
        "UPDATE sales_delivery SET expected_on = %s::date, version = version + 1, updated_at = now()"
        " WHERE id = %s::bigint",
        [new, delivery.id],
    )
    changes: dict[str, Any] = {"expected_on": [str(delivery.expected_on or ""), str(new)]}
    record("sales.delivery_updated", delivery.subject, actor, outbound.refs, changes=changes)


def _signs(actor: Actor) -> bool:
    """Whether the company takes a carrier's word for the customer's."""
    found = db.row("SELECT sign_by_carrier FROM sales_salessettings WHERE company_id = %s::bigint", [actor.company_id])
    return bool(found and found[0])
