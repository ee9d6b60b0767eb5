"""Writing an approval: an instance with its first tasks in one statement, every later change in one statement."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gendan.flow.queries.standing import Published, Running
from gendan.flow.rules.hours import Calendar, deadline
from gendan.flow.rules.plan import NewTask
from gendan.flow.steps.standing_in import instead_text
from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject as Document
from gendan.kernel.unit import step

ASKED, COPIED, ENDED = "approval", "approval_copied", "approval_ended"  # kinds of notices
notices.NOTICE_LABELS |= {
    ASKED: gettext_lazy("等您审批"),
    COPIED: gettext_lazy("抄送给您"),
    ENDED: gettext_lazy("审批有了结果"),
}

# Who is asked or informed now, and who stands in for those, is told in the same statement; nobody is told what they do
# themselves.
_TELL = """
WITH y AS (
 SELECT DISTINCT t.user_id AS person, CASE t.kind WHEN 'inform' THEN %(copied)s::text ELSE %(asked)s::text END AS kind
 FROM t WHERE t.state = 'waiting' AND t.kind IN ('approve', 'inform'){more}),
stands AS (
 SELECT d.substitute_id AS person, string_agg(coalesce(nullif(u.name, ''), u.username), '、' ORDER BY u.id) AS whose
 FROM y JOIN flow_delegate d ON d.company_id = %(company)s::bigint AND d.person_id = y.person AND d.is_active
  AND %(today)s::date BETWEEN d.first AND d.last AND (d.kinds = '{{}}' OR %(subject)s::text = ANY (d.kinds))
 JOIN accounts_user u ON u.id = d.person_id
 WHERE y.kind = %(asked)s::text AND d.substitute_id IS DISTINCT FROM %(submitter)s::bigint
  AND NOT EXISTS (SELECT 1 FROM y o WHERE o.person = d.substitute_id AND o.kind = %(asked)s::text)
 GROUP BY 1)
INSERT INTO kernel_notice (company_id, user_id, kind, text, subject_kind, subject_number)
SELECT %(company)s::bigint, x.person, x.kind, x.text, %(subject)s::text, %(number)s::text
FROM (
 SELECT y.person, y.kind, CASE y.kind WHEN %(asked)s::text THEN %(asked_text)s::text
  WHEN %(copied)s::text THEN %(copied_text)s::text ELSE %(ended_text)s::text END AS text FROM y
 UNION ALL SELECT s.person, %(asked)s::text, replace(%(instead_text)s::text, '@whose@', s.whose) FROM stands s) AS x
WHERE x.person <> coalesce(%(actor)s::bigint, 0)
"""
_TASK_COLUMNS = """
INSERT INTO flow_task (company_id, instance_id, key, round, kind, place, user_id, source, state, due_at,
 parent_id, side, note)
"""
_TASKS = """
t AS (SELECT * FROM unnest(%(keys)s::text[], %(rounds)s::int[], %(kinds)s::text[], %(places)s::int[],
 %(users)s::bigint[], %(sources)s::text[], %(states)s::text[], %(dues)s::text[], %(parents)s::bigint[],
 %(sides)s::text[], %(notes)s::text[])
 AS t(key, round, kind, place, user_id, source, state, due, parent, side, note))
"""
_BEGIN = f"""
WITH {_TASKS}, told AS ({_TELL.format(more="")}),
i AS (
 INSERT INTO flow_instance (company_id, version_id, kind, transition, document_id, number, submitter_id, facts, state,
  key, round, ended_at)
 VALUES (%(company)s::bigint, %(version)s::bigint, %(kind)s::text, %(transition)s::text, %(document)s::bigint,
  %(number)s::text, %(submitter)s::bigint, %(facts)s::jsonb, %(state)s::text, %(key)s::text, %(round)s::int,
  CASE WHEN %(state)s::text <> 'running' THEN now() END)
 RETURNING id)
{_TASK_COLUMNS}
SELECT %(company)s::bigint, i.id, t.key, t.round, t.kind, t.place, t.user_id, t.source, t.state,
 nullif(t.due, '')::timestamptz, t.parent, t.side, t.note
