"""What differs between two definitions of a flow, card by card. Pure; the words are made where they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from pydantic import BaseModel

from gendan.flow.rules.definition import AnyNode, Arm, Branch, Definition

Part = AnyNode | Arm
_OWN = {"key", "type", "nodes", "branches"}
WHOLE = ("judged", "fallback", "own", "skip_repeated", "split_days")


@dataclass(frozen=True, slots=True)
class Change:
    """A card that was added, removed, moved or changed; ``fields`` are (name, before, after) of a changed one.

    ``part`` is the card as it is (as it was, when removed); None stands for the settings of the whole flow.
    """

    key: str
    what: Literal["added", "removed", "moved", "changed"]
    part: Part | None
    fields: tuple[tuple[str, Any, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    part: Part
    owner: str
    last: bool = False  # the way that is taken otherwise


def compare(before: Definition, after: Definition) -> list[Change]:
    """All differences, in the order of the newer drawing, what is gone at the end."""
    old, new = dict(_places(before.nodes)), dict(_places(after.nodes))
    found = []
    if fields := _fields(before, after, WHOLE):
        found.append(Change("", "changed", None, fields))
    moved = _moved(old, new)
    for key, place in new.items():
        was = old.get(key)
        if was is None or type(was.part) is not type(place.part):
            found.append(Change(key, "added", place.part))
            continue
        if key in moved:
            found.append(Change(key, "moved", place.part))
        names = [name for name in type(place.part).model_fields if name not in _OWN]
        if fields := _fields(was.part, place.part, names):
            found.append(Change(key, "changed", place.part, fields))
    gone = [(key, place) for key, place in old.items() if key not in new or type(new[key].part) is not type(place.part)]
    return [*found, *(Change(key, "removed", place.part) for key, place in gone)]


def _fields(before: BaseModel, after: BaseModel, names: Sequence[str]) -> tuple[tuple[str, Any, Any], ...]:
    pairs = [(name, getattr(before, name), getattr(after, name)) for name in names]
    return tuple((name, was, now) for name, was, now in pairs if was != now)


def _places(nodes: Sequence[AnyNode], owner: str = "") -> Iterator[tuple[str, _Place]]:
    """Every card with the list that it stands in: the trunk, an arm, or a branch (for its arms)."""
    for node in nodes:
        yield node.key, _Place(node, owner)
        if isinstance(node, Branch):
            for n, arm in enumerate(node.branches):
                yield arm.key, _Place(arm, node.key, n == len(node.branches) - 1)
                yield from _places(arm.nodes, arm.key)


def _moved(old: dict[str, _Place], new: dict[str, _Place]) -> set[str]:
    """Cards that stand in another list, or in another order than the others of their list that stayed."""
    stayed = [key for key in new if key in old]
    moved = {key for key in stayed if old[key].owner != new[key].owner}
    for owner in {place.owner for place in new.values()}:
        was = [key for key in old if key in new and key not in moved and old[key].owner == owner]
        now = [key for key in stayed if key not in moved and new[key].owner == owner]
        kept: set[str] = set()
        for block in SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks():
            kept.update(now[block.b : block.b + block.size])
        moved |= set(now) - kept
    return moved
