"""Where an approval stands: the published flow of a document that is submitted, the running approval of one that waits.

Both are one statement each, made to travel in the exchange that locks the document; nothing but an index is looked at
where there is no flow.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gendan.flow.facts import with_parts
from gendan.flow.queries.calendar import COLUMNS as CALENDAR
from gendan.flow.queries.calendar import calendar_from
from gendan.flow.rules.assignees import Directory, directory_from
from gendan.flow.rules.definition import Definition, read
from gendan.flow.rules.hours import Calendar
from gendan.flow.rules.votes import Vote
from gendan.flow.subjects import Subject, subject_of
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject as Document

# Whether anything has to be asked at all, for a statement that is sent anyway. {company}: an expression for its id.
HAS_FLOW = (
    "EXISTS (SELECT 1 FROM flow_flow f WHERE f.company_id = {company} AND f.kind = '{kind}'"
    " AND f.transition = '{transition}' AND f.published_id IS NOT NULL)"
)
# The same for who submits: with a flow it waits for others who submit what may be a piece of the same order ({whose}:
# expressions that say which), so that the second of two at once sees the first. Asked before the facts are read, in a
# statement of its own; {when}: whether anything is submitted at all.
HAS_FLOW_ALONE = """
coalesce((SELECT CASE WHEN {when} AND coalesce((v.definition ->> 'split_days')::int, 7) > 0 THEN
  pg_advisory_xact_lock(hashtextextended(concat_ws(':', 'flow', '{kind}', f.company_id, {whose}), 0))::text IS NOT NULL
  ELSE true END
 FROM flow_flow f JOIN flow_flowversion v ON v.id = f.published_id
 WHERE f.company_id = {company} AND f.kind = '{kind}' AND f.transition = 'submit'), false)
""".strip()
_PEOPLE = """
(SELECT jsonb_agg(jsonb_build_array(m.user_id, u.username, u.name, m.superior_id, m.is_active AND u.is_active,
  (SELECT jsonb_agg(r.code) FROM accounts_membership_roles mr JOIN accounts_role r ON r.id = mr.role_id
   WHERE mr.membership_id = m.id),
  EXISTS (SELECT 1 FROM accounts_membership_roles mr JOIN accounts_role r ON r.id = mr.role_id
   WHERE mr.membership_id = m.id AND '*' = ANY (r.permissions)), m.department_id) ORDER BY m.user_id)
 FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id WHERE m.company_id = %(company)s::bigint)::text,
 (SELECT jsonb_agg(jsonb_build_array(d.id, d.parent_id, d.head_id)) FROM accounts_department d
  WHERE d.company_id = %(company)s::bigint)::text
"""
# The people, their departments and the calendar; ``directory_from`` and ``calendar_from`` read them.
KNOWN = f"{_PEOPLE}, {CALENDAR.format(company='%(company)s::bigint')}"
_DOCUMENT = "(SELECT id FROM {table} WHERE company_id = %(company)s::bigint AND number = %(number)s::text) doc"
_PUBLISHED = """
SELECT f.name, v.id, v.number, v.definition::text, ({facts})::text, ({split})::text, doc.id, {known}
FROM flow_flow f JOIN flow_flowversion v ON v.id = f.published_id CROSS JOIN {document}
WHERE f.company_id = %(company)s::bigint AND f.kind = %(kind)s::text AND f.transition = %(transition)s::text
"""
_RUNNING = """
SELECT i.id, f.name, v.definition::text, i.facts::text, i.document_id, i.submitter_id, i.key, i.round,
 (SELECT jsonb_agg(jsonb_build_array(t.id, t.key, t.round, t.kind, t.state, t.place, t.user_id, t.stand_in_id,
   t.parent_id, t.side, t.source, t.acted_by_id) ORDER BY t.id) FROM flow_task t WHERE t.instance_id = i.id)::text,
 (SELECT jsonb_agg(d.person_id) FROM flow_delegate d WHERE d.company_id = i.company_id
  AND d.substitute_id = %(user)s::bigint AND d.is_active AND %(today)s::date BETWEEN d.first AND d.last
  AND (d.kinds = '{{}}' OR i.kind = ANY (d.kinds)))::text, {known}
FROM {document} JOIN flow_instance i ON i.kind = %(kind)s::text AND i.document_id = doc.id
 AND i.transition = %(transition)s::text AND i.state = 'running'
JOIN flow_flowversion v ON v.id = i.version_id JOIN flow_flow f ON f.id = v.flow_id FOR NO KEY UPDATE OF i
"""
_SUBMITTED = """
SELECT i.facts::text, v.definition::text, ({facts})::text
FROM {document} CROSS JOIN LATERAL (SELECT * FROM flow_instance i WHERE i.kind = %(kind)s::text
  AND i.document_id = doc.id AND i.transition = %(transition)s::text ORDER BY i.id DESC LIMIT 1) i
JOIN flow_flowversion v ON v.id = i.version_id WHERE i.state IN ('running', 'approved')
"""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task of a running approval, as the engine sees it."""

    id: int
    key: str
    round: int
    kind: str
    state: str
    place: int
    user_id: int | None
    stand_in_id: int | None
    parent_id: int | None
    side: str
    source: str
    acted_by_id: int | None

    @property
    def is_open(self) -> bool:
        return self.state in {"waiting", "later"}

    @property
    def vote(self) -> Vote:
        return Vote(self.id, self.state, self.place, self.parent_id, self.side)


