"""Shipments: the list, one of them, a new one, and what happens to it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.carriers.queries import carrier_names, parcels_of
from gendan.kernel import attachments, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import BadValue, to_date, to_integer, to_number
from gendan.purchasing import commands
from gendan.purchasing.errors import DraftChanged
from gendan.purchasing.models import GoodsReceipt, Shipment
from gendan.purchasing.posted import fields_of, texts_of, version_of
from gendan.purchasing.queries import shipments
from gendan.purchasing.queries.drafts import shipment_draft
from gendan.purchasing.queries.names import name_of, warehouse_choices
from gendan.purchasing.queries.panels import shipment_panels
from gendan.purchasing.rules.shipments import SHIPMENT_FIELDS, ShipIn, ShipmentDraft, ShipmentLineIn
from gendan.purchasing.views.merging import clashes, dump_draft, load_draft, tell_merged
from gendan.purchasing.views.order_parts import receipt_node
from gendan.purchasing.views.tally import tally

LABELS = dict(Shipment.State.choices)
TEXTS = {"carrier": 80, "tracking_number": 80, "mode": 40, "supplier_reference": 80, "note": 300}
Row = dict[str, Any]
VALUES: Row = {
    "packages": lambda text: to_integer(text, high=10**9),
    "weight": lambda text: to_number(text, decimals=3, digits=14),
    "shipped_on": to_date,
    "expected_on": to_date,
}


@require_GET
def shipment_list(request: HttpRequest) -> HttpResponse:
    """Shipments under way; with filters all of them."""
    actor = actor_of(request)
    asked = request.GET
    wanted = shipments.ShipmentFilter(
        state=asked.get("state", ""),
        supplier=asked.get("supplier", ""),
        warehouse=asked.get("warehouse", ""),
        order=asked.get("order", "").strip().upper(),
        q=asked.get("q", "").strip(),
    )
    counts = shipments.shipment_counts(actor)
    context = {
        "actor": actor,
        "page": shipments.shipment_list(actor, wanted, after=asked.get("after")),
        "counts": counts,
        "labels": LABELS,
        "warehouses": warehouse_choices(actor),
        "supplier_name": name_of(actor, "partner", wanted.supplier),
    }
    return render(request, "purchasing/shipment_list.html", context)


@require_GET
def shipment_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One shipment: where it is, what it brings, what was booked."""
    actor = actor_of(request)
    shipment = shipments.shipment_detail(actor, number)
    subjects = [("asn", shipment["id"])]
    context = {
        "actor": actor,
        "shipment": shipment,
        "label": LABELS[shipment["state"]],
        "received": tally(shipment["lines"], "received", "quantity"),
        "booked": [
            receipt_node({**row, "state_label": state_label(GoodsReceipt, row["shown"])})
            for row in shipment["receipts"]
        ],
        "parcels": parcels_of(actor, "asn", [shipment["id"]]),
        "events": timeline.entries(actor, subjects),
        "files": attachments.attachments_of(actor, subjects),
        "panels": shipment_panels(actor, shipment),
    }
    return render(request, "purchasing/shipment_detail.html", context)


@require_http_methods(["GET", "POST"])
def shipment_new(request: HttpRequest) -> HttpResponse:
    """Announce what a supplier sends, of one or several orders (?order=…&order=…, or ?supplier=…&warehouse=…)."""
    actor = actor_of(request)
    actor.must("purchasing.create_shipment")
    if request.method == "POST":
        done = commands.create_shipment(
            actor=actor,
            lines=_lines(request),
            over=request.POST.get("over") == "1",
            **texts_of(request, TEXTS),
            **fields_of(request, VALUES),
        )
        return redirect_to(request, reverse("purchasing:shipment_detail", args=[done.number]))
    orders = [number.strip().upper() for value in request.GET.getlist("order") for number in value.split(",") if number]
    supplier, warehouse = request.GET.get("supplier", ""), request.GET.get("warehouse", "")
    found = shipments.shippable_lines(actor, orders=orders, supplier=supplier, warehouse=warehouse)
    if found:
        supplier, warehouse = supplier or found[0]["supplier"], warehouse or found[0]["warehouse"]
    kept = [row for row in found if (row["supplier"], row["warehouse"]) == (supplier, warehouse)]
    context = {
        "actor": actor,
        "lines": kept,
        "others": sorted({row["order_number"] for row in found} - {row["order_number"] for row in kept}),
        "orders": orders,
        "supplier": supplier,
        "supplier_name": name_of(actor, "partner", supplier),
        "warehouse": warehouse,
        "warehouses": warehouse_choices(actor),
        "carriers": carrier_names(actor),
    }
    return render(request, "purchasing/shipment_new.html", context)


