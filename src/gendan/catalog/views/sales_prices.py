"""Pages of sales prices."""

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
from gendan.catalog.views.common import list_page, saved, whose
from gendan.kernel.actor import Actor
from gendan.kernel.http import actor_of, redirect_to

KEY = ("customer", "customer_class", "product", "unit", "currency", "from_quantity", "valid_from")
REST = ("price", "valid_to")


@require_GET
def sales_price_list(request: HttpRequest) -> HttpResponse:
    """All sales prices: of customers, of classes, and the list."""
    classes = [(row["code"], row["name"]) for row in queries.choices(actor_of(request), "customer-classes")]
    return list_page(request, "sales-prices", "catalog/sales_price_list.html", classes=classes)


@require_http_methods(["GET", "POST"])
def sales_price_new(request: HttpRequest) -> HttpResponse:
    """Make a price; ``?customer=``, ``?customer_class=`` and ``?product=`` are filled in."""
    actor = _seller(request)
    if request.method == "POST":
        values = values_of(SPECS["sales-prices"], request, (*KEY, *REST))
        done = commands.save_sales_price(actor=actor, values=values, new=True)
        saved(request, _("%(what)s 的价格已保存。") % {"what": done.number})
        return redirect_to(request, reverse("catalog:sales_price_list"))
    start = {name: request.GET.get(name, "") for name in ("customer", "customer_class", "product")}
    return render(request, "catalog/sales_price_form.html", _context(actor, None, start))


@require_http_methods(["GET", "POST"])
def sales_price_edit(request: HttpRequest, price_id: int) -> HttpResponse:
    """Change a price. What is in its key stays: another customer, product, unit or break is another price."""
    actor = _seller(request)
    row = queries.record_by_id(actor, "sales-prices", price_id)
    if request.method == "POST":
        values = {**values_of(SPECS["sales-prices"], request, REST), **{name: row[name] for name in KEY}}
        done = commands.save_sales_price(actor=actor, values=values, version=version_of(request), new=False)
        saved(request, _("%(what)s 的价格已保存。") % {"what": done.number})
        return redirect_to(request, reverse("catalog:sales_price_list"))
    return render(request, "catalog/sales_price_form.html", _context(actor, row, {}))


@require_POST
def sales_price_delete(request: HttpRequest, price_id: int) -> HttpResponse:
    """Remove a price."""
    done = commands.delete_sales_price(actor=actor_of(request), price_id=price_id, version=version_of(request))
    saved(request, _("%(what)s 的价格已删除。") % {"what": done.number})
    return redirect_to(request, reverse("catalog:sales_price_list"))


def _seller(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    actor.must("catalog.save_sales_price")
    actor.must(queries.VIEW_SALES_PRICE)
    return actor


def _context(actor: Actor, row: dict[str, Any] | None, start: dict[str, str]) -> dict[str, Any]:
    units = [(unit["code"], f"{unit['name']} {unit['code']}") for unit in queries.choices(actor, "units")]
    currencies = [(c["code"], f"{c['code']} {c['name']}") for c in queries.choices(actor, "currencies")]
    classes = [(c["code"], c["name"]) for c in queries.choices(actor, "customer-classes")]
    return {
        "price": row,
        "start": start,
        "units": [("", _("产品的销售单位")), *units],
        "currencies": [("", _("客户的币种，没有则为本位币")), *currencies],
        "classes": [("", "—"), *classes],
        "whose": whose(row) if row else "",
    }
