"""From one node to the next that somebody has to decide: whom to ask, tell, what to set on the way. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from gendan.flow.rules.assignees import Directory, asked, fall_back, find
from gendan.flow.rules.conditions import BrokenExpression, value
from gendan.flow.rules.definition import AnyNode, Approve, Branch, Definition, Inform, SetField, Wait, Webhook
from gendan.flow.rules.path import Stop, route


@dataclass(frozen=True, slots=True)
class NewTask:
    """Somebody to be asked or told (``user`` None: a deadline or another system)."""

    key: str
    kind: str
    user: int | None
    state: str = "waiting"
    place: int = 1
    source: str = ""
    hours: float | None = None
    until: str = ""
    note: str = ""


@dataclass(slots=True)
class Plan:
    """What happens until the flow rests: at ``stop``, or at its end (None)."""

    tasks: list[NewTask] = field(default_factory=list)
    sets: list[tuple[SetField, Any]] = field(default_factory=list)
    skipped: list[AnyNode] = field(default_factory=list)
    stop: Stop | None = None
    trail: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.stop.key if self.stop else ""


def plan(
    definition: Definition,
    after: str,
    facts: Mapping[str, Any],
    directory: Directory,
    submitter: int | None,
    decided: Collection[int] = (),
) -> Plan:
    """What follows after a node ("": from the beginning)."""
    made = Plan()
    for stop in route(definition, after, facts):
        made.trail.append(stop.key)
        if _passes(made, stop, definition, facts, directory, submitter, decided):
            continue
        made.stop = stop
        break
    return made


def enter(
    definition: Definition,
    node: Approve,
    facts: Mapping[str, Any],
    directory: Directory,
    submitter: int | None,
    decided: Collection[int] = (),
) -> list[NewTask]:
    """The tasks of a node with people; none when an option passes over everybody."""
    people = asked(definition, node, directory, facts, submitter, decided).people
    in_turn = node.mode == "sequence"
    hours = node.deadline.hours if node.deadline else None
    return [
        NewTask(node.key, "approve", id_, "later" if in_turn and n else "waiting", n + 1 if in_turn else 1, by, hours)
        for n, (id_, by) in enumerate(people)
    ]


def _passes(
    made: Plan,
    stop: Stop,
    definition: Definition,
    facts: Mapping[str, Any],
    directory: Directory,
    submitter: int | None,
    decided: Collection[int],
) -> bool:
    """Take a node into the plan; whether the flow goes on at once."""
    match stop.node:
        case Approve() as node:
            tasks = enter(definition, node, facts, directory, submitter, decided)
            made.tasks += tasks
            if not tasks:
                made.skipped.append(node)
            return not tasks
        case Inform() as node:
            people = find(node.assignees, directory, facts, submitter)
            made.tasks += [NewTask(node.key, "inform", id_, source=by) for id_, by in people]
            return True
        case SetField() as node:
            made.sets.append((node, _worth(node, facts)))
            return True
        case Wait() as node:
            made.tasks.append(_waiting(node, facts))
            return False
        case Webhook() as node:
            made.tasks.append(NewTask(node.key, "webhook", None))
            return False
        case Branch() as node:
            people = fall_back(definition.fallback, directory, facts, submitter)
            made.tasks += [NewTask(node.key, "approve", id_, source=by, note=stop.problem[:300]) for id_, by in people]
            return False


def _waiting(node: Wait, facts: Mapping[str, Any]) -> NewTask:
    if node.until:
        until = facts.get(node.until)
        return NewTask(node.key, "wait", None, until=str(until) if until else "")
    return NewTask(node.key, "wait", None, hours=node.hours)


def _worth(node: SetField, facts: Mapping[str, Any]) -> Any:
    """What a field takes; an expression without an answer leaves it as it is (None)."""
    if not node.expression:
        return node.value
    try:
        return value(node.value, facts)
    except BrokenExpression:
        return None
