"""What is wrong or doubtful with a drawn flow, each finding at its card. Pure: who there is comes with the question."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import ValidationError

from gendan.flow.rules.conditions import BrokenExpression, holds, names
from gendan.flow.rules.definition import (
    AnyNode,
    Approve,
    Assignee,
    Branch,
    Definition,
    Inform,
    Problem,
    Webhook,
    all_nodes,
    problems,
)
from gendan.flow.rules.simple import Atom, atoms, contradict, fulfilled, implies, negated, samples

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem at a node or arm («» for the whole). Errors keep a flow from being published."""

    key: str
    level: Level
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """Who there is: active people by user name, how many active people hold a role, how many of all have no superior
    and no head of department, and whether the holidays of this year are known.
    """

    people: frozenset[str] = frozenset()
    roles: Mapping[str, int] = field(default_factory=dict)
    without_superior: int = 0
    without_head: int = 0
    calendar: bool = True


def check(raw: Any, known: Known, facts: Sequence[str] = (), settable: Sequence[str] = ()) -> list[Finding]:
    """All findings, in the order of the drawing."""
    found = [_of_problem(problem) for problem in problems(raw, facts, settable)]
    try:
        definition = Definition.model_validate(raw)
    except ValidationError:
        return found
    found += _people(definition, known)
    found += [
        Finding(node.key, "warning", "url_inside")
        for node in all_nodes(definition.nodes)
        if isinstance(node, Webhook) and _is_inside(node.url)
    ]
    found += _ways(definition.nodes, ())
    found += _whole(definition, known)
    order = {"": -1} | {key: n for n, key in enumerate(_keys(definition.nodes))}
    unique = list({(one.key, one.code, str(one.data)): one for one in found}.values())
    return sorted(unique, key=lambda one: (order.get(one.key, 0), one.level))


def errors(findings: Sequence[Finding]) -> list[Finding]:
    return [one for one in findings if one.level == "error"]


def _of_problem(problem: Problem) -> Finding:
    return Finding(problem.key, "error", problem.code, problem.data)


def _keys(nodes: Sequence[AnyNode]) -> Iterator[str]:
    for node in nodes:
        yield node.key
        if isinstance(node, Branch):
            for arm in node.branches:
                yield arm.key
                yield from _keys(arm.nodes)


def _is_inside(url: str) -> bool:
    """Whether an address names a computer of the own network, as far as its text tells: it is not called."""
    try:
        host = urlsplit(url).hostname or ""
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(host) and ("." not in host or host.replace(".", "").isdecimal() or host.endswith(".local"))


def _people(definition: Definition, known: Known) -> list[Finding]:
    """Nodes where nobody would be found, or where somebody is named who is gone."""
    found: list[Finding] = []
    for node in all_nodes(definition.nodes):
        if not isinstance(node, Approve | Inform | Webhook):
            continue
        fallback = (*getattr(node, "fallback", ()), *definition.fallback)
        caught = any(_finds(one, known) for one in fallback)
        asked = node.assignees if isinstance(node, Approve | Inform) else ()
        told = isinstance(node, Inform)  # nothing waits for who is only told
        level: Level = "warning" if told or caught or any(_finds(one, known) for one in asked) else "error"
        for assignee in (*asked, *getattr(node, "fallback", ())):
            found += _of_assignee(node, assignee, known, level, caught)
        if isinstance(node, Approve) and node.mode == "some":
            found += _enough(node, known)
    return found


def _finds(assignee: Assignee, known: Known) -> bool:
    """Whether somebody stands behind an assignee, as far as that can be said without a document."""
    if assignee.by == "person":
        return assignee.value in known.people
    return known.roles.get(assignee.value, 0) > 0 if assignee.by == "role" else True


