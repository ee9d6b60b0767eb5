"""Which parcels are due to be asked for, who takes them, and when they are asked for again. No business, no events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from gendan.carriers.adapters import ADAPTERS, Account, Asked
from gendan.carriers.queries import account_of, push_url
from gendan.carriers.rules import next_check
from gendan.kernel import db
from gendan.kernel.actor import Actor

LEASE = "10 minutes"  # who takes parcels and dies gives them back after that


@dataclass(frozen=True, slots=True)
class Due:
    """The due parcels of one carrier, with what is needed to ask for them."""

    company_id: int
    zone: str
    carrier: str
    adapter: str
    account: Account
    parcels: list[Asked]
    to_subscribe: set[int]

    @property
    def actor(self) -> Actor:
        return system_actor(self.company_id, self.zone)


def system_actor(company_id: int, zone: str) -> Actor:
    """Who acts when a carrier tells something: nobody of the company."""
    return Actor(company_id, None, "", frozenset({"carriers.record_event"}), via="job", timezone=zone)


_CLAIM = f"""
WITH due AS (
 SELECT id FROM carriers_trackedparcel WHERE next_check_at <= now() ORDER BY next_check_at
 LIMIT %s::int FOR UPDATE SKIP LOCKED)
UPDATE carriers_trackedparcel p SET next_check_at = now() + interval '{LEASE}'
FROM due, carriers_carrier c, accounts_company a
WHERE p.id = due.id AND c.id = p.carrier_id AND a.id = p.company_id
RETURNING p.id, p.tracking_number, p.phone, p.since, p.subscribed_at IS NOT NULL, c.id, p.company_id, a.timezone,
 c.code, c.adapter, c.settings::text, c.sealed, c.push_token
"""


def claim(limit: int) -> list[Due]:
    """Take some parcels that are due; nobody else gets them meanwhile. One statement, which commits by itself."""
    found: dict[int, Due] = {}
    for row in db.rows(_CLAIM, [limit]):
        parcel_id, number, phone, since, subscribed, carrier_id, company_id, zone, code, adapter = row[:10]
        if carrier_id not in found:
            account = account_of(adapter, row[10], row[11], push_url(row[12]))
            found[carrier_id] = Due(company_id, zone, code, adapter, account, [], set())
        found[carrier_id].parcels.append(Asked(parcel_id, number, phone, since))
        if not subscribed:
            found[carrier_id].to_subscribe.add(parcel_id)
    return list(found.values())


# One that was taken out of the queue meanwhile stays out.
_CHECKED = """
UPDATE carriers_trackedparcel p SET next_check_at = t.next, last_checked_at = %(now)s::timestamptz,
 quiet_checks = t.quiet, failures = t.failures, problem = t.problem
FROM unnest(%(ids)s::bigint[], %(next)s::timestamptz[], %(quiet)s::int[], %(failures)s::int[], %(problem)s::text[])
 AS t(id, next, quiet, failures, problem)
WHERE p.id = t.id AND p.next_check_at IS NOT NULL
"""


def checked(due: Due, problems: Mapping[int, str], news: set[int]) -> None:
    """Write that parcels were asked for, and when they are next. ``problems``: those without an answer, and why."""
    now = timezone.now()
    shortest = ADAPTERS[due.adapter].shortest
    columns: dict[str, list[Any]] = {"ids": [], "next": [], "quiet": [], "failures": [], "problem": []}
    current = db.rows(
        "SELECT id, status, quiet_checks, failures, coalesce(last_event_at, since) FROM carriers_trackedparcel"
        " WHERE id = ANY(%s::bigint[]) AND next_check_at IS NOT NULL",
        [db.array(parcel.id for parcel in due.parcels)],
    )
    for id_, status, quiet, failures, last in current:
        failures = failures + 1 if id_ in problems else 0
        quiet = 0 if id_ in news else quiet + 1
        columns["ids"].append(id_)
        columns["next"].append(next_check(status, quiet, failures, shortest, last, now))
        columns["quiet"].append(quiet)
        columns["failures"].append(failures)
        columns["problem"].append(problems.get(id_, ""))
    db.execute(_CHECKED, {"now": now, **columns})


def subscribed(parcel_ids: Sequence[int]) -> None:
    """Write that the carrier will push what happens to these."""
    if parcel_ids:
        db.execute(
            "UPDATE carriers_trackedparcel SET subscribed_at = now() WHERE id = ANY(%s::bigint[])",
            [db.array(parcel_ids)],
        )


_SILENT_COMPANIES = """
SELECT DISTINCT p.company_id, a.timezone FROM carriers_trackedparcel p JOIN carriers_carrier c ON c.id = p.carrier_id
JOIN accounts_company a ON a.id = p.company_id
WHERE p.next_check_at IS NOT NULL AND p.silent_since IS NULL
 AND coalesce(p.last_event_at, p.since) < now() - make_interval(hours => c.silent_hours)
"""


def companies_with_silence() -> list[Actor]:
    """For each company in which a parcel has fallen silent, who says so."""
    return [system_actor(*row) for row in db.rows(_SILENT_COMPANIES)]
