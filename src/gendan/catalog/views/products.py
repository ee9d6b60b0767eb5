"""Pages of products."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gendan.accounts.queries import company_of
from gendan.catalog import commands, queries
from gendan.catalog.forms import rows_of, values_of, version_of
from gendan.catalog.steps.master import SPECS
from gendan.catalog.views.common import address, list_page, sales_prices_of, saved, timeline_of
from gendan.kernel.actor import Actor
from gendan.kernel.errors import plain
from gendan.kernel.http import actor_of, redirect_to

FIELDS = (
    "code", "name", "specification", "category", "unit", "purchase_unit", "sale_unit", "tax", "safety_stock",
    "lot_tracked", "inspect", "over_tolerance", "under_tolerance",
)  # fmt: skip
COST = ("floor_price", "standard_cost")


@require_GET
def product_list(request: HttpRequest) -> HttpResponse:
    """All products."""
    actor = actor_of(request)
    categories = [(row["code"], row["name"]) for row in queries.choices(actor, "categories")]
    return list_page(request, "products", "catalog/product_list.html", categories=categories)


@require_GET
def product(request: HttpRequest, code: str) -> HttpResponse:
    """One product: what it is, who offers it, what other parts of the product know about it."""
    actor = actor_of(request)
    row = queries.record(actor, "products", code)
    prices = (
        queries.rows(actor, "prices", filters={"product": code}, limit=50).items
        if actor.may(queries.VIEW_PRICE)
        else None
    )
    context = {
        "product": row,
        "prices": prices,
        "sales_prices": sales_prices_of(actor, product=code),
        "may_sales_price": actor.may("catalog.save_sales_price") and actor.may(queries.VIEW_SALES_PRICE),
        "currency": company_of(actor)["currency"],
        "panels": queries.panels_of(actor, "product", row),
        "lines_url": address("purchasing:line_list", product=code),
        "may_save": actor.may("catalog.save_product"),
        "may_price": actor.may("catalog.save_price") and actor.may(queries.VIEW_PRICE),
        "timeline": timeline_of(actor, "product", row),
    }
    return render(request, "catalog/product.html", context)


@require_http_methods(["GET", "POST"])
def product_new(request: HttpRequest) -> HttpResponse:
    """Make a product, or a copy of the one in ``?copy=``."""
    actor = actor_of(request)
    actor.must("catalog.save_product")
    if request.method == "POST":
        return _save(request, actor, None)
    start: dict[str, Any] | None = None
    if copied := request.GET.get("copy"):
        start = {**queries.record(actor, "products", copied), "code": "", "barcodes": []}
    return render(request, "catalog/product_form.html", _context(actor, start, new=True))


@require_http_methods(["GET", "POST"])
def product_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a product."""
    actor = actor_of(request)
    actor.must("catalog.save_product")
    if request.method == "POST":
        return _save(request, actor, code)
    return render(request, "catalog/product_form.html", _context(actor, queries.record(actor, "products", code), False))


def _context(actor: Actor, row: dict[str, Any] | None, new: bool) -> dict[str, Any]:
    units = [(unit["code"], f"{unit['name']} {unit['code']}") for unit in queries.choices(actor, "units")]
    taxes = [(tax["code"], tax["name"]) for tax in queries.choices(actor, "taxes")]
    found = row or {}
    return {
        "product": row,
        "new": new,
        "units": units,
        "unit_options": [("", _("同库存单位")), *units],
        "taxes": [("", "—"), *taxes],
        "may_cost": actor.may(queries.VIEW_COST),
        "unit_name": found.get("unit_name", ""),
        "unit_lines": [{"unit": u["unit"], "factor": str(plain(u["factor"]))} for u in found.get("units", [])],
        "barcode_lines": [dict(barcode) for barcode in found.get("barcodes", [])],
    }


def _save(request: HttpRequest, actor: Actor, code: str | None) -> HttpResponse:
    fields = (*FIELDS, *(name for name in COST if name in request.POST))
    values = values_of(SPECS["products"], request, fields)
    values["units"] = [{k: row.get(k) for k in ("unit", "factor")} for row in rows_of(request, "units")]
    values["barcodes"] = [
        {k: row.get(k, "") for k in ("code", "unit")} for row in rows_of(request, "barcodes") if row.get("code")
    ]
    if code is not None:
        values["code"] = code
    done = commands.save_product(actor=actor, values=values, version=version_of(request), new=code is None)
    saved(request, _("产品 %(code)s 已保存。") % {"code": done.number})
    return redirect_to(request, reverse("catalog:product", args=[done.number]))