def _of_assignee(node: AnyNode, one: Assignee, known: Known, level: Level, caught: bool) -> list[Finding]:
    if not one.value.strip() and one.by in {"person", "role", "expression"}:
        return []  # said already
    if one.by == "person" and one.value not in known.people:
        return [Finding(node.key, level, "person_gone", {"person": one.value})]
    if one.by == "role" and one.value not in known.roles:
        return [Finding(node.key, level, "role_unknown", {"role": one.value})]
    if one.by == "role" and not known.roles[one.value]:
        return [Finding(node.key, level, "role_empty", {"role": one.value})]
    if one.by == "superior" and known.without_superior and not caught:
        return [Finding(node.key, "warning", "no_superior", {"people": known.without_superior})]
    if one.by == "head" and known.without_head and not caught:
        return [Finding(node.key, "warning", "no_head", {"people": known.without_head})]
    return []


def _enough(node: Approve, known: Known) -> list[Finding]:
    """More must agree than there are; the simpler case is said by the definition's own problems."""
    if not node.assignees or any(one.by == "expression" for one in node.assignees):
        return []
    most = sum(known.roles.get(one.value, 0) if one.by == "role" else 1 for one in node.assignees)
    roles = any(one.by == "role" for one in node.assignees)
    return (
        [Finding(node.key, "error", "need_too_many", {"need": node.need, "people": most})]
        if (roles and 0 < most < node.need)
        else []
    )


def _whole(definition: Definition, known: Known) -> list[Finding]:
    nodes = list(all_nodes(definition.nodes))
    found: list[Finding] = []
    if not any(isinstance(node, Approve) for node in nodes):
        found.append(Finding("", "warning", "nobody_decides"))
    if not known.calendar:
        found += [
            Finding(node.key, "warning", "no_calendar")
            for node in nodes
            if isinstance(node, Approve) and node.deadline is not None
        ]
    return found


def _ways(nodes: Sequence[AnyNode], around: tuple[Atom, ...]) -> list[Finding]:
    """Arms that are never taken: what stands before always holds, or the condition never does."""
    found: list[Finding] = []
    for node in nodes:
        if not isinstance(node, Branch):
            continue
        before: list[tuple[str, list[Atom]]] = []
        for n, arm in enumerate(node.branches):
            last = n == len(node.branches) - 1
            own = [] if last or not arm.when.strip() else atoms(arm.when)
            found += _of_arm(arm.key, arm.when, own, before, around, last)
            inner = around if own is None else (*around, *own)
            if last:  # none of the conditions before held
                inner += tuple(no for _key, held in before if len(held) == 1 and (no := negated(held[0])))
            found += _ways(arm.nodes, inner)
            if own:
                before.append((arm.name or arm.key, own))
            elif not last and _constant(arm.when) is True:
                before.append((arm.name or arm.key, []))
    return found


def _of_arm(
    key: str,
    when: str,
    own: list[Atom] | None,
    before: Sequence[tuple[str, list[Atom]]],
    around: tuple[Atom, ...],
    last: bool,
) -> list[Finding]:
    if own is None:
        if _constant(when) is False:
            return [Finding(key, "error", "never_holds")]
        same = next((name for name, held in before if not held), None)
        return [] if same is None else [Finding(key, "error", "shadowed", {"by": same})]
    if not last and not own:
        return []  # without a condition: said already
    here = [*around, *own]
    if own and (contradict(own) or contradict(here)):
        return [Finding(key, "error", "never_holds")]
    for name, held in before:
        if implies(here, held):
            return [Finding(key, "error", "shadowed", {"by": name})]
    return [Finding(key, "warning", "otherwise_never")] if last and _covered(before) else []


def _covered(before: Sequence[tuple[str, list[Atom]]]) -> bool:
    """Whether the conditions before leave nothing over: about one number, all stretches are taken."""
    if not before or (values := samples([held for _name, held in before])) is None:
        return False
    return all(any(fulfilled(held, facts) for _name, held in before) for facts in values)


def _constant(source: str) -> bool | None:
    """What a condition gives that asks for no fact; None: it asks for some, or cannot be read."""
    try:
        return None if names(source) else holds(source, {})
    except BrokenExpression:
        return None
