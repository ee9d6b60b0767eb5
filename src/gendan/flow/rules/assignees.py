"""Who is asked at a node: people found by rule, the submitter's own turn, and who is asked when nobody is found."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gendan.flow.rules.conditions import BrokenExpression, value
from gendan.flow.rules.definition import Approve, Assignee, Definition

MOST_LEVELS = 50


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the company; ``works``: neither shut out nor left."""

    id: int
    username: str
    name: str
    superior: int | None = None
    works: bool = True
    roles: frozenset[str] = frozenset()
    administrates: bool = False
    department: int | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """The people of a company, and its departments: id → (the one above, its head)."""

    people: Mapping[int, Person] = field(default_factory=dict)
    departments: Mapping[int, tuple[int | None, int | None]] = field(default_factory=dict)

    def works(self, id_: int | None) -> bool:
        found = self.people.get(id_) if id_ is not None else None
        return found is not None and found.works

    def name(self, id_: int | None) -> str:
        found = self.people.get(id_) if id_ is not None else None
        return (found.name or found.username) if found else ""

    def by_username(self, username: str) -> Person | None:
        """An active member by user name, whatever the case."""
        wanted = username.strip().lower()
        return next((p for p in self.people.values() if p.works and p.username.lower() == wanted), None)

    def superior(self, id_: int | None, levels: int = 1) -> int | None:
        """The superior so many levels up; who was shut out is passed over, their own superior stands in."""
        seen: set[int] = set()
        passed = 0
        at = self.people.get(id_).superior if id_ in self.people else None  # type: ignore[union-attr, arg-type]
        while at is not None and at not in seen and len(seen) < MOST_LEVELS:
            seen.add(at)
            passed += self.works(at)
            if passed == levels:
                return at
            at = self.people[at].superior if at in self.people else None
        return None

    def head(self, id_: int | None) -> int | None:
        """The head of somebody's department; for a head, and where nobody leads, the one of the nearest above."""
        person = self.people.get(id_) if id_ is not None else None
        at, hops = (person.department if person else None), 0
        while at is not None and at in self.departments and hops < MOST_LEVELS:
            above, head = self.departments[at]
            if head is not None and head != id_ and self.works(head):
                return head
            at, hops = above, hops + 1
        return None

    def administrators(self) -> list[int]:
        return [p.id for p in self.people.values() if p.works and p.administrates]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked, each with the rule by which they were found; nobody: everybody was passed over by option."""

    people: tuple[tuple[int, str], ...] = ()


def directory_from(people: str | None, departments: str | None) -> Directory:
    """A directory from JSON: ``[[id, username, name, superior, works, roles, administrates, department]]`` and
    ``[[id, above, head]]``.
    """
    members = {
        row[0]: Person(row[0], row[1], row[2], row[3], row[4], frozenset(row[5] or ()), row[6], row[7])
        for row in json.loads(people or "[]")
    }
    return Directory(members, {id_: (above, head) for id_, above, head in json.loads(departments or "[]")})


def find(
    assignees: Sequence[Assignee], directory: Directory, facts: Mapping[str, Any], submitter: int | None
) -> list[tuple[int, str]]:
    """The active people whom the rules name, each once, in the order of the rules."""
    found: dict[int, str] = {}
    for assignee in assignees:
        for id_ in _named(assignee, directory, facts, submitter):
            if id_ is not None and directory.works(id_):
                found.setdefault(id_, assignee.by)
    return list(found.items())


def asked(
    definition: Definition,
    node: Approve,
    directory: Directory,
    facts: Mapping[str, Any],
    submitter: int | None,
    decided: Collection[int] = (),
) -> Asked:
    """Who decides at a node. ``decided`` are those who have approved before, passed over where the flow says so.

    Nobody may be asked only where an option passes over who was found. Where nobody is found at all the fallback is
    asked, and at last the administrators.
    """
    found = find(node.assignees, directory, facts, submitter)
    own = node.own or definition.own
    repeated = definition.skip_repeated if node.skip_repeated is None else node.skip_repeated
    kept, passed_over = _own_turn(found, own, directory, submitter)
    if repeated:
        fresh = [one for one in kept if one[0] not in decided]
        passed_over = passed_over or len(fresh) < len(kept)
        kept = fresh
    if kept or passed_over:
        return Asked(tuple(kept))
    return Asked(tuple(fall_back((*node.fallback, *definition.fallback), directory, facts, submitter, own == "allow")))


def fall_back(
    assignees: Sequence[Assignee],
    directory: Directory,
    facts: Mapping[str, Any],
    submitter: int | None,
    own: bool = False,
) -> list[tuple[int, str]]:
    """Who is asked in place of nobody: the fallback, else the administrators; the submitter only when alone there."""
    people = [id_ for id_, _by in find(assignees, directory, facts, submitter) if own or id_ != submitter]
    if not people:
        every = directory.administrators()
        people = [id_ for id_ in every if id_ != submitter] or every
    return [(id_, "fallback") for id_ in people]


def _own_turn(
    found: Sequence[tuple[int, str]], own: str, directory: Directory, submitter: int | None
) -> tuple[list[tuple[int, str]], bool]:
    """The people without the submitter, as the flow says; and whether it says that the own turn is passed over."""
    if own == "allow" or submitter is None:
        return list(found), False
    above = directory.superior(submitter) if own == "superior" else None
    kept: dict[int, str] = {}
    for id_, by in found:
        if id_ != submitter:
            kept.setdefault(id_, by)
        elif above is not None and above != submitter:
            kept.setdefault(above, "superior")
    return list(kept.items()), own == "skip" and any(id_ == submitter for id_, _by in found)


def _named(
    assignee: Assignee, directory: Directory, facts: Mapping[str, Any], submitter: int | None
) -> Iterator[int | None]:
    match assignee.by:
        case "person":
            yield from _ids(directory, [assignee.value])
        case "role":
            yield from (p.id for p in directory.people.values() if assignee.value in p.roles)
        case "superior":
            yield directory.superior(submitter, int(assignee.value or 1))
        case "head":
            yield directory.head(submitter)
        case "submitter":
            yield submitter
        case "buyer":
            yield from _ids(directory, facts.get("buyers"))
        case "expression":
            try:
                yield from _ids(directory, value(assignee.value, facts))
            except BrokenExpression:
                return


def _ids(directory: Directory, names: object) -> Iterator[int]:
    """The people of one user name or of several."""
    for name in [names] if isinstance(names, str) else names if isinstance(names, list | tuple) else ():
        if isinstance(name, str) and (person := directory.by_username(name)) is not None:
            yield person.id
