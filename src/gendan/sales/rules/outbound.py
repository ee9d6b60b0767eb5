"""What may go on a delivery: the order's rule for back orders, and from which places it is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple, Protocol

from gendan.sales.rules.allocation import Supply, Want
from gendan.sales.rules.lines import Counters, deliverable

ZERO = Decimal(0)
MAX_DELIVERIES = 500  # that one command puts into a wave, or one job sends


@dataclass(frozen=True, slots=True)
class DeliverIn:
    """A quantity (the line's unit) of a line of an order that shall go on a delivery."""

    order: str
    line: int
    quantity: Decimal


class Countable(Counters, Protocol):
    """A line with its identity."""

    @property
    def id(self) -> int: ...
    @property
    def line_no(self) -> int: ...


def held_back(rule: str, lines: Sequence[Countable], wanted: Mapping[int, Decimal]) -> list[int]:
    """The numbers of the lines for which an order's rule forbids a delivery of ``wanted`` (by line id): with ``line`` a
    line goes in full or not at all, with ``complete`` all that is open of the order goes at once.
    """
    if rule == "complete":
        return [line.line_no for line in lines if wanted.get(line.id, ZERO) < deliverable(line)]
    if rule == "line":
        return [line.line_no for line in lines if line.id in wanted and wanted[line.id] < deliverable(line)]
    return []


def left_behind(rule: str, lines: Sequence[Countable], going: set[int]) -> list[int]:
    """The numbers of the lines of which something stays that is on no delivery, though an order's rule has it leave
    together with what goes (``going``: the ids of the lines on the delivery that leaves).
    """
    return [
        line.line_no
        for line in lines
        if deliverable(line) > 0 and (rule == "complete" or (rule == "line" and line.id in going))
    ]


class Own(NamedTuple):
    """What a line holds softly of a balance, in stock units."""

    line_id: int
    balance_id: int
    soft: Decimal


class Portion(NamedTuple):
    """A quantity (stock units) of a balance for a line; ``own`` of it the line held already."""

    line_id: int
    balance_id: int
    quantity: Decimal
    own: Decimal


def portions(wants: Sequence[Want], own: Sequence[Own], supplies: Sequence[Supply]) -> list[Portion]:
    """Serve wants in their order: what each holds, then free stock; both in the order of supplies."""
    held = {(peg.line_id, peg.balance_id): peg for peg in own}
    left = {supply.id: supply.available for supply in supplies}
    found = []
    for want in wants:
        need, taken = want.quantity, dict.fromkeys((s.id for s in supplies if s.product_id == want.product_id), ZERO)
        mine = {place: held[want.line_id, place].soft for place in taken if (want.line_id, place) in held}
        for place, soft in mine.items():
            taken[place] = mine[place] = min(need, soft)
            need -= taken[place]
        for place in taken:
            free = min(need, left[place])
            if free > 0:
                left[place] -= free
                taken[place] += free
                need -= free
        found += [Portion(want.line_id, place, q, mine.get(place, ZERO)) for place, q in taken.items() if q > 0]
    return found


def whole_steps(quantity: Decimal, factor: Decimal, decimals: int) -> Decimal:
    """A quantity in stock units as what the line's unit can count of it."""
    return (quantity / factor).quantize(Decimal(1).scaleb(-decimals), ROUND_DOWN)
