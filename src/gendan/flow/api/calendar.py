"""When the company works, for programs."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field, WithJsonSchema

from gendan.flow.api.router import REFUSALS, router
from gendan.flow.commands.calendar import MOST_DAYS, set_working_days, set_working_time
from gendan.flow.queries.calendar import days_between
from gendan.kernel.api import Body, DoneOut, Out, caller, done
from gendan.kernel.errors import Invalid

Clock = Annotated[time, AfterValidator(lambda clock: clock.replace(tzinfo=None))]
# OpenAPI's «time» has an offset; these are hours on the company's wall.
Shown = Annotated[time, WithJsonSchema({"type": "string", "examples": ["09:00:00"]})]


class WorkingTimeOut(Out):
    starts: Shown
    ends: Shown
    rest_from: Shown | None
    rest_to: Shown | None
    version: int


class CalendarDayOut(Out):
    """``works``: what counts. ``legal``: what the law says. ``own``: what the company says, null: as the law."""

    day: date
    works: bool
    legal: bool
    own: bool | None
    holiday: str
    note: str


class CalendarOut(Out):
    hours: WorkingTimeOut
    days: list[CalendarDayOut]


class CalendarDayIn(Body):
    """``works`` null: as the law says."""

    day: date
    works: bool | None


class CalendarDaysIn(Body):
    days: list[CalendarDayIn]
    note: str = Field("", max_length=80)


class WorkingTimeIn(Body):
    starts: Clock
    ends: Clock
    rest_from: Clock | None = None
    rest_to: Clock | None = None
    version: int | None = None


@router.get("/calendar", response={200: CalendarOut, **REFUSALS}, summary="Working days and the hours of a day")
def calendar(request: HttpRequest, first: date, last: date) -> Any:
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Invalid({"last": _("请给出 1–%(most)s 天。") % {"most": MOST_DAYS}})
    days, hours = days_between(caller(request), first, last)
    return CalendarOut.model_validate({"hours": hours, "days": days})


@router.put("/calendar/days", response={200: DoneOut, **REFUSALS}, summary="Say on which days the company works")
def calendar_days(request: HttpRequest, body: CalendarDaysIn) -> Any:
    days = [(each.day, each.works) for each in body.days]
    return done(set_working_days(actor=caller(request), days=days, note=body.note))


@router.put("/calendar/hours", response={200: DoneOut, **REFUSALS}, summary="Set the working time of a day")
def calendar_hours(request: HttpRequest, body: WorkingTimeIn) -> Any:
    return done(set_working_time(actor=caller(request), **body.model_dump()))
