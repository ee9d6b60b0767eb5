"""Goods receipts: the list, one of them, its reversal and its inspection."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.kernel import attachments, prints, timeline
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import BadValue, to_integer, to_number
from gendan.purchasing import commands
from gendan.purchasing.models import GoodsReceipt
from gendan.purchasing.posted import version_of
from gendan.purchasing.queries import receipts
from gendan.purchasing.queries.names import name_of, warehouse_choices
from gendan.purchasing.queries.panels import entries_of
from gendan.purchasing.queries.purchase_returns import returns_of
from gendan.purchasing.rules.inspection import InspectIn
from gendan.quality.queries.inspections import inspection_of

ZERO = Decimal(0)
LABELS = dict(GoodsReceipt.State.choices)


@require_GET
def receipt_list(request: HttpRequest) -> HttpResponse:
    """Receipts, newest first."""
    actor = actor_of(request)
    asked = request.GET
    wanted = receipts.ReceiptFilter(
        state=asked.get("state", ""),
        supplier=asked.get("supplier", ""),
        warehouse=asked.get("warehouse", ""),
        order=asked.get("order", "").strip().upper(),
        q=asked.get("q", "").strip(),
    )
    context = {
        "actor": actor,
        "page": receipts.receipt_list(actor, wanted, after=asked.get("after")),
        "waiting": receipts.waiting_count(actor),
        "labels": LABELS,
        "warehouses": warehouse_choices(actor),
        "supplier_name": name_of(actor, "partner", wanted.supplier),
    }
    return render(request, "purchasing/receipt_list.html", context)


@require_GET
def receipt_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One receipt; it prints as a sheet."""
    actor = actor_of(request)
    receipt = receipts.receipt_detail(actor, number)
    subjects = [("gr", receipt["id"])]
    context = {
        "actor": actor,
        "receipt": receipt,
        "label": LABELS[receipt["shown"]],
        "labels": LABELS,
        "labels_url": prints.choose("catalog.product", *dict.fromkeys(line["product"] for line in receipt["lines"])),
        "inspection": inspection_of(actor, number),
        "more": entries_of(actor, "gr", receipt),
        "returns": returns_of(actor, receipt=number),
        "rejects": sum((line["rejects"] for line in receipt["lines"]), ZERO),
        "events": timeline.entries(actor, subjects),
        "files": attachments.attachments_of(actor, subjects),
    }
    return render(request, "purchasing/receipt_detail.html", context)


@require_POST
def receipt_reverse(request: HttpRequest, number: str) -> HttpResponse:
    """Take it back."""
    actor = actor_of(request)
    commands.reverse_receipt(
        actor=actor, number=number, reason=request.POST.get("reason", ""), version=version_of(request)
    )
    return redirect_to(request, reverse("purchasing:receipt_detail", args=[number]))


@require_http_methods(["GET", "POST"])
def receipt_inspect(request: HttpRequest, number: str) -> HttpResponse:
    """Say what of it is good."""
    actor = actor_of(request)
    if request.method == "POST":
        commands.inspect_receipt(actor=actor, number=number, lines=_verdicts(request), version=version_of(request))
        return redirect_to(request, reverse("purchasing:receipt_detail", args=[number]))
    actor.must("purchasing.inspect_receipt")
    if planned := inspection_of(actor, number):
        return redirect_to(request, reverse("quality:inspection_detail", args=[planned]))
    receipt = receipts.receipt_detail(actor, number)
    return render(request, "purchasing/receipt_inspect.html", {"actor": actor, "receipt": receipt})


def _verdicts(request: HttpRequest) -> list[InspectIn]:
    posted = request.POST
    verdicts, problems = [], {}
    names = ("line", "accepted", "rejected", "bin", "note")
    for n, values in enumerate(zip(*(posted.getlist(name) for name in names), strict=False)):
        line, accepted, rejected, bin_code, note = (value.strip() for value in values)
        try:
            good, bad = to_number(accepted or "0"), to_number(rejected or "0")
            if good or bad:
                verdicts.append(InspectIn(to_integer(line), good, bad, bin_code, note[:300]))
        except BadValue as wrong:
            problems[f"accepted.{n}"] = wrong.text
    if problems:
        raise Invalid({**problems})
    if not verdicts:
        raise Invalid({"lines": _("请填写合格或不合格数量。")})
    return verdicts
