"""How the approval of a document goes: who decided what, who is next and since when, who is foreseen, what I may do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from gendan.flow.models import Instance, Task
from gendan.flow.queries.standing import KNOWN, facts_from
from gendan.flow.queries.words import name_of, not_told
from gendan.flow.rules.assignees import Directory, directory_from
from gendan.flow.rules.definition import AnyNode, Approve, Definition, Inform, read
from gendan.flow.rules.path import at, earlier
from gendan.flow.rules.plan import plan
from gendan.flow.subjects import SUBJECTS
from gendan.kernel import db, duties
from gendan.kernel.actor import Actor

_ONE = f"""
SELECT i.id, i.state, i.key, i.round, i.started_at, i.entered_at, i.ended_at, i.note, i.submitter_id,
 coalesce(nullif(s.name, ''), s.username, '') AS submitter, i.facts::text, f.name AS flow, v.number AS version,
 v.definition::text, i.number, i.transition,
 (SELECT jsonb_agg(jsonb_build_object('id', t.id, 'key', t.key, 'round', t.round, 'kind', t.kind, 'state', t.state,
   'user', t.user_id, 'stand_in', t.stand_in_id, 'side', t.side, 'source', t.source, 'at', t.created_at,
   'due_at', t.due_at, 'urged_at', t.urged_at, 'decided_at', t.decided_at, 'acted_by', t.acted_by_id, 'note', t.note,
   'name', coalesce(nullif(u.name, ''), u.username, ''), 'actor', coalesce(nullif(a.name, ''), a.username, ''),
   'handed', coalesce(nullif(h.name, ''), h.username, ''), 'stands', coalesce(nullif(b.name, ''), b.username, ''))
   ORDER BY t.round, t.place, t.id)
  FROM flow_task t LEFT JOIN accounts_user u ON u.id = t.user_id LEFT JOIN accounts_user a ON a.id = t.acted_by_id
  LEFT JOIN accounts_user h ON h.id = t.handed_by_id LEFT JOIN accounts_user b ON b.id = t.stand_in_id
  WHERE t.instance_id = i.id)::text AS tasks,
 (SELECT jsonb_agg(d.person_id) FROM flow_delegate d WHERE d.company_id = i.company_id
  AND d.substitute_id = %(user)s::bigint AND d.is_active AND %(today)s::date BETWEEN d.first AND d.last
  AND (d.kinds = '{{}}' OR i.kind = ANY (d.kinds)))::text AS stands_for,
 (SELECT count(*) FROM flow_instance e WHERE e.kind = i.kind AND e.document_id = i.document_id AND e.id < i.id)
  AS before,
 CASE WHEN i.state = 'running' THEN (SELECT jsonb_build_array(k.people, k.departments)::text
  FROM (SELECT {KNOWN}) k(people, departments, hours, days)) END AS known
