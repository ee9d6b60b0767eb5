"""What documents do with their tracking numbers inside their commands, and what carriers' news do to documents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.utils import timezone

from gendan.carriers.adapters import ADAPTERS
from gendan.carriers.errors import TrackingMoved
from gendan.carriers.rules import FINAL, GIVE_UP, ScanIn, State, Update, name_key, normal_number, numbers_in, state_of
from gendan.kernel import db, scope, tables
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.events import Entry, Subject, record_all
from gendan.kernel.unit import step


@dataclass(frozen=True, slots=True)
class Others:
    """A document's other parcels: whether one is still to come, and the last day that a carrier named for one."""

    under_way: bool = False
    expected_on: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a document is told of a parcel of its own. ``expected_on`` is the carrier's word, None if it gave none."""

    carrier: str
    tracking_number: str
    before: str
    status: str
    at: datetime | None
    expected_on: date | None
    delivered_at: datetime | None
    signed_by: str
    others: Mapping[tuple[str, int], Others]

    def is_last(self, document: Subject) -> bool:
        """Whether no other parcel of the document is still to come."""
        return not self.others.get((document.kind, document.id), Others()).under_way

    def expected_for(self, document: Subject) -> date | None:
        """When the last of the document's parcels is expected, as far as this carrier says something new."""
        other = self.others.get((document.kind, document.id), Others()).expected_on
        return max(self.expected_on, other) if self.expected_on and other else self.expected_on


@dataclass(frozen=True, slots=True)
class Named:
    """A document on its way that names a carrier."""

    subject: Subject
    carrier: str
    tracking_number: str
    since: datetime | None


class Listener(Protocol):
    """What a context registers for its kind of document in LISTENERS, to be told of its parcels.

    ``lock`` and ``changed`` are called inside one transaction with a system actor: ``lock`` before the parcel is locked
    (documents come first in the order of locks), ``changed`` afterwards with what ``lock`` answered.
    """

    def lock(self, actor: Actor, documents: Sequence[Subject]) -> Any: ...

    def changed(self, actor: Actor, locked: Any, documents: Sequence[Subject], change: Change) -> None: ...

    def naming(self, actor: Actor, names: Sequence[str], limit: int) -> list[Named]:
        """Documents on their way with a tracking number whose carrier is one of the names (rules.name_key)."""
        ...


LISTENERS: dict[str, Listener] = {}  # in the order in which kinds are locked

_TRACK = """
WITH c AS (
 SELECT id, adapter FROM carriers_carrier WHERE company_id = %(company)s::bigint AND is_active
  AND %(name)s::text = ANY(names) ORDER BY id LIMIT 1),
p AS (
 INSERT INTO carriers_trackedparcel (company_id, carrier_id, tracking_number, phone, since, next_check_at)
 SELECT %(company)s::bigint, c.id, t.number, %(phone)s::text, coalesce(%(since)s::timestamptz, now()),
  CASE WHEN c.adapter <> '' THEN now() END
 FROM c, unnest(%(numbers)s::text[]) AS t(number) ORDER BY t.number
 ON CONFLICT (carrier_id, tracking_number) DO UPDATE SET quiet_checks = 0, next_check_at = CASE
   WHEN excluded.next_check_at IS NOT NULL THEN coalesce(carriers_trackedparcel.next_check_at, greatest(now(),
    carriers_trackedparcel.last_checked_at + make_interval(secs => (%(pauses)s::jsonb ->> (
     SELECT adapter FROM carriers_carrier WHERE id = excluded.carrier_id))::float))) END,
  phone = coalesce(nullif(excluded.phone, ''), carriers_trackedparcel.phone)
 RETURNING id)
INSERT INTO carriers_parceldocument (parcel_id, kind, document_id, number)
SELECT p.id, %(kind)s::text, %(document)s::bigint, %(number)s::text FROM p ON CONFLICT DO NOTHING
"""
_UNTRACK = """
WITH gone AS (
 DELETE FROM carriers_parceldocument WHERE kind = %(kind)s::text AND document_id = %(document)s::bigint
 RETURNING parcel_id)
UPDATE carriers_trackedparcel p SET next_check_at = NULL, silent_since = NULL FROM gone
WHERE p.id = gone.parcel_id AND NOT EXISTS (
 SELECT 1 FROM carriers_parceldocument d WHERE d.parcel_id = p.id
  AND NOT (d.kind = %(kind)s::text AND d.document_id = %(document)s::bigint))
"""


