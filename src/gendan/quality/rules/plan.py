"""An inspection plan as it is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from gendan.quality.rules.inspection import CheckIn


@dataclass(frozen=True, slots=True)
class PlanIn:
    """A plan; ``product``, ``category`` and ``supplier`` are codes, empty for all. ``aql`` only counts for samples."""

    code: str
    name: str
    product: str = ""
    category: str = ""
    supplier: str = ""
    method: str = "all"
    level: str = "II"
    aql: str = ""
    allow_reduced: bool = False
    skip_after: int = 0
    skip_every: int = 0
    needs_photo: bool = False
    note: str = ""
    is_active: bool = True
    checks: tuple[CheckIn, ...] = ()
