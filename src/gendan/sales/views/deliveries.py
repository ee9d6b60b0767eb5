"""Deliveries: the list, one of them, a new one, and what happens to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.carriers.queries import carrier_names, parcels_of
from gendan.kernel import attachments, exports, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import BadValue, to_date, to_integer, to_number
from gendan.purchasing.posted import fields_of, texts_of, version_of
from gendan.purchasing.queries.names import name_of, warehouse_choices
from gendan.sales import commands
from gendan.sales.exports import DELIVERIES, delivery_filter
from gendan.sales.models import Delivery
from gendan.sales.queries import deliveries
from gendan.sales.queries.returns import refused_left
from gendan.sales.rules.outbound import DeliverIn
from gendan.sales.views import delivery_parts

LABELS = dict(Delivery.State.choices)
TEXTS = {"carrier": 80, "tracking_number": 80, "note": 300}
DAYS = {"planned_on": to_date, "expected_on": to_date}
Row = dict[str, Any]


def page_of(number: str) -> str:
    return reverse("sales:delivery_detail", args=[number])


@require_GET
def delivery_list(request: HttpRequest) -> HttpResponse | FileResponse:
    """Deliveries that have not left; with filters all of them."""
    actor = actor_of(request)
    asked = request.GET
    if asked.get("export") == "xlsx":
        return exports.excel(request, actor, DELIVERIES, asked.dict())
    wanted = delivery_filter(asked)
    context = {
        "actor": actor,
        "page": deliveries.delivery_list(actor, wanted, after=asked.get("after")),
        "counts": deliveries.delivery_counts(actor),
        "labels": LABELS,
        "warehouses": warehouse_choices(actor),
        "customer_name": name_of(actor, "partner", wanted.customer),
    }
    return render(request, "sales/delivery_list.html", context)


@require_GET
def delivery_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One delivery: where it stands, what is in it, its parcels and their way."""
    actor = actor_of(request)
    delivery = deliveries.delivery_detail(actor, number)
    subjects = [("dn", delivery["id"])]
    context = {
        "actor": actor,
        "delivery": delivery,
        "label": LABELS[delivery["state"]],
        "steps": delivery_parts.steps(delivery),
        "menu": delivery_parts.menu(actor, delivery),
        "papers": delivery_parts.papers(delivery),
        "via": dict(Delivery.SignedVia.choices).get(delivery["signed_via"], ""),
        "done": delivery_parts.progress(delivery),
        "refused": any(line["refused"] for line in delivery["lines"]) and refused_left(actor, number),
        "parcels": parcels_of(actor, "dn", [delivery["id"]]),
        "events": timeline.entries(actor, subjects),
        "files": attachments.attachments_of(actor, subjects),
    }
    return render(request, "sales/delivery_detail.html", context)


@require_http_methods(["GET", "POST"])
def delivery_new(request: HttpRequest) -> HttpResponse:
    """Set goods aside on a delivery, of one or several orders (?order=…&order=…, or ?customer=…&warehouse=…)."""
    actor = actor_of(request)
    actor.must("sales.create_delivery")
    if request.method == "POST" and "ids" in request.POST:  # chosen in the list of orders
        chosen = urlencode([("order", number) for number in request.POST.getlist("ids")[:200]])
        return redirect_to(request, f"{reverse('sales:delivery_new')}?{chosen}")
    if request.method == "POST":
        return _create(request, actor)
    orders = [number.strip().upper() for value in request.GET.getlist("order") for number in value.split(",") if number]
    customer, warehouse = request.GET.get("customer", ""), request.GET.get("warehouse", "")
    found = deliveries.deliverable_lines(actor, orders=orders, customer=customer, warehouse=warehouse)
    kept = [row for row in found if _consignee(row) == _consignee(found[0])]
    context = {
        "actor": actor,
        "lines": kept,
        "others": sorted({row["order_number"] for row in found} - {row["order_number"] for row in kept}),
        "orders": orders,
        "customer": customer,
        "customer_name": name_of(actor, "partner", customer),
        "warehouse": warehouse,
        "warehouses": warehouse_choices(actor),
        "carriers": carrier_names(actor),
        "rules": delivery_parts.BACK_ORDER,
    }
    return render(request, "sales/delivery_new.html", context)


