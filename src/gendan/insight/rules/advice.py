"""Whom to develop, whom to keep, who must improve, whom to leave; and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from gendan.insight.rules.scoring import Score, Scored

FALL = Decimal(10)
HALF = 6  # months


@dataclass(frozen=True, slots=True)
class Other:
    """Another supplier of the same products: how many of them, and its total."""

    code: str
    name: str
    products: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class Advice:
    """``kind``: develop, keep, improve, leave, or unknown. ``worst``: the figures that cost most points; ``fall``: how
    far the second half of the trend is below the first; ``others``: better ones for the same products.
    """

    kind: str
    worst: tuple[Scored, ...] = ()
    fall: Decimal | None = None
    others: tuple[Other, ...] = ()


def advice_of(score: Score, trend: Sequence[Decimal | None], others: Sequence[Other]) -> Advice:
    """What is proposed for a supplier with this score: nothing where too little is known."""
    if score.total is None or not score.grade:
        return Advice("unknown")
    worst = tuple(sorted((one for one in score.figures if one.lost >= 1), key=lambda one: -one.lost)[:3])
    fall = falling(trend)
    better = tuple(one for one in others if one.total > score.total)[:3]
    if score.grade == "A":
        return Advice("develop" if fall is None else "keep", worst, fall)
    if score.grade == "B":
        return Advice("keep" if fall is None else "improve", worst, fall)
    if score.grade == "C" or not better:
        return Advice("improve", worst, fall)
    return Advice("leave", worst, fall, better)


def falling(trend: Sequence[Decimal | None]) -> Decimal | None:
    """By how much the mean of the last half year is below the one before it; None where it is not much."""
    before, after = ([one for one in part if one is not None] for part in (trend[:-HALF], trend[-HALF:]))
    if not before or not after:
        return None
    fall = sum(before, Decimal(0)) / len(before) - sum(after, Decimal(0)) / len(after)
    return fall.quantize(Decimal("0.1")) if fall >= FALL else None
