"""My approvals: what I have to decide, what I decided, what I submitted, what I was told of.

Everything reads an index of its own (migration 0003), so that a million finished approvals cost nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import quote

from django.utils import timezone

from gendan.flow.models import Instance, Task
from gendan.flow.queries.words import name_of
from gendan.flow.rules.definition import read
from gendan.flow.rules.path import at
from gendan.flow.subjects import SUBJECTS, Subject
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.paging import Page, as_id, cut, decode, limited
from gendan.kernel.subjects import page_of

# The people whose tasks are the actor's, with the kinds of documents for which that holds ('{}': all).
_MINE = """
WITH mine AS (
 SELECT %(user)s::bigint AS person, '{}'::text[] AS kinds, false AS stands_in
 UNION ALL
 SELECT d.person_id, d.kinds, true FROM flow_delegate d WHERE d.company_id = %(company)s::bigint
  AND d.substitute_id = %(user)s::bigint AND d.is_active AND %(today)s::date BETWEEN d.first AND d.last),
todo AS (
 SELECT t.id, t.instance_id, t.user_id FROM mine m
 JOIN flow_task t ON t.company_id = %(company)s::bigint AND t.user_id = m.person AND t.state = 'waiting'
  AND t.kind = 'approve'
 WHERE NOT m.stands_in OR EXISTS (SELECT 1 FROM flow_instance i WHERE i.id = t.instance_id
  AND i.submitter_id IS DISTINCT FROM %(user)s::bigint AND (m.kinds = '{}' OR i.kind = ANY (m.kinds)))
 UNION
 SELECT t.id, t.instance_id, t.user_id FROM flow_task t
 WHERE t.company_id = %(company)s::bigint AND t.stand_in_id = %(user)s::bigint AND t.state = 'waiting')
"""
_COUNT = f"{_MINE} SELECT count(*) FROM todo"
_COUNTS = f"""
{_MINE} SELECT i.kind, count(*), count(*) FILTER (WHERE t.due_at < now())
FROM todo d JOIN flow_task t ON t.id = d.id JOIN flow_instance i ON i.id = d.instance_id GROUP BY 1
"""
_ROW = """
 i.kind, i.transition, i.number, i.facts::text, i.state AS approval, i.version_id, i.started_at,
 coalesce(nullif(s.name, ''), s.username, '') AS submitter, c.currency AS currency, i.note AS ended_note
"""
_PEOPLE = """
 JOIN accounts_company c ON c.id = i.company_id LEFT JOIN accounts_user s ON s.id = i.submitter_id
"""
_LIKE = """
 AND (%(kind)s::text = '' OR i.kind = %(kind)s::text)
 AND (%(q)s::text = '' OR position(upper(%(q)s::text) IN
  upper(concat_ws(' ', i.number, i.facts ->> 'partner_name', i.facts ->> 'partner', s.name))) > 0)
"""
_TODO = f"""
{_MINE} SELECT t.id, t.key, t.created_at AS at, t.due_at, t.urged_at, t.state, t.note,
 CASE WHEN t.user_id <> %(user)s::bigint THEN coalesce(nullif(w.name, ''), w.username) ELSE '' END AS instead_of, {_ROW}
FROM todo d JOIN flow_task t ON t.id = d.id JOIN flow_instance i ON i.id = d.instance_id {_PEOPLE}
LEFT JOIN accounts_user w ON w.id = t.user_id
WHERE t.id < %(before)s::bigint {_LIKE} ORDER BY t.id DESC LIMIT %(limit)s
"""
_HANDLED = f"""
SELECT t.id, t.key, t.decided_at AS at, NULL::timestamptz AS due_at, NULL::timestamptz AS urged_at, t.state, t.note,
 CASE WHEN t.user_id <> %(user)s::bigint THEN coalesce(nullif(w.name, ''), w.username) ELSE '' END AS instead_of, {_ROW}
FROM flow_task t JOIN flow_instance i ON i.id = t.instance_id {_PEOPLE} LEFT JOIN accounts_user w ON w.id = t.user_id
WHERE t.company_id = %(company)s::bigint AND t.acted_by_id = %(user)s::bigint AND t.kind = 'approve'
 AND t.state IN ('approved', 'rejected', 'sent_back')
 AND (%(at)s::timestamptz IS NULL OR (t.decided_at, t.id) < (%(at)s::timestamptz, %(before)s::bigint)) {_LIKE}
