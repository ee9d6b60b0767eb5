"""Payments in both directions: the list, one of them, a new one, and taking one back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.kernel import attachments, duties, prints, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound, plain
from gendan.kernel.exports import excel
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import COMMENT
from gendan.kernel.values import day_or_none
from gendan.purchasing.forms import CellReader
from gendan.purchasing.posted import version_of
from gendan.purchasing.queries.names import name_of
from gendan.settlement import commands
from gendan.settlement.forms import payment_parts, payment_values
from gendan.settlement.models import Payment
from gendan.settlement.prints import PAYMENT, PAYMENT_LIST
from gendan.settlement.queries.open_lines import payable
from gendan.settlement.queries.payments import PaymentFilter, payment_detail, payment_list

PAYMENTS = "settlement.payments"
LABELS = dict(Payment.State.choices)
RIGHTS = {"out": "settlement.pay_bill", "in": "settlement.receive_payment"}


def payment_filter(asked: Mapping[str, str]) -> PaymentFilter:
    """What the address of the list asks for."""
    direction = asked.get("direction", "")
    return PaymentFilter(
        direction=direction if direction in RIGHTS else "",
        partner=asked.get("partner", "")[:64],
        q=asked.get("q", "")[:100],
        rest=asked.get("view") == "rest",
        first=day_or_none(asked.get("from")),
        last=day_or_none(asked.get("to")),
    )


@require_GET
def list_page(request: HttpRequest) -> HttpResponse | FileResponse:
    """Payments, newest first; ``?export=xlsx`` as a workbook."""
    actor, asked = actor_of(request), request.GET
    wanted = payment_filter(asked)
    if asked.get("export") == "xlsx":
        return excel(request, actor, PAYMENTS, asked.dict())
    page = payment_list(actor, wanted, after=asked.get("after"))
    numbers = [row["number"] for row in page.items]
    context = {
        "actor": actor,
        "page": page,
        "print_url": prints.address(PAYMENT_LIST, *numbers) if numbers else "",
        "chips": [("", _("全部"), None), *((code, label, None) for code, label in Payment.Direction.choices)],
        "labels": LABELS,
        "partner_name": name_of(actor, "partner", wanted.partner),
    }
    return render(request, "settlement/payment_list.html", context)


@require_GET
def detail_page(request: HttpRequest, number: str) -> HttpResponse:
    """One payment: how much, to whom, for what."""
    actor = actor_of(request)
    payment = payment_detail(actor, number)
    stands = payment["state"] == "posted"
    rest = payment["rest"]
    may_allocate = stands and rest and actor.may("settlement.allocate_payment")
    context = {
        "actor": actor,
        "payment": payment,
        "stands": stands,
        "print_url": prints.address(PAYMENT, number),
        "open": _cells(actor, payment["direction"], partner=payment["partner"]) if may_allocate else [],
        "events": timeline.entries(actor, [("pay", payment["id"])]),
        "files": attachments.attachments_of(actor, [("pay", payment["id"])]),
        "may_comment": actor.may(COMMENT),
    }
    return render(request, "settlement/payment_detail.html", context)


@require_http_methods(["GET", "POST"])
def payment_new(request: HttpRequest, direction: str) -> HttpResponse:
    """A new payment; ``?bill=``, ``?order=`` or ``?partner=`` fill in what is open."""
    actor = actor_of(request)
    if direction not in RIGHTS:
        raise NotFound(what=direction)
    actor.must(RIGHTS[direction])
    if request.method == "POST":
        values = payment_values(request)
        partner = values.pop("partner")
        if direction == "out":
            done = commands.pay_bill(actor=actor, supplier=partner, **values)
        else:
            done = commands.receive_payment(actor=actor, customer=partner, **values)
        messages.success(request, _("%(number)s 已登记") % {"number": done.number})
        duties.tell(request, done)
        return redirect_to(request, reverse("settlement:payment_detail", args=[done.number]))
    name = "bill" if direction == "out" else "order"
    numbers = [number.strip().upper()[:32] for number in request.GET.getlist(name) + request.GET.getlist("ids")]
    partner = request.GET.get("partner", "")[:64]
    lines = _cells(actor, direction, numbers=numbers, partner=partner) if numbers or partner else []
    if numbers:
        for line in lines:
            line["amount"] = line["open"]
    partner = lines[0]["partner"] if lines else partner
    context = {
        "actor": actor,
        "direction": direction,
        "partner": partner,
        "partner_shown": name_of(actor, "partner", partner) if partner else "",
        "currency": lines[0]["currency"] if lines else "",
        "lines": lines,
        "methods": [choice for choice in Payment.Method.choices if choice[0] != Payment.Method.CREDIT],
        "today": actor.today(),
        "ahead": duties.ahead(actor, "pay", "partner", [partner]) if direction == "out" and partner else [],
    }
    return render(request, "settlement/payment_form.html", context)


def _cells(actor: Actor, direction: str, **which: Any) -> list[dict[str, Any]]:
    return [
        {
            "number": row["number"],
            "reference": row["reference"],
            "due_on": str(row["due_on"]),
            "open": str(plain(row["open"])) if row["open"] is not None else "",
            "currency": row["currency"],
            "partner": row["partner"],
        }
        for row in payable(actor, direction, **which)
    ]


@require_POST
def payment_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Take a payment back, or give what is left of it to documents."""
    actor = actor_of(request)
    reason = request.POST.get("reason", "")[:300]
    if verb == "reverse":
        done = commands.reverse_payment(actor=actor, number=number, reason=reason, version=version_of(request))
        messages.success(request, _("%(number)s 已由 %(by)s 冲销") % {"number": number, "by": done.number})
    elif verb == "allocate":
        reader = CellReader()
        parts = payment_parts(request, reader)
        reader.check()
        done = commands.allocate_payment(actor=actor, number=number, parts=parts, version=version_of(request))
        messages.success(request, _("%(number)s 已分配") % {"number": number})
    else:
        raise NotFound(what=verb)
    return redirect_to(request, reverse("settlement:payment_detail", args=[done.number]))
