"""What the decisions at one node come to, and whose turn it is. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

YES = frozenset({"approved", "passed", "skipped"})
OPEN = frozenset({"waiting", "later"})
Outcome = Literal["approved", "rejected", ""]


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's task at a node; ``parent`` and ``side`` of a signer whom somebody added."""

    id: int
    state: str
    place: int = 1
    parent: int | None = None
    side: str = ""


def outcome(mode: str, need: int, votes: Sequence[Vote]) -> Outcome:
    """Whether a node is decided. Who added signers has decided only when they have."""
    stands = [_stands(vote, _children(votes)) for vote in votes if vote.parent is None and vote.state != "dropped"]
    yes, no = stands.count("approved"), stands.count("rejected")
    if not stands:
        return ""
    needed = {"one": 1, "some": min(need, len(stands))}.get(mode, len(stands))
    if mode == "one" and no:
        return "rejected"
    if yes >= needed:
        return "approved"
    return "rejected" if no > len(stands) - needed else ""


def turns(mode: str, votes: Sequence[Vote]) -> dict[int, str]:
    """The tasks whose turn has come or gone, by id: ``waiting`` or ``later``."""
    children = _children(votes)
    changed: dict[int, str] = {}
    reached = True
    for vote in sorted(votes, key=lambda one: (one.place, one.id)):
        if vote.parent is not None:
            continue
        _turn(vote, children, reached, changed)
        if mode == "sequence" and _stands(vote, children) != "approved":
            reached = False
    return changed


def _turn(vote: Vote, children: Mapping[int, list[Vote]], reached: bool, changed: dict[int, str]) -> None:
    """Whether it is the turn of a task and of those that hang on it."""
    added = children.get(vote.id, [])
    before = [child for child in added if child.side == "before"]
    for child in before:
        _turn(child, children, reached, changed)
    ready = reached and all(_stands(child, children) == "approved" for child in before)
    wanted = "waiting" if ready else "later"
    if vote.state in OPEN and vote.state != wanted:
        changed[vote.id] = wanted
    for child in added:
        if child.side != "before":
            _turn(child, children, ready and vote.state in YES, changed)


def _stands(vote: Vote, children: Mapping[int, list[Vote]]) -> Outcome:
    """What a task with those that hang on it comes to."""
    every: list[Outcome] = [_stands(child, children) for child in children.get(vote.id, []) if child.state != "dropped"]
    if vote.state == "rejected" or "rejected" in every:
        return "rejected"
    return "approved" if vote.state in YES and all(one == "approved" for one in every) else ""


def _children(votes: Sequence[Vote]) -> dict[int, list[Vote]]:
    found: dict[int, list[Vote]] = {}
    for vote in votes:
        if vote.parent is not None:
            found.setdefault(vote.parent, []).append(vote)
    return found
