"""From figures to points, a total and a grade; and the terms of it, which a company sets as versioned data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from gendan.insight.rules.figures import COSTS, FIGURES, HUNDRED, ZERO, Sums, count_of, value_of

GRADES = {"A": Decimal(90), "B": Decimal(75), "C": Decimal(60)}
LOWEST = "D"
MOST = Decimal(10_000)
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Measure:
    """What a figure counts (``weight``, 0: not at all), where it has full points and where none."""

    weight: int
    goal: Decimal
    zero: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """How a company scores its suppliers. ``least``: percent of the weights that must have data for a grade;
    ``shown``: suppliers see their own scorecard.
    """

    measures: Mapping[str, Measure] = field(
        default_factory=lambda: {code: Measure(one.weight, one.goal, one.zero) for code, one in FIGURES.items()}
    )
    grades: Mapping[str, Decimal] = field(default_factory=lambda: dict(GRADES))
    costs: Mapping[str, Decimal] = field(default_factory=lambda: dict(COSTS))
    least: Decimal = Decimal(30)
    shown: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it is kept; numbers as text, so that they stay what they are."""
        return {
            "measures": {
                code: {"weight": one.weight, "goal": f"{one.goal.normalize():f}", "zero": f"{one.zero.normalize():f}"}
                for code, one in self.measures.items()
            },
            "grades": {grade: f"{limit.normalize():f}" for grade, limit in self.grades.items()},
            "costs": {name: f"{percent.normalize():f}" for name, percent in self.costs.items()},
            "least": f"{self.least.normalize():f}",
            "shown": self.shown,
        }


class Misfit(Exception):
    """Terms that make no sense; ``fields`` are the places."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


def terms_from(given: Mapping[str, Any], held: Terms | None = None) -> Terms:
    """Terms with what was given in place of what was held. Errors: Misfit."""
    held = held or Terms()
    wrong: list[str] = [name for name in given if name not in ("measures", "grades", "costs", "least", "shown")]
    measures = dict(held.measures)
    for code, said in _parts(given, "measures", wrong).items():
        known = measures.get(code)
        if known is None or not isinstance(said, Mapping):
            wrong.append(f"measures.{code}")
            continue
        where = f"measures.{code}"
        wrong += [f"{where}.{name}" for name in said if name not in ("weight", "goal", "zero")]
        weight = _number(said.get("weight", known.weight), f"{where}.weight", wrong, whole=True)
        goal = _number(said.get("goal", known.goal), f"{where}.goal", wrong, low=-MOST)
        zero = _number(said.get("zero", known.zero), f"{where}.zero", wrong, low=-MOST)
        if goal == zero or (goal > zero) != FIGURES[code].more_is_better:
            wrong.append(f"{where}.zero")
        measures[code] = Measure(int(weight), goal, zero)
    grades = _numbers(given, "grades", held.grades, wrong)
    costs = _numbers(given, "costs", held.costs, wrong)
    if not HUNDRED >= grades["A"] > grades["B"] > grades["C"] > 0:
        wrong.append("grades.A")
    if not any(one.weight for one in measures.values()):
        wrong.append("measures")
    least = _number(given.get("least", held.least), "least", wrong, high=HUNDRED)
    if wrong:
        raise Misfit(wrong)
    return Terms(measures, grades, costs, least, bool(given.get("shown", held.shown)))


def _parts(given: Mapping[str, Any], name: str, wrong: list[str]) -> Mapping[str, Any]:
    said = given.get(name) or {}
    if isinstance(said, Mapping):
        return said
    wrong.append(name)
    return {}


def _numbers(given: Mapping[str, Any], name: str, held: Mapping[str, Decimal], wrong: list[str]) -> dict[str, Decimal]:
    said = _parts(given, name, wrong)
    wrong += [f"{name}.{key}" for key in said if key not in held]
    return {key: _number(said.get(key, value), f"{name}.{key}", wrong, high=HUNDRED) for key, value in held.items()}


def _number(
    value: Any, where: str, wrong: list[str], *, low: Decimal = ZERO, high: Decimal = MOST, whole: bool = False
) -> Decimal:
    try:
        found = Decimal(str(value))
        if found.is_finite() and low <= found <= high and found == round(found, 0 if whole else 4):
            return found.normalize() + 0
    except InvalidOperation:
        pass
    wrong.append(where)
    return ZERO


@dataclass(frozen=True, slots=True)
class Scored:
    """A figure of a supplier: ``value`` None is «no data», which has no points and takes part in nothing. ``share`` is
    its part of the total in percent, after the weights of what has no data are spread over the others.
    """

    code: str
    value: Decimal | None
    n: int
    goal: Decimal
    weight: int
    points: Decimal | None
    share: Decimal

    @property
    def lost(self) -> Decimal:
        """The points of the total that it costs."""
        return ZERO if self.points is None else (HUNDRED - self.points) * self.share / HUNDRED

    @property
    def reached(self) -> bool:
        return self.points == HUNDRED


@dataclass(frozen=True, slots=True)
class Score:
    """All figures of a supplier with the total; ``covered``: percent of the weights that have data."""

    figures: tuple[Scored, ...]
    total: Decimal | None
    covered: Decimal
    grade: str

    def of(self, code: str) -> Scored:
        return next(one for one in self.figures if one.code == code)


def points_of(value: Decimal, measure: Measure) -> Decimal:
    """100 at the goal or better, 0 at ``zero`` or worse, on a straight line between."""
    share = (value - measure.zero) / (measure.goal - measure.zero)
    return (HUNDRED * min(max(share, ZERO), Decimal(1))).quantize(_TENTH, ROUND_HALF_UP)


def scored(sums: Sums, terms: Terms, codes: frozenset[str] | None = None) -> Score:
    """The score of what sums say; ``codes``: only of these figures."""
    found: list[tuple[str, Decimal | None, Decimal | None, int]] = []
    for code, measure in terms.measures.items():
        if codes is None or code in codes:
            value = value_of(code, sums, terms.costs)
            points = None if value is None or not measure.weight else points_of(value, measure)
            found.append((code, value, points, measure.weight))
    weights = sum(weight for _code, _value, _points, weight in found)
    known = sum(weight for _code, _value, points, weight in found if points is not None)
    figures = tuple(
        Scored(
            code,
            value,
            count_of(code, sums),
            terms.measures[code].goal,
            weight,
            points,
            (HUNDRED * weight / known).quantize(_TENTH, ROUND_HALF_UP) if points is not None else ZERO,
        )
        for code, value, points, weight in found
    )
    if not known:
        return Score(figures, None, ZERO, "")
    total = sum((points * weight for _code, _value, points, weight in found if points is not None), ZERO) / known
    total = total.quantize(_TENTH, ROUND_HALF_UP)
    covered = (HUNDRED * Decimal(known) / weights).quantize(_TENTH, ROUND_HALF_UP)
    return Score(figures, total, covered, grade_of(total, terms) if covered >= terms.least else "")


def grade_of(score: Decimal, terms: Terms) -> str:
    """A, B, C, or D."""
    return next((grade for grade, limit in terms.grades.items() if score >= limit), LOWEST)
