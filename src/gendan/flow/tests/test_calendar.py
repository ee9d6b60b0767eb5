"""The company's calendar through its doors: page, API, command."""

from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gendan.accounts.tests.make import api_client, make_actor, make_company, make_user, signed_in_client
from gendan.flow import commands
from gendan.flow.models import WorkingDay, WorkingTime
from gendan.flow.queries.calendar import calendar_of
from gendan.kernel.errors import Invalid, Stale

pytestmark = pytest.mark.django_db(transaction=True)
SATURDAY, MONDAY = date(2026, 11, 28), date(2026, 11, 23)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def admin():
    return make_actor(permissions=["*"])


def test_a_day_is_switched_and_follows_the_law_again(admin):
    commands.set_working_days(actor=admin, days=[(SATURDAY, True), (MONDAY, False)], note="盘点")
    calendar = calendar_of(admin.company_id, SHANGHAI)
    assert calendar.works(SATURDAY)
    assert not calendar.works(MONDAY)
    commands.set_working_days(actor=admin, days=[(SATURDAY, False), (MONDAY, None)])
    assert not WorkingDay.objects.exists()
    with pytest.raises(Invalid):
        commands.set_working_days(actor=admin, days=[(date(1999, 1, 1), True)])
    with pytest.raises(Invalid):
        commands.set_working_days(actor=admin, days=[])


def test_the_hours_of_a_day(admin):
    commands.set_working_time(actor=admin, starts=time(8), ends=time(16), version=0)
    assert calendar_of(admin.company_id, SHANGHAI).spans == ((time(8), time(16)),)
    with pytest.raises(Stale):
        commands.set_working_time(actor=admin, starts=time(9), ends=time(16), version=0)
    several: list[dict[str, Any]] = [
        {"starts": time(9), "ends": time(9)},
        {"starts": time(9), "ends": time(18), "rest_from": time(12)},
        {"starts": time(9), "ends": time(18), "rest_from": time(8), "rest_to": time(13)},
        {"starts": time(9), "ends": time(18), "rest_from": time(9), "rest_to": time(18)},
    ]
    for wrong in several:
        with pytest.raises(Invalid):
            commands.set_working_time(actor=admin, **wrong)
    assert WorkingTime.objects.get().version == 1


def test_the_page_shows_a_month_and_switches_a_day(admin):
    client = signed_in_client(admin)
    page = client.get("/settings/calendar?month=2026-10").content.decode()
    assert "国庆节" in page
    assert "国庆节调休上班" in page
    assert "还没有收录" not in page
    assert "还没有收录" in client.get("/settings/calendar?month=2031-01").content.decode()
    client.post("/settings/calendar/day", {"day": "2026-10-05", "works": "1"})
    assert WorkingDay.objects.get().works
    page = client.get("/settings/calendar?month=2026-10").content.decode()
    assert "自定" in page
    assert "2026-10-05 改为上班" in page


def test_who_may_not_change_it_sees_it(admin):
    reader = make_user(make_company(), permissions=["accounts.view"])
    client = signed_in_client(reader)
    assert "fl-cell" in client.get("/settings/calendar").content.decode()
    assert client.post("/settings/calendar/day", {"day": "2026-10-05", "works": "1"}).status_code == 403


def test_the_api_reads_and_writes_it(admin):
    client = api_client(admin)
    answer = client.put("/api/v1/calendar/days", {"days": [{"day": "2026-11-28", "works": True}], "note": "盘点"})
    assert answer.status_code == 200
    client.put("/api/v1/calendar/hours", {"starts": "08:00", "ends": "17:00", "rest_from": "12:00", "rest_to": "13:00"})
    found = client.get("/api/v1/calendar?first=2026-11-28&last=2026-11-29").json()
    assert found["hours"]["starts"] == "08:00:00"
    assert found["days"][0] == {
        "day": "2026-11-28", "works": True, "legal": False, "own": True, "holiday": "", "note": "盘点"
    }  # fmt: skip
    assert client.get("/api/v1/calendar?first=2026-11-28&last=2028-11-29").status_code == 422


def test_reading_a_month_costs_the_same_however_much_differs(admin, django_assert_num_queries):
    from gendan.flow.queries.calendar import month_of

    commands.set_working_days(actor=admin, days=[(date(2026, 11, n), n % 2 == 0) for n in range(1, 29)])
    with django_assert_num_queries(2):
        assert len(month_of(admin, 2026, 11).days) == 30
