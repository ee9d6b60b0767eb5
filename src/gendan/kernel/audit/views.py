"""The page of the audit log."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gendan.kernel.actor import Actor
from gendan.kernel.audit import export, queries, seals
from gendan.kernel.exports import csv_answer, excel
from gendan.kernel.http import actor_of

PERIODS = {"1": 1, "7": 7, "30": 30, "365": 365}
DEFAULT = "30"


@require_GET
def audit(request: HttpRequest) -> HttpResponseBase:
    """Who did what, when, from where; the last month unless asked otherwise, everything of an object or a person."""
    actor = actor_of(request)
    queries.must_look(actor)
    given = _given(actor, request)
    asked = export.asked_in(given)
    if request.GET.get("export") == "xlsx":
        return excel(request, actor, export.NAME, given)
    if request.GET.get("export") == "csv":
        return csv_answer(actor, export.NAME, export.COLUMNS, export.rows(actor, given), given)
    page = queries.events_of(actor, asked, after=request.GET.get("after"))
    context = {
        "page": page,
        "period": _period(request),
        "doors": queries.DOORS,
        "areas": list(queries.AREAS.items()),
        "types": queries.type_choices(),
        "person": asked.person,
        "head": seals.head() if actor.scope is None else None,
        "part": actor.scope is not None,
        "periods": [("1", _("今天")), ("7", _("7 天")), ("30", _("30 天")), ("365", _("一年")), ("all", _("全部时间"))],
    }
    return render(request, "kernel/audit.html", context)


def _period(request: HttpRequest) -> str:
    """Which chip is on: none where days are given; everything of one object or person, else the last month."""
    if request.GET.get("since") or request.GET.get("until"):
        return ""
    narrow = request.GET.get("number") or request.GET.get("person")
    return request.GET.get("period") or ("all" if narrow else DEFAULT)


def _given(actor: Actor, request: HttpRequest) -> dict[str, str]:
    given = {name: str(value) for name, value in request.GET.items() if value}
    if days := PERIODS.get(_period(request)):
        given["since"] = str(actor.today() - timedelta(days=days - 1))
    return given
