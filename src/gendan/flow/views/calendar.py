"""The company's calendar: a month at a time, a day switched with a click; the working time of a day."""

from __future__ import annotations

from datetime import date, time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.flow.commands.calendar import set_working_days, set_working_time
from gendan.flow.queries.calendar import month_of
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.timeline import entries
from gendan.kernel.values import BadValue, Days, is_empty, to_date, whole

CLOCKS = ("starts", "ends", "rest_from", "rest_to")


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """A month of working days and holidays (``?month=2026-11``)."""
    actor = actor_of(request)
    year, month = _wanted(actor, request.GET.get("month", ""))
    context = {
        "actor": actor,
        "month": month_of(actor, year, month),
        "today": actor.today(),
        "history": entries(actor, [("calendar", actor.company_id)], 30),
    }
    return render(request, "flow/calendar.html", context)


@require_POST
def calendar_day(request: HttpRequest) -> HttpResponse:
    """Switch a day: worked or not."""
    try:
        day = to_date(request.POST.get("day", ""))
    except BadValue as problem:
        raise Invalid({"day": problem.text}) from None
    set_working_days(actor=actor_of(request), days=[(day, request.POST.get("works") == "1")])
    return redirect_to(request, f"{reverse('flow:calendar')}?month={day:%Y-%m}")


@require_POST
def calendar_time(request: HttpRequest) -> HttpResponse:
    """Set the working time of a day."""
    clocks, problems = {}, {}
    for name in CLOCKS:
        try:
            clocks[name] = _clock(request.POST.get(name, ""))
        except ValueError:
            problems[name] = _("请填写时间，例如 09:00。")
    if problems or clocks["starts"] is None or clocks["ends"] is None:
        raise Invalid(problems or {"starts": _("请填写上班和下班时间。")})
    set_working_time(
        actor=actor_of(request),
        starts=clocks["starts"],
        ends=clocks["ends"],
        rest_from=clocks["rest_from"],
        rest_to=clocks["rest_to"],
        version=whole(request.POST.get("version", "")),
    )
    messages.success(request, _("工作时间已保存。之后生成的审批期限按它计算。"))
    return redirect_to(request, reverse("flow:calendar"))


def _clock(text: str) -> time | None:
    return None if is_empty(text) else time.fromisoformat(text.strip())


def _wanted(actor: Actor, text: str) -> tuple[int, int]:
    """The year and month asked for; this one for what cannot be one."""
    today = actor.today()
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.year, today.month
    return (today.year, today.month) if Days.around(today).problem(first) else (first.year, first.month)
