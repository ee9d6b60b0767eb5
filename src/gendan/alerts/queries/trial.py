"""What a rule would have found on days that are over: the dry run before it is switched on, the replay of a history.

The same finder looks at each day, at what was known in its morning (queries.past). Where a rule reads tables whose past
is not known, the dry run looks at today alone, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from gendan.alerts.queries.finders import COLUMNS, FINDERS
from gendan.alerts.queries.own import candidates, found
from gendan.alerts.queries.past import KNOWN, PAST, as_of
from gendan.alerts.rules.rule import Rule
from gendan.flow.queries.people import Calendar
from gendan.kernel import db
from gendan.kernel.actor import Actor

DAYS = 90
MOST_SHOWN = 200
Row = dict[str, Any]


@dataclass(slots=True)
class Found:
    """A case that would have been: from when to when, and how bad it got."""

    key: str
    kind: str
    number: str
    line_no: int | None
    first: date
    last: date
    due_on: date | None
    days: int
    amount: Decimal | None
    times: int = 1
    line_id: int | None = None

    def as_json(self) -> Row:
        return {
            "kind": self.kind,
            "number": self.number,
            "line_no": self.line_no,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "days": self.days,
            "amount": str(self.amount) if self.amount is not None else None,
            "times": self.times,
        }


@dataclass(slots=True)
class Trial:
    """What a rule would have found between two days. ``exact``: what was known on each day is known."""

    first: date
    last: date
    exact: bool
    found: dict[str, Found] = field(default_factory=dict)

    @property
    def still(self) -> int:
        """How many would be open on the last day."""
        return sum(one.last == self.last for one in self.found.values())

    def shown(self) -> list[Found]:
        """Those that lasted longest first."""
        ordered = sorted(self.found.values(), key=lambda one: (-one.days, one.first, one.key))
        return ordered[:MOST_SHOWN]


def is_exact(rule: Rule) -> bool:
    """Whether what the rule would have found on a past day can be said."""
    return rule.code in KNOWN if rule.own is None else rule.own.subject in {"po_line", "so_line", "po"}


def found_on(
    actor: Actor, rule: Rule, day: date, calendar: Calendar, *, past: bool, seconds: float | None = None
) -> list[Row]:
    """What a rule finds on a day: on what was known in its morning (``past``), or on the tables as they are.

    ``seconds``: how long one of a company's own may take. Errors: RuleTooSlow.
    """
    params: Row = {
        "company": actor.company_id,
        "today": day,
        "now": datetime.combine(day, time(), actor.zone),
        "zone": actor.timezone,
    }
    if rule.own is not None:
        sql, more = candidates(rule.own, day, calendar)
        rows = found(rule.own, as_of(sql) if past else sql, params | more, seconds)
        return [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    params |= {f"t_{threshold.name}": rule.threshold(threshold.name) for threshold in rule.thresholds}
    sql = FINDERS[rule.code].whole()
    then = as_of(sql, PAST[rule.code]) if past and rule.code in PAST else sql
    return [dict(zip(COLUMNS, row, strict=True)) for row in db.rows(then, params)]


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from one to another, both included."""
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


def tried(
    actor: Actor,
    rule: Rule,
    first: date,
    last: date,
    calendar: Calendar,
    *,
    told: Callable[[int, int], None] = lambda done, total: None,
    seconds: float | None = None,
) -> Trial:
    """What the rule would have found from a day to another; one statement for each day, each within ``seconds``.

    Errors: RuleTooSlow.
    """
    trial = Trial(first, last, is_exact(rule))
    days: Sequence[date] = list(days_between(first, last)) if trial.exact else [last]
    for done, day in enumerate(days, 1):
        take(trial, day, found_on(actor, rule, day, calendar, past=trial.exact, seconds=seconds))
        told(done, len(days))
    return trial


def take(trial: Trial, day: date, rows: Iterable[Row]) -> None:
    """Note what was found on a day: new, the same as the day before, or back again."""
    for row in rows:
        one = trial.found.get(row["key"])
        if one is None:
            trial.found[row["key"]] = Found(
                key=row["key"],
                kind=row["kind"],
                number=row["number"],
                line_no=row["line_no"],
                first=day,
                last=day,
                due_on=row["due_on"],
                days=row["days"] or 0,
                amount=row["amount"],
                line_id=row["line_id"],
            )
            continue
        one.times += one.last < day - timedelta(days=1)
        one.last, one.days, one.amount = day, max(one.days, row["days"] or 0), row["amount"]
