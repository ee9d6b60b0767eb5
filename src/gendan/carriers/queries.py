"""Carriers and parcels as pages, API and the worker read them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse

from gendan.carriers.adapters import ADAPTERS, Account
from gendan.carriers.labels import PROBLEMS
from gendan.carriers.models import Status
from gendan.carriers.permissions import VIEW
from gendan.carriers.rules import normal_number
from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.sealed import unseal

Row = dict[str, Any]
EVENTS_SHOWN = 100

_CARRIERS = """
SELECT c.id, c.code, c.name, c.aliases, c.adapter, c.settings::text AS settings, c.sealed, c.tracking_url,
 c.silent_hours, c.is_active, c.push_token, c.version, coalesce(n.open, 0) AS open, coalesce(n.silent, 0) AS silent,
 coalesce(n.failing, 0) AS failing
FROM carriers_carrier c LEFT JOIN LATERAL (
 SELECT count(*) AS open, count(*) FILTER (WHERE p.silent_since IS NOT NULL) AS silent,
  count(*) FILTER (WHERE p.failures > 0) AS failing
 FROM carriers_trackedparcel p WHERE p.carrier_id = c.id AND p.next_check_at IS NOT NULL) n ON true
WHERE c.company_id = %(company)s::bigint AND {condition} ORDER BY c.is_active DESC, c.code
"""


def carriers(actor: Actor) -> list[Row]:
    """The company's carriers, those in use first."""
    actor.must(VIEW)
    return [_shown(actor, row) for row in db.dicts(_CARRIERS.format(condition="true"), {"company": actor.company_id})]


def carrier(actor: Actor, code: str) -> Row:
    """One carrier; of its secrets only which are set."""
    actor.must(VIEW)
    found = db.dicts(
        _CARRIERS.format(condition="c.code = %(code)s::text"),
        {"company": actor.company_id, "code": code.strip().upper()},
    )
    if not found:
        raise NotFound(what=code)
    return _shown(actor, found[0])


def carrier_names(actor: Actor) -> list[str]:
    """The names of carriers in use, to be offered where one is typed."""
    sql = "SELECT name FROM carriers_carrier WHERE company_id = %s::bigint AND is_active ORDER BY name"
    return [name for (name,) in db.rows(sql, [actor.company_id])]


def _shown(actor: Actor, row: Row) -> Row:
    """A row without what nobody may see; where the carrier pushes to is for those who set carriers up."""
    given, secrets = json.loads(row.pop("settings")), unseal(row.pop("sealed"))
    token, adapter = row.pop("push_token"), ADAPTERS.get(row["adapter"])
    names = {field.name for field in adapter.fields} if adapter else set()
    return {
        **row,
        "adapter_label": str(adapter.label) if adapter else "",
        "settings": {name: value for name, value in given.items() if name in names},
        "secrets_set": sorted(name for name in secrets if name in names),
        "push_url": push_url(token) if adapter and adapter.pushes and actor.may("carriers.save_carrier") else "",
    }


def push_url(token: str) -> str:
    """Where a carrier pushes to; "" while nobody outside can reach this installation."""
    return f"{settings.PUBLIC_URL}{reverse('carriers:push', args=[token])}" if settings.PUBLIC_URL else ""


def account_of(adapter: str, given: str, sealed: str, url: str) -> Account:
    """A carrier's settings and secrets in one, for its adapter."""
    known = ADAPTERS.get(adapter)
    defaults = {field.name: field.default for field in known.fields} if known else {}
    return Account({**defaults, **json.loads(given), **unseal(sealed)}, url)


_PUSHED = """
SELECT c.company_id, a.timezone, c.code, c.adapter, c.settings::text, c.sealed
FROM carriers_carrier c JOIN accounts_company a ON a.id = c.company_id
WHERE c.push_token = %s::text AND c.is_active
"""


def carrier_by_token(token: str) -> tuple[int, str, str, str, Account] | None:
    """Company, its time zone, code, adapter and account of the carrier that may push here."""
    found = db.row(_PUSHED, [token])
    if found is None or found[3] not in ADAPTERS or not ADAPTERS[found[3]].pushes:
        return None
    return found[0], found[1], found[2], found[3], account_of(found[3], found[4], found[5], "")


_PARCELS = """
SELECT p.id, c.code AS carrier, c.name AS carrier_name, c.adapter, c.tracking_url, c.silent_hours, p.tracking_number,
 p.status, p.since, p.last_event_at, p.last_checked_at, p.next_check_at, p.problem, p.expected_on, p.delivered_at,
 p.signed_by, p.silent_since
FROM carriers_trackedparcel p JOIN carriers_carrier c ON c.id = p.carrier_id
"""
_EVENTS = """
SELECT t.parcel_id, e.at, e.status, e.place, e.text, e.source, e.code, coalesce(u.name, '') AS user
FROM unnest(%s::bigint[]) AS t(parcel_id) CROSS JOIN LATERAL (
 SELECT * FROM carriers_trackingevent e WHERE e.parcel_id = t.parcel_id ORDER BY e.at DESC, e.id LIMIT %s::int) e
LEFT JOIN accounts_user u ON u.id = e.user_id ORDER BY e.at DESC, e.id
"""
_BY_DOCUMENT = (
    _PARCELS + " JOIN carriers_parceldocument d ON d.parcel_id = p.id"
    " WHERE p.company_id = %s::bigint AND d.kind = %s::text AND d.document_id = ANY(%s::bigint[])"
    " ORDER BY d.document_id, p.id"
)


def parcels_of(actor: Actor, kind: str, ids: Sequence[int]) -> list[Row]:
    """The parcels of documents with their events, newest first; who may see the document may see them."""
    return _with_events(db.dicts(_BY_DOCUMENT, [actor.company_id, kind, db.array(ids)]))


def parcel(actor: Actor, carrier_code: str, number: str) -> Row:
    """One parcel with its events and the documents that it belongs to."""
    actor.must(VIEW)
    found = db.dicts(
        _PARCELS + " WHERE p.company_id = %s::bigint AND c.code = %s::text AND p.tracking_number = %s::text",
        [actor.company_id, carrier_code.strip().upper(), normal_number(number)],
    )
    if not found:
        raise NotFound(what=number)
    (shown,) = _with_events(found)
    shown["documents"] = db.dicts(
        "SELECT kind, number FROM carriers_parceldocument WHERE parcel_id = %s::bigint ORDER BY kind, number",
        [shown["id"]],
    )
    seen = scope.numbers_seen(actor, (document["number"] for document in shown["documents"]))
    if shown["documents"] and not seen:
        raise NotFound(what=number)
    shown["documents"] = [document for document in shown["documents"] if document["number"] in seen]
    return shown


def _with_events(found: list[Row]) -> list[Row]:
    if not found:
        return []
    labels = dict(Status.choices)
    by_parcel: dict[int, list[Row]] = {}
    for event in db.dicts(_EVENTS, [db.array(row["id"] for row in found), EVENTS_SHOWN]):
        label = str(labels.get(event["status"], ""))
        by_parcel.setdefault(event.pop("parcel_id"), []).append({**event, "label": label})
    return [
        {
            **row,
            "label": str(labels[row["status"]]),
            "problem_label": str(PROBLEMS.get(row["problem"], "")),
            "site": site_of(row),
            "events": by_parcel.get(row["id"], []),
        }
        for row in found
    ]


def site_of(row: Mapping[str, Any]) -> str:
    """The carrier's own page about a parcel, "" where it has none."""
    pattern = str(row["tracking_url"])
    return pattern.replace("{number}", quote(str(row["tracking_number"]), safe="")) if pattern else ""