def _consignee(row: Row) -> tuple[str, str, str]:
    return row["customer"], row["warehouse"], row["ship_to"]


def _create(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make it; «send at once» goes on to the page where it leaves, «pick» to the scanner."""
    lines = lines_of(request)
    done = commands.create_delivery(
        actor=actor,
        lines=lines,
        **texts_of(request, TEXTS),
        **fields_of(request, {"planned_on": to_date}),
    )
    then = request.POST.get("then", "")
    if then == "ship":
        return redirect_to(request, reverse("sales:delivery_ship", args=[done.number]))
    if then == "pick":
        return redirect_to(request, reverse("sales:pick") + f"?n={done.number}")
    return redirect_to(request, page_of(done.number))


def lines_of(request: HttpRequest) -> list[DeliverIn]:
    """The lines with a quantity; ``order line quantity`` come as parallel lists."""
    lines, problems = [], {}
    columns = (request.POST.getlist(name) for name in ("order", "line", "quantity"))
    for n, (order, line, quantity) in enumerate(zip(*columns, strict=False)):
        if not quantity.strip():
            continue
        try:
            amount = to_number(quantity)
            if amount:
                lines.append(DeliverIn(order, to_integer(line), amount))
        except BadValue as bad:
            problems[f"quantity.{n}"] = bad.text
    if problems:
        raise Invalid({**problems})
    if not lines:
        raise Invalid({"lines": _("请至少填写一行的发货数量。")})
    return lines


@require_http_methods(["GET", "POST"])
def delivery_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change carrier, tracking number, days and note."""
    actor = actor_of(request)
    actor.must("sales.create_delivery")
    if request.method == "POST":
        given = {**texts_of(request, TEXTS), **fields_of(request, DAYS)}
        changes = {name: value for name, value in given.items() if name in request.POST}
        commands.update_delivery(actor=actor, number=number, changes=changes, version=version_of(request))
        return redirect_to(request, page_of(number))
    context = {
        "actor": actor,
        "delivery": deliveries.delivery_detail(actor, number),
        "carriers": carrier_names(actor),
        "verb": "edit",
    }
    return render(request, "sales/delivery_edit.html", context)


@require_http_methods(["GET", "POST"])
def delivery_ship(request: HttpRequest, number: str) -> HttpResponse:
    """Say with which carrier it leaves, and send it."""
    actor = actor_of(request)
    actor.must("sales.deliver_order")
    if request.method == "POST":
        texts = texts_of(request, {"carrier": 80, "tracking_number": 80})
        commands.ship_delivery(
            actor=actor,
            number=number,
            rest=request.POST.get("rest", ""),
            version=version_of(request),
            **texts,
            **fields_of(request, {"shipped_on": to_date}),
        )
        messages.success(request, _("%(number)s 已出库。") % {"number": number})
        return redirect_to(request, page_of(number))
    delivery = deliveries.delivery_detail(actor, number)
    missing = [pick for pick in delivery["picks"] if pick["picked"] < pick["quantity"]]
    context = {
        "actor": actor,
        "delivery": delivery,
        "carriers": carrier_names(actor),
        "verb": "ship",
        "today": actor.today(),
        "missing": missing if any(pick["picked"] for pick in delivery["picks"]) else [],
        "unpicked": not any(pick["picked"] for pick in delivery["picks"]),
    }
    return render(request, "sales/delivery_edit.html", context)


@require_POST
def delivery_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Everything was picked as planned; or it will not go."""
    actor, version = actor_of(request), version_of(request)
    if verb == "pick":
        commands.pick_goods(actor=actor, number=number, all=True, version=version)
    elif verb == "cancel":
        reason = request.POST.get("reason", "")
        commands.cancel_delivery(actor=actor, number=number, reason=reason, version=version)
    else:
        raise NotFound(what=verb)
    return redirect_to(request, page_of(number))
