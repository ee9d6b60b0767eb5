"""Pages of stock and its ledger."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gendan.inventory import exports, queries
from gendan.inventory.forms import day_of
from gendan.inventory.labels import MOVE_KINDS, PLACE_KINDS
from gendan.inventory.queries.exports import MOVE_COLUMNS, STOCK_COLUMNS
from gendan.inventory.views.shared import address, warehouses
from gendan.kernel.errors import plain
from gendan.kernel.exports import excel
from gendan.kernel.http import actor_of
from gendan.kernel.subjects import page_of
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
        return _csv("stock", STOCK_COLUMNS, queries.every(actor, asked))
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
        "moves": _shown(queries.moves(actor, product=code, limit=20).items),
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
    if request.GET.get("export") == "csv":
        return _csv("moves", MOVE_COLUMNS, queries.every_move(actor, asked))
    if request.GET.get("export") == "xlsx":
        return excel(request, actor, exports.MOVES, {name: str(value) for name, value in asked.items() if value})
    page = queries.moves(actor, **asked, after=request.GET.get("after"))
    _shown(page.items)
    context = {
        "actor": actor,
        "page": page,
        "warehouses": warehouses(actor),
        "kinds": list(MOVE_KINDS.items()),
        "product": asked["product"],
    }
    return render(request, "inventory/move_list.html", context)


def _shown(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with what people call the places and documents."""
    for row in rows:
        for end in ("from", "to"):
            kind, warehouse = row[f"{end}_kind"], row[f"{end}_warehouse"]
            row[end] = f"{warehouse} {row[f'{end}_bin']}" if warehouse else str(PLACE_KINDS.get(kind, kind))
        row["kind_label"] = str(MOVE_KINDS.get(row["source_kind"], row["source_kind"]))
        if url := page_of(row["source_kind"], row["source_number"]):
            row["source"] = format_html('<a href="{}">{}</a>', url, row["source_number"])
        else:
            row["source"] = row["source_number"]
        if row["reversal"]:
            row["kind_label"] += " · " + _("冲销")
    return rows


class _Echo:
    """A file that gives back what is written to it, for csv.writer in a stream."""

    def write(self, value: str) -> str:
        return value


def _csv(name: str, columns: Iterable[tuple[str, Any]], rows: Iterator[dict[str, Any]]) -> StreamingHttpResponse:
    """Rows as a CSV file that Excel opens right: byte order mark, no formulas, constant memory."""
    keys = [key for key, _label in columns]

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield "\ufeff" + str(writer.writerow([str(label) for _key, label in columns]))
        for row in rows:
            yield str(writer.writerow([_cell(row.get(key)) for key in keys]))

    filename = f"{name}-{timezone.localdate():%Y%m%d}.csv"
    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


def _cell(value: Any) -> str:
    if hasattr(value, "astimezone"):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    text = "" if value is None else str(plain(value))
    return f"'{text}" if isinstance(value, str) and text[:1] in "=+-@\t\r" and text else text
