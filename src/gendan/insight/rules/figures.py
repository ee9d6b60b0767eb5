"""The figures of a supplier's scorecard: what each is made of, how a sum becomes a value, where a company starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO, HUNDRED = Decimal(0), Decimal(100)
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Sum:
    """What figures are made of, in a form that adds up over months: how many rows (``n``), what they are measured
    against (``base``), the part of it, and the sum of squares where spread is asked for.
    """

    n: int = 0
    base: Decimal = ZERO
    part: Decimal = ZERO
    square: Decimal = ZERO

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.n + other.n, self.base + other.base, self.part + other.part, self.square + other.square)


Sums = Mapping[str, Sum]


def total(sums: Iterable[Sums]) -> dict[str, Sum]:
    """Sums of several months as one."""
    found: dict[str, Sum] = {}
    for one in sums:
        for key, value in one.items():
            found[key] = found[key] + value if key in found else value
    return found


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the scorecard. ``unit``: rate (percent, more is better), percent, hours or days (less is better);
    ``lines``: the list behind it; ``by_category``: whether it is about products at all; ``priced``: says what was paid.
    ``weight``, ``goal`` (full points) and ``zero`` (no points) are what a company starts with.
    """

    code: str
    unit: str
    weight: int
    goal: Decimal
    zero: Decimal
    lines: str
    by_category: bool = True
    priced: bool = False

    @property
    def more_is_better(self) -> bool:
        return self.unit == "rate"


def _figure(code: str, unit: str, weight: int, goal: int, zero: int, lines: str, **more: bool) -> Figure:
    return Figure(code, unit, weight, Decimal(goal), Decimal(zero), lines, **more)


FIGURES: Mapping[str, Figure] = {
    figure.code: figure
    for figure in (
        _figure("on_time_first", "rate", 15, 95, 70, "lines"),
        _figure("on_time_last", "rate", 5, 98, 70, "lines"),
        _figure("in_full", "rate", 8, 98, 80, "lines"),
        _figure("accuracy", "rate", 8, 98, 80, "lines"),
        _figure("lots", "rate", 8, 98, 80, "lots"),
        _figure("defects", "percent", 8, 1, 10, "lots"),
        _figure("actions", "rate", 4, 95, 50, "actions"),
        _figure("confirming", "hours", 6, 24, 96, "orders"),
        _figure("changes", "hours", 5, 2, 24, "changes", by_category=False),
        _figure("urging", "hours", 5, 24, 96, "urges", by_category=False),
        _figure("price_market", "percent", 8, 0, 20, "prices", priced=True),
        _figure("price_year", "percent", 5, 0, 15, "prices", priced=True),
        _figure("lead", "days", 3, 30, 120, "lines"),
        _figure("spread", "days", 5, 7, 45, "lines"),
        _figure("papers", "rate", 4, 100, 50, "papers", by_category=False),
        _figure("cost", "percent", 3, 1, 10, "lines", priced=True),
    )
}
# What a late day, a bad and a missing piece cost, in percent of their value, until a company says otherwise.
COSTS: Mapping[str, Decimal] = {"late": Decimal("0.1"), "bad": Decimal(20), "short": Decimal(10)}


def _share(sums: Sums, code: str) -> Decimal | None:
    found = sums.get(code, Sum())
    return HUNDRED * found.part / found.base if found.base else None


def _mean(sums: Sums, code: str) -> Decimal | None:
    found = sums.get(code, Sum())
    return found.part / found.n if found.n else None


def _above(sums: Sums, code: str) -> Decimal | None:
    found = sums.get(code, Sum())
    return HUNDRED * (found.part / found.base - 1) if found.base else None


def _spread(sums: Sums, code: str) -> Decimal | None:
    """The standard deviation; of one line there is none."""
    found = sums.get(code, Sum())
    if found.n < 2:
        return None
    mean = found.part / found.n
    return max(found.square / found.n - mean * mean, ZERO).sqrt()


def _cost(sums: Sums, costs: Mapping[str, Decimal]) -> Decimal | None:
    base = sum((sums.get(f"cost_{name}", Sum()).base for name in ("late", "short")), ZERO)
    return HUNDRED * cost_of(sums, costs) / base if base else None


def cost_of(sums: Sums, costs: Mapping[str, Decimal]) -> Decimal:
    """What poor delivery cost, in company currency."""
    return sum((sums.get(f"cost_{name}", Sum()).part * percent / HUNDRED for name, percent in costs.items()), ZERO)


_WAYS: Mapping[str, Callable[[Sums, str], Decimal | None]] = {
    **dict.fromkeys(("on_time_first", "on_time_last", "in_full", "accuracy", "lots", "defects"), _share),
    **dict.fromkeys(("actions", "papers"), _share),
    **dict.fromkeys(("confirming", "changes", "urging", "lead"), _mean),
    **dict.fromkeys(("price_market", "price_year"), _above),
    "spread": _spread,
}


def value_of(code: str, sums: Sums, costs: Mapping[str, Decimal] = COSTS) -> Decimal | None:
    """A figure out of its sums, with two decimals; None: no data."""
    found = _cost(sums, costs) if code == "cost" else _WAYS[code](sums, code)
    return None if found is None else found.quantize(_CENT, ROUND_HALF_UP)


def count_of(code: str, sums: Sums) -> int:
    """How many rows a figure is made of."""
    if code == "cost":
        return sums.get("cost_late", Sum()).n + sums.get("cost_short", Sum()).n
    return sums.get(code, Sum()).n