def _lines(request: HttpRequest) -> list[ShipIn]:
    """The lines with a quantity; ``order line quantity lot`` come as parallel lists."""
    posted = request.POST
    lines, problems = [], {}
    columns = (posted.getlist(name) for name in ("order", "line", "quantity", "lot"))
    for n, (order, line, quantity, lot) in enumerate(zip(*columns, strict=False)):
        if not quantity.strip():
            continue
        try:
            amount = to_number(quantity)
            if amount:
                lines.append(ShipIn(to_integer(line), amount, order, lot.strip()[:80]))
        except BadValue as bad:
            problems[f"quantity.{n}"] = bad.text
    if problems:
        raise Invalid({**problems})
    if not lines:
        raise Invalid({"lines": _("请至少填写一行的发货数量。")})
    return lines


@require_http_methods(["GET", "POST"])
def shipment_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change carrier, dates and quantities of a shipment under way; what others changed meanwhile is merged."""
    actor = actor_of(request)
    actor.must("purchasing.update_shipment")
    shipment = shipments.shipment_detail(actor, number)
    if request.method == "POST":
        return _save(request, actor, shipment)
    return render(request, "purchasing/shipment_edit.html", _form(actor, shipment, shipment_draft(shipment)))


def _form(actor: Actor, shipment: Row, draft: ShipmentDraft) -> Row:
    """The form with ``draft`` in it, on what the shipment is now."""
    wanted = {line.id: line.quantity for line in draft.lines}
    lines = [{**line, "wanted": wanted.get(line["line"], line["quantity"])} for line in shipment["lines"]]
    values = {name: getattr(draft, name) for name in SHIPMENT_FIELDS} | {"number": shipment["number"]}
    base = dump_draft(shipment_draft(shipment))
    return {
        "actor": actor,
        "shipment": {**shipment, "lines": lines},
        "values": values,
        "base": base,
        "errors": {},
        "conflict": None,
        "carriers": carrier_names(actor),
    }


def _save(request: HttpRequest, actor: Actor, known: Row) -> HttpResponse:
    given = {**texts_of(request, TEXTS), **fields_of(request, VALUES)}
    changes = {name: value for name, value in given.items() if name in request.POST}
    if changes.get("shipped_on", "") is None:
        del changes["shipped_on"]
    number = known["number"]
    try:
        done = commands.update_shipment(
            actor=actor,
            number=number,
            changes=changes,
            lines=_corrected(request, known["lines"]) or None,
            version=version_of(request),
            base=load_draft(ShipmentDraft, request.POST.get("base", "")),
        )
    except DraftChanged as conflict:
        context = _form(actor, shipments.shipment_detail(actor, number), conflict.merged)
        context.update(clashes(conflict))
        return render(request, "purchasing/shipment_edit.html", context, status=422)
    tell_merged(request, done)
    return redirect_to(request, reverse("purchasing:shipment_detail", args=[number]))


def _corrected(request: HttpRequest, known: list[Row]) -> list[ShipmentLineIn]:
    """The posted quantities, in the order of the form, so that a refusal finds its field."""
    numbers = {str(line["line"]) for line in known}
    lines, problems = [], {}
    columns = (request.POST.getlist(name) for name in ("line", "quantity"))
    for n, (line, quantity) in enumerate(zip(*columns, strict=False)):
        try:
            amount = to_number(quantity.strip() or "0")
        except BadValue as bad:
            problems[f"lines.{n}.quantity"] = bad.text
            continue
        if line in numbers:
            lines.append(ShipmentLineIn(int(line), amount))
    if problems:
        raise Invalid({**problems})
    return lines


@require_POST
def shipment_dispatch(request: HttpRequest, number: str) -> HttpResponse:
    """It has left the supplier."""
    values = fields_of(request, {"shipped_on": to_date})
    commands.dispatch_shipment(actor=actor_of(request), number=number, version=version_of(request), **values)
    return redirect_to(request, reverse("purchasing:shipment_detail", args=[number]))


@require_POST
def shipment_arrive(request: HttpRequest, number: str) -> HttpResponse:
    """It stands at the warehouse."""
    values = fields_of(request, {"arrived_on": to_date})
    commands.arrive_shipment(actor=actor_of(request), number=number, version=version_of(request), **values)
    return redirect_to(request, reverse("purchasing:shipment_detail", args=[number]))


@require_POST
def shipment_cancel(request: HttpRequest, number: str) -> HttpResponse:
    """It will not come."""
    reason = request.POST.get("reason", "")
    commands.cancel_shipment(actor=actor_of(request), number=number, reason=reason, version=version_of(request))
    return redirect_to(request, reverse("purchasing:shipment_detail", args=[number]))
