"""The receiving desk: scan, count, book, and ten seconds to take it back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, Invalid
from gendan.kernel.http import actor_of
from gendan.kernel.values import BadValue, to_integer, to_number
from gendan.purchasing import commands
from gendan.purchasing.errors import OverReceipt
from gendan.purchasing.models import PurchaseOrder, Shipment
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.permissions import OVER
from gendan.purchasing.queries import receipts, receiving
from gendan.purchasing.queries.waiting import waiters
from gendan.purchasing.rules.receipts import ReceiveIn

PERMISSION = "purchasing.receive_goods"
ORDER_LABELS, SHIPMENT_LABELS = dict(PurchaseOrder.State.choices), dict(Shipment.State.choices)


@require_GET
def receive(request: HttpRequest) -> HttpResponse:
    """The desk, empty or with an order (?order=) or shipment (?shipment=) on it."""
    actor = actor_of(request)
    actor.must(PERMISSION)
    order, shipment = (request.GET.get(name, "").strip().upper() for name in ("order", "shipment"))
    context = {
        "actor": actor,
        "work": _work(actor, order, shipment) if order or shipment else None,
        "latest": receipts.latest_receipts(actor),
        "may_undo": actor.may("purchasing.reverse_receipt"),
    }
    return render(request, "purchasing/receive.html", context)


@require_POST
def receive_scan(request: HttpRequest) -> HttpResponse:
    """What a code means: an order or shipment comes onto the desk, a product counts or shows where it is expected."""
    actor = actor_of(request)
    actor.must(PERMISSION)
    code = request.POST.get("code", "").strip()[:120]
    found = receiving.scanned(actor, code)
    if found.kind == "order" or (found.kind == "product" and found.number):
        return _desk(request, actor, _work(actor, found.number, ""), code if found.kind == "product" else "")
    if found.kind == "shipment":
        return _desk(request, actor, _work(actor, "", found.number), "")
    if found.kind == "product" and found.choices:
        context = {"found": found, "code": code}
        return render(request, "purchasing/_receive_choices.html", context)
    return _no(request, _refusal(found, code), found)


def _refusal(found: receiving.Scanned, code: str) -> str:
    if found.kind == "product":
        return _("%(product)s 没有待入库的订单。") % {"product": f"{found.product['code']} {found.product['name']}"}
    if found.kind == "booked":
        return _("「%(code)s」已经入库：%(number)s。") % {"code": code, "number": found.number}
    return _("找不到「%(code)s」。可扫描订单号、发货单号、运单号、送货单号或产品条码。") % {"code": code}


def _no(request: HttpRequest, text: str, found: receiving.Scanned | None = None) -> HttpResponse:
    response = render(request, "purchasing/_receive_no.html", {"text": text, "found": found})
    response["HX-Retarget"] = "#scan-said"
    return response


def _desk(request: HttpRequest, actor: Actor, work: dict[str, Any], counted: str) -> HttpResponse:
    if not work["lines"]:
        return _no(request, work["why"])
    context = {"actor": actor, "work": work, "counted": counted}
    return render(request, "purchasing/_receive_work.html", context)


def _work(actor: Actor, order: str, shipment: str) -> dict[str, Any]:
    """What the desk shows of an order or shipment; ``why`` says why nothing can be booked."""
    document = receiving.document_to_receive(actor, order=order, shipment=shipment)
    number = shipment or order
    if document is None:
        return {"document": None, "lines": [], "why": _("找不到「%(code)s」。") % {"code": number}}
    labels = SHIPMENT_LABELS if shipment else ORDER_LABELS
    label = str(labels.get(document["state"], document["state"]))
    lines = receiving.lines_to_receive(actor, order=order, shipment=shipment)
    why = ""
    if not shipment and document["state"] not in LIVE_STATES:
        lines, why = [], _("%(number)s 当前为「%(state)s」，不能收货。") % {"number": number, "state": label}
    elif not lines:
        why = _("%(number)s 没有待入库的数量（%(state)s）。") % {"number": number, "state": label}
    return {
        "kind": "shipment" if shipment else "order",
        "document": document,
        "label": label,
        "lines": lines,
        "why": why,
        "under_way": receiving.shipments_under_way(actor, order) if order and lines else [],
    }


@require_POST
def receive_book(request: HttpRequest) -> HttpResponse:
    """Book what was counted."""
    actor = actor_of(request)
    order, shipment = request.POST.get("document_order", ""), request.POST.get("document_shipment", "")
    try:
        actor.must(receipts.VIEW)  # the answer shows the receipt: no booking by somebody who gets a refusal for it
        done = commands.receive_goods(
            actor=actor,
            order=order,
            shipment=shipment,
            lines=_counted(request),
            delivery_note=request.POST.get("delivery_note", "").strip()[:80],
            over=request.POST.get("over") == "1",
        )
    except OverReceipt as refusal:
        context = {"refusal": refusal, "may_over": actor.may(OVER)}
        response = render(request, "purchasing/_receive_over.html", context)
        response["HX-Retarget"] = "#scan-said"
        return response
    except AppError as refusal:
        return _no(request, str(refusal))
    receipt = receipts.receipt_detail(actor, done.number)
    behind = waiters(actor, "purchase", sorted({line["supply_id"] for line in receipt["lines"]}))
    context = {
        "actor": actor,
        "receipt": receipt,
        "kept_for": [found for found in behind if found.came and not found.sent],
        "orders": done.data["orders"],
        "warnings": done.data.get("warnings", ()),
        "labels": ORDER_LABELS,
        "may_undo": actor.may("purchasing.reverse_receipt"),
    }
    return render(request, "purchasing/_receive_done.html", context)


def _counted(request: HttpRequest) -> list[ReceiveIn]:
    posted = request.POST
    names = ("order", "line", "quantity", "lot", "bin")
    lines = []
    for values in zip(*(posted.getlist(name) for name in names), strict=False):
        order, line, quantity, lot, bin_code = (value.strip() for value in values)
        try:
            amount = to_number(quantity) if quantity else Decimal(0)
            if amount:
                lines.append(ReceiveIn(to_integer(line), amount, order, lot[:80], bin_code[:64]))
        except BadValue as bad:
            raise Invalid({"lines": f"{order} / {line}: {bad.text}"}) from bad
    if not lines:
        raise Invalid({"lines": _("请至少填写一行的数量。")})
    return lines


@require_POST
def receive_undo(request: HttpRequest, number: str) -> HttpResponse:
    """Take back what was booked a moment ago."""
    actor = actor_of(request)
    try:
        actor.must(receipts.VIEW)
        done = commands.reverse_receipt(actor=actor, number=number, reason=_("收货时撤销"))
    except AppError as refusal:
        return _no(request, str(refusal))
    order = next(iter(done.data["orders"]), "")
    receipt = receipts.receipt_detail(actor, number)
    work = _work(actor, "" if receipt["shipment"] else order, receipt["shipment"])
    context = {"actor": actor, "work": work, "counted": "", "undone": number}
    return render(request, "purchasing/_receive_work.html", context)
