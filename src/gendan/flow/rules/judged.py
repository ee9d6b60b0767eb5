"""Whether an edit touches what was judged. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gendan.flow.rules.definition import AnyNode, Arm, Branch, Definition, Judged
from gendan.flow.rules.path import taken


def touched(judged: Sequence[Judged], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The facts that changed beyond what the flow lets pass; a percentage counts for numbers, from the judged value."""
    return [one.fact for one in judged if _beyond(one, before.get(one.fact), after.get(one.fact))]


def rerouted(definition: Definition, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The branches, by name, that an edited document leaves by another way: others would have been asked.

    What only the beginning of an approval looks up (what may have been split) stays as it was.
    """
    return [branch.name or branch.key for branch in _parting(definition.nodes, before, {**before, **after})]


def _parting(nodes: Sequence[AnyNode], before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Branch]:
    for node in nodes:
        if not isinstance(node, Branch):
            continue
        was, now = taken(node, before), taken(node, after)
        if was.key != now.key:
            yield node
        elif isinstance(was, Arm):
            yield from _parting(was.nodes, before, after)


def _beyond(judged: Judged, before: Any, after: Any) -> bool:
    if isinstance(before, int | float) and isinstance(after, int | float) and judged.percent:
        return abs(after - before) > abs(before) * judged.percent / 100
    return bool(before != after)
