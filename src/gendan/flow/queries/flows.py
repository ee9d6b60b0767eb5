"""Flows as they are drawn: which there are, their versions, what the check says, who would have approved a document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from gendan.flow.examples import offered
from gendan.flow.permissions import DESIGN
from gendan.flow.queries import standing
from gendan.flow.queries.calendar import calendar_from
from gendan.flow.queries.words import Named, bare, differences, finding, flat
from gendan.flow.rules.assignees import Directory, directory_from
from gendan.flow.rules.check import Finding, Known, check
from gendan.flow.rules.compare import compare
from gendan.flow.rules.definition import Definition
from gendan.flow.rules.hours import ANNOUNCED
from gendan.flow.subjects import SUBJECTS, Subject, subject_of
from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound

_FLOWS = """
SELECT f.kind, f.transition, f.id, f.name, f.version, p.number AS published, p.published_at,
 coalesce(nullif(u.name, ''), u.username, '') AS published_by, d.number AS draft,
 (SELECT count(*) FROM flow_instance i JOIN flow_flowversion v ON v.id = i.version_id
  WHERE v.flow_id = f.id AND i.state = 'running') AS running
FROM flow_flow f
LEFT JOIN flow_flowversion p ON p.id = f.published_id
LEFT JOIN accounts_user u ON u.id = p.published_by_id
LEFT JOIN flow_flowversion d ON d.flow_id = f.id AND d.state = 'draft'
WHERE f.company_id = %(company)s::bigint
"""
_ONE = """
SELECT f.id, f.name, f.version, f.published_id IS NOT NULL, p.number, p.definition::text, d.number, d.definition::text,
 d.version, coalesce(nullif(u.name, ''), u.username, '')
FROM flow_flow f
LEFT JOIN flow_flowversion p ON p.id = f.published_id
LEFT JOIN flow_flowversion d ON d.flow_id = f.id AND d.state = 'draft'
LEFT JOIN accounts_user u ON u.id = coalesce(d.created_by_id, p.published_by_id)
WHERE f.company_id = %(company)s::bigint AND f.kind = %(kind)s::text AND f.transition = %(transition)s::text
"""
_VERSIONS = """
SELECT v.number, v.state, v.note, v.version, v.created_at, v.published_at,
 coalesce(v.id = f.published_id, false) AS current,
 coalesce(nullif(c.name, ''), c.username, '') AS created_by,
 coalesce(nullif(u.name, ''), u.username, '') AS published_by,
 (SELECT count(*) FROM flow_instance i WHERE i.version_id = v.id AND i.state = 'running') AS running,
 (SELECT count(*) FROM (SELECT 1 FROM flow_instance i WHERE i.version_id = v.id AND i.state <> 'running'
  LIMIT 1001) e) AS ended
FROM flow_flowversion v JOIN flow_flow f ON f.id = v.flow_id
LEFT JOIN accounts_user c ON c.id = v.created_by_id
LEFT JOIN accounts_user u ON u.id = v.published_by_id
WHERE f.company_id = %(company)s::bigint AND f.kind = %(kind)s::text AND f.transition = %(transition)s::text
ORDER BY v.number DESC LIMIT 200
"""
_DEFINITION = """
SELECT v.definition::text FROM flow_flowversion v JOIN flow_flow f ON f.id = v.flow_id
WHERE f.company_id = %(company)s::bigint AND f.kind = %(kind)s::text AND f.transition = %(transition)s::text
 AND v.number = %(number)s::integer
"""
_ROLES = "SELECT code, name FROM accounts_role WHERE company_id = %(company)s::bigint ORDER BY id"
_LIKE = """
SELECT x.number, ({facts})::text FROM (SELECT d.id, d.number FROM {table} d WHERE d.company_id = %(company)s::bigint
 AND (%(q)s::text = '' OR position(upper(%(q)s::text) IN upper(d.number)) > 0){scope} ORDER BY d.id DESC LIMIT 20) x
