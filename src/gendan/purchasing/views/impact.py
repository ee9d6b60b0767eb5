"""Who is hit by what stands in a form and is not saved yet: a fragment below it, fetched as the fields change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of
from gendan.kernel.values import BadValue, to_date, to_integer, to_number
from gendan.purchasing.forms import confirmation_in
from gendan.purchasing.permissions import VIEW
from gendan.purchasing.queries.impact import (
    Impact,
    LineChange,
    impact_of_answer,
    impact_of_lines,
    impact_of_order,
    impact_of_shipment,
)

NOTHING = Impact()


def _shown(request: HttpRequest, found: Impact) -> HttpResponse:
    return render(request, "purchasing/_impact.html", {"actor": actor_of(request), "impact": found})


def _read(request: HttpRequest, work: Callable[[], Impact]) -> HttpResponse:
    """What cannot be read yet, while somebody types, hits nobody."""
    try:
        return _shown(request, work())
    except (BadValue, Invalid):
        return _shown(request, NOTHING)


@require_POST
def line_impact(request: HttpRequest, number: str, line: int) -> HttpResponse:
    """A new day for one line."""
    actor = actor_of(request)
    actor.must(VIEW)

    def work() -> Impact:
        day = to_date(request.POST.get("expected_on", ""))
        return impact_of_order(actor, number, [LineChange(line, day, True)])

    return _read(request, work)


@require_POST
def answer_impact(request: HttpRequest, number: str) -> HttpResponse:
    """The supplier's answer to an order."""
    actor = actor_of(request)
    actor.must(VIEW)
    return _read(request, lambda: impact_of_answer(actor, number, confirmation_in(request)[0] or []))


@require_GET
def end_impact(request: HttpRequest, number: str) -> HttpResponse:
    """Nothing more of an order comes: it is cancelled or closed."""
    actor = actor_of(request)
    actor.must(VIEW)
    return _shown(request, impact_of_order(actor, number, ended=True))


@require_POST
def shipment_impact(request: HttpRequest, number: str) -> HttpResponse:
    """Another day or other quantities of a shipment."""
    actor = actor_of(request)
    actor.must(VIEW)
    posted = request.POST

    def work() -> Impact:
        text = posted.get("expected_on", "").strip()
        day: date | None = to_date(text) if text else None
        pairs: list[tuple[Any, Any]] = list(zip(posted.getlist("line"), posted.getlist("quantity"), strict=False))
        quantities = {to_integer(line): to_number(quantity.strip() or "0") for line, quantity in pairs}
        return impact_of_shipment(actor, number, expected_on=day, moved="expected_on" in posted, quantities=quantities)

    return _read(request, work)


@require_POST
def announce_impact(request: HttpRequest) -> HttpResponse:
    """The day of a shipment that is being announced."""
    actor = actor_of(request)
    actor.must(VIEW)
    posted = request.POST

    def work() -> Impact:
        day = to_date(posted.get("expected_on", ""))
        columns = (posted.getlist(name) for name in ("order", "line", "quantity"))
        lines = [(order, to_integer(line)) for order, line, amount in zip(*columns, strict=False) if amount.strip()]
        return impact_of_lines(actor, lines, day)

    return _read(request, work)


@require_GET
def shipment_end_impact(request: HttpRequest, number: str) -> HttpResponse:
    """A shipment is cancelled."""
    actor = actor_of(request)
    actor.must(VIEW)
    return _shown(request, impact_of_shipment(actor, number, cancelled=True))
