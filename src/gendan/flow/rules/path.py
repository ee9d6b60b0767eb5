"""What comes next: a pure function of a definition, the node where a flow stands, and the facts.

A definition is a tree and the way through it only goes forward, so every way ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gendan.flow.rules.conditions import BrokenExpression, holds
from gendan.flow.rules.definition import AnyNode, Approve, Arm, Branch, Definition, all_nodes


@dataclass(frozen=True, slots=True)
class Stop:
    """A node that the flow comes to. ``problem``: it is a branch of which the condition of ``arm`` has no answer;
    people have to decide in its place, it never lets a document pass by itself.
    """

    node: AnyNode
    arm: str = ""
    problem: str = ""

    @property
    def key(self) -> str:
        return self.node.key


def route(definition: Definition, after: str, facts: Mapping[str, Any]) -> Iterator[Stop]:
    """The nodes that follow ``after`` ("" : from the beginning), to the end; branches are gone through, not stopped at.

    A branch whose condition has no answer is a stop itself, and the way goes on behind it. An ``after`` that is not
    there: KeyError.
    """
    yield from _walk(_rest(definition.nodes, after) if after else [definition.nodes], facts)


def following(definition: Definition, after: str, facts: Mapping[str, Any]) -> Stop | None:
    """The next stop after a node, None at the end."""
    return next(route(definition, after, facts), None)


def at(definition: Definition, key: str) -> AnyNode:
    """The node of a key. Errors: KeyError."""
    for node in all_nodes(definition.nodes):
        if node.key == key:
            return node
    raise KeyError(key)


def earlier(definition: Definition, key: str, visited: Sequence[str]) -> list[Approve]:
    """The nodes with people that were ``visited`` and lie before ``key``, in their order: where one may send back."""
    found: list[Approve] = []
    for node in all_nodes(definition.nodes):
        if node.key == key:
            break
        if isinstance(node, Approve) and node.key in visited:
            found.append(node)
    return found


def _walk(lists: Sequence[Sequence[AnyNode]], facts: Mapping[str, Any]) -> Iterator[Stop]:
    for nodes in lists:
        for node in nodes:
            if not isinstance(node, Branch):
                yield Stop(node)
                continue
            arm = taken(node, facts)
            if isinstance(arm, Stop):
                yield arm
            else:
                yield from _walk([arm.nodes], facts)


def taken(branch: Branch, facts: Mapping[str, Any]) -> Arm | Stop:
    """The way that is taken, or the branch itself when that cannot be told."""
    for arm in branch.branches:
        if not arm.when.strip():
            return arm
        try:
            if holds(arm.when, facts):
                return arm
        except BrokenExpression as error:
            return Stop(branch, arm.key, str(error))
    return Stop(branch, "", "no condition holds")


def _rest(nodes: Sequence[AnyNode], after: str) -> list[Sequence[AnyNode]]:
    """What is still to come after a node: the rest of its own list, then of the lists around it."""
    found = _search(nodes, after)
    if found is None:
        raise KeyError(after)
    return found


def _search(nodes: Sequence[AnyNode], after: str) -> list[Sequence[AnyNode]] | None:
    for n, node in enumerate(nodes):
        if node.key == after:
            return [nodes[n + 1 :]]
        if isinstance(node, Branch):
            for arm in node.branches:
                if (inner := _search(arm.nodes, after)) is not None:
                    return [*inner, nodes[n + 1 :]]
    return None
