"""Pages of supplier prices."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.catalog import commands, queries
from gendan.catalog.forms import values_of, version_of
from gendan.catalog.steps.master import SPECS
from gendan.catalog.views.common import list_page, saved
from gendan.kernel.actor import Actor
from gendan.kernel.http import actor_of, redirect_to

KEY = ("supplier", "product", "unit", "currency", "from_quantity", "valid_from")
REST = ("price", "supplier_code", "lead_time_days", "minimum_quantity", "pack_quantity", "valid_to")


@require_GET
def price_list(request: HttpRequest) -> HttpResponse:
    """All supplier prices."""
    return list_page(request, "prices", "catalog/price_list.html")


@require_http_methods(["GET", "POST"])
def price_new(request: HttpRequest) -> HttpResponse:
    """Make a price; ``?supplier=`` and ``?product=`` are filled in."""
    actor = actor_of(request)
    actor.must("catalog.save_price")
    actor.must(queries.VIEW_PRICE)
    if request.method == "POST":
        values = values_of(SPECS["prices"], request, (*KEY, *REST))
        done = commands.save_price(actor=actor, values=values, new=True)
        saved(request, _("%(what)s 的价格已保存。") % {"what": done.number})
        return redirect_to(request, f"{reverse('catalog:price_list')}?supplier={values['supplier']}")
    start = {name: request.GET.get(name, "") for name in ("supplier", "product")}
    return render(request, "catalog/price_form.html", _context(actor, None, start))


@require_http_methods(["GET", "POST"])
def price_edit(request: HttpRequest, price_id: int) -> HttpResponse:
    """Change a price. What is in its key stays: another supplier, product, unit or break is another price."""
    actor = actor_of(request)
    actor.must("catalog.save_price")
    actor.must(queries.VIEW_PRICE)
    row = queries.price_record(actor, price_id)
    if request.method == "POST":
        values = {**values_of(SPECS["prices"], request, REST), **{name: row[name] for name in KEY}}
        commands.save_price(actor=actor, values=values, version=version_of(request), new=False)
        saved(request, _("%(what)s 的价格已保存。") % {"what": f"{row['product']} {row['supplier']}"})
        return redirect_to(request, f"{reverse('catalog:price_list')}?supplier={row['supplier']}")
    return render(request, "catalog/price_form.html", _context(actor, row, {}))


@require_POST
def price_delete(request: HttpRequest, price_id: int) -> HttpResponse:
    """Remove a price."""
    done = commands.delete_price(actor=actor_of(request), price_id=price_id, version=version_of(request))
    saved(request, _("%(what)s 的价格已删除。") % {"what": done.number})
    return redirect_to(request, reverse("catalog:price_list"))


def _context(actor: Actor, row: dict[str, Any] | None, start: dict[str, str]) -> dict[str, Any]:
    units = [(unit["code"], f"{unit['name']} {unit['code']}") for unit in queries.choices(actor, "units")]
    currencies = [(c["code"], f"{c['code']} {c['name']}") for c in queries.choices(actor, "currencies")]
    return {
        "price": row,
        "start": start,
        "units": [("", _("产品的采购单位")), *units],
        "currencies": [("", _("供应商的币种")), *currencies],
    }
