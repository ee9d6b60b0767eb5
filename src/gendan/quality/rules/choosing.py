"""Whether a lot that came in is looked at, how much of it, and why: what a plan and the lots before it say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from gendan.quality.rules import switching
from gendan.quality.rules.aql import sampling
from gendan.quality.rules.inspection import items_of
from gendan.quality.rules.switching import Lot, Stage

# How much a scope says: a product before a category, either before everything; a supplier breaks the tie.
PRODUCT, CATEGORY, SUPPLIER = 4, 2, 1


@dataclass(frozen=True, slots=True)
class Chosen:
    """The plan that fits a product of a supplier best, and what became of the lots before (newest first)."""

    id: int
    code: str
    method: str
    level: str
    aql: str
    allow_reduced: bool
    skip_after: int
    skip_every: int
    rank: int
    history: Sequence[Lot] = ()
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """How a lot is looked at. ``inspect`` False: it may go into its bin at once (skipped, or exempt)."""

    inspect: bool
    plan_id: int | None = None
    method: str = "all"
    stage: Stage = "normal"
    letter: str = ""
    items: int = 0
    sample: int = 0
    accept: int | None = None
    reject: int | None = None
    skipped: bool = False
    why: dict[str, Any] = field(default_factory=dict)

    @property
    def told(self) -> bool:
        """Whether an inspection says something of the lot, if only that it was let through."""
        return self.inspect or self.skipped


def look(plan: Chosen | None, quantity: Decimal, *, flagged: bool) -> Look:
    """What is done with a lot of ``quantity`` (stock units). ``flagged``: the product itself says that it is
    inspected, which counts where no plan fits.
    """
    items = items_of(quantity)
    if plan is None:
        return Look(flagged, items=items, sample=items, why={"flag": True})
    why: dict[str, Any] = {"plan": plan.code, "rank": plan.rank}
    if plan.method == "none":
        return Look(False, plan.id, "none", items=items, why=why)
    if switching.skips(plan.history, plan.skip_after, plan.skip_every):
        why |= {"skip_after": plan.skip_after, "skip_every": plan.skip_every}
        return Look(False, plan.id, plan.method, items=items, skipped=True, why=why)
    if plan.method == "all":
        return Look(True, plan.id, "all", items=items, sample=items, why=why)
    stage = switching.next_stage(plan.history, plan.aql, reduced_allowed=plan.allow_reduced, resumed=plan.resumed)
    why |= {"aql": plan.aql, "level": plan.level}
    if stage == "stopped":
        return Look(True, plan.id, "all", stage, items=items, sample=items, why=why)
    found = sampling(items, plan.level, plan.aql, switching.severity_of(stage))
    return Look(True, plan.id, "aql", stage, found.letter, items, found.sample, found.accept, found.reject, why=why)