FROM t CROSS JOIN i
"""
_TURNS = """
 UNION SELECT c.user_id, %(asked)s::text FROM changed c WHERE c.state = 'waiting'
 UNION SELECT %(submitter)s::bigint, %(ended)s::text WHERE %(state)s::text IN ('approved', 'rejected', 'sent_back')
"""
_CHANGE = f"""
WITH {_TASKS},
changed AS (
 UPDATE flow_task t SET state = x.state, acted_by_id = CASE WHEN x.state IN ('waiting', 'later') THEN t.acted_by_id
   ELSE x.actor END,
  decided_at = CASE WHEN x.state IN ('waiting', 'later') THEN NULL ELSE now() END,
  due_at = CASE WHEN x.state = 'waiting' THEN nullif(x.due, '')::timestamptz ELSE t.due_at END,
  note = CASE WHEN x.note = '' THEN t.note ELSE x.note END
 FROM unnest(%(ids)s::bigint[], %(new_states)s::text[], %(actors)s::bigint[], %(new_notes)s::text[],
  %(new_dues)s::text[]) AS x(id, state, actor, note, due)
 WHERE t.id = x.id RETURNING t.user_id, t.state),
told AS ({_TELL.format(more=_TURNS)}),
i AS (
 UPDATE flow_instance SET state = %(state)s::text, key = %(key)s::text, round = %(round)s::int,
  entered_at = CASE WHEN round <> %(round)s::int THEN now() ELSE entered_at END,
  ended_at = CASE WHEN %(state)s::text <> 'running' THEN now() END, note = %(note)s::text
 WHERE id = %(instance)s::bigint)
{_TASK_COLUMNS}
SELECT %(company)s::bigint, %(instance)s::bigint, t.key, t.round, t.kind, t.place, t.user_id, t.source, t.state,
 nullif(t.due, '')::timestamptz, t.parent, t.side, t.note FROM t
"""
_END = """
WITH i AS (
 UPDATE flow_instance SET state = %(state)s::text, ended_at = now(), note = %(note)s::text
 WHERE kind = %(kind)s::text AND document_id = %(document)s::bigint AND company_id = %(company)s::bigint
  AND state = 'running' AND (%(transition)s::text = '' OR transition = %(transition)s::text)
 RETURNING id)
UPDATE flow_task t SET state = 'dropped', decided_at = now(), acted_by_id = %(actor)s::bigint
FROM i WHERE t.instance_id = i.id AND t.state IN ('waiting', 'later') AND t.kind <> 'inform'
"""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a task; ``hours``: the deadline that begins when its turn comes."""

    id: int
    state: str
    note: str = ""
    acted_by: int | None = None
    hours: float | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """A signer whom somebody added to their own task."""

    task: NewTask
    parent: int
    side: str


@dataclass(slots=True)
class Outcome:
    """What a decision came to: the state of the approval, and where it stands."""

    state: str
    key: str = ""
    round: int = 0
    note: str = ""
    changes: list[Change] = field(default_factory=list)
    tasks: list[NewTask] = field(default_factory=list)
    added: list[Added] = field(default_factory=list)


@step
def begin(actor: Actor, found: Published, outcome: Outcome, submitter_id: int | None) -> None:
    """Write an approval with its first tasks; sent with the next statement."""
    params = {
        "company": actor.company_id,
        "version": found.version_id,
        "kind": found.subject.kind,
        "transition": found.subject.transition,
        "document": found.document.id,
        "number": found.document.number,
        "submitter": submitter_id,
        "facts": json.dumps(found.facts, ensure_ascii=False),
        "state": outcome.state,
        "key": outcome.key,
        "round": outcome.round,
        **_columns(outcome, found.calendar),
        **_told(actor, found.document, actor.name, outcome),
    }
    db.later(_BEGIN, params)