@dataclass(frozen=True, slots=True)
class Published:
    """The flow that a document meets now, with what its conditions and people are found by."""

    subject: Subject
    document: Document
    name: str
    version_id: int
    version: int
    definition: Definition
    facts: Mapping[str, Any]
    directory: Directory
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Running:
    """An approval that waits, locked, with its tasks. ``stands_for``: the people for whom the actor may decide."""

    subject: Subject
    document: Document
    id: int
    name: str
    definition: Definition
    facts: Mapping[str, Any]
    submitter_id: int | None
    key: str
    round: int
    tasks: tuple[TaskRow, ...]
    stands_for: frozenset[int]
    directory: Directory
    calendar: Calendar

    @property
    def at_node(self) -> list[TaskRow]:
        """The tasks of the node where it stands."""
        return [task for task in self.tasks if task.key == self.key and task.round == self.round]

    @property
    def waiting(self) -> list[TaskRow]:
        """What it waits for."""
        return [task for task in self.at_node if task.state == "waiting"]

    @property
    def asked(self) -> list[str]:
        """The names of the people it waits for."""
        return [self.directory.name(task.user_id) for task in self.waiting if task.user_id is not None]


@dataclass(frozen=True, slots=True)
class Compared:
    """The facts that were judged last, and as they are now, with the flow that says what counts."""

    definition: Definition
    before: Mapping[str, Any]
    after: Mapping[str, Any] = field(default_factory=dict)


def published(actor: Actor, kind: str, number: str, transition: str = "submit") -> db.Statement:
    """The statement that looks up the flow of a document; ``published_from`` reads its rows."""
    subject = subject_of(kind, transition)
    days = "coalesce((v.definition ->> 'split_days')::int, 7)"
    split = subject.split_sql.format(id="doc.id", days=days) or "SELECT '[]'::jsonb"
    sql = _PUBLISHED.format(
        facts=subject.facts_sql.format(id="doc.id"),
        split=split,
        known=KNOWN,
        document=_DOCUMENT.format(table=subject.table),
    )
    return sql, _params(actor, kind, number, transition)


def published_from(
    actor: Actor, kind: str, number: str, rows: Sequence[db.Row], transition: str = "submit"
) -> Published | None:
    """The flow that a document meets, None where there is none."""
    if not rows:
        return None
    name, version_id, version, definition, facts, splits, document_id, people, departments, hours, days = rows[0]
    subject = subject_of(kind, transition)
    found = with_parts(facts_from(facts), json.loads(splits or "[]"), sums="joint_amount" in subject.facts)
    return Published(
        subject,
        Document(kind, document_id, number),
        name,
        version_id,
        version,
        read(definition),
        found,
        directory_from(people, departments),
        calendar_from(hours, days, actor.zone),
    )


def running(actor: Actor, kind: str, number: str, transition: str = "submit") -> db.Statement:
    """The statement that locks the running approval of a document that is locked already, for ``running_from``."""
    subject = subject_of(kind, transition)
    sql = _RUNNING.format(known=KNOWN, document=_DOCUMENT.format(table=subject.table))
    return sql, {**_params(actor, kind, number, transition), "user": actor.user_id, "today": actor.today()}


def running_from(
    actor: Actor, kind: str, number: str, rows: Sequence[db.Row], transition: str = "submit"
) -> Running | None:
    """The running approval, None where there is none."""
    if not rows:
        return None
    id_, name, definition, facts, document_id, submitter, key, round_, tasks, stands_for, *known = rows[0]
    people, departments, hours, days = known
    return Running(
        subject_of(kind, transition),
        Document(kind, document_id, number),
        id_,
        name,
        read(definition),
        facts_from(facts),
        submitter,
        key,
        round_,
        tuple(TaskRow(*row) for row in json.loads(tasks or "[]")),
        frozenset(json.loads(stands_for or "[]")),
        directory_from(people, departments),
        calendar_from(hours, days, actor.zone),
    )


def judged(actor: Actor, kind: str, number: str, transition: str = "submit") -> db.Statement:
    """The statement that reads what was judged last of a document and what it is now; ``judged_from`` reads it."""
    subject = subject_of(kind, transition)
    sql = _SUBMITTED.format(facts=subject.facts_sql.format(id="doc.id"), document=_DOCUMENT.format(table=subject.table))
    return sql, _params(actor, kind, number, transition)


def judged_from(rows: Sequence[db.Row]) -> Compared | None:
    """What was judged and what is, None where no flow ever let the document pass or looks at it now."""
    if not rows:
        return None
    before, definition, after = rows[0]
    was = facts_from(before)
    parts = was.get("split_with") or []
    return Compared(read(definition), was, with_parts(facts_from(after), parts, sums="joint_amount" in was))


def facts_from(text: str | None) -> dict[str, Any]:
    """Facts from JSON; whole numbers are numbers like others, for conditions compare but do not convert."""
    found: dict[str, Any] = json.loads(text or "{}", parse_int=float)
    return found


def _params(actor: Actor, kind: str, number: str, transition: str) -> dict[str, Any]:
    return {"company": actor.company_id, "kind": kind, "transition": transition, "number": number}
