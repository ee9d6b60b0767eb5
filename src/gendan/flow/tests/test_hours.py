"""Working hours: known days of 2026, and what holds for any start, any number of hours, any calendar."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendan.flow.rules.hours import (
    Calendar,
    deadline,
    holiday_name,
    legal_workday,
    spans_of,
    worked,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
USUAL = Calendar(SHANGHAI)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23 09:00", "8", "2026-11-23 18:00"),  # a Monday, without its lunch
        ("2026-11-23 11:00", "2", "2026-11-23 14:00"),
        ("2026-11-23 12:30", "1", "2026-11-23 14:00"),
        ("2026-11-20 17:00", "16", "2026-11-24 17:00"),  # two working days from a Friday on
        ("2026-11-20 20:00", "1", "2026-11-23 10:00"),
        ("2026-09-30 17:00", "2", "2026-10-08 10:00"),  # over the days of the National Day
        ("2026-10-09 17:00", "2", "2026-10-10 10:00"),  # the Saturday is worked for them
        ("2027-10-01 09:00", "1", "2027-10-01 10:00"),  # not announced: Monday to Friday
        ("2026-11-23 09:00", "0.5", "2026-11-23 09:30"),
        ("2026-11-22 03:00", "0", "2026-11-22 03:00"),
    ],
)
def test_a_deadline_counts_working_hours_only(start, hours, end):
    assert deadline(at(start), Decimal(hours), USUAL) == at(end)


def test_the_companys_own_days_come_before_the_laws():
    calendar = Calendar(SHANGHAI, ((time(8), time(16)),), {date(2026, 10, 1): True, date(2026, 11, 24): False})
    assert deadline(at("2026-09-30 15:00"), Decimal(2), calendar) == at("2026-10-01 09:00")
    assert deadline(at("2026-11-23 15:00"), Decimal(2), calendar) == at("2026-11-25 09:00")


def test_the_day_is_the_companys_not_utcs():
    assert deadline(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), Decimal(1), USUAL) == at("2026-11-23 10:00")


def test_days_of_the_law():
    assert not legal_workday(date(2026, 2, 17))
    assert legal_workday(date(2026, 2, 14))  # a Saturday
    assert holiday_name(date(2026, 2, 17)) == "Spring Festival"
    assert holiday_name(date(2026, 11, 23)) == ""
    assert [legal_workday(date(2040, 1, day)) for day in (6, 7, 8)] == [True, False, False]


MOMENTS = st.datetimes(datetime(2025, 12, 1), datetime(2027, 2, 1)).map(lambda m: m.replace(tzinfo=UTC))  # noqa: DTZ001
HOURS = st.decimals(0, 200, places=2).map(lambda h: Decimal(round(h * 60)) / 60)
DAYS = st.dates(date(2025, 12, 1), date(2027, 3, 1))


@st.composite
def calendars(draw):
    clocks = sorted(draw(st.sets(st.integers(0, 95), min_size=2, max_size=6)))
    pairs = zip(clocks[::2], clocks[1::2], strict=False)
    spans = tuple((time(a // 4, a % 4 * 15), time(b // 4, b % 4 * 15)) for a, b in pairs)
    zone = ZoneInfo(draw(st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "UTC"])))
    return Calendar(zone, spans, draw(st.dictionaries(DAYS, st.booleans(), max_size=20)))


def near(one, other):
    return abs(one - other) < timedelta(seconds=1)


@given(MOMENTS, HOURS, calendars())
def test_exactly_so_much_is_worked_until_a_deadline(start, hours, calendar):
    end = deadline(start, hours, calendar)
    assert near(worked(start, end, calendar), timedelta(hours=float(hours)))
    if hours:
        day, clock = end.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).time()
        assert calendar.works(day)
        assert any(begin < clock <= stop for begin, stop in calendar.spans)


@given(MOMENTS, HOURS, HOURS, calendars())
def test_waiting_twice_is_waiting_for_the_sum(start, one, two, calendar):
    assert near(deadline(deadline(start, one, calendar), two, calendar), deadline(start, one + two, calendar)) or not (
        one and two
    )


@given(MOMENTS, MOMENTS, HOURS, calendars())
def test_who_begins_later_ends_no_earlier(one, two, hours, calendar):
    first, second = sorted([one, two])
    assert deadline(first, hours, calendar) <= deadline(second, hours, calendar)


def test_a_day_is_worked_with_a_rest_or_without():
    assert spans_of(time(9), time(18), time(12), time(13)) == USUAL.spans
    assert spans_of(time(9), time(18), None, None) == ((time(9), time(18)),)
    assert spans_of(time(9), time(18), time(9), time(10)) == ((time(10), time(18)),)