ORDER BY x.id DESC
"""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a definition is read against: the people, their roles, the working day, the facts of the document."""

    subject: Subject
    directory: Directory
    roles: Mapping[str, str]
    hours: Decimal
    named: Named

    @property
    def known(self) -> Known:
        """The same as the check asks for it."""
        active = [person for person in self.directory.people.values() if person.works]
        held = {code: sum(code in person.roles for person in active) for code in self.roles}
        return Known(
            frozenset(person.username for person in active),
            held,
            sum(self.directory.superior(person.id) is None for person in active if not person.administrates),
            sum(self.directory.head(person.id) is None for person in active if not person.administrates),
            timezone.now().year in ANNOUNCED,
        )

    def findings(self, raw: Any) -> list[Finding]:
        """What the check says of a definition."""
        return check(raw, self.known, tuple(self.subject.facts), tuple(self.subject.settable))

    def found(self, raw: Any) -> list[dict[str, str]]:
        """The same in words."""
        return [in_words(one, self.named) for one in self.findings(raw)]

    def differences(self, before: Any, after: Any) -> list[dict[str, str]]:
        """What differs between two definitions, in words."""
        return differences(compare(Definition.model_validate(before), Definition.model_validate(after)), self.named)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A flow: what is published, the draft if there is one (``version`` 0: there is none), by whom it is."""

    id: int
    name: str
    flow_version: int
    is_on: bool
    published: int | None
    published_definition: dict[str, Any] | None
    draft: int | None
    version: int
    definition: dict[str, Any]
    by: str
    subject: Subject = field(repr=False)


def in_words(one: Finding, named: Named) -> dict[str, str]:
    """A finding for pages and API."""
    return {"key": one.key, "level": one.level, "code": one.code, "text": finding(one, named)}


def surroundings(actor: Actor, kind: str, transition: str = "submit") -> Surroundings:
    """What a definition of this kind of document is read against; two statements in one exchange."""
    subject = subject_of(kind, transition)
    params = {"company": actor.company_id}
    roles, ((people, departments, hours, days),) = db.batch([(_ROLES, params), (f"SELECT {standing.KNOWN}", params)])
    directory = directory_from(people, departments)
    worked = calendar_from(hours, days, actor.zone).hours
    people_names = {person.username: person.name or person.username for person in directory.people.values()}
    named = Named(people_names, dict(roles), flat(subject), worked, bare(subject))
    return Surroundings(subject, directory, dict(roles), worked, named)


def flows(actor: Actor) -> list[dict[str, Any]]:
    """Every kind of document that can have a flow, with the flow that it has."""
    actor.must(DESIGN)
    found = {(row["kind"], row["transition"]): row for row in db.dicts(_FLOWS, {"company": actor.company_id})}
    empty = {"id": None, "name": "", "version": 0, "published": None, "published_at": None, "published_by": ""}
    rows = []
    for key, subject in SUBJECTS.items():
        row = found.get(key) or {**empty, "draft": None, "running": 0, "kind": key[0], "transition": key[1]}
        rows.append({**row, "label": str(subject.label), "state": _state(row)})
    return sorted(rows, key=lambda row: bool(row["state"] == "none"))  # the drawn ones first


def _state(row: Mapping[str, Any]) -> str:
    if row["id"] is None:
        return "none"
    return "on" if row["published"] is not None else "draft" if row["draft"] is not None else "off"


def drawn(actor: Actor, kind: str, transition: str = "submit") -> Drawn:
    """One flow. Errors: NotFound."""
    actor.must(DESIGN)
    subject = subject_of(kind, transition)
    row = db.row(_ONE, _params(actor, kind, transition))
    if row is None:
        raise NotFound(what=str(subject.label))
    id_, name, flow_version, is_on, published, published_text, draft, draft_text, version, by = row
    held = json.loads(published_text) if published_text else None
    definition = json.loads(draft_text) if draft_text else held or {"nodes": []}
    return Drawn(id_, name, flow_version, is_on, published, held, draft, version or 0, filled(definition), by, subject)


def filled(raw: Any) -> dict[str, Any]:
    """A definition with what it leaves out, as the drawing works on it."""
    return Definition.model_validate(raw).model_dump(mode="json", exclude_none=True)


def versions(actor: Actor, kind: str, transition: str = "submit") -> list[dict[str, Any]]:
    """The versions of a flow, newest first; ``ended`` counts up to 1001. Errors: NotFound."""
    actor.must(DESIGN)
    subject = subject_of(kind, transition)
    found = db.dicts(_VERSIONS, _params(actor, kind, transition))
    if not found:
        raise NotFound(what=str(subject.label))
    return found


def definition_of(actor: Actor, kind: str, number: int, transition: str = "submit") -> dict[str, Any]:
    """One version's definition. Errors: NotFound."""
    actor.must(DESIGN)
    row = db.row(_DEFINITION, {**_params(actor, kind, transition), "number": number})
    if row is None:
        raise NotFound(what=f"{subject_of(kind, transition).label} v{number}")
    return filled(json.loads(row[0]))


def latest_definition(actor: Actor, kind: str, transition: str = "submit") -> dict[str, Any]:
    """What is drawn now: the draft, else what is published."""
    return drawn(actor, kind, transition).definition


def documents_like(
    actor: Actor, kind: str, text: str, transition: str = "submit"
) -> list[tuple[str, str, float | None]]:
    """Past documents, the newest first, for trying: number, partner, amount (None: none, or not for the actor)."""
    actor.must(DESIGN)
    subject = subject_of(kind, transition)
    actor.must(subject.permission)
    facts_sql = subject.facts_sql.format(id="x.id")
    sql = _LIKE.format(table=subject.table, scope=scope.also(actor, kind, "d"), facts=facts_sql)
    found = []
    for number, text_ in db.rows(sql, {"company": actor.company_id, "q": text.strip()[:40]}):
        facts = standing.facts_from(text_)
        amount = facts.get("amount") if subject.shows_amount(actor, facts) else None
        found.append((number, str(facts.get("partner_name") or ""), amount if isinstance(amount, float) else None))
    return found


def _params(actor: Actor, kind: str, transition: str) -> dict[str, Any]:
    return {"company": actor.company_id, "kind": kind, "transition": transition}


def published_at(rows: Iterable[Mapping[str, Any]]) -> datetime | None:
    """When the version that counts was published."""
    return next((row["published_at"] for row in rows if row["current"]), None)


def people_of(directory: Directory, ids: Sequence[int]) -> list[str]:
    """Names of people."""
    return [directory.name(id_) for id_ in ids]


def examples(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Flows that can be taken with one click, for the kinds of documents that there are; ``taken``: there is a flow
    already, the example would become its draft.
    """
    known = {(row["kind"], row["transition"]): row for row in rows}
    return [
        {**one, "taken": known[one["kind"], one["transition"]]["id"] is not None}
        for one in offered()
        if (one["kind"], one["transition"]) in known
    ]
