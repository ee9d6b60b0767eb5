"""The people of a company as approvals know them, for other contexts that have to find somebody by the same words."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from gendan.flow.queries.calendar import calendar_from
from gendan.flow.queries.standing import KNOWN
from gendan.flow.rules.assignees import Directory, directory_from
from gendan.flow.rules.hours import Calendar, deadline, worked
from gendan.kernel import db

__all__ = ["Calendar", "Directory", "deadline", "people_of", "worked"]


def people_of(company_id: int, zone: ZoneInfo) -> tuple[Directory, Calendar]:
    """The people, their departments, and when the company works; one statement."""
    found = db.row(f"SELECT {KNOWN}", {"company": company_id})
    people, departments, hours, days = found or (None, None, None, None)
    return directory_from(people, departments), calendar_from(hours, days, zone)
