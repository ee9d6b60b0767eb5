"""Docks, and which places are taken or free on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.values import Days
from gendan.transport.permissions import VIEW
from gendan.transport.rules.slots import Hours, end_of, slots

Row = dict[str, Any]
MOST_DAYS = 31
_DOCKS = """
SELECT d.id, d.code, d.name, w.code AS warehouse, w.name AS warehouse_name, d.capacity, d.opens, d.closes,
 d.slot_minutes, d.weekdays, d.is_active, d.version
FROM transport_dock d JOIN catalog_warehouse w ON w.id = d.warehouse_id
WHERE d.company_id = %(company)s::bigint AND (%(warehouse)s::text = '' OR w.code = %(warehouse)s::text)
ORDER BY w.code, d.code
"""
_BOOKED = """
SELECT b.dock_id, b.starts_at, b.ends_at, b.note, b.by_supplier, s.number, s.state, p.name AS supplier_name, s.carrier,
 {seen} AS seen
FROM transport_booking b JOIN purchasing_shipment s ON s.id = b.shipment_id
JOIN catalog_partner p ON p.id = s.supplier_id
WHERE b.dock_id = ANY(%(docks)s::bigint[]) AND b.starts_at < %(end)s::timestamptz AND b.ends_at > %(begin)s::timestamptz
ORDER BY b.starts_at, b.id
"""
_NEXT = """
SELECT w.code FROM transport_booking b JOIN transport_dock d ON d.id = b.dock_id AND d.is_active
JOIN catalog_warehouse w ON w.id = d.warehouse_id JOIN purchasing_shipment s ON s.id = b.shipment_id
WHERE b.company_id = %(company)s::bigint AND b.ends_at > now() AND s.state IN ('announced', 'in_transit'){seen}
ORDER BY b.starts_at, b.id LIMIT 1
"""


def docks(actor: Actor, warehouse: str = "", *, only_active: bool = False) -> list[Row]:
    """The company's docks, or those of a warehouse."""
    actor.must(VIEW)
    return _docks(actor, warehouse, only_active=only_active)


def _docks(actor: Actor, warehouse: str, *, only_active: bool) -> list[Row]:
    found = db.dicts(_DOCKS, {"company": actor.company_id, "warehouse": warehouse})
    return [row for row in found if row["is_active"] or not only_active]


def dock(actor: Actor, code: str) -> Row:
    """One of them. Errors: NotFound."""
    found = next((row for row in docks(actor) if row["code"] == code.strip().upper()), None)
    if found is None:
        raise NotFound(what=code)
    return found


def next_warehouse(actor: Actor) -> str:
    """Where somebody comes to a dock next, of what the actor sees; "" if nobody does; one statement."""
    actor.must(VIEW)
    found = db.row(_NEXT.format(seen=scope.also(actor, "asn", "s")), {"company": actor.company_id})
    return str(found[0]) if found else ""


def days_plan(actor: Actor, warehouse: str, first: date, days: int = 1) -> list[Row]:
    """Each day: its docks with their places: ``at``, how many are ``free``, what is ``booked`` (of others' documents
    only that somebody is there); two statements.
    """
    actor.must(VIEW)
    return free_slots(actor, warehouse, first, days, seen=" AND ".join(scope.conditions(actor, "asn", "s")) or "true")


def free_slots(actor: Actor, warehouse: str, first: date, days: int = 1, *, seen: str = "false") -> list[Row]:
    """The same for who sees nothing of what is booked, as suppliers do."""
    days = min(days, MOST_DAYS)
    if problem := Days.around(actor.today()).problem(first):
        raise Invalid({"on": problem})
    known = _docks(actor, warehouse, only_active=True)
    begin = datetime.combine(first, time(), actor.zone)
    asked = {
        "docks": db.array(row["id"] for row in known),
        "begin": begin,
        "end": begin + timedelta(days=days + 1),
    }
    booked = db.dicts(_BOOKED.format(seen=seen), asked) if known else []
    now = timezone.now()
    return [
        {"on": day, "docks": [_day_of(actor, row, day, booked, now) for row in known]}
        for day in (first + timedelta(days=n) for n in range(days))
    ]


def _day_of(actor: Actor, dock_: Row, day: date, booked: Sequence[Row], now: datetime) -> Row:
    hours = Hours(dock_["opens"], dock_["closes"], dock_["slot_minutes"], dock_["weekdays"])
    places = []
    for at in slots(hours, day):
        starts = datetime.combine(day, at, actor.zone)
        ends = end_of(hours, starts)
        there = [
            row
            for row in booked
            if row["dock_id"] == dock_["id"] and row["starts_at"] < ends and row["ends_at"] > starts
        ]
        free = max(dock_["capacity"] - len(there), 0) if starts > now else 0
        shown = [row if row["seen"] else {"number": "", "supplier_name": "", "seen": False} for row in there]
        places.append({"at": at, "starts_at": starts, "ends_at": ends, "free": free, "booked": shown})
    return {**dock_, "places": places}
