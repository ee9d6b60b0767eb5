"""Who else could deliver, the best first: what they ask, how long they take, how they delivered. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
# How much each counts: what it costs is known exactly; a record of few lines says little.
WEIGHTS = {"price": Decimal(3), "days": Decimal(2), "late": Decimal(2)}
UNKNOWN_LATE = Decimal("0.20")  # who has no record yet is taken to be late with every fifth line
FEW = 5


def ranked(candidates: Sequence[Row]) -> list[Row]:
    """Candidates with ``price`` (company currency, None unknown), ``days`` (lead time, None unknown), ``lines`` and
    ``on_time``; each is measured against the best, what is unknown like the worst.
    """
    for row in candidates:
        row["rate"] = Decimal(row["on_time"]) / row["lines"] if row["lines"] else None
        known = min(row["lines"], FEW)
        late = 1 - row["rate"] if row["rate"] is not None else UNKNOWN_LATE
        row["late"] = (late * known + UNKNOWN_LATE * (FEW - known)) / FEW
    points = {id(row): Decimal(0) for row in candidates}
    for name, weight in WEIGHTS.items():
        for row, share in zip(candidates, _shares([row[name] for row in candidates]), strict=True):
            points[id(row)] += weight * share
    return sorted(candidates, key=lambda row: (points[id(row)], row["code"]))


def _shares(values: Sequence[Any]) -> list[Decimal]:
    """From 0 for the best to 1 for the worst."""
    found = [None if value is None else Decimal(value) for value in values]
    known = [each for each in found if each is not None]
    if not known:
        return [Decimal(0)] * len(found)
    best, worst = min(known), max(known)
    spread = worst - best
    return [Decimal(1) if each is None else (each - best) / spread if spread else Decimal(0) for each in found]
