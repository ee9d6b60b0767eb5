"""Which deadlines have passed, and what their nodes say should happen then. No locks: what is done looks again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gendan.flow.rules.definition import Approve, Definition, Wait, read
from gendan.flow.rules.path import at
from gendan.kernel import db
from gendan.kernel.actor import Actor

MIND = "flow.mind_deadlines"
Then = Literal["remind", "escalate", "pass", "send_back", "go_on"]
_DUE = """
SELECT t.company_id, c.timezone, t.id, t.key, i.version_id, i.kind, i.transition, i.number
FROM flow_task t JOIN flow_instance i ON i.id = t.instance_id JOIN accounts_company c ON c.id = t.company_id
WHERE t.state = 'waiting' AND t.due_at <= now() AND t.reminded_at IS NULL AND t.kind IN ('approve', 'wait')
ORDER BY t.due_at LIMIT %s
"""
_VERSIONS = "SELECT id, definition::text FROM flow_flowversion WHERE id = ANY(%s::bigint[])"


@dataclass(frozen=True, slots=True)
class One:
    """A task whose document has to be settled by itself: it passes, goes back, or has waited long enough."""

    task_id: int
    kind: str
    transition: str
    number: str


@dataclass(slots=True)
class Due:
    """What is due in one company: tasks by what happens to many of them at once, and those that go one by one."""

    company_id: int
    zone: str
    remind: list[int] = field(default_factory=list)
    escalate: list[int] = field(default_factory=list)
    single: list[One] = field(default_factory=list)

    @property
    def actor(self) -> Actor:
        """Who acts when a deadline passes: nobody of the company."""
        return Actor(self.company_id, None, "", frozenset({MIND}), via="job", timezone=self.zone)


def due(limit: int) -> list[Due]:
    """The deadlines that have passed, the oldest first, by company; two statements."""
    rows = db.rows(_DUE, [limit])
    known = definitions({row[4] for row in rows})
    found: dict[int, Due] = {}
    for company_id, zone, task_id, key, version_id, kind, transition, number in rows:
        one = found.setdefault(company_id, Due(company_id, zone))
        match then_of(known[version_id], key):
            case "remind":
                one.remind.append(task_id)
            case "escalate":
                one.escalate.append(task_id)
            case _:
                one.single.append(One(task_id, kind, transition, number))
    return list(found.values())


def definitions(ids: set[int]) -> Mapping[int, Definition]:
    """Versions of flows by id."""
    if not ids:
        return {}
    return {row[0]: read(row[1]) for row in db.rows(_VERSIONS, [db.array(sorted(ids))])}


def then_of(definition: Definition, key: str) -> Then:
    """What happens at a node when its deadline passes."""
    try:
        node = at(definition, key)
    except KeyError:
        return "remind"
    if isinstance(node, Wait):
        return "go_on"
    return node.deadline.then if isinstance(node, Approve) and node.deadline else "remind"


def hours_of(definition: Definition, key: str) -> float:
    """How long a deadline at a node is, in working hours; 0: there is none."""
    node = at(definition, key)
    return node.deadline.hours if isinstance(node, Approve) and node.deadline else 0
