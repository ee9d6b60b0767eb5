"""The transport of one shipment: when it comes, its place at a dock, its freight."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.carriers.queries import carrier_names, parcels_of
from gendan.kernel import timeline
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import BadValue, day_asked, to_date, to_integer, to_number
from gendan.purchasing.posted import fields_of, texts_of, version_of
from gendan.transport import commands
from gendan.transport.forms import to_time
from gendan.transport.models import Freight
from gendan.transport.queries.arrivals import arrival
from gendan.transport.queries.docks import days_plan
from gendan.transport.queries.freight import freight_of
from gendan.transport.views.source import source_text

DAYS = 3  # of free places that the page offers at once


@require_GET
def shipment(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about how it comes; ``?on=``: from which day on places at docks are shown."""
    actor = actor_of(request)
    found = arrival(actor, number)
    asked = day_asked(request.GET.get("on", ""), actor.today())
    first = max(asked or found["expected_on"] or actor.today(), actor.today())
    is_open = found["state"] in {"announced", "in_transit", "arrived"}
    plan = days_plan(actor, found["warehouse"], first, DAYS) if is_open else []
    freight = freight_of(actor, found["id"])
    context = {
        "actor": actor,
        "shipment": found,
        "source": source_text(found),
        "label": {
            "announced": _("已预告"), "in_transit": _("在途"), "arrived": _("已到货"), "received": _("已收货"),
            "cancelled": _("已取消"),
        }.get(found["state"], ""),
        "is_open": is_open,
        "plan": plan,
        "first": first,
        "before": max(first - timedelta(days=DAYS), actor.today()),
        "after": first + timedelta(days=DAYS),
        "freight": freight,
        "bases": Freight.Basis.choices,
        "currencies": [(code, code) for code in freight["currencies"]] if freight else [],
        "carriers": carrier_names(actor),
        "parcels": parcels_of(actor, "asn", [found["id"]]),
        "events": timeline.entries(actor, [("asn", found["id"])]),
    }  # fmt: skip
    return render(request, "transport/shipment.html", context)


@require_POST
def book(request: HttpRequest, number: str) -> HttpResponse:
    """Take a place at a dock, or move there."""
    texts = texts_of(request, {"dock": 32, "note": 200})
    values = fields_of(request, {"on": to_date, "at": to_time})
    if values["on"] is None or values["at"] is None:
        raise Invalid({"at": _("请选择一个时间。")})
    commands.book_dock(actor=actor_of(request), number=number, **texts, on=values["on"], at=values["at"])
    messages.success(request, _("月台已预约"))
    return redirect_to(request, reverse("transport:shipment", args=[number]))


@require_POST
def unbook(request: HttpRequest, number: str) -> HttpResponse:
    """Let the place go."""
    commands.cancel_booking(actor=actor_of(request), number=number)
    messages.success(request, _("月台预约已取消"))
    return redirect_to(request, reverse("transport:shipment", args=[number]))


@require_POST
def save_freight(request: HttpRequest, number: str) -> HttpResponse:
    """Note a carrier's bill."""
    problems: dict[str, str] = {}
    texts = texts_of(request, {"carrier": 80, "bill_number": 80, "currency": 3, "basis": 8}, problems)
    values = fields_of(
        request, {"amount": lambda text: to_number(text, decimals=4, digits=16), "no": to_integer}, problems
    )
    weights: dict[int, Decimal] = {}
    for name, text in request.POST.items():
        line = name.removeprefix("weights.")
        if not name.startswith("weights.") or not line.isdecimal() or not str(text).strip():
            continue
        try:
            weights[int(line)] = to_number(str(text), decimals=3, digits=12)
        except BadValue as bad:
            problems[name] = bad.text
    if values["amount"] is None:
        problems.setdefault("amount", _("请填写运费。"))
    if problems:
        raise Invalid(problems)
    commands.save_freight(
        actor=actor_of(request), number=number, weights=weights, version=version_of(request), **texts, **values
    )
    messages.success(request, _("运费已登记并分摊到各行"))
    return redirect_to(request, reverse("transport:shipment", args=[number]))


@require_POST
def remove_freight(request: HttpRequest, number: str, no: int) -> HttpResponse:
    """Take a bill back."""
    commands.remove_freight(actor=actor_of(request), number=number, no=no, version=version_of(request))
    messages.success(request, _("运费已删除"))
    return redirect_to(request, reverse("transport:shipment", args=[number]))
