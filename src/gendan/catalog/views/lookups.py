"""What pickers, grids and scanners ask while somebody types."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gendan.catalog import queries
from gendan.kernel.errors import plain
from gendan.kernel.http import actor_of

MAX_CODES = 100


@require_GET
def product_lookup(request: HttpRequest) -> JsonResponse:
    """Products for ``?q=`` or for whole codes and barcodes ``?code=A&code=B``; with ``?supplier=`` its prices.

    With ``?customer=`` (which may be empty, and ``?currency=``) what they are sold for, in their sales unit.
    """
    actor, supplier = actor_of(request), request.GET.get("supplier", "")
    codes = request.GET.getlist("code")[:MAX_CODES]
    if codes:
        found = queries.find_products_by_codes(actor, codes, supplier)
    else:
        found = queries.find_products(actor, request.GET.get("q", "")[:100], supplier)
    show = _product
    if "customer" in request.GET:
        queries.add_sales_prices(actor, found, request.GET["customer"], request.GET.get("currency", ""))
        show = _sold
    return JsonResponse({"items": [{**show(row), "asked": row["asked"]} if codes else show(row) for row in found]})


def _sold(row: dict[str, Any]) -> dict[str, Any]:
    """A product as a sales order picks it: nothing of what suppliers ask."""
    price = row.get("sales_price")
    item = _product({**row, "price": None, "price_unit": None, "lead_time_days": None})
    fill: dict[str, Any] = {"unit": row["sale_unit"]}
    if price is not None:
        item["facts"].append(f"{plain(price)} {row['sales_currency']}/{row['sale_unit']}")
        fill["unit_price"] = plain(price)
        if row["sales_discount"]:
            fill["discount"] = plain(row["sales_discount"])
    return {**item, "price": _text(price), "currency": row.get("sales_currency"), "fill": fill}


def _product(row: dict[str, Any]) -> dict[str, Any]:
    facts = []
    if row.get("available") is not None:
        facts.append(_("可用 %(n)s") % {"n": plain(row["available"])})
    elif row.get("on_hand") is not None:
        facts.append(_("现存 %(n)s") % {"n": plain(row["on_hand"])})
    if row.get("incoming"):
        facts.append(_("在途 %(n)s") % {"n": plain(row["incoming"])})
    if row["price"] is not None:
        facts.append(f"{plain(row['price'])} {row['currency']}/{row['price_unit']}")
    if row["lead_time_days"] is not None:
        facts.append(_("交期 %(n)s 天") % {"n": row["lead_time_days"]})
    purchase = next((unit["unit"] for unit in row["units"] if unit["for_purchase"]), row["unit"])
    fill: dict[str, Any] = {"unit": row["price_unit"] or purchase}
    if row["price"] is not None:
        fill["unit_price"] = plain(row["price"])
    return {
        "id": row["id"],
        "value": row["code"],
        "label": f"{row['code']} {row['name']}",
        "code": row["code"],
        "name": row["name"],
        "spec": row["specification"],
        "specification": row["specification"],
        "unit": row["unit"],
        "unit_name": row["unit_name"],
        "units": [
            {"unit": row["unit"], "name": row["unit_name"], "factor": "1"},
            *({"unit": u["unit"], "name": u["name"], "factor": plain(u["factor"])} for u in row["units"]),
        ],
        "price": _text(row["price"]),
        "currency": row["currency"],
        "minimum_quantity": _text(row["minimum_quantity"]),
        "pack_quantity": _text(row["pack_quantity"]),
        "lead_time_days": row["lead_time_days"],
        "tax": row["tax"],
        "facts": facts,
        "fill": fill,
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(plain(value))


@require_GET
def partner_lookup(request: HttpRequest) -> JsonResponse:
    """Partners for ``?q=``, ``?role=supplier`` or ``customer``."""
    found = queries.find_partners(actor_of(request), request.GET.get("q", "")[:100], request.GET.get("role", ""))
    items = [
        {
            **row,
            "value": row["code"],
            "label": f"{row['code']} {row['name']}",
            "spec": row["short_name"] or row["country"],
            "facts": [fact for fact in (row["customer_class_name"], row["currency"], row["payment_terms"]) if fact],
            "fill": {"currency": row["currency"]} if row["currency"] else {},
        }
        for row in found
    ]
    return JsonResponse({"items": items})


@require_GET
def address_lookup(request: HttpRequest, partner: str) -> JsonResponse:
    """Active addresses of a partner for ``?q=``, its default first."""
    found = queries.rows(
        actor_of(request),
        "addresses",
        q=request.GET.get("q", "")[:100],
        filters={"partner": partner, "active": "true"},
        limit=50,
    )
    items = [
        {
            "id": row["id"],
            "value": row["code"],
            "label": f"{row['name']} {row['address']}",
            "spec": row["phone"],
            "facts": [_("默认")] if row["is_default"] else [],
        }
        for row in sorted(found.items, key=lambda row: not row["is_default"])
    ]
    return JsonResponse({"items": items})


@require_GET
def warehouse_lookup(request: HttpRequest) -> JsonResponse:
    """Warehouses for ``?q=``."""
    found = queries.rows(
        actor_of(request), "warehouses", q=request.GET.get("q", "")[:100], filters={"active": "true"}, limit=20
    )
    items = [
        {"value": row["code"], "label": f"{row['code']} {row['name']}", "spec": row["address"], "facts": []}
        for row in found.items
    ]
    return JsonResponse({"items": items})


@require_GET
def bin_lookup(request: HttpRequest, warehouse: str) -> JsonResponse:
    """Bins of a warehouse for ``?q=``."""
    found = queries.find_bins(actor_of(request), warehouse, request.GET.get("q", "")[:64])
    items = [{"value": row["code"], "label": row["code"], "spec": row["name"], "facts": []} for row in found]
    return JsonResponse({"items": items})


@require_GET
def category_lookup(request: HttpRequest) -> JsonResponse:
    """Categories for ``?q=``."""
    found = queries.rows(
        actor_of(request), "categories", q=request.GET.get("q", "")[:100], filters={"active": "true"}, limit=20
    )
    items = [
        {"value": row["code"], "label": f"{row['code']} {row['name']}", "spec": row["parent_name"], "facts": []}
        for row in found.items
    ]
    return JsonResponse({"items": items})
