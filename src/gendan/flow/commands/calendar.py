"""Decide when the company works: days that differ from the law's, the hours of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.flow.queries.calendar import Hours, hours_of, own_days
from gendan.flow.rules.hours import legal_workday
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command
from gendan.kernel.values import Days

CALENDAR = _("工作日历")
MOST_DAYS, NOTE_LENGTH = 400, 80
_FORGET = "DELETE FROM flow_workingday WHERE company_id = %s::bigint AND day = ANY(%s::date[])"
_DAYS = """
INSERT INTO flow_workingday AS w (company_id, day, works, note)
SELECT %s::bigint, day, works, %s::text FROM unnest(%s::date[], %s::boolean[]) AS t(day, works)
ON CONFLICT (company_id, day) DO UPDATE SET works = excluded.works, note = excluded.note
"""
_HOURS = """
INSERT INTO flow_workingtime AS w (company_id, starts, ends, rest_from, rest_to, version)
VALUES (%s::bigint, %s::time, %s::time, %s::time, %s::time, 1)
ON CONFLICT (company_id) DO UPDATE SET starts = excluded.starts, ends = excluded.ends,
 rest_from = excluded.rest_from, rest_to = excluded.rest_to, version = w.version + 1
"""


@command("flow.set_working_days", _("修改工作日历"))
def set_working_days(*, actor: Actor, days: Sequence[tuple[date, bool | None]], note: str = "") -> Done:
    """Say on which days the company works or does not; None, or what the law says anyway, follows the law again.

    Deadlines already set stay as they are. Errors: Invalid.
    """
    asked = dict(days)
    _check(actor, asked, note)
    held = own_days(actor.company_id, sorted(asked))
    wanted = {day: works for day, works in asked.items() if works is not None and works != legal_workday(day)}
    changed = {day.isoformat(): _works(day, wanted.get(day)) for day in asked if held.get(day) != wanted.get(day)}
    if forgotten := [day for day in asked if day not in wanted and day in held]:
        db.later(_FORGET, [actor.company_id, db.array(forgotten)])
    if wanted:
        db.later(_DAYS, [actor.company_id, note.strip(), db.array(wanted), list(wanted.values())])
    if changed:
        record("flow.working_days_set", _subject(actor), actor, days=changed, note=note.strip())
    return Done("calendar", actor.company_id, "calendar")


@command("flow.set_working_time", _("修改工作时间"), permission="flow.set_working_days")
def set_working_time(
    *,
    actor: Actor,
    starts: time,
    ends: time,
    rest_from: time | None = None,
    rest_to: time | None = None,
    version: int | None = None,
) -> Done:
    """Set the working time of a day, with or without a rest in between. Errors: Invalid, Stale."""
    problems: dict[str, str | Promise] = {}
    if starts >= ends:
        problems["ends"] = _("下班时间应晚于上班时间。")
    if (rest_from is None) != (rest_to is None):
        problems["rest_to"] = _("请同时填写午休的开始和结束。")
    elif rest_from is not None and rest_to is not None and not starts <= rest_from < rest_to <= ends:
        problems["rest_to"] = _("午休应在上班时间之内。")
    elif (rest_from, rest_to) == (starts, ends):
        problems["rest_to"] = _("午休不能占满整天。")
    if problems:
        raise Invalid(problems)
    held = hours_of(actor.company_id)
    check_version(str(CALENDAR), held.version, version)
    new = Hours(starts, ends, rest_from, rest_to, held.version + 1)
    if _said(held) != _said(new):
        db.later(_HOURS, [actor.company_id, starts, ends, rest_from, rest_to])
        record(
            "flow.working_time_set",
            _subject(actor),
            actor,
            ["list:calendar"],
            changes={"hours": [_said(held), _said(new)]},
        )
        return Done("calendar", actor.company_id, "calendar", version=new.version)
    return Done("calendar", actor.company_id, "calendar", version=held.version)


def _check(actor: Actor, days: Mapping[date, bool | None], note: str) -> None:
    problems: dict[str, str | Promise] = {}
    allowed = Days.around(actor.today())
    for day in days:
        if problem := allowed.problem(day):
            problems[f"days.{day}"] = problem
    if not 1 <= len(days) <= MOST_DAYS:
        problems["days"] = _("请给出 1–%(most)s 天。") % {"most": MOST_DAYS}
    if len(note.strip()) > NOTE_LENGTH:
        problems["note"] = _("最多 %(most)s 个字。") % {"most": NOTE_LENGTH}
    if problems:
        raise Invalid(problems)


def _works(day: date, own: bool | None) -> str:
    """Whether a day is worked, as the event keeps it."""
    return "work" if (legal_workday(day) if own is None else own) else "rest"


def _said(hours: Hours) -> str:
    rest = f", {hours.rest_from:%H:%M}-{hours.rest_to:%H:%M}" if hours.rest_from and hours.rest_to else ""
    return f"{hours.starts:%H:%M}-{hours.ends:%H:%M}{rest}"


def _subject(actor: Actor) -> Subject:
    return Subject("calendar", actor.company_id, "calendar")
