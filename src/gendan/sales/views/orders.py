"""Pages of sales orders: the list, one of them, and what is done to it."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gendan.kernel.exports import excel
from gendan.kernel.http import actor_of
from gendan.purchasing.queries.names import name_of, warehouse_choices
from gendan.sales.exports import ORDERS, order_filter
from gendan.sales.models import SalesOrder
from gendan.sales.models.order import OPEN_STATES
from gendan.sales.queries.order_detail import order_detail
from gendan.sales.queries.orders import capped, count_orders, list_orders

LABELS = dict(SalesOrder.State.choices)


@require_GET
def order_list(request: HttpRequest) -> HttpResponse | FileResponse:
    """Sales orders, newest first; ``?export=xlsx`` is the filtered list as a workbook."""
    actor, wanted = actor_of(request), order_filter(request.GET)
    if request.GET.get("export") == "xlsx":
        return excel(request, actor, ORDERS, request.GET.dict())
    counts = count_orders(actor, wanted)
    chips: list[tuple[str, Any, str | None]] = [("", _("未完结"), capped(sum(counts.values())))]
    chips += [(state, LABELS[state], capped(counts[state])) for state in OPEN_STATES if counts.get(state)]
    chips += [(state, LABELS[state], None) for state in ("completed", "cancelled")]
    chips.append(("all", _("全部"), None))
    context = {
        "actor": actor,
        "page": list_orders(actor, wanted, request.GET.get("after")),
        "chips": chips,
        "labels": LABELS,
        "warehouses": warehouse_choices(actor),
        "customer_name": name_of(actor, "partner", wanted.customer),
    }
    return render(request, "sales/order_list.html", context)


@require_GET
def order_page(request: HttpRequest, number: str) -> HttpResponse:
    """One order: where it stands, its lines, what belongs to it, what happened."""
    actor = actor_of(request)
    detail = order_detail(actor, number)
    context = {"actor": actor, "order": detail.header, "lines": detail.lines}
    return render(request, "sales/order_detail.html", context)
