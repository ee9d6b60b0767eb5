"""When vehicles can come to a dock. Pure: no database, times of the company's day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

MINUTES_OF_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """When a dock is open, and how long a vehicle takes."""

    opens: time
    closes: time
    slot_minutes: int
    weekdays: str


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def slots(hours: Hours, day: date) -> Iterator[time]:
    """When a vehicle can begin on a day."""
    if str(day.isoweekday()) not in hours.weekdays:
        return
    minute = _minute(hours.opens)
    while minute + hours.slot_minutes <= _minute(hours.closes):
        yield time(minute // 60, minute % 60)
        minute += hours.slot_minutes


def fits(hours: Hours, at: datetime) -> bool:
    """Whether a vehicle can begin then, in the company's time."""
    return at.time() in set(slots(hours, at.date())) and not at.second and not at.microsecond


def end_of(hours: Hours, at: datetime) -> datetime:
    """When it is done."""
    return at + timedelta(minutes=hours.slot_minutes)
