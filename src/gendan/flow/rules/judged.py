"""Whether an edit touches what was judged. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gendan.flow.rules.definition import Judged


def touched(judged: Sequence[Judged], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The facts that changed beyond what the flow lets pass; a percentage counts for numbers, from the judged value."""
    return [one.fact for one in judged if _beyond(one, before.get(one.fact), after.get(one.fact))]


def _beyond(judged: Judged, before: Any, after: Any) -> bool:
    if isinstance(before, int | float) and isinstance(after, int | float) and judged.percent:
        return abs(after - before) > abs(before) * judged.percent / 100
    return bool(before != after)
