"""Who gets what of a product: the page, the reallocation with its dry run, shortages to requisitions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.kernel import jobs
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import Done
from gendan.purchasing.queries.names import name_of, warehouse_choices
from gendan.sales import commands
from gendan.sales.permissions import VIEW
from gendan.sales.queries.allocation import allocation_of, short_products, warehouse_in_need
from gendan.sales.views.trial import is_long, trial


def _asked(request: HttpRequest) -> tuple[str, str]:
    asked = request.POST if request.method == "POST" else request.GET
    return asked.get("product", "").strip()[:64], asked.get("warehouse", "").strip()[:64]


@require_GET
def allocation(request: HttpRequest) -> HttpResponse:
    """Products that are short; with ``?product=`` everything that is tied to one (where it is wanted most urgently, if
    no warehouse is named); with ``?plan=1`` what giving it out anew would change.
    """
    actor = actor_of(request)
    actor.must(VIEW)
    product, warehouse = _asked(request)
    if product and "warehouse" not in request.GET:
        warehouse = warehouse_in_need(actor, product)
    found = trial(actor, request.GET, product, warehouse)
    context = {
        "actor": actor,
        "product": product,
        "warehouse": warehouse,
        "warehouses": warehouse_choices(actor),
        "product_name": name_of(actor, "product", product),
        "short": [] if product else short_products(actor, warehouse),
        "one": allocation_of(actor, product, warehouse) if product else None,
        "plan": found,
        "long": found is None and is_long(actor, product, warehouse),
    }
    return render(request, "sales/allocation.html", context)


def _back(request: HttpRequest) -> HttpResponse:
    product, warehouse = _asked(request)
    kept = {name: value for name, value in (("product", product), ("warehouse", warehouse)) if value}
    return redirect_to(request, reverse("sales:allocation") + (f"?{urlencode(kept)}" if kept else ""))


@require_POST
def reallocate(request: HttpRequest) -> HttpResponse:
    """Give out anew by priority what nobody tied by hand; without a choice everything, in the worker."""
    product, warehouse = _asked(request)
    if not product and not warehouse:
        actor = actor_of(request)
        actor.must("sales.reallocate")
        job = jobs.start(actor, "reallocate", _("重新分配全部库存与在途"), "sales.reallocate_all")
        return redirect_to(request, reverse("kernel:job", args=[job.pk]))
    done = commands.reallocate(actor=actor_of(request), warehouse=warehouse, products=[product] if product else None)
    messages.success(request, _("已重新分配：%(changed)s 行有变化") % {"changed": done.data["changed"]})
    return _back(request)


@require_POST
def request_shortage(request: HttpRequest) -> HttpResponse:
    """Ask purchasing for what nothing covers, of every reviewed order."""
    return _requested(request, commands.request_shortage(actor=actor_of(request)), _("没有需要申请的缺货"))


@require_POST
def request_safety_stock(request: HttpRequest) -> HttpResponse:
    """Ask purchasing for what is missing to the safety stocks."""
    done = commands.request_safety_stock(actor=actor_of(request), warehouse=request.POST.get("warehouse", ""))
    return _requested(request, done, _("没有低于安全库存的产品，或已在途、已申请"))


def _requested(request: HttpRequest, done: Done, nothing: str) -> HttpResponse:
    """Say which requisitions were made, or that none was needed, where the button stood."""
    numbers = [made["number"] for made in done.data["requisitions"]]
    told = _("、").join(numbers[:5]) + ("…" if len(numbers) > 5 else "")
    messages.success(request, _("已生成采购申请 %(numbers)s") % {"numbers": told} if numbers else nothing)
    return _back(request)
