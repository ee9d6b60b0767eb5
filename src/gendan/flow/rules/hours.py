"""Working time: which days are worked, and when a number of working hours will have passed.

Pure: the days that the law moves come from the library of public holidays, what a company does otherwise from its own
calendar. In a year whose holidays are not announced yet, Monday to Friday are worked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import chinese_calendar

Span = tuple[time, time]
STANDARD: tuple[Span, ...] = ((time(9), time(12)), (time(13), time(18)))
ANNOUNCED = frozenset(day.year for day in chinese_calendar.holidays)  # years of which the law's days are known
LONGEST = timedelta(days=3650)  # nobody waits longer; a calendar without any working day ends there


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a company works: the hours of a day, and the days on which it does otherwise than the law says."""

    zone: ZoneInfo
    spans: tuple[Span, ...] = STANDARD
    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        """Whether the company works on a day."""
        own = self.exceptions.get(day)
        return legal_workday(day) if own is None else own

    @property
    def hours(self) -> Decimal:
        """The working hours of a day."""
        return sum((_length(span) for span in self.spans), Decimal(0))


def legal_workday(day: date) -> bool:
    """Whether the law has people work: no weekend that was not moved, no public holiday."""
    if day.year in ANNOUNCED:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


def holiday_name(day: date) -> str:
    """The name of the public holiday that a day belongs to, or is worked for; "" for any other day."""
    if day.year not in ANNOUNCED:
        return ""
    found = chinese_calendar.holidays.get(day) or chinese_calendar.workdays.get(day)
    return str(found or "")


def deadline(start: datetime, hours: Decimal, calendar: Calendar) -> datetime:
    """The moment at which ``hours`` of working time have passed since ``start``."""
    left = timedelta(seconds=float(hours * 3600))
    if left <= timedelta(0):
        return start
    for begin, end in _spans_from(start, calendar):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    return start + LONGEST


def worked(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """How much working time lies between two moments."""
    total = timedelta(0)
    for begin, stop in _spans_from(start, calendar):
        if begin >= end:
            break
        total += min(stop, end) - begin
    return total


def spans_of(starts: time, ends: time, rest_from: time | None, rest_to: time | None) -> tuple[Span, ...]:
    """The working time of a day, without the rest in between."""
    if rest_from is None or rest_to is None:
        return ((starts, ends),)
    return tuple(span for span in ((starts, rest_from), (rest_to, ends)) if span[0] < span[1])


def _spans_from(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """The working time from a moment on, in pieces, as moments (in UTC: the clocks may change between two)."""
    day = start.astimezone(calendar.zone).date()
    last = day + LONGEST
    start = start.astimezone(UTC)
    while day < last:
        if calendar.works(day):
            for begin, end in calendar.spans:
                piece = max(_moment(day, begin, calendar), start), _moment(day, end, calendar)
                if piece[0] < piece[1]:
                    yield piece
        day += timedelta(days=1)


def _moment(day: date, clock: time, calendar: Calendar) -> datetime:
    return datetime.combine(day, clock, calendar.zone).astimezone(UTC)


def _length(span: Span) -> Decimal:
    begin, end = (clock.hour * 60 + clock.minute for clock in span)
    return Decimal(end - begin) / 60
