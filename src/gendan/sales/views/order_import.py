"""Orders out of a customer's own file: whose it is, and on to the preview of imports."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gendan.kernel.http import actor_of
from gendan.purchasing.queries.names import warehouse_choices
from gendan.sales.queries.drafts import usual_warehouse


@require_GET
def order_import(request: HttpRequest) -> HttpResponse:
    """Choose the customer, the warehouse and the file."""
    actor = actor_of(request)
    actor.must("integrations.import_file")
    actor.must("sales.create_order")
    warehouses = warehouse_choices(actor)
    context = {"actor": actor, "warehouses": warehouses, "usual": usual_warehouse(actor, warehouses)}
    return render(request, "sales/order_import.html", context)
