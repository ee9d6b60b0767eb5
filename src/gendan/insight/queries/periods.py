"""Periods of scorecards, and the points of their trend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gendan.insight.queries.performance import period_of
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid

EARLIEST, LATEST = 1990, 2200
_FIRST = """
SELECT least((SELECT min(month) FROM insight_suppliermonth WHERE company_id = %(company)s::bigint),
 (SELECT min(month) FROM insight_supplierchange WHERE company_id = %(company)s::bigint),
 (SELECT min(approved_at)::date FROM purchasing_purchaseorder WHERE company_id = %(company)s::bigint))
"""


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a trend with a day of its first month and one of its last."""

    label: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months; ``points``: the twelve months that end with it, or the years of everything."""

    name: str
    first: date
    last: date
    points: tuple[Point, ...]

    @property
    def earliest(self) -> date:
        """The first day that is needed for the period and its trend."""
        return min(self.first, self.points[0].first)


def period_asked(actor: Actor, name: str) -> Period:
    """The period of a name (see ``period_of``). Errors: Invalid."""
    today = actor.today()
    first, last = period_of(name, today)
    if first is None or last is None:
        found = db.row(_FIRST, {"company": actor.company_id})
        start = max((found[0] if found and found[0] else today), date(EARLIEST, 1, 1))
        years = range(min(start.year, today.year), today.year + 1)
        points = tuple(Point(str(year), date(year, 1, 1), date(year, 12, 31)) for year in years)
        return Period("all", points[0].first, points[-1].last, points)
    if not EARLIEST <= first.year <= LATEST:
        raise Invalid({"period": f"period: {EARLIEST} – {LATEST}"})
    end = first if first > today else min(last, today)
    return Period(name, first, last, tuple(_month(end, back) for back in range(11, -1, -1)))


def _month(day: date, back: int) -> Point:
    """The month so many months before that of a day."""
    whole = max(day.year * 12 + day.month - 1 - back, 12)
    first = date(whole // 12, whole % 12 + 1, 1)
    return Point(f"{first:%Y-%m}", first, first)
