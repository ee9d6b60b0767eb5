"""Book a dock for a shipment: also for its supplier, who comes by a link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from django.utils import timezone

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import step
from gendan.transport.errors import DockClosed, DockElsewhere, DockFull, NotBooked, NotComing
from gendan.transport.rules.slots import Hours, end_of, fits

# The shipment is held first, then the dock, as everywhere: two who want the last place wait for each other.
_SHIPMENT = """
SELECT s.id, s.is_open, s.warehouse_id, w.code FROM purchasing_shipment s
JOIN catalog_warehouse w ON w.id = s.warehouse_id
WHERE s.company_id = %s::bigint AND s.number = %s::text FOR NO KEY UPDATE OF s
"""
_DOCK = """
SELECT id, warehouse_id, capacity, opens, closes, slot_minutes, weekdays, is_active FROM transport_dock
WHERE company_id = %s::bigint AND code = %s::text FOR NO KEY UPDATE
"""
_TAKEN = """
SELECT count(*) FROM transport_booking WHERE dock_id = %s::bigint AND shipment_id <> %s::bigint
 AND starts_at < %s::timestamptz AND ends_at > %s::timestamptz
"""
_BOOK = """
INSERT INTO transport_booking AS b (company_id, dock_id, shipment_id, starts_at, ends_at, note, by_supplier, user_id)
VALUES (%(company)s::bigint, %(dock)s::bigint, %(shipment)s::bigint, %(starts)s::timestamptz, %(ends)s::timestamptz,
 %(note)s::text, %(by_supplier)s::boolean, %(user)s::bigint)
ON CONFLICT (company_id, shipment_id) DO UPDATE SET dock_id = excluded.dock_id, starts_at = excluded.starts_at,
 ends_at = excluded.ends_at, note = excluded.note, by_supplier = excluded.by_supplier, user_id = excluded.user_id,
 booked_at = now()
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A shipment that is held for this transaction."""

    id: int
    is_open: bool
    warehouse_id: int
    warehouse: str


@step
def hold(actor: Actor, number: str) -> Held:
    """Lock a shipment. Errors: NotFound."""
    found = db.row(_SHIPMENT, [actor.company_id, number])
    if found is None:
        raise NotFound(what=number)
    return Held(*found)


@step
def book(
    actor: Actor, number: str, dock: str, at: datetime, *, note: str = "", by_supplier: bool = False
) -> tuple[Subject, datetime]:
    """Take a place at a dock from ``at`` on (in the company's time), or move the one that the shipment has; the
    shipment and when it will be done.

    Errors: NotFound, NotComing, DockElsewhere, DockClosed, DockFull.
    """
    held = hold(actor, number)
    if not held.is_open:
        raise NotComing(number=number)
    found = db.row(_DOCK, [actor.company_id, dock])
    if found is None or not found[7]:
        raise NotFound(what=dock)
    dock_id, warehouse_id, capacity, opens, closes, minutes, weekdays, _active = found
    if warehouse_id != held.warehouse_id:
        raise DockElsewhere(dock=dock, number=number, warehouse=held.warehouse)
    hours = Hours(_time(opens), _time(closes), minutes, weekdays)
    shown = at.strftime("%Y-%m-%d %H:%M")
    if not fits(hours, at) or at <= timezone.now():
        raise DockClosed(
            dock=dock, at=shown, opens=f"{hours.opens:%H:%M}", closes=f"{hours.closes:%H:%M}", minutes=minutes
        )
    ends = end_of(hours, at)
    taken = db.row(_TAKEN, [dock_id, held.id, ends, at])
    if taken is not None and taken[0] >= capacity:
        raise DockFull(dock=dock, at=shown, capacity=capacity)
    db.later(
        _BOOK,
        {
            "company": actor.company_id,
            "dock": dock_id,
            "shipment": held.id,
            "starts": at,
            "ends": ends,
            "note": note.strip()[:200],
            "by_supplier": by_supplier,
            "user": actor.user_id,
        },
    )
    subject = Subject("asn", held.id, number)
    record("transport.dock_booked", subject, actor, (f"dock:{dock}",), dock=dock, at=shown)
    return subject, ends


@step
def give_back(actor: Actor, number: str) -> Subject:
    """Let the place of a shipment go. Errors: NotFound, NotBooked."""
    held = hold(actor, number)
    gone = db.row(
        "DELETE FROM transport_booking b USING transport_dock d WHERE d.id = b.dock_id AND b.company_id = %s::bigint"
        " AND b.shipment_id = %s::bigint RETURNING d.code",
        [actor.company_id, held.id],
    )
    if gone is None:
        raise NotBooked(number=number)
    subject = Subject("asn", held.id, number)
    record("transport.booking_cancelled", subject, actor, (f"dock:{gone[0]}",), dock=gone[0])
    return subject


def _time(value: time | str) -> time:
    return value if isinstance(value, time) else time.fromisoformat(value)