ORDER BY t.decided_at DESC, t.id DESC LIMIT %(limit)s
"""
_SENT = f"""
SELECT i.id, i.key, coalesce(i.ended_at, i.started_at) AS at, NULL::timestamptz AS due_at,
 NULL::timestamptz AS urged_at, i.state, i.note, '' AS instead_of, {_ROW},
 (SELECT string_agg(DISTINCT coalesce(nullif(u.name, ''), u.username), '、') FROM flow_task t
  JOIN accounts_user u ON u.id = t.user_id WHERE t.instance_id = i.id AND t.state = 'waiting' AND t.kind = 'approve')
  AS waiting_for
FROM flow_instance i {_PEOPLE}
WHERE i.company_id = %(company)s::bigint AND i.submitter_id = %(user)s::bigint AND i.id < %(before)s::bigint {_LIKE}
ORDER BY i.id DESC LIMIT %(limit)s
"""
_COPIED = f"""
SELECT t.id, t.key, t.created_at AS at, NULL::timestamptz AS due_at, NULL::timestamptz AS urged_at, t.state, t.note,
 '' AS instead_of, {_ROW}
FROM flow_task t JOIN flow_instance i ON i.id = t.instance_id {_PEOPLE}
WHERE t.company_id = %(company)s::bigint AND t.user_id = %(user)s::bigint AND t.kind = 'inform'
 AND t.id < %(before)s::bigint {_LIKE} ORDER BY t.id DESC LIMIT %(limit)s
"""
_VERSIONS = "SELECT id, definition::text FROM flow_flowversion WHERE id = ANY(%s::bigint[])"
# What waits for approval without a flow, for lists of those who may approve by permission. {kind}, {id}: of a document.
NO_FLOW = (
    "NOT EXISTS (SELECT 1 FROM flow_instance fi"
    " WHERE fi.kind = '{kind}' AND fi.document_id = {id} AND fi.state = 'running')"
)
_NEWEST = 2**62
VIEWS = ("todo", "handled", "sent", "copied")
_SQL = {"todo": _TODO, "handled": _HANDLED, "sent": _SENT, "copied": _COPIED}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is filtered by."""

    view: str = "todo"
    kind: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One approval in a list; ``amount`` None: there is none, or the actor may not see it. ``parts``: the documents
    with which it may be one that was split, ``joint_amount``: what all of it comes to.
    """

    id: int
    kind: str
    kind_label: str
    transition: str
    number: str
    url: str
    partner: str
    amount: Decimal | None
    currency: str
    submitter: str
    node: str
    at: datetime
    due_at: datetime | None
    hours_late: int
    urged: bool
    state: str
    state_label: str
    approval: str
    approval_label: str
    instead_of: str
    note: str
    waiting_for: str = ""
    parts: tuple[str, ...] = ()
    joint_amount: Decimal | None = None

    @property
    def days_late(self) -> int:
        """How many days a task is overdue, begun ones too."""
        return -(-self.hours_late // 24)

    @property
    def key(self) -> str:
        """What the bulk bar posts."""
        return f"{self.kind}:{self.number}:{self.id}"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is to decide: in all, by kind, and how much of it is overdue."""

    all: int
    overdue: int
    kinds: list[tuple[str, str, int]]


def todo_count(actor: Actor) -> int:
    """How many documents wait for the actor's decision; exact, one statement on the index of waiting tasks."""
    if actor.user_id is None:
        return 0
    found = db.row(_COUNT, _params(actor))
    return int(found[0]) if found else 0


def todo_counts(actor: Actor) -> Counts:
    """The same by kind; one statement."""
    found = db.rows(_COUNTS, _params(actor))
    labels = dict(kinds_of())
    kinds = [(str(row[0]), labels.get(row[0], str(row[0])), int(row[1])) for row in found]
    return Counts(sum(one[2] for one in kinds), sum(row[2] for row in found), sorted(kinds, key=lambda one: -one[2]))


