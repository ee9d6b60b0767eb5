"""Open lines, and where one of them is."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gendan.kernel.errors import Invalid
from gendan.kernel.exports import excel
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import BadValue, to_date
from gendan.purchasing import commands
from gendan.purchasing.exports import LINES, line_filter
from gendan.purchasing.models import GoodsReceipt, PurchaseOrder, PurchaseReturn, Requisition, Shipment
from gendan.purchasing.models.order import Promise
from gendan.purchasing.queries import axis, lines, trace
from gendan.purchasing.queries.names import name_of, warehouse_choices


@require_GET
def line_list(request: HttpRequest) -> HttpResponse | FileResponse:
    """Open lines, the longest overdue first."""
    actor = actor_of(request)
    asked = request.GET
    if asked.get("export") == "xlsx":
        return excel(request, actor, LINES, asked.dict())
    wanted = line_filter(asked.dict())
    counts = lines.open_line_counts(actor, wanted)
    context = {
        "actor": actor,
        "page": lines.open_lines(actor, wanted, after=asked.get("after")),
        "counts": counts,
        "count": counts.get(wanted.due or "all", 0),
        "cap": lines.CAP,
        "warehouses": warehouse_choices(actor),
        "supplier_name": name_of(actor, "partner", wanted.supplier),
        "product_name": name_of(actor, "product", wanted.product),
    }
    return render(request, "purchasing/line_list.html", context)


@require_GET
def line_trace(request: HttpRequest, number: str, line: int) -> HttpResponse:
    """Where one order line is, from the request to the bin."""
    actor = actor_of(request)
    found = trace.trace(actor, number, line)
    context = {
        "actor": actor,
        "trace": found,
        "line": found.line,
        "marks": axis.marks(found),
        "answer": axis.answer(found),
        "labels": {
            "po": dict(PurchaseOrder.State.choices),
            "asn": dict(Shipment.State.choices),
            "gr": dict(GoodsReceipt.State.choices),
            "rtv": dict(PurchaseReturn.State.choices),
            "requisition": dict(Requisition.State.choices),
            "source": dict(Promise.Source.choices),
        },
    }
    return render(request, "purchasing/line_trace.html", context)


@require_POST
def line_revise(request: HttpRequest, number: str, line: int) -> HttpResponse:
    """Note a new date for one line."""
    actor = actor_of(request)
    try:
        day = to_date(request.POST.get("expected_on", ""))
    except BadValue as bad:
        raise Invalid({"expected_on": bad.text}) from bad
    commands.revise_promise(
        actor=actor,
        number=number,
        line=line,
        expected_on=day,
        note=request.POST.get("note", "").strip(),
        source=request.POST.get("source", "supplier"),
    )
    return redirect_to(request, reverse("purchasing:line_trace", args=[number, line]))
