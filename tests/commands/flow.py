"""Situations of approvals, of who stands in, of the company's calendar."""

from __future__ import annotations

from datetime import date, time

from .scenario import Arguments, World, scenario

OWN_CALENDAR = "every company has a calendar of its own"


@scenario("flow.set_working_days", own=OWN_CALENDAR)
def set_working_days(world: World) -> Arguments:
    return {"days": {date(2026, 11, 28): True}, "note": "盘点"}


@scenario("flow.set_working_time", own=OWN_CALENDAR)
def set_working_time(world: World) -> Arguments:
    return {"starts": time(8, 30), "ends": time(17, 30), "version": 0}