def people_of(actor: Actor) -> list[int]:
    """Whose to-do list the actor sees: the own, and those of the people for whom the actor stands in; one statement."""
    found = db.rows(
        "SELECT d.person_id FROM flow_delegate d WHERE d.company_id = %(company)s::bigint"
        " AND d.substitute_id = %(user)s::bigint AND d.is_active AND %(today)s::date BETWEEN d.first AND d.last",
        _params(actor),
    )
    return [actor.user_id or 0, *(row[0] for row in found)]


def inbox(actor: Actor, wanted: Wanted, limit: int | None = None, after: str | None = None) -> Page[Row]:
    """One of VIEWS, newest first; two statements. Errors: Invalid for a cursor that is none."""
    size = limited(limit)
    params = {
        **_params(actor),
        "kind": wanted.kind,
        "q": wanted.q.strip()[:80],
        "limit": size + 1,
        "at": None,
        "before": _NEWEST,
    }
    if wanted.view == "handled":
        if key := decode(after, 2):
            params |= {"at": str(key[0]), "before": as_id(key[1])}
    elif key := decode(after, 1):
        params["before"] = as_id(key[0])
    found = db.dicts(_SQL[wanted.view], params)
    nodes = _nodes(found)
    approval = {str(state): str(label) for state, label in Instance.State.choices}
    states = approval if wanted.view == "sent" else {str(state): str(label) for state, label in Task.State.choices}
    rows = [_row(actor, row, nodes, states, approval) for row in found]
    if wanted.view == "handled":
        return cut(rows, size, lambda row: [row.at.isoformat(), row.id])
    return cut(rows, size, lambda row: [row.id])


def kinds_of() -> list[tuple[str, str]]:
    """The kinds that can be approved, with their names."""
    return list({kind: str(subject.label) for (kind, _t), subject in SUBJECTS.items()}.items())


def _params(actor: Actor) -> dict[str, Any]:
    return {"company": actor.company_id, "user": actor.user_id or 0, "today": actor.today()}


def _nodes(found: list[dict[str, Any]]) -> Callable[[int, str], str]:
    """The name of a node in a version of a flow."""
    ids = sorted({row["version_id"] for row in found})
    texts: Mapping[int, str] = dict(db.rows(_VERSIONS, [db.array(ids)])) if ids else {}

    def name(version_id: int, key: str) -> str:
        try:
            return name_of(at(read(texts[version_id]), key)) if key else ""
        except KeyError:
            return ""

    return name


def _row(
    actor: Actor,
    row: dict[str, Any],
    node: Callable[[int, str], str],
    states: Mapping[str, str],
    approval: Mapping[str, str],
) -> Row:
    facts = json.loads(row["facts"] or "{}", parse_float=Decimal, parse_int=Decimal)
    subject = SUBJECTS.get((row["kind"], row["transition"]))
    parts = tuple(str(part["number"]) for part in facts.get("split_with") or ())
    return Row(
        row["id"],
        row["kind"],
        str(subject.label) if subject else row["kind"],
        row["transition"],
        row["number"],
        _page(row["kind"]).replace(_ANY, quote(row["number"])),
        str(facts.get("partner_name") or facts.get("partner") or ""),
        _amount(actor, subject, facts),
        row["currency"],
        row["submitter"],
        node(row["version_id"], row["key"]),
        row["at"],
        row["due_at"],
        _late(row["due_at"]),
        row["urged_at"] is not None,
        row["state"],
        states.get(row["state"], row["state"]),
        row["approval"],
        approval.get(row["approval"], row["approval"]),
        row["instead_of"] or "",
        row["note"],
        waiting_for=row.get("waiting_for") or "",
        parts=parts,
        joint_amount=_amount(actor, subject, facts, "joint_amount") if parts else None,
    )


_ANY = "NUMBER-0"


@cache
def _page(kind: str) -> str:
    """The address of documents of a kind: asked once, a list has fifty of one kind."""
    return page_of(kind, _ANY)


def _amount(actor: Actor, subject: Subject | None, facts: Mapping[str, Any], name: str = "amount") -> Decimal | None:
    amount = facts.get(name)
    if not isinstance(amount, Decimal) or subject is None:
        return None
    return amount if subject.shows_amount(actor, facts) else None


def _late(due_at: datetime | None) -> int:
    """How many hours a task is overdue, at least one if it is; by the clock."""
    if due_at is None or (late := timezone.now() - due_at).total_seconds() <= 0:
        return 0
    return max(1, int(late.total_seconds() // 3600))
