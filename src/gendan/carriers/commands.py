"""The verbs of carriers: set one up, tell what happened to a parcel, say of which nothing is heard."""

from __future__ import annotations

import json
import secrets as random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.accounts.secret import Secret
from gendan.carriers.adapters import ADAPTERS
from gendan.carriers.errors import CarrierExists, CarrierNameTaken
from gendan.carriers.models import Carrier, Status
from gendan.carriers.rules import ScanIn, Update, name_key, normal_number
from gendan.carriers.settings import read_values
from gendan.carriers.steps import adopt, take
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Entry, Subject, record, record_all
from gendan.kernel.sealed import seal, unseal
from gendan.kernel.unit import Done, command

RECORD = "carriers.record_event"
FARTHEST = timedelta(days=730)  # that anything is expected

_NAMES = """
SELECT n, c.code FROM carriers_carrier c CROSS JOIN unnest(c.names) AS n
WHERE c.company_id = %s::bigint AND c.code <> %s::text AND c.is_active AND n = ANY(%s::text[]) LIMIT 1
"""
# What a carrier's parcels wait for follows from whether it can be asked.
_QUEUE = """
UPDATE carriers_trackedparcel p SET next_check_at = CASE WHEN %(asked)s::boolean THEN now() END, failures = 0,
 problem = ''
WHERE p.carrier_id = %(carrier)s::bigint AND p.status NOT IN ('delivered', 'returned')
 AND EXISTS (SELECT 1 FROM carriers_parceldocument d WHERE d.parcel_id = p.id)
"""


@command("carriers.save_carrier", _("维护承运商"))
def save_carrier(
    *,
    actor: Actor,
    code: str,
    new: bool | None = None,
    version: int | None = None,
    secrets: Mapping[str, Secret] | None = None,
    values: Mapping[str, Any],
) -> Done:
    """Make or change a carrier; what ``values`` leaves out stays. A secret that is not given stays, too. Documents on
    their way that name it are followed from now on.

    Values: name, aliases, adapter, settings, tracking_url, silent_hours, is_active.
    Errors: CarrierExists, CarrierNameTaken, NotFound, Stale, Invalid.
    """
    code = code.strip().upper()
    # One at a time per company: codes and names are free or taken for all of its carriers together.
    db.row("SELECT 1 FROM accounts_company WHERE id = %s::bigint FOR NO KEY UPDATE", [actor.company_id])
    found = Carrier.objects.select_for_update().filter(company_id=actor.company_id, code=code).first()
    if new is False and found is None:
        raise NotFound(what=code)
    if new is True and found is not None:
        raise CarrierExists(code=code)
    if found is not None:
        check_version(code, found.version, version)
    row = found or Carrier(company_id=actor.company_id, code=code, push_token=random.token_urlsafe(32))
    before = _facts(row)
    given = {name: text for name, secret in (secrets or {}).items() if (text := secret.reveal().strip())}
    moves = _moves(row, values)
    kept = {} if moves else unseal(row.sealed)
    read_values(row, values, {**kept, **given})
    _free(actor, row)
    if given or moves:
        row.sealed = seal({**kept, **given})
    if found is not None:
        row.version += 1
    row.save()
    after = _facts(row)
    changes = {name: [before[name], after[name]] for name in after if found and before[name] != after[name]}
    if given or {"adapter", "settings", "is_active"} & changes.keys():
        db.later(_QUEUE, {"carrier": row.pk, "asked": bool(row.adapter and row.is_active)})
    if row.is_active and (found is None or {"name", "aliases", "is_active"} & changes.keys()):
        adopt(actor, row.names)
    record("carriers.carrier_saved", row.subject, actor, changes=changes, secrets=sorted(given))
    return Done("carrier", row.pk, row.code, "", row.version, {"status": "updated" if found else "created"})


def _moves(row: Carrier, values: Mapping[str, Any]) -> bool:
    """Whether another server is to be asked: it is not told the secrets that were entered for the former one."""
    settings = values.get("settings")
    if not isinstance(settings, Mapping):
        return False
    defaults = {field.name: field.default for adapter in ADAPTERS.values() for field in adapter.fields}
    before, after = row.settings.get("url") or "", str(settings.get("url") or "").strip()
    return (before or defaults["url"]) != (after or defaults["url"])


def _facts(row: Carrier) -> dict[str, Any]:
    """What its history tells of a carrier; secrets are never among it."""
    return {
        "name": row.name,
        "aliases": " ".join(row.aliases),
        "adapter": row.adapter,
        "settings": " ".join(f"{name}={value}" for name, value in sorted(row.settings.items())),
        "tracking_url": row.tracking_url,
        "silent_hours": row.silent_hours,
        "is_active": row.is_active,
    }


def _free(actor: Actor, row: Carrier) -> None:
    """Set the names by which documents find it; refuse one that another has."""
    row.names = list(dict.fromkeys(name_key(text) for text in (row.code, row.name, *row.aliases)))
    if row.is_active and (taken := db.row(_NAMES, [actor.company_id, row.code, row.names])):
        raise CarrierNameTaken(name=taken[0], code=taken[1])