@step
def track(
    actor: Actor,
    subject: Subject,
    carrier: str,
    tracking_number: str,
    *,
    since: datetime | None = None,
    phone: str = "",
) -> None:
    """Follow what a document's carrier does with its numbers (several may stand in the field).

    ``carrier`` is a code, a name or an alias; one that the company has not set up is nobody's to ask, so nothing is
    tracked. The document must be locked. Costs no round trip of its own.
    """
    numbers, name = numbers_in(tracking_number), name_key(carrier)
    if numbers and name and (since is None or timezone.now() - since < GIVE_UP):
        db.later(
            _TRACK,
            {
                "company": actor.company_id,
                "name": name,
                "numbers": numbers,
                "since": since,
                "phone": phone,
                "kind": subject.kind,
                "document": subject.id,
                "number": subject.number,
                "pauses": json.dumps({name: kind.shortest.total_seconds() for name, kind in ADAPTERS.items()}),
            },
        )


ADOPTED_AT_ONCE = 500


@step
def adopt(actor: Actor, names: Sequence[str]) -> None:
    """Follow the parcels of documents that named a carrier before it was set up."""
    for listener in LISTENERS.values():
        for found in listener.naming(actor, names, ADOPTED_AT_ONCE):
            track(actor, found.subject, found.carrier, found.tracking_number, since=found.since)


@step
def untrack(subject: Subject) -> None:
    """Follow none of a document's parcels any more; what they have told is kept."""
    db.later(_UNTRACK, {"kind": subject.kind, "document": subject.id})


@dataclass(slots=True)
class Parcel:
    """A parcel with its documents, as a command finds it."""

    id: int
    carrier: str
    tracking_number: str
    status: str
    expected_on: date | None
    signed_by: str
    documents: list[tuple[str, int, str, bool]]

    @property
    def owners(self) -> set[tuple[str, int]]:
        return {(kind, id_) for kind, id_, _number, _told in self.documents}

    def subjects(self, kind: str, *, untold: bool = False) -> list[Subject]:
        """Its documents of one kind."""
        return [Subject(k, i, n) for k, i, n, told in self.documents if k == kind and not (untold and told)]


_PARCEL = """
SELECT p.id, c.code, p.tracking_number, p.status, p.expected_on, p.signed_by
FROM carriers_trackedparcel p JOIN carriers_carrier c ON c.id = p.carrier_id
WHERE p.company_id = %(company)s::bigint AND c.code = %(carrier)s::text AND p.tracking_number = %(number)s::text
"""
_DOCUMENTS = """
SELECT d.kind, d.document_id, d.number, d.told FROM carriers_parceldocument d
JOIN carriers_trackedparcel p ON p.id = d.parcel_id JOIN carriers_carrier c ON c.id = p.carrier_id
WHERE p.company_id = %(company)s::bigint AND c.code = %(carrier)s::text AND p.tracking_number = %(number)s::text
ORDER BY d.kind, d.document_id
"""
_KNOWN = """
SELECT e.key FROM carriers_trackingevent e JOIN carriers_trackedparcel p ON p.id = e.parcel_id
JOIN carriers_carrier c ON c.id = p.carrier_id
WHERE p.company_id = %(company)s::bigint AND c.code = %(carrier)s::text AND p.tracking_number = %(number)s::text
 AND e.key = ANY(%(keys)s::text[])
"""


@step
def take(actor: Actor, carrier: str, update: Update, source: str) -> tuple[Parcel, int]:
    """Write what is new of a parcel and tell its documents; the parcel as it is now, and how many events were new.

    What was told before changes nothing, and locks nothing. NotFound; TrackingMoved when its documents changed
    meanwhile.
    """
    scans = {scan.key: scan for scan in update.stamped()}
    asked = {
        "company": actor.company_id,
        "carrier": carrier,
        "number": normal_number(update.tracking_number),
        "keys": sorted(scans),
    }
    found, documents, known = db.batch([(_PARCEL, asked), (_DOCUMENTS, asked), (_KNOWN, asked)])
    if not found:
        raise NotFound(what=update.tracking_number)
    parcel = _parcel(found[0], documents)
    numbers = {number for _kind, _id, number, _told in parcel.documents}
    if numbers and not scope.numbers_seen(actor, numbers):
        raise NotFound(what=update.tracking_number)
    new = [scan for key, scan in scans.items() if (key,) not in known]
    expected = update.expected_on if update.expected_on != parcel.expected_on else None
    signed = update.signed_by if update.signed_by != parcel.signed_by else ""
    if not (new or expected or signed or any(not told for *_rest, told in parcel.documents)):
        return parcel, 0
    locked = {kind: listener.lock(actor, parcel.subjects(kind)) for kind, listener in LISTENERS.items()}
    parcel = _lock(parcel, asked)
    written = _write(actor, parcel, new, source)
    state = _settle(parcel, update, bool(written))
    _tell(actor, parcel, state, update, locked)
    _record(actor, parcel, state, new if written else [])
    parcel.status = state.status
    return parcel, len(written)


def _parcel(row: db.Row, documents: Sequence[db.Row]) -> Parcel:
    return Parcel(*[*row, [(kind, id_, number, told) for kind, id_, number, told in documents]])


