"""A rule: what it looks at, how it compares, who is told, what helps. Built-in or a company's own, one thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

SEVERITIES = ("low", "medium", "high")
# What of the rank the severity is; see rank_sql in queries.finders.
WEIGHT: Mapping[str, int] = {"low": 0, "medium": 1000, "high": 2000}


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that the rule compares with; ``unit``: days, hours, percent, money (company currency) or times."""

    name: str
    default: Decimal
    unit: str = "days"
    lowest: Decimal = Decimal(0)
    highest: Decimal = Decimal(3650)


@dataclass(frozen=True, slots=True)
class Word:
    """How the owner is found: buyer (of the order), seller, keeper (of the warehouse), role, person, superior and head
    (of whom the words before found), author.
    """

    by: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """``kind``: the kind of document that its cases are about, by which events find them. ``context``: whose right to
    see is needed; ``money``: the permission without which amounts are hidden. ``sees``: kinds whose events may change
    what it finds. ``step``: by how many days, and ``more``: by how many percent of the amount, a case that somebody
    closed must get worse to open again. ``clock``: what it finds changes as time passes, too. ``daily``: looking
    costs more, it is done once a day (and for what events touch).
    """

    code: str
    kind: str
    money: str
    severity: str
    owner: tuple[Word, ...]
    thresholds: tuple[Threshold, ...] = ()
    remedies: tuple[str, ...] = ()
    answer_hours: Decimal = Decimal(8)
    step: int = 7
    more: int = 20
    daily: bool = False
    is_active: bool = True
    area: str = "purchasing"
    values: Mapping[str, Decimal] = field(default_factory=dict)

    def threshold(self, name: str) -> Decimal:
        """What counts now: the company's value, else the default."""
        if name in self.values:
            return self.values[name]
        return next(t.default for t in self.thresholds if t.name == name)


def days(name: str, default: int, highest: int = 3650) -> Threshold:
    """A threshold in whole days."""
    return Threshold(name, Decimal(default), "days", Decimal(0), Decimal(highest))


def percent(name: str, default: int, highest: int = 1000) -> Threshold:
    """A threshold in percent."""
    return Threshold(name, Decimal(default), "percent", Decimal(0), Decimal(highest))


def money(name: str, default: int) -> Threshold:
    """A threshold in the company's currency."""
    return Threshold(name, Decimal(default), "money", Decimal(0), Decimal(10) ** 12)


def times(name: str, default: str, highest: int = 1000) -> Threshold:
    """A threshold that is a plain number."""
    return Threshold(name, Decimal(default), "times", Decimal(0), Decimal(highest))
