"""When a company works: its own hours and days, on top of the law's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from gendan.accounts.queries import VIEW
from gendan.flow.rules.hours import ANNOUNCED, Calendar, holiday_name, legal_workday, spans_of
from gendan.kernel import db
from gendan.kernel.actor import Actor

# Columns that another statement may ask for beside its own; ``calendar_from`` reads them. {company}: the id in it.
COLUMNS = (
    "(SELECT jsonb_build_array(w.starts, w.ends, w.rest_from, w.rest_to, w.version) FROM flow_workingtime w"
    " WHERE w.company_id = {company})::text,"
    " (SELECT jsonb_object_agg(d.day, d.works) FROM flow_workingday d WHERE d.company_id = {company})::text"
)
_ONE = f"SELECT {COLUMNS.format(company='%(company)s::bigint')}"
_MONTH = """
SELECT day, works, note FROM flow_workingday
WHERE company_id = %(company)s::bigint AND day BETWEEN %(first)s::date AND %(last)s::date
"""
NAMES = {
    "New Year's Day": _("元旦"),
    "Spring Festival": _("春节"),
    "Tomb-sweeping Day": _("清明节"),
    "Labour Day": _("劳动节"),
    "Dragon Boat Festival": _("端午节"),
    "Mid-autumn Festival": _("中秋节"),
    "National Day": _("国庆节"),
}


@dataclass(frozen=True, slots=True)
class Hours:
    """The working time of a day as it was set; the standard until then (version 0)."""

    starts: time = time(9)
    ends: time = time(18)
    rest_from: time | None = time(12)
    rest_to: time | None = time(13)
    version: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar: what counts, what the law says, what the company says (None: as the law)."""

    day: date
    works: bool
    legal: bool
    own: bool | None = None
    holiday: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """A month in weeks from Monday on; ``announced``: the law's days of that year are known."""

    first: date
    days: list[Day]
    hours: Hours
    announced: bool
    worked: int = 0

    @property
    def previous(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def following(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def weeks(self) -> list[list[Day | None]]:
        cells: list[Day | None] = [*[None] * self.first.weekday(), *self.days]
        cells += [None] * (-len(cells) % 7)
        return [cells[n : n + 7] for n in range(0, len(cells), 7)]


def calendar_of(company_id: int, zone: ZoneInfo) -> Calendar:
    """When a company works; one statement."""
    found = db.row(_ONE, {"company": company_id})
    return calendar_from(found[0] if found else None, found[1] if found else None, zone)


def calendar_from(hours: str | None, days: str | None, zone: ZoneInfo) -> Calendar:
    """The same from COLUMNS."""
    own = hours_from(hours)
    spans = spans_of(own.starts, own.ends, own.rest_from, own.rest_to)
    differing = json.loads(days) if days else {}
    return Calendar(zone, spans, {date.fromisoformat(day): works for day, works in differing.items()})


def hours_of(company_id: int) -> Hours:
    """The working time of a day, as it was set, locked until the command ends."""
    found = db.row(
        "SELECT jsonb_build_array(starts, ends, rest_from, rest_to, version)::text FROM flow_workingtime"
        " WHERE company_id = %s::bigint FOR UPDATE",
        [company_id],
    )
    return hours_from(found[0] if found else None)


def hours_from(text: str | None) -> Hours:
    """The working time of a day from the first of COLUMNS."""
    if not text:
        return Hours()
    *clocks, version = json.loads(text)
    starts, ends, rest_from, rest_to = (time.fromisoformat(clock) if clock else None for clock in clocks)
    assert starts is not None
    assert ends is not None
    return Hours(starts, ends, rest_from, rest_to, version)


def month_of(actor: Actor, year: int, month: int) -> Month:
    """A month of the company's calendar; two statements in one exchange."""
    actor.must(VIEW)
    first = date(year, month, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    days, hours = days_between(actor, first, last)
    return Month(first, days, hours, year in ANNOUNCED, sum(1 for day in days if day.works))


def days_between(actor: Actor, first: date, last: date) -> tuple[list[Day], Hours]:
    """The days from one to another, both included, and the working time of a day."""
    actor.must(VIEW)
    params = {"company": actor.company_id, "first": first, "last": last}
    rows, hours = db.batch([(_MONTH, params), (_ONE, params)])
    own = {row[0]: (row[1], row[2]) for row in rows}
    count = (last - first).days + 1
    return [_day(first + timedelta(days=n), own) for n in range(count)], hours_from(hours[0][0])


def own_days(company_id: int, days: Sequence[date]) -> dict[date, bool]:
    """What a company says of some days, locked until the command ends."""
    found = db.rows(
        "SELECT day, works FROM flow_workingday WHERE company_id = %s::bigint AND day = ANY(%s::date[])"
        " ORDER BY day FOR UPDATE",
        [company_id, db.array(days)],
    )
    return dict(found)


def _day(day: date, own: dict[date, tuple[bool, str]]) -> Day:
    legal, name = legal_workday(day), holiday_name(day)
    says, note = own.get(day, (None, ""))
    return Day(day, legal if says is None else says, legal, says, _shown(name, legal), note)


def _shown(name: str, legal: bool) -> str:
    shown = str(NAMES.get(name, name))
    return str(_("%(holiday)s调休上班")) % {"holiday": shown} if name and legal else shown