def _lock(parcel: Parcel, asked: Mapping[str, Any]) -> Parcel:
    found, documents = db.batch([(_PARCEL + " FOR UPDATE OF p", asked), (_DOCUMENTS, asked)])
    locked = _parcel(found[0], documents)
    if locked.owners != parcel.owners:
        raise TrackingMoved(number=parcel.tracking_number)
    return locked


_EVENT = {
    "parcel_id": "bigint",
    "at": "timestamptz",
    "status": "text",
    "place": "text",
    "text": "text",
    "source": "text",
    "code": "text",
    "key": "text",
    "user_id": "bigint",
}


def _write(actor: Actor, parcel: Parcel, scans: Sequence[ScanIn], source: str) -> list[db.Row]:
    rows = [
        {
            "parcel_id": parcel.id,
            "at": scan.at,
            "status": scan.status,
            "place": scan.place[:120],
            "text": scan.text[:500],
            "source": source,
            "code": scan.code[:40],
            "key": scan.key,
            "user_id": actor.user_id,
        }
        for scan in scans
    ]
    return tables.insert("carriers_trackingevent", _EVENT, rows, conflict="ON CONFLICT (parcel_id, key) DO NOTHING")


_SEEN = "SELECT at, status FROM carriers_trackingevent WHERE parcel_id = %s::bigint ORDER BY id"
_SETTLE = """
UPDATE carriers_trackedparcel SET status = %(status)s::text, last_event_at = %(last)s::timestamptz,
 delivered_at = %(delivered)s::timestamptz, expected_on = coalesce(%(expected)s::date, expected_on),
 signed_by = coalesce(nullif(%(signed)s::text, ''), signed_by),
 silent_since = CASE WHEN %(news)s::boolean OR %(final)s::boolean THEN NULL ELSE silent_since END,
 quiet_checks = CASE WHEN %(news)s::boolean THEN 0 ELSE quiet_checks END,
 next_check_at = CASE WHEN %(final)s::boolean THEN NULL ELSE next_check_at END
WHERE id = %(id)s::bigint
"""


def _settle(parcel: Parcel, update: Update, news: bool) -> State:
    """Bring the parcel's row to what all its events say together."""
    state = state_of([(at, status) for at, status in db.rows(_SEEN, [parcel.id])])
    db.later(
        _SETTLE,
        {
            "id": parcel.id,
            "status": state.status,
            "last": state.last_event_at,
            "delivered": state.delivered_at,
            "expected": update.expected_on,
            "signed": update.signed_by[:80],
            "news": news,
            "final": state.status in FINAL,
        },
    )
    return state


_OTHERS = """
SELECT d.kind, d.document_id, bool_or(p.status NOT IN ('delivered', 'returned')),
 max(p.expected_on) FILTER (WHERE p.status NOT IN ('delivered', 'returned'))
FROM carriers_parceldocument mine JOIN carriers_parceldocument d
 ON d.kind = mine.kind AND d.document_id = mine.document_id AND d.parcel_id <> mine.parcel_id
JOIN carriers_trackedparcel p ON p.id = d.parcel_id WHERE mine.parcel_id = %s::bigint GROUP BY 1, 2
"""


def _others(parcel: Parcel) -> dict[tuple[str, int], Others]:
    return {(kind, id_): Others(open_, expected) for kind, id_, open_, expected in db.rows(_OTHERS, [parcel.id])}


def _tell(actor: Actor, parcel: Parcel, state: State, update: Update, locked: Mapping[str, Any]) -> None:
    """Tell the documents whose parcel has changed; those that came later are told what they missed."""
    change = Change(
        parcel.carrier,
        parcel.tracking_number,
        parcel.status,
        state.status,
        state.last_event_at,
        update.expected_on,
        state.delivered_at,
        update.signed_by or parcel.signed_by,
        _others(parcel),
    )
    moved = change.status != parcel.status or bool(update.expected_on and update.expected_on != parcel.expected_on)
    for kind, listener in LISTENERS.items():
        if concerned := parcel.subjects(kind, untold=not moved):
            listener.changed(actor, locked[kind], concerned, change)
    db.later("UPDATE carriers_parceldocument SET told = true WHERE parcel_id = %s::bigint AND NOT told", [parcel.id])


def _record(actor: Actor, parcel: Parcel, state: State, scans: Sequence[ScanIn]) -> None:
    """One event in each document's log: the new status, else only that there is something new to see."""
    if not scans:
        return
    newest = max(scans, key=lambda scan: scan.at)
    data = {"carrier": parcel.carrier, "tracking_number": parcel.tracking_number}
    kind = "carriers.parcel_scanned"
    if state.status != parcel.status:
        kind = f"carriers.parcel_{state.status}"
        data["reason"] = f"{parcel.tracking_number} {newest.text}"[:300]
    subjects = [Subject(*document[:3]) for document in parcel.documents]
    own = Subject("parcel", parcel.id, parcel.tracking_number)
    record_all(actor, [Entry(kind, subject, (own.ref,), data) for subject in subjects or [own]])
