"""A rule: what it looks at, how it compares, who is told, what helps. Built-in or a company's own, one thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from gendan.alerts.rules.own import Own
from gendan.alerts.rules.reminding import Reminding
from gendan.alerts.rules.word import Word as Word

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
class Rule:
    """``kinds``: the kinds of documents that its cases are about, by which events find them. ``money``: the permission
    without which amounts are hidden; ``sight``: the one that its cases need beside that to see their documents.
    ``step``: by how many days, and ``more``: by how many percent of the amount, a case that somebody closed must get
    worse to open again. ``events``: what events touched is looked at at once; ``daily``: all is looked at once a day,
    since that costs more. ``area`` is for the list of rules. ``signal``: it points at what somebody did, who may not
    close it. ``own``: what a rule that a company wrote itself says; ``resting``: it took too long
    and does not look until it is changed, while its cases stay.
    """

    code: str
    kinds: tuple[str, ...]
    severity: str
    owner: tuple[Word, ...]
    thresholds: tuple[Threshold, ...] = ()
    remedies: tuple[str, ...] = ()
    area: str = "purchasing"
    money: str = "purchasing.view_price"
    sight: str = ""
    answer_hours: Decimal = Decimal(8)
    step: int = 7
    more: int = 20
    daily: bool = False
    events: bool = True
    is_active: bool = True
    signal: bool = False
    resting: bool = False
    values: Mapping[str, Decimal] = field(default_factory=dict)
    reminding: Reminding = field(default_factory=Reminding)
    own: Own | None = None

    def threshold(self, name: str) -> Decimal:
        """What counts now: the company's value, else the default."""
        if name in self.values:
            return self.values[name]
        return next(t.default for t in self.thresholds if t.name == name)


def days(name: str, default: int, highest: int = 3650) -> Threshold:
    """A threshold in whole days."""
    return Threshold(name, Decimal(default), "days", Decimal(0), Decimal(highest))


def hours(name: str, default: int, highest: int = 2000) -> Threshold:
    """A threshold in whole hours."""
    return Threshold(name, Decimal(default), "hours", Decimal(0), Decimal(highest))


def percent(name: str, default: int, highest: int = 1000) -> Threshold:
    """A threshold in percent."""
    return Threshold(name, Decimal(default), "percent", Decimal(0), Decimal(highest))


def money(name: str, default: int, lowest: int = 0) -> Threshold:
    """A threshold in the company's currency."""
    return Threshold(name, Decimal(default), "money", Decimal(lowest), Decimal(10) ** 12)


def times(name: str, default: str, highest: int = 1000) -> Threshold:
    """A threshold that is a plain number."""
    return Threshold(name, Decimal(default), "times", Decimal(0), Decimal(highest))
