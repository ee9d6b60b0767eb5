"""How strictly the next lot is looked at: the switching rules of ISO 2859-1:1999 (9.3, 9.4), and skipping of lots.

A history is what became of the lots of one product from one supplier under one plan, newest first. How strict a lot was
looked at is written on it, so that the next severity follows from few lots and no state has to be kept beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gendan.quality.rules.aql import Severity, one_step_tighter, plan_of

Stage = Literal["normal", "tightened", "reduced", "stopped"]
SCORE_FOR_REDUCED = 30
LOTS_FOR_NORMAL = 5
FAILED_TO_STOP = 5
# More lots than this say nothing new: 15 accepted ones of two points each make the score.
LOTS_READ = 40


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot that was looked at or skipped. ``passed`` is what the sample said, not what was made of it."""

    severity: Stage
    letter: str
    defective: int
    passed: bool
    skipped: bool = False


def next_stage(history: Sequence[Lot], aql: str, *, reduced_allowed: bool, resumed: bool = False) -> Stage:
    """How strictly the next lot is looked at. ``resumed``: the supplier's corrective action was found to work after the
    lots that stopped sampling, which begins again tightened (9.4).
    """
    seen = [lot for lot in history if not lot.skipped]
    if not seen:
        return "normal"
    last = seen[0]
    match last.severity:
        case "stopped":
            return "tightened" if resumed else "stopped"
        case "tightened":
            return _after_tightened(_run(seen, "tightened"), resumed)
        case "reduced":
            return "reduced" if last.passed and reduced_allowed else "normal"
    run = _run(seen, "normal")
    if sum(not lot.passed for lot in run[:5]) >= 2:
        return "tightened"
    if reduced_allowed and score(run, aql) >= SCORE_FOR_REDUCED:
        return "reduced"
    return "normal"


def _after_tightened(run: Sequence[Lot], resumed: bool) -> Stage:
    if len(run) >= LOTS_FOR_NORMAL and all(lot.passed for lot in run[:LOTS_FOR_NORMAL]):
        return "normal"
    if sum(not lot.passed for lot in run) >= FAILED_TO_STOP and not resumed:
        return "stopped"
    return "tightened"


def _run(seen: Sequence[Lot], severity: Stage) -> list[Lot]:
    """The newest lots in a row that were looked at so strictly."""
    run = []
    for lot in seen:
        if lot.severity != severity:
            break
        run.append(lot)
    return run


def score(run: Sequence[Lot], aql: str) -> int:
    """The switching score of lots under normal inspection, newest first (9.3.3.2)."""
    total = 0
    for lot in reversed(run):
        accept = plan_of(lot.letter, aql).accept if lot.letter else 0
        if accept >= 2:
            tighter = one_step_tighter(lot.letter, aql)
            good = lot.passed and tighter is not None and lot.defective <= tighter
            total = total + 3 if good else 0
        else:
            total = total + 2 if lot.passed else 0
    return total


def skips(history: Sequence[Lot], after: int, every: int) -> bool:
    """Whether the next lot is let through: ``after`` good ones in a row one of ``every`` is looked at. A bad lot ends
    it, until there are ``after`` good ones again.
    """
    if not after or every < 2:
        return False
    skipped = 0
    for lot in history:
        if not lot.skipped:
            break
        skipped += 1
    good = 0
    for lot in history:
        if lot.skipped:
            continue
        if not lot.passed:
            break
        good += 1
    return good >= after and skipped < every - 1


def severity_of(stage: Stage) -> Severity:
    """The table that a stage reads; a stopped one looks at every item and reads none."""
    return "tightened" if stage == "stopped" else stage
