"""How customers are delivered to, and the lines behind it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gendan.insight import queries
from gendan.insight.queries.offered import periods
from gendan.kernel.http import actor_of
from gendan.purchasing.queries.names import name_of


@require_GET
def customer_performance(request: HttpRequest) -> HttpResponse:
    """On-time rate per customer."""
    actor = actor_of(request)
    period = request.GET.get("period", "all")
    context = {
        "actor": actor,
        "found": queries.customer_performance(actor, period),
        "period": period,
        "periods": periods(actor.today()),
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
        "periods": periods(actor.today()),
        "customer_name": name_of(actor, "partner", customer),
    }
    return render(request, "insight/shipped_lines.html", context)
