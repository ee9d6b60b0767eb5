"""Pages of partners: suppliers and customers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from gendan.accounts.queries import company_of
from gendan.catalog import commands, queries
from gendan.catalog.forms import rows_of, values_of, version_of
from gendan.catalog.steps.master import SAVE_CREDIT, SPECS
from gendan.catalog.views.common import address, list_page, saved, timeline_of
from gendan.kernel.actor import Actor
from gendan.kernel.http import actor_of, redirect_to

FIELDS = (
    "code", "name", "short_name", "is_supplier", "is_customer", "tax_id", "payment_terms", "payment_days", "currency",
    "lead_time_days", "over_tolerance", "under_tolerance", "country", "address", "note", "customer_class",
    "salesperson", "supplier_group",
)  # fmt: skip
CONTACT = ("name", "title", "phone", "email")


@require_GET
def partner_list(request: HttpRequest) -> HttpResponse:
    """All partners."""
    actor = actor_of(request)
    classes = [(row["code"], row["name"]) for row in queries.choices(actor, "customer-classes")]
    sees = actor.may(queries.VIEW_SALES_PRICE)
    return list_page(request, "partners", "catalog/partner_list.html", classes=classes, sees_sales=sees)


@require_GET
def partner(request: HttpRequest, code: str) -> HttpResponse:
    """One partner: ``?tab=`` contacts, addresses, sales, prices, history."""
    actor = actor_of(request)
    row = queries.record(actor, "partners", code)
    tabs = _tabs(actor, row)
    tab = request.GET.get("tab", "contacts")
    if tab not in tabs:
        tab = "contacts"
    here, after, page = reverse("catalog:partner", args=[code]), request.GET.get("after"), None
    if tab == "prices":
        page = queries.rows(actor, "prices", filters={"supplier": code}, after=after)
    elif tab == "sales":
        page = queries.rows(actor, "sales-prices", filters={"customer": code}, after=after)
    addresses = queries.rows(actor, "addresses", filters={"partner": code}, limit=200).items
    counts = {"contacts": len(row["contacts"]), "addresses": len(addresses)}
    context = {
        "partner": row,
        "tab": tab,
        "tabs": [
            (label, here if name == "contacts" else f"{here}?tab={name}", tab == name, counts.get(name))
            for name, label in tabs.items()
        ],
        "page": page,
        "addresses": addresses,
        "currency": company_of(actor)["currency"],
        "sees_sales": actor.may(queries.VIEW_SALES_PRICE),
        "may_credit": _may_credit(actor),
        "may_sales_price": actor.may("catalog.save_sales_price") and actor.may(queries.VIEW_SALES_PRICE),
        "sales_url": address("sales:order_list", customer=code) if actor.may("sales.view") else "",
        "panels": queries.panels_of(actor, "partner", row),
        "lines_url": address("purchasing:line_list", supplier=code),
        "orders_url": address("purchasing:order_list", supplier=code),
        "performance_url": reverse("insight:supplier_scorecard", args=[code]) if actor.may("insight.view") else "",
        "service_url": address("insight:shipped_lines", customer=code) if actor.may("insight.view") else "",
        "may_save": actor.may("catalog.save_partner"),
        "may_price": actor.may("catalog.save_price") and actor.may(queries.VIEW_PRICE),
        "timeline": timeline_of(actor, "partner", row, ("address", "addresses", addresses)) if tab == "history" else {},
    }
    return render(request, "catalog/partner.html", context)


def _tabs(actor: Actor, row: dict[str, Any]) -> dict[str, str]:
    """What a partner's page shows below its head, by what the partner is and the actor may see."""
    wanted = (
        ("contacts", _("联系人"), True),
        ("addresses", pgettext("list", "收货地址"), row["is_customer"]),
        ("sales", _("销售价格"), row["is_customer"] and actor.may(queries.VIEW_SALES_PRICE)),
        ("prices", _("供应商价格"), row["is_supplier"] and actor.may(queries.VIEW_PRICE)),
        ("history", _("动态"), True),
    )
    return {name: label for name, label, there in wanted if there}


def _may_credit(actor: Actor) -> bool:
    return actor.may(SAVE_CREDIT) and actor.may(queries.VIEW_SALES_PRICE)


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
        "classes": [("", "—"), *((c["code"], c["name"]) for c in queries.choices(actor, "customer-classes"))],
        "may_credit": _may_credit(actor),
        "contact_lines": [{name: contact[name] for name in CONTACT} for contact in contacts],
    }


def _save(request: HttpRequest, actor: Actor, code: str | None) -> HttpResponse:
    credit = ("credit_limit",) if "credit_limit" in request.POST else ()
    values = values_of(SPECS["partners"], request, (*FIELDS, *credit))
    rows = rows_of(request, "contacts")
    values["contacts"] = [{name: row.get(name, "") for name in CONTACT} for row in rows]
    if code is not None:
        values["code"] = code
    done = commands.save_partner(actor=actor, values=values, version=version_of(request), new=code is None)
    saved(request, _("往来单位 %(code)s 已保存。") % {"code": done.number})
    return redirect_to(request, reverse("catalog:partner", args=[done.number]))
