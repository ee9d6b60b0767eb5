"""Where one sales line is: back to the request that it is served from, on to the customer's signature."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gendan.kernel.http import actor_of
from gendan.purchasing.models import GoodsReceipt, PurchaseOrder, Requisition, Shipment
from gendan.sales.models import Delivery, SalesOrder, SalesReturn
from gendan.sales.models.order import SalesPromise
from gendan.sales.models.returned import ReturnLine
from gendan.sales.queries.trace import answer, trace
from gendan.sales.views.order_parts import address


@require_GET
def line_trace(request: HttpRequest, number: str, line: int) -> HttpResponse:
    """The page."""
    actor = actor_of(request)
    found = trace(actor, number, line)
    context = {
        "actor": actor,
        "trace": found,
        "line": found.line,
        "answer": answer(found),
        "address": address,
        "labels": {
            "so": dict(SalesOrder.State.choices),
            "dn": dict(Delivery.State.choices),
            "via": dict(Delivery.SignedVia.choices),
            "rma": dict(SalesReturn.State.choices),
            "reason": dict(ReturnLine.Reason.choices),
            "source": dict(SalesPromise.Source.choices),
            "po": dict(PurchaseOrder.State.choices),
            "asn": dict(Shipment.State.choices),
            "gr": dict(GoodsReceipt.State.choices),
            "requisition": dict(Requisition.State.choices),
        },
    }
    return render(request, "sales/line_trace.html", context)
