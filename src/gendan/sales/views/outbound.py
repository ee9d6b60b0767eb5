"""Packing, signing, waves, and sending many deliveries at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.carriers.queries import carrier_names
from gendan.kernel import jobs, prints, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import BadValue, to_date, to_integer, to_number
from gendan.purchasing.posted import fields_of, texts_of, version_of
from gendan.sales import commands
from gendan.sales.commands.ship_many import AT_ONCE, KIND, TASK, ToShip, ship_each
from gendan.sales.models import Delivery, Wave
from gendan.sales.prints import WAVE
from gendan.sales.queries import deliveries
from gendan.sales.rules.signing import SignIn
from gendan.sales.steps.packing import ParcelIn

Row = dict[str, Any]
ZERO = Decimal(0)
MOST = 200  # deliveries in one table


def page_of(number: str) -> str:
    return reverse("sales:delivery_detail", args=[number])


@require_http_methods(["GET", "POST"])
def delivery_pack(request: HttpRequest, number: str) -> HttpResponse:
    """Which lines are in which parcel, and what they weigh."""
    actor = actor_of(request)
    actor.must("sales.pick_goods")
    delivery = deliveries.delivery_detail(actor, number)
    if request.method == "POST":
        finish = request.POST.get("then") != "keep"
        commands.pack_delivery(
            actor=actor,
            number=number,
            parcels=_parcels(request, delivery["lines"]),
            finish=finish,
            version=version_of(request),
        )
        if request.POST.get("then") == "ship":
            return redirect_to(request, reverse("sales:delivery_ship", args=[number]))
        return redirect_to(request, page_of(number))
    boxes = delivery["parcels"] or [{"parcel": 1, "sscc": "", "weight": None, "tracking_number": "", "lines": []}]
    for box in boxes:
        packed = {line["line"]: line["quantity"] for line in box["lines"]}
        box["rows"] = [
            {**line, "inside": packed.get(line["line"], ZERO if delivery["parcels"] else line["quantity"])}
            for line in delivery["lines"]
        ]
    missing = sum(1 for line in delivery["lines"] if line["picked"] < line["quantity"])
    context = {"actor": actor, "delivery": delivery, "boxes": boxes, "missing": missing}
    return render(request, "sales/delivery_pack.html", context)


def _parcels(request: HttpRequest, lines: list[Row]) -> list[ParcelIn]:
    """The parcels: ``weight`` and ``parcel_tracking`` once each, ``quantity`` once per line of the delivery in each."""
    posted = request.POST
    weights, tracking = posted.getlist("weight"), posted.getlist("parcel_tracking")
    quantities = posted.getlist("quantity")
    parcels, problems = [], {}
    for n, weight in enumerate(weights):
        inside = []
        for i, line in enumerate(lines):
            at = n * len(lines) + i
            try:
                amount = to_number(quantities[at] or "0") if at < len(quantities) else ZERO
            except BadValue as bad:
                problems[f"quantity.{at}"] = bad.text
                continue
            if amount:
                inside.append((line["line"], amount))
        try:
            weighs = to_number(weight, decimals=3, digits=14) if weight.strip() else None
        except BadValue as bad:
            problems[f"weight.{n}"] = bad.text
            continue
        if inside or weighs:
            number = tracking[n].strip()[:80] if n < len(tracking) else ""
            parcels.append(ParcelIn(tuple(inside), weighs, number))
    if problems:
        raise Invalid({**problems})
    return parcels


@require_http_methods(["GET", "POST"])
def delivery_sign(request: HttpRequest, number: str) -> HttpResponse:
    """What the customer took, refused, or never got."""
    actor = actor_of(request)
    actor.must("sales.sign_delivery")
    if request.method == "POST":
        commands.sign_delivery(
            actor=actor,
            number=number,
            lines=_answers(request) or None,
            version=version_of(request),
            **texts_of(request, {"signed_by": 120, "note": 300}),
            **fields_of(request, {"signed_on": to_date}),
        )
        messages.success(request, _("%(number)s 已登记签收。") % {"number": number})
        return redirect_to(request, page_of(number))
    delivery = deliveries.delivery_detail(actor, number)
    context = {"actor": actor, "delivery": delivery, "today": actor.today()}
    return render(request, "sales/delivery_sign.html", context)


def _answers(request: HttpRequest) -> list[SignIn]:
    """The lines of which not everything was accepted; ``line refused short why`` come as parallel lists."""
    found, problems = [], {}
    columns = (request.POST.getlist(name) for name in ("line", "refused", "short", "why"))
    for n, (line, refused, short, why) in enumerate(zip(*columns, strict=False)):
        amounts = {}
        for name, text in (("refused", refused), ("short", short)):
            try:
                amounts[name] = to_number(text) if text.strip() else ZERO
            except BadValue as bad:
                problems[f"{name}.{n}"] = bad.text
        if any(amounts.values()):
            found.append(SignIn(to_integer(line), None, reason=why, **amounts))
    if problems:
        raise Invalid({**problems})
    return found


@require_GET
def wave_list(request: HttpRequest) -> HttpResponse:
    """Waves being picked; with filters all of them."""
    actor = actor_of(request)
    context = {
        "actor": actor,
        "page": deliveries.wave_list(actor, request.GET.get("state", ""), after=request.GET.get("after")),
        "labels": dict(Wave.State.choices),
    }
    return render(request, "sales/wave_list.html", context)


@require_GET
def wave_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One wave: its deliveries and its pick list."""
    actor = actor_of(request)
    wave = deliveries.wave_detail(actor, number)
    context = {
        "actor": actor,
        "wave": wave,
        "label": state_label(Wave, wave["state"]),
        "labels": dict(Delivery.State.choices),
        "print_url": prints.address(WAVE, number),
        "events": timeline.entries(actor, [("wave", wave["id"])]),
    }
    return render(request, "sales/wave_detail.html", context)


