"""Deadlines of many tasks at once: those who were asked are reminded, or their superiors are asked instead.

The number of statements does not depend on the number of tasks. What somebody is deciding this moment is left alone
(SKIP LOCKED): it comes again with the next run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gendan.flow.queries.calendar import calendar_from
from gendan.flow.queries.due import definitions, hours_of
from gendan.flow.queries.standing import KNOWN
from gendan.flow.rules.assignees import Directory, directory_from
from gendan.flow.rules.definition import Approve, Definition
from gendan.flow.rules.hours import deadline
from gendan.flow.rules.path import at
from gendan.flow.steps.standing_in import Landed, tell_stand_ins
from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.events import Entry, Subject, record_all
from gendan.kernel.unit import step

DUE, ESCALATED = "approval_due", "approval_escalated"  # kinds of notices
notices.NOTICE_LABELS |= {DUE: gettext_lazy("审批到期"), ESCALATED: gettext_lazy("上级代审")}
_LOCK = """
SELECT t.id, t.key, t.user_id, i.version_id, i.kind, i.document_id, i.number, i.submitter_id
FROM flow_task t JOIN flow_instance i ON i.id = t.instance_id
WHERE t.id = ANY(%(ids)s::bigint[]) AND t.company_id = %(company)s::bigint AND t.state = 'waiting'
 AND t.kind = 'approve' AND t.due_at <= now() AND t.reminded_at IS NULL AND i.state = 'running'
ORDER BY i.id, t.id FOR NO KEY UPDATE OF i, t SKIP LOCKED
"""
_HAND_ON = """
UPDATE flow_task t SET user_id = x.to_id, handed_by_id = t.user_id, stand_in_id = NULL, due_at = x.due, urged_at = NULL
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS x(id, to_id, due) WHERE t.id = x.id
"""
_REMINDED = "UPDATE flow_task SET reminded_at = now() WHERE id = ANY(%s::bigint[])"


@dataclass(frozen=True, slots=True)
class Late:
    """A task whose deadline has passed, locked with its approval."""

    id: int
    key: str
    user_id: int | None
    version_id: int
    document: Subject
    submitter_id: int | None


@step
def locked(actor: Actor, ids: Sequence[int]) -> list[Late]:
    """Those of the tasks that are still due, and that nobody decides this moment."""
    found = db.rows(_LOCK, {"ids": db.array(ids), "company": actor.company_id})
    return [
        Late(id_, key, user, version, Subject(kind, document, number), submitter)
        for id_, key, user, version, kind, document, number, submitter in found
    ]


@step
def escalate(actor: Actor, late: Sequence[Late]) -> list[Late]:
    """Ask superiors instead, with the same deadline again; answers those who have nobody above them."""
    if not late:
        return []
    row = db.row(f"SELECT {KNOWN}", {"company": actor.company_id})
    assert row is not None
    directory, calendar = directory_from(row[0], row[1]), calendar_from(row[2], row[3], actor.zone)
    known = definitions({task.version_id for task in late})
    above = {task.id: _above(task, directory, known[task.version_id]) for task in late}
    moved = [(task, to) for task in late if (to := above[task.id]) is not None]
    if moved:
        now = datetime.now(UTC)

        @cache
        def due(hours: float) -> str:
            return deadline(now, Decimal(str(hours)), calendar).isoformat()

        dues = [due(hours_of(known[task.version_id], task.key)) for task, _to in moved]
        ids, people = db.array(task.id for task, _to in moved), db.array(to for _task, to in moved)
        db.later(_HAND_ON, [ids, people, dues])
        _tell_escalated(actor, moved, directory, known)
    return [task for task in late if above[task.id] is None]


@step
def remind(actor: Actor, late: Sequence[Late]) -> None:
    """Tell those who were asked that the time is over; once."""
    if not late:
        return
    db.later(_REMINDED, [db.array(task.id for task in late)])
    known = definitions({task.version_id for task in late})
    record_all(
        actor,
        [
            Entry("flow.deadline_passed", task.document, (f"inbox:{task.user_id}",), {"node": _node(task, known)})
            for task in late
        ],
    )
    told = [
        (task.user_id, _("%(number)s 的审批已超过期限。") % {"number": task.document.number}, task.document)
        for task in late
        if task.user_id is not None
    ]
    notices.notify_each(actor.company_id, DUE, told)


def _above(task: Late, directory: Directory, definition: Definition) -> int | None:
    """Who is asked instead: the superior; above them, where that is the submitter, who may not approve their own."""
    node = at(definition, task.key)
    own = isinstance(node, Approve) and (node.own or definition.own) == "allow"
    for levels in range(1, 50):
        found = directory.superior(task.user_id, levels)
        if found is None or (found != task.user_id and (own or found != task.submitter_id)):
            return found
    return None


def _tell_escalated(
    actor: Actor, moved: Sequence[tuple[Late, int]], directory: Directory, known: Mapping[int, Definition]
) -> None:
    entries, told = [], []
    for task, to in moved:
        was = directory.name(task.user_id)
        data = {"node": _node(task, known), "people": directory.name(to), "instead_of": was}
        refs = (f"inbox:{task.user_id}", f"inbox:{to}")
        entries.append(Entry("flow.escalated", task.document, refs, data))
        text = _("%(number)s：%(name)s 超过期限没有审批，转由您审批。") % {"number": task.document.number, "name": was}
        told.append((to, text, task.document))
    record_all(actor, entries)
    notices.notify_each(actor.company_id, ESCALATED, told)
    landed = [Landed(to, task.submitter_id, directory.name(task.submitter_id), task.document) for task, to in moved]
    tell_stand_ins(actor, ESCALATED, landed)


def _node(task: Late, known: Mapping[int, Definition]) -> str:
    node = at(known[task.version_id], task.key)
    return node.name or node.key