FROM flow_instance i JOIN flow_flowversion v ON v.id = i.version_id JOIN flow_flow f ON f.id = v.flow_id
LEFT JOIN accounts_user s ON s.id = i.submitter_id
WHERE i.kind = %(kind)s::text AND i.document_id = %(document)s::bigint AND i.company_id = %(company)s::bigint
ORDER BY i.id DESC LIMIT 1
"""
URGE_AGAIN = timedelta(hours=1)
MOST_FORESEEN = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """One person at a node, and what they said; ``state`` is the task's, ``tone``: done, bad, now, later."""

    task_id: int
    name: str
    state: str
    state_label: str
    tone: str
    note: str = ""
    at: datetime | None = None
    due_at: datetime | None = None
    late: bool = False
    urged_at: datetime | None = None
    more: str = ""
    side: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A node on the way: passed (done, bad), where it stands (now), or foreseen (later)."""

    key: str
    name: str
    type: str
    tone: str
    how: str = ""
    people: list[Asked] = field(default_factory=list)
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mine:
    """What the actor may do: their task (0: none) with whom it is for, where it may be sent back to, and the rest."""

    task_id: int = 0
    instead_of: str = ""
    back_to: list[tuple[str, str]] = field(default_factory=list)
    urge: list[int] = field(default_factory=list)
    urged: bool = False
    withdraw: bool = False
    ahead: list[str] = field(default_factory=list)  # what will be said of duties to be kept apart


@dataclass(frozen=True, slots=True)
class Progress:
    """The latest approval of a document."""

    kind: str
    number: str
    transition: str
    flow: str
    version: int
    state: str
    state_label: str
    submitter: str
    started_at: datetime
    ended_at: datetime | None
    note: str
    steps: list[Step]
    mine: Mine
    split_with: list[Mapping[str, Any]]
    joint: Any  # what it comes to with those, None for who may not see amounts
    before: int

    @property
    def runs(self) -> bool:
        return self.state == "running"


def progress(actor: Actor, kind: str, document_id: int) -> Progress | None:
    """The latest approval of a document that the actor may see, None without one; one statement."""
    params = {"kind": kind, "document": document_id, "company": actor.company_id, "user": actor.user_id}
    found = db.dicts(_ONE, {**params, "today": actor.today()})
    if not found:
        return None
    row = found[0]
    definition, facts = read(row["definition"]), facts_from(row["facts"])
    tasks: list[dict[str, Any]] = [_dated(task) for task in json.loads(row["tasks"] or "[]")]
    steps = _gone(definition, tasks, row)
    if row["state"] == "running":
        people, departments = json.loads(row["known"])
        directory = directory_from(people, departments)
        steps += _foreseen(definition, facts, directory, row, tasks)
    return Progress(
        kind,
        row["number"],
        row["transition"],
        row["flow"],
        row["version"],
        row["state"],
        str(dict(Instance.State.choices).get(row["state"], row["state"])),
        row["submitter"],
        row["started_at"],
        row["ended_at"],
        row["note"],
        steps,
        _mine(actor, kind, definition, tasks, row),
        *_parts(actor, kind, row["transition"], facts),
        row["before"],
    )


def _parts(actor: Actor, kind: str, transition: str, facts: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], Any]:
    """The documents that may be parts of this one, and what all come to; without amounts for who may not see them."""
    subject = SUBJECTS.get((kind, transition))
    seen = subject is None or subject.shows_amount(actor, facts)
    parts = [part if seen else {**part, "amount": None} for part in facts.get("split_with") or ()]
    return parts, facts.get("joint_amount") if seen and parts else None


def _dated(task: dict[str, Any]) -> dict[str, Any]:
    dates = {
        name: datetime.fromisoformat(task[name]) if task[name] else None
        for name in ("at", "due_at", "urged_at", "decided_at")
    }
    return {**task, **dates}


def _gone(definition: Definition, tasks: Sequence[dict[str, Any]], row: Mapping[str, Any]) -> list[Step]:
    """The nodes that were entered, in the order in which they were."""
    groups: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for task in tasks:
        groups.setdefault((task["round"], task["key"]), []).append(task)
    found = []
    for (round_, key), here in groups.items():
        node = _node(definition, key)
        now = row["state"] == "running" and round_ == row["round"] and key == row["key"]
        asked = [_asked(task) for task in here]
        bad = any(one.tone == "bad" for one in asked)
        tone = "now" if now else "bad" if bad else "done"
        since = row["entered_at"] if now else None
        found.append(Step(key, name_of(node) if node else key, here[0]["kind"], tone, _how(node), asked, since))
    return found


def _asked(task: Mapping[str, Any]) -> Asked:
    state, kind = task["state"], task["kind"]
    label = str(dict(Task.State.choices).get(state, state))
    if kind == "inform":
        label = "" if state == "waiting" else str(dict(Task.State.choices)["done"])
    tones = {"waiting": "now", "later": "later", "rejected": "bad", "sent_back": "bad", "dropped": "later"}
    stands_in = task["actor"] if task["acted_by"] and task["acted_by"] != task["user"] else ""
    late = state == "waiting" and task["due_at"] is not None and task["due_at"] < timezone.now()
    name = task["name"] or str(dict(Task.Kind.choices)[kind])
    return Asked(
        task["id"],
        name,
        state,
        label,
        tones.get(state, "done") if kind != "inform" else "done",
        not_told(task["note"]) if kind == "webhook" or state == "waiting" else task["note"],
        task["decided_at"],
        task["due_at"] if state == "waiting" else None,
        late,
        task["urged_at"],
        stands_in or (task["stands"] if state == "waiting" else ""),
        task["side"],
    )


def _how(node: AnyNode | None) -> str:
    """How the people of a node decide together, as a code: one all some sequence."""
    return node.mode if isinstance(node, Approve) else ""


def _foreseen(
    definition: Definition,
    facts: Mapping[str, Any],
    directory: Directory,
    row: Mapping[str, Any],
    tasks: Sequence[Mapping[str, Any]],
) -> list[Step]:
    """Who would be asked next if everybody agreed, by the facts as they were judged."""
    found: list[Step] = []
    key, decided = row["key"], _decided(tasks)
    while key and len(found) < MOST_FORESEEN:
        decided |= {task["user"] for task in tasks if task["state"] == "waiting" and task["user"]}
        made = plan(definition, key, facts, directory, row["submitter_id"], decided)
        groups: dict[str, list[Asked]] = {}
        for task in made.tasks:
            name = directory.name(task.user) if task.user else ""
            groups.setdefault(task.key, []).append(Asked(0, name, "later", "", "later"))
            if task.user and task.kind == "approve":
                decided.add(task.user)
        for each, people in groups.items():
            node = _node(definition, each)
            kind = "inform" if isinstance(node, Inform) else "approve"
            named = [one for one in people if one.name]
            found.append(Step(each, name_of(node) if node else each, kind, "later", _how(node), named))
        key = made.key
    return found


def _decided(tasks: Iterable[Mapping[str, Any]]) -> set[int]:
    back = max((task["round"] for task in tasks if task["state"] == "sent_back"), default=0)
    done = [task for task in tasks if task["round"] > back and task["state"] == "approved"]
    return {person for task in done for person in (task["user"], task["acted_by"]) if person is not None}


def _mine(
    actor: Actor, kind: str, definition: Definition, tasks: Sequence[Mapping[str, Any]], row: Mapping[str, Any]
) -> Mine:
    """What the actor may do; the command looks again."""
    if row["state"] != "running" or actor.user_id is None:
        return Mine()
    here = [t for t in tasks if t["key"] == row["key"] and t["round"] == row["round"]]
    waiting = [t for t in here if t["state"] == "waiting" and t["kind"] == "approve"]
    node = _node(definition, row["key"])
    own = isinstance(node, Approve) and (node.own or definition.own) == "allow"
    stands_for = set(json.loads(row["stands_for"] or "[]"))
    mine = next((t for t in waiting if t["user"] == actor.user_id), None)
    if mine is None and (own or actor.user_id != row["submitter_id"]):
        mine = next((t for t in waiting if t["stand_in"] == actor.user_id or t["user"] in stands_for), None)
    submitter = row["submitter_id"] == actor.user_id
    subject = SUBJECTS.get((kind, row["transition"]))
    may_urge = mine is None and (submitter or (subject is not None and actor.may(subject.permission)))
    fresh = [t for t in waiting if t["urged_at"] and timezone.now() - t["urged_at"] < URGE_AGAIN]
    visited = sorted({t["key"] for t in tasks})
    return Mine(
        mine["id"] if mine else 0,
        mine["name"] if mine and mine["user"] != actor.user_id else "",
        [(one.key, name_of(one)) for one in earlier(definition, row["key"], visited)] if mine else [],
        [t["id"] for t in waiting if t not in fresh] if may_urge else [],
        bool(may_urge and fresh),
        submitter,
        duties.ahead(actor, "approve", kind, [row["number"]]) if mine else [],
    )


def _node(definition: Definition, key: str) -> AnyNode | None:
    try:
        return at(definition, key)
    except KeyError:
        return None