@command("carriers.record_event", _("登记物流信息"))
def record_event(
    *,
    actor: Actor,
    carrier: str,
    tracking_number: str,
    status: str,
    at: datetime | None = None,
    place: str = "",
    signed_by: str = "",
    expected_on: date | None = None,
    text: str = "",
) -> Done:
    """Tell by hand what happened to a parcel; its documents follow as if its carrier had told it.

    Errors: NotFound, TrackingMoved, Invalid.
    """
    problems: dict[str, str | Promise] = {}
    if status not in Status.values:
        problems["status"] = _now("请选择物流状态。")
    if at is not None and not (datetime(2000, 1, 1, tzinfo=actor.zone) <= at <= timezone.now() + timedelta(minutes=5)):
        problems["at"] = _now("时间不能晚于现在，也不能早于 2000 年。")
    if expected_on is not None and not date(2000, 1, 1) <= expected_on <= actor.today() + FARTHEST:
        problems["expected_on"] = _now("预计送达日不能早于 2000 年，也不能晚于两年之后。")
    if problems:
        raise Invalid(problems)
    moment = (at or timezone.now()).replace(microsecond=0)
    said = text.strip() or str(dict(Status.choices)[status])
    scan = ScanIn(moment, said[:500], place.strip()[:120], status, "manual")
    update = Update(tracking_number, [scan], "", expected_on, signed_by.strip()[:80])
    return _taken(actor, carrier, update, "manual")


@command("carriers.take_update", _("更新物流轨迹"), permission=RECORD)
def take_update(
    *,
    actor: Actor,
    carrier: str,
    tracking_number: str,
    scans: Sequence[ScanIn],
    status: str = "",
    expected_on: date | None = None,
    signed_by: str = "",
    source: str = "poll",
) -> Done:
    """Write what a carrier's service says of a parcel. What was told before is not written again.

    Errors: NotFound, TrackingMoved.
    """
    latest = timezone.now() + timedelta(days=1)
    sound = [scan for scan in scans if scan.at <= latest]
    return _taken(actor, carrier, Update(tracking_number, sound, status, expected_on, signed_by), source)


def _taken(actor: Actor, carrier: str, update: Update, source: str) -> Done:
    parcel, count = take(actor, carrier.strip().upper(), update, source)
    return Done("parcel", parcel.id, parcel.tracking_number, parcel.status, 1, {"new": count})


@command("carriers.check_now", _("立即查询物流"), permission=RECORD)
def check_now(*, actor: Actor, carrier: str, tracking_number: str) -> Done:
    """Have the worker ask the carrier about a parcel at once, as soon as its service allows. Errors: NotFound."""
    found = db.row(
        "SELECT p.id, p.tracking_number, p.status, p.last_checked_at, c.adapter, p.next_check_at IS NOT NULL"
        " FROM carriers_trackedparcel p JOIN carriers_carrier c ON c.id = p.carrier_id"
        " WHERE p.company_id = %s::bigint AND c.code = %s::text AND p.tracking_number = %s::text FOR UPDATE OF p",
        [actor.company_id, carrier.strip().upper(), normal_number(tracking_number)],
    )
    if found is None:
        raise NotFound(what=tracking_number)
    id_, number, status, last, adapter, waits = found
    if waits and adapter in ADAPTERS:
        due = timezone.now() if last is None else max(timezone.now(), last + ADAPTERS[adapter].shortest)
        db.later("UPDATE carriers_trackedparcel SET next_check_at = %s::timestamptz WHERE id = %s::bigint", [due, id_])
    return Done("parcel", id_, number, status)


_SILENT = """
WITH fell AS (
 SELECT p.id, c.code, c.silent_hours, coalesce(p.last_event_at, p.since) AS last
 FROM carriers_trackedparcel p JOIN carriers_carrier c ON c.id = p.carrier_id
 WHERE p.company_id = %(company)s::bigint AND p.next_check_at IS NOT NULL AND p.silent_since IS NULL
  AND coalesce(p.last_event_at, p.since) < %(at)s::timestamptz - make_interval(hours => c.silent_hours)
 ORDER BY p.id FOR UPDATE OF p SKIP LOCKED)
UPDATE carriers_trackedparcel p SET silent_since = fell.last FROM fell WHERE p.id = fell.id
RETURNING p.id, p.tracking_number, fell.code, fell.silent_hours,
 (SELECT json_agg(json_build_array(d.kind, d.document_id, d.number) ORDER BY d.kind, d.document_id)::text
  FROM carriers_parceldocument d WHERE d.parcel_id = p.id)
"""


@command("carriers.mark_silent", _("标记物流停滞"), permission=RECORD)
def mark_silent(*, actor: Actor, at: datetime) -> Done:
    """Say once of each parcel under way that nothing was heard of it for longer than its carrier is given."""
    entries: list[Entry] = []
    found = db.rows(_SILENT, {"company": actor.company_id, "at": at})
    for id_, number, carrier, hours, documents in found:
        own = Subject("parcel", id_, number)
        subjects = [Subject(*document) for document in json.loads(documents or "[]")]
        said = _now("%(number)s 已超过 %(hours)s 小时没有物流信息") % {"number": number, "hours": hours}
        data = {"carrier": carrier, "tracking_number": number, "hours": hours, "reason": said}
        entries += [Entry("carriers.parcel_silent", subject, (own.ref,), data) for subject in subjects or [own]]
    record_all(actor, entries)
    return Done("company", actor.company_id, str(len(found)), "", 1, {"parcels": [row[1] for row in found[:100]]})
