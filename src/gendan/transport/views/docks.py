"""Docks: who comes when, and how they are set up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import day_asked, to_integer
from gendan.purchasing.posted import fields_of, texts_of, version_of
from gendan.purchasing.queries.names import warehouse_choices
from gendan.transport import commands
from gendan.transport.forms import to_time
from gendan.transport.queries.docks import days_plan, dock, docks, next_warehouse

WEEKDAYS = "1234567"
MONDAY = date(2026, 6, 1)


@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """A day at the docks of a warehouse."""
    actor = actor_of(request)
    warehouses = warehouse_choices(actor)
    known = docks(actor)
    mine = [row for row in known if row["is_active"]]
    asked = request.GET.get("warehouse", "")[:32] or (next_warehouse(actor) or mine[0]["warehouse"] if mine else "")
    on = day_asked(request.GET.get("on", ""), actor.today()) or actor.today()
    plan = days_plan(actor, asked, on)[0]["docks"] if mine else []
    context = {
        "actor": actor,
        "warehouses": warehouses,
        "warehouse": asked,
        "on": on,
        "weekday": date_format(on, "l"),
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "plan": plan,
        "docks": known,
    }
    return render(request, "transport/docks.html", context)


def _posted(request: HttpRequest) -> dict[str, Any]:
    problems: dict[str, str] = {}
    texts = texts_of(request, {"code": 32, "warehouse": 32, "name": 80}, problems)
    values = fields_of(
        request, {"capacity": to_integer, "slot_minutes": to_integer, "opens": to_time, "closes": to_time}, problems
    )
    problems |= {name: _("请填写。") for name, value in values.items() if value is None and name not in problems}
    if problems:
        raise Invalid(problems)
    return {
        **texts,
        **values,
        "weekdays": "".join(one for one in request.POST.getlist("weekdays") if one in WEEKDAYS),
        "is_active": request.POST.get("is_active") == "on",
    }


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """Set up a new dock or one that is there."""
    actor = actor_of(request)
    actor.must("transport.save_dock")
    known = dock(actor, code) if code else None
    if request.method == "POST":
        posted = _posted(request)
        if known:
            posted |= {"code": known["code"], "warehouse": known["warehouse"]}
        commands.save_dock(actor=actor, version=version_of(request), **posted)
        messages.success(request, _("月台已保存"))
        return redirect_to(request, f"{reverse('transport:docks')}?warehouse={posted['warehouse']}")
    found = known or {
        "code": "", "name": "", "warehouse": request.GET.get("warehouse", ""), "capacity": 1, "opens": None,
        "closes": None, "slot_minutes": 60, "weekdays": "12345", "is_active": True, "version": 0,
    }  # fmt: skip
    names = [(str(n), date_format(MONDAY + timedelta(days=n - 1), "D")) for n in range(1, 8)]
    context = {"actor": actor, "dock": found, "warehouses": warehouse_choices(actor), "weekdays": names}
    return render(request, "transport/dock_form.html", context)
