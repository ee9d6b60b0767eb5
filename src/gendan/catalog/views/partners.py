"""Pages of partners: suppliers and customers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gendan.catalog import commands, queries
from gendan.catalog.forms import rows_of, values_of, version_of
from gendan.catalog.steps.master import SPECS
from gendan.catalog.views.common import address, list_page, saved, timeline_of
from gendan.kernel.actor import Actor
from gendan.kernel.http import actor_of, redirect_to

FIELDS = (
    "code", "name", "short_name", "is_supplier", "is_customer", "tax_id", "payment_terms", "payment_days", "currency",
    "lead_time_days", "over_tolerance", "under_tolerance", "country", "address", "note",
)  # fmt: skip
CONTACT = ("name", "title", "phone", "email")


@require_GET
def partner_list(request: HttpRequest) -> HttpResponse:
    """All partners."""
    return list_page(request, "partners", "catalog/partner_list.html")


@require_GET
def partner(request: HttpRequest, code: str) -> HttpResponse:
    """One partner: ``?tab=`` contacts, prices, history."""
    actor = actor_of(request)
    row = queries.record(actor, "partners", code)
    may_price = actor.may(queries.VIEW_PRICE)
    tab = request.GET.get("tab", "contacts")
    if tab not in {"contacts", "prices", "history"} or (tab == "prices" and not may_price):
        tab = "contacts"
    here = reverse("catalog:partner", args=[code])
    page = None
    if tab == "prices":
        page = queries.rows(actor, "prices", filters={"supplier": code}, after=request.GET.get("after"))
    context = {
        "partner": row,
        "tab": tab,
        "tabs": [
            (_("联系人"), here, tab == "contacts", len(row["contacts"])),
            *([(_("价格"), f"{here}?tab=prices", tab == "prices", None)] if may_price else []),
            (_("动态"), f"{here}?tab=history", tab == "history", None),
        ],
        "page": page,
        "panels": queries.panels_of(actor, "partner", row),
        "lines_url": address("purchasing:line_list", supplier=code),
        "orders_url": address("purchasing:order_list", supplier=code),
        "performance_url": address("insight:supplier_performance", supplier=code) if actor.may("insight.view") else "",
        "may_save": actor.may("catalog.save_partner"),
        "may_price": actor.may("catalog.save_price") and actor.may(queries.VIEW_PRICE),
        "timeline": timeline_of(actor, "partner", row) if tab == "history" else {},
    }
    return render(request, "catalog/partner.html", context)


@require_http_methods(["GET", "POST"])
def partner_new(request: HttpRequest) -> HttpResponse:
    """Make a partner."""
    actor = actor_of(request)
    actor.must("catalog.save_partner")
    if request.method == "POST":
        return _save(request, actor, None)
    role = request.GET.get("role", "supplier")
    return render(request, "catalog/partner_form.html", _context(actor, None, role))


@require_http_methods(["GET", "POST"])
def partner_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a partner."""
    actor = actor_of(request)
    actor.must("catalog.save_partner")
    if request.method == "POST":
        return _save(request, actor, code)
    return render(request, "catalog/partner_form.html", _context(actor, queries.record(actor, "partners", code), ""))


def _context(actor: Actor, row: dict[str, Any] | None, role: str) -> dict[str, Any]:
    currencies = [(c["code"], f"{c['code']} {c['name']}") for c in queries.choices(actor, "currencies")]
    contacts = (row or {}).get("contacts", [])
    return {
        "partner": row,
        "is_supplier": row["is_supplier"] if row else role != "customer",
        "is_customer": row["is_customer"] if row else role == "customer",
        "currencies": [("", _("本位币")), *currencies],
        "contact_lines": [{name: contact[name] for name in CONTACT} for contact in contacts],
    }


def _save(request: HttpRequest, actor: Actor, code: str | None) -> HttpResponse:
    values = values_of(SPECS["partners"], request, FIELDS)
    rows = rows_of(request, "contacts")
    values["contacts"] = [{name: row.get(name, "") for name in CONTACT} for row in rows]
    if code is not None:
        values["code"] = code
    done = commands.save_partner(actor=actor, values=values, version=version_of(request), new=code is None)
    saved(request, _("往来单位 %(code)s 已保存。") % {"code": done.number})
    return redirect_to(request, reverse("catalog:partner", args=[done.number]))
