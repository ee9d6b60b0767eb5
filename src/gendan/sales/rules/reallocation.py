"""Who would get what if everything soft were given out anew, by priority."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

Key = tuple[int, int]  # warehouse id, product id
ZERO = Decimal(0)


class Need(NamedTuple):
    """What a line needs that is not fixed (on a delivery, tied by hand, requested); stock units."""

    line_id: int
    key: Key
    quantity: Decimal


class Source(NamedTuple):
    """A supply with what of it may be given out: what is free and what soft ties hold; stock units."""

    id: int
    kind: str
    key: Key
    quantity: Decimal


class Given(NamedTuple):
    """What a line holds, or would hold, of a source; stock units."""

    line_id: int
    kind: str
    supply_id: int
    quantity: Decimal


def give_out(needs: Sequence[Need], sources: Sequence[Source], held: Sequence[Given]) -> list[Given]:
    """Serve the needs in their order: from stock first, then from what is on the way; of each kind from what the line
    holds already, then in the order of the sources. So nothing moves that need not.
    """
    left = {(source.kind, source.id): source.quantity for source in sources}
    own: dict[int, list[tuple[str, int, Decimal]]] = defaultdict(list)
    for given in held:
        own[given.line_id].append((given.kind, given.supply_id, given.quantity))
    queues: dict[tuple[Key, str], list[int]] = defaultdict(list)
    for source in reversed(sources):
        queues[source.key, source.kind].append(source.id)
    found: dict[tuple[int, str, int], Decimal] = {}
    for need in needs:
        missing = need.quantity
        for kind in ("stock", "incoming"):
            for own_kind, supply_id, quantity in own[need.line_id]:
                if own_kind == kind:
                    missing -= _take(found, left, need.line_id, kind, supply_id, min(missing, quantity))
            queue = queues[need.key, kind]
            while missing > 0 and queue:
                missing -= _take(found, left, need.line_id, kind, queue[-1], missing)
                if left[kind, queue[-1]] <= 0:
                    queue.pop()
    return [Given(*key, quantity) for key, quantity in found.items()]


def _take(
    found: dict[tuple[int, str, int], Decimal],
    left: dict[tuple[str, int], Decimal],
    line_id: int,
    kind: str,
    supply_id: int,
    most: Decimal,
) -> Decimal:
    """Give a line as much of a source as there is; how much."""
    taken = min(most, left.get((kind, supply_id), ZERO))
    if taken <= 0:
        return ZERO
    left[kind, supply_id] -= taken
    key = (line_id, kind, supply_id)
    found[key] = found.get(key, ZERO) + taken
    return taken


def by_line(given: Sequence[Given]) -> Mapping[int, Mapping[str, Decimal]]:
    """What each line has of each kind."""
    total: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for each in given:
        total[each.line_id][each.kind] += each.quantity
    return total
