"""Pages of figures; each leads to the lines behind it."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gendan.insight import queries
from gendan.kernel.http import actor_of
from gendan.purchasing.queries.names import name_of


@require_GET
def supplier_performance(request: HttpRequest) -> HttpResponse:
    """On-time rate per supplier."""
    actor = actor_of(request)
    period = request.GET.get("period", "all")
    context = {
        "actor": actor,
        "found": queries.supplier_performance(actor, period),
        "period": period,
        "periods": _periods(actor.today()),
    }
    return render(request, "insight/supplier_performance.html", context)


@require_GET
def completed_lines(request: HttpRequest) -> HttpResponse:
    """The lines behind a figure."""
    actor = actor_of(request)
    asked = request.GET
    supplier = asked.get("supplier", "")
    context = {
        "actor": actor,
        "page": queries.completed_lines(
            actor,
            partner=supplier,
            period=asked.get("period", "all"),
            only=asked.get("only", ""),
            after=asked.get("after"),
        ),
        "periods": _periods(actor.today()),
        "supplier_name": name_of(actor, "partner", supplier),
    }
    return render(request, "insight/completed_lines.html", context)


@require_GET
def customer_performance(request: HttpRequest) -> HttpResponse:
    """On-time rate per customer."""
    actor = actor_of(request)
    period = request.GET.get("period", "all")
    context = {
        "actor": actor,
        "found": queries.customer_performance(actor, period),
        "period": period,
        "periods": _periods(actor.today()),
    }
    return render(request, "insight/customer_performance.html", context)


@require_GET
def shipped_lines(request: HttpRequest) -> HttpResponse:
    """The lines behind a figure of customers."""
    actor = actor_of(request)
    asked = request.GET
    customer = asked.get("customer", "")
    context = {
        "actor": actor,
        "page": queries.completed_lines(
            actor,
            queries.CUSTOMERS,
            partner=customer,
            period=asked.get("period", "all"),
            only=asked.get("only", ""),
            after=asked.get("after"),
        ),
        "periods": _periods(actor.today()),
        "customer_name": name_of(actor, "partner", customer),
    }
    return render(request, "insight/shipped_lines.html", context)


def _periods(today: date) -> list[tuple[str, str]]:
    """This month, the months and quarters before, years: as (value, label)."""
    quarter = (today.month - 1) // 3 + 1
    found = [("all", _("全部")), ("month", _("本月")), ("quarter", _("本季度")), ("year", _("今年"))]
    year, number = today.year, quarter
    for _n in range(4):
        year, number = (year, number - 1) if number > 1 else (year - 1, 4)
        found.append((f"{year}-Q{number}", f"{year} Q{number}"))
    found += [(str(today.year - n), str(today.year - n)) for n in range(1, 4)]
    return found
