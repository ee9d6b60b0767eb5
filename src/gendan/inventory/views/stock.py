"""Pages of stock and its ledger."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gendan.inventory import exports, queries
from gendan.inventory.forms import day_of
from gendan.inventory.labels import MOVE_KINDS, PLACE_KINDS
from gendan.inventory.queries.exports import MOVE_COLUMNS, STOCK_COLUMNS
from gendan.inventory.views.shared import address, warehouses
from gendan.kernel.actor import Actor
from gendan.kernel.documents import KINDS
from gendan.kernel.exports import csv_answer, excel
from gendan.kernel.http import actor_of
from gendan.kernel.subjects import kind_of, page_of
from gendan.kernel.timeline import entries


@require_GET
def stock_list(request: HttpRequest) -> HttpResponseBase:
    """What there is, by product, warehouse, bin or lot."""
    actor = actor_of(request)
    asked: dict[str, Any] = {
        "by": request.GET.get("by") or "product",
        "warehouse": request.GET.get("warehouse", ""),
        "q": request.GET.get("q", "")[:100],
        "show": request.GET.get("show", ""),
        "product": request.GET.get("product", ""),
    }
    if request.GET.get("export") == "csv":
        return csv_answer(actor, exports.STOCK, STOCK_COLUMNS, queries.every(actor, asked), asked)
    if request.GET.get("export") == "xlsx":
        return excel(request, actor, exports.STOCK, asked)
    page = queries.stock(actor, **asked, after=request.GET.get("after"))
    below = 0 if request.GET.get("after") or asked["by"] != "product" else queries.below_safety(actor)
    context = {
        "actor": actor,
        "page": page,
        "by": asked["by"],
        "below": below,
        "warehouses": warehouses(actor),
    }
    return render(request, "inventory/stock_list.html", context)


@require_GET
def stock_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One product: where it lies, in which lots, what is on its way, what moved."""
    actor = actor_of(request)
    product = queries.product_stock(actor, code)
    for place in product["places"]:
        if not place["warehouse"]:
            place.update(bin=str(PLACE_KINDS.get(place["kind"], place["bin"])), bin_name="")
    context = {
        "actor": actor,
        "product": product,
        "moves": _shown(actor, queries.moves(actor, product=code, limit=20).items),
        "product_url": address("catalog:product", code) if actor.may("catalog.view") else "",
        "lines_url": address("purchasing:line_list", product=code) if actor.may("purchasing.view") else "",
        "history": entries(actor, [("product", product["id"])], 30),
    }
    return render(request, "inventory/stock_detail.html", context)


@require_GET
def move_list(request: HttpRequest) -> HttpResponseBase:
    """The ledger, newest first."""
    actor = actor_of(request)
    asked: dict[str, Any] = {
        name: request.GET.get(name, "").strip()[:80] for name in ("product", "warehouse", "source", "kind", "lot")
    }
    asked.update(since=day_of(request.GET, "since"), until=day_of(request.GET, "until"))
    given = {name: str(value) for name, value in asked.items() if value}
    if request.GET.get("export") == "csv":
        return csv_answer(actor, exports.MOVES, MOVE_COLUMNS, queries.every_move(actor, asked), given)
    if request.GET.get("export") == "xlsx":
        return excel(request, actor, exports.MOVES, given)
    page = queries.moves(actor, **asked, after=request.GET.get("after"))
    _shown(actor, page.items)
    context = {
        "actor": actor,
        "page": page,
        "warehouses": warehouses(actor),
        "kinds": list(MOVE_KINDS.items()),
        "product": asked["product"],
    }
    return render(request, "inventory/move_list.html", context)


def _document_page(actor: Actor, row: dict[str, Any]) -> str:
    """The page of the document behind a move, for those who may see it."""
    kind = row["source_kind"]
    return page_of(kind, row["source_number"]) if kind in KINDS and actor.may(kind_of(kind).permission) else ""


def _shown(actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with what people call the places and documents."""
    for row in rows:
        for end in ("from", "to"):
            kind, warehouse = row[f"{end}_kind"], row[f"{end}_warehouse"]
            row[end] = f"{warehouse} {row[f'{end}_bin']}" if warehouse else str(PLACE_KINDS.get(kind, kind))
        label = str(MOVE_KINDS.get(row["source_kind"], row["source_kind"]))
        if row["reversal"]:
            label += " · " + _("冲销")
        url, number = _document_page(actor, row), row["source_number"]
        row["document"] = format_html('{} <a href="{}">{}</a>', label, url, number) if url else f"{label} {number}"
        row["route"] = f"{row['from']} → {row['to']}"
    return rows