@step
def change(actor: Actor, run: Running, outcome: Outcome) -> None:
    """Write what a decision changes; sent with the next statement."""
    changes = outcome.changes
    params = {
        "company": actor.company_id,
        "instance": run.id,
        "state": outcome.state,
        "key": outcome.key,
        "round": outcome.round,
        "note": outcome.note[:300],
        "ids": db.array(one.id for one in changes),
        "new_states": [one.state for one in changes],
        "actors": db.array(one.acted_by for one in changes),
        "new_notes": [one.note[:300] for one in changes],
        "new_dues": [_due(one.hours, "", run.calendar) if one.state == "waiting" else "" for one in changes],
        **_columns(outcome, run.calendar),
        **_told(actor, run.document, run.directory.name(run.submitter_id), outcome),
        "submitter": run.submitter_id,
    }
    db.later(_CHANGE, params)


@step
def end(actor: Actor, kind: str, document_id: int, state: str, note: str = "", transition: str = "") -> None:
    """End what runs for a document, whatever it waits for; sent with the next statement."""
    db.later(
        _END,
        {
            "company": actor.company_id,
            "actor": actor.user_id,
            "kind": kind,
            "document": document_id,
            "state": state,
            "note": note[:300],
            "transition": transition,
        },
    )


def asked_text(number: str, submitter: str) -> str:
    """What somebody is told who has to decide now."""
    return _("%(number)s 等您审批（%(submitter)s 提交）。") % {"number": number, "submitter": submitter}


def _told(actor: Actor, document: Document, submitter: str, outcome: Outcome) -> Mapping[str, Any]:
    """What people are told: who is asked, who is informed, and who submitted it, when it is over."""
    number = {"number": document.number}
    ended = {
        "approved": _("%(number)s 已通过审批。"),
        "rejected": _("%(number)s 被驳回：%(note)s"),
        "sent_back": _("%(number)s 被退回修改：%(note)s"),
    }.get(outcome.state, "")
    return {
        "actor": actor.user_id,
        "subject": document.kind,
        "number": document.number,
        "asked": ASKED,
        "copied": COPIED,
        "ended": ENDED,
        "asked_text": asked_text(document.number, submitter),
        "instead_text": instead_text(document.number, submitter),
        "today": actor.today(),
        "copied_text": _("%(submitter)s 提交的 %(number)s 抄送给您。") % {**number, "submitter": submitter},
        "ended_text": ended % {**number, "note": outcome.note[:300]} if ended else "",
    }


def _columns(outcome: Outcome, calendar: Calendar) -> Mapping[str, Any]:
    """New tasks as one array per column; a task of another round than the node's never comes."""
    tasks: Sequence[NewTask] = [*outcome.tasks, *(one.task for one in outcome.added)]
    plain: Iterable[None] = [None] * len(outcome.tasks)
    return {
        "keys": [task.key for task in tasks],
        "rounds": db.array(outcome.round for _task in tasks),
        "kinds": [task.kind for task in tasks],
        "places": db.array(task.place for task in tasks),
        "users": db.array(task.user for task in tasks),
        "sources": [task.source for task in tasks],
        "states": [task.state for task in tasks],
        "dues": [_due(task.hours, task.until, calendar, task) for task in tasks],
        "parents": db.array([*plain, *(one.parent for one in outcome.added)]),
        "sides": [*("" for _none in outcome.tasks), *(one.side for one in outcome.added)],
        "notes": [task.note for task in tasks],
    }


def _due(hours: float | None, until: str, calendar: Calendar, task: NewTask | None = None) -> str:
    """When a task is due, as text; a wait without a readable day is over at once, nothing waits for ever."""
    now = datetime.now(UTC)
    if task is not None and task.state != "waiting":
        return ""
    if hours is not None:
        return deadline(now, Decimal(str(hours)), calendar).isoformat()
    if task is None or task.kind != "wait":
        return ""
    try:
        return datetime.combine(date.fromisoformat(until[:10]), time(0), calendar.zone).isoformat()
    except ValueError:
        return now.isoformat()