@require_POST
def wave_new(request: HttpRequest) -> HttpResponse:
    """Have the chosen deliveries picked together."""
    actor = actor_of(request)
    done = commands.create_wave(actor=actor, deliveries=request.POST.getlist("ids")[:500])
    return redirect_to(request, reverse("sales:wave_detail", args=[done.number]))


@require_POST
def wave_cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Pick its deliveries one by one after all."""
    commands.cancel_wave(actor=actor_of(request), number=number, version=version_of(request))
    return redirect_to(request, reverse("sales:wave_detail", args=[number]))


@require_http_methods(["GET", "POST"])
def ship_many(request: HttpRequest) -> HttpResponse:
    """Carriers and tracking numbers of many deliveries in one table; each leaves in a transaction of its own."""
    actor = actor_of(request)
    actor.must("sales.deliver_order")
    if request.method == "POST" and request.POST.get("then") == "ship":
        return _ship(request, actor)
    if request.method == "POST":  # the chosen rows of the list; the table is a page with a script of its own
        chosen = urlencode([("n", number) for number in request.POST.getlist("ids")[:MOST]])
        return redirect_to(request, f"{reverse('sales:ship_many')}?{chosen}")
    numbers = tuple(request.GET.getlist("n")[:MOST])
    wanted = deliveries.DeliveryFilter(numbers=numbers)
    found = deliveries.delivery_list(actor, wanted, limit=MOST).items if numbers else []
    context = {
        "actor": actor,
        "rows": found[::-1],  # oldest first, as the carrier's list is that somebody pastes
        "carriers": carrier_names(actor),
        "labels": dict(Delivery.State.choices),
        "today": actor.today(),
        "unpicked": [row["number"] for row in found[::-1] if not row["share"]],
    }
    return render(request, "sales/ship_many.html", context)


def _ship(request: HttpRequest, actor: Actor) -> HttpResponse:
    posted = request.POST
    day = fields_of(request, {"shipped_on": to_date})["shipped_on"]
    columns = (posted.getlist(name) for name in ("number", "carrier", "tracking_number"))
    wanted = [ToShip(*(value.strip()[:80] for value in row)) for row in zip(*columns, strict=False)]
    if not wanted:
        raise Invalid({"lines": _("请至少选择一张出库单。")})
    unpicked = posted.get("unpicked") == "send"
    if len(wanted) > AT_ONCE:
        rows = [[row.number, row.carrier, row.tracking_number] for row in wanted]
        args = {"rows": rows, "day": str(day or ""), "unpicked": unpicked}
        job = jobs.start(actor, KIND, _("批量出库 %(n)s 张") % {"n": len(wanted)}, TASK, **args)
        return redirect_to(request, reverse("kernel:job", args=[job.pk]))
    results = list(ship_each(actor, wanted, day, unpicked))
    context = {
        "actor": actor,
        "results": results,
        "done": sum(1 for result in results if result["ok"]),
        "print_url": prints.choose("sales.papers", *(r["number"] for r in results if r["ok"])),
    }
    return render(request, "sales/ship_done.html", context)
