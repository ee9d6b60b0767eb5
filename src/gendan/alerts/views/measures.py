"""How well the rules do, what is proposed for them, and the report of a week."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.alerts import commands
from gendan.alerts.permissions import SETUP
from gendan.alerts.prints import REPORT
from gendan.alerts.queries.measures import PERIOD, applied, measures, proposals
from gendan.alerts.queries.report import report, week_from, week_of
from gendan.kernel import prints
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import whole

PERIODS = (30, 90, 180, 365)


@require_GET
def measures_page(request: HttpRequest) -> HttpResponse:
    """Per rule and channel: how many, how soon answered, ignored, wrong, too late; and what is proposed."""
    actor = actor_of(request)
    asked = whole(request.GET.get("days"))
    days = asked if asked in PERIODS else PERIOD
    context = {
        "actor": actor,
        "found": measures(actor, days),
        "periods": [(str(n), _("近 %(n)s 天") % {"n": n}, None) for n in PERIODS],
        "proposals": proposals(actor),
        "applied": applied(actor),
        "may_save": actor.may(SETUP),
    }
    return render(request, "alerts/measures.html", context)


@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """Do what is proposed for a rule."""
    actor, given = actor_of(request), request.POST
    commands.apply_proposal(actor=actor, rule=given.get("rule", ""), after=given.get("after", ""))
    messages.success(request, _("建议已采纳，下次检查时生效；可以在下面撤销"))
    return redirect_to(request, reverse("alerts:measures"))


@require_POST
def undo(request: HttpRequest, proposal: int) -> HttpResponse:
    """Take back what was applied."""
    commands.undo_proposal(actor=actor_of(request), proposal=proposal)
    messages.success(request, _("已撤销，规则恢复为原来的设置"))
    return redirect_to(request, reverse("alerts:measures"))


@require_GET
def report_now(request: HttpRequest) -> HttpResponse:
    """The report of the week that is running."""
    return redirect_to(request, reverse("alerts:report", args=[week_of(actor_of(request).today()).isoformat()]))


@require_GET
def report_page(request: HttpRequest, week: str) -> HttpResponse:
    """The report of a week, named by its Monday."""
    actor = actor_of(request)
    monday = week_from(week)
    context = {
        "actor": actor,
        "report": report(actor, monday),
        "before": (monday - timedelta(days=7)).isoformat(),
        "after": (monday + timedelta(days=7)).isoformat() if monday < week_of(actor.today()) else "",
        "pdf_url": prints.address(REPORT, monday.isoformat()),
    }
    return render(request, "alerts/report.html", context)
