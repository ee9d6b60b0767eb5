"""What an inspection consists of: characteristics and their limits, results, and whether a lot passed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import Any, Protocol

ZERO = Decimal(0)
KINDS = ("measure", "yesno", "text")
MOST_VALUES = 3200


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A characteristic of a plan: measured between limits in a unit, good or bad, or told in words."""

    name: str
    kind: str = "yesno"
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class FoundIn:
    """What was found of one characteristic (its place in the plan, from 1): ``values`` of a measured one, how many
    ``failed`` of one that is good or bad, a ``text``.
    """

    check: int
    values: tuple[Decimal, ...] = ()
    failed: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class DefectIn:
    """Items with one defect, how bad it is, and in words which."""

    text: str
    count: int
    grade: str = "major"


@dataclass(frozen=True, slots=True)
class ResultIn:
    """What was found of a line. ``defective`` is the number of bad items of the sample; None: as many as the worst
    characteristic and the defects say.
    """

    line: int
    found: tuple[FoundIn, ...] = ()
    defects: tuple[DefectIn, ...] = ()
    defective: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class WishIn:
    """A quantity of a line that shall be accepted although it is not as it should be, into ``bin``."""

    line: int
    quantity: Decimal
    bin: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of one characteristic, with the number of items outside of its limits."""

    check: int
    failed: int
    values: tuple[Decimal, ...] = field(default=())
    text: str = ""


class Judged(Protocol):
    """What the rules need to know of an inspected line."""

    @property
    def method(self) -> str: ...
    @property
    def reject(self) -> int | None: ...
    @property
    def defective(self) -> int | None: ...


def items_of(quantity: Decimal) -> int:
    """How many items a quantity in stock units counts as: kilograms and metres by the begun unit."""
    return max(int(quantity.to_integral_value(ROUND_CEILING)), 1)


def outside(check: Mapping[str, Any], values: Iterable[Decimal]) -> int:
    """How many values are beyond a limit."""
    low, high = (None if check.get(end) is None else Decimal(str(check[end])) for end in ("low", "high"))
    return sum((low is not None and value < low) or (high is not None and value > high) for value in values)


def missing(checks: Sequence[Mapping[str, Any]], known: Iterable[int]) -> list[str]:
    """The names of the characteristics that must be looked at and were not."""
    there = set(known)
    return [str(check["name"]) for n, check in enumerate(checks, 1) if check.get("required") and n not in there]


def failed(line: Judged) -> bool:
    """Whether the sample says that the lot is not accepted."""
    return line.method == "aql" and line.reject is not None and (line.defective or 0) >= line.reject


def verdict(quantity: Decimal, accepted: Decimal, rejected: Decimal, conceded: Decimal) -> str:
    """What became of a line in one word; nothing while something of it waits."""
    if accepted + rejected < quantity:
        return ""
    if conceded > 0:
        return "conceded"
    if rejected == 0:
        return "accepted"
    return "partly" if accepted > 0 else "rejected"
