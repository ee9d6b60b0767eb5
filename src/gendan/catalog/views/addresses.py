"""Pages of the addresses and of the credit limit of a partner."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gendan.accounts.queries import company_of
from gendan.catalog import commands, queries
from gendan.catalog.forms import values_of, version_of
from gendan.catalog.steps.master import SAVE_CREDIT, SPECS
from gendan.catalog.views.common import saved
from gendan.kernel.http import actor_of, redirect_to

FIELDS = ("code", "name", "phone", "address", "country", "postal_code", "is_default")
SAVE = "catalog.save_partner"


@require_http_methods(["GET", "POST"])
def address_new(request: HttpRequest, partner: str) -> HttpResponse:
    """Make an address of a partner; it proposes the next free number as its code."""
    actor = actor_of(request)
    actor.must(SAVE)
    owner = queries.record(actor, "partners", partner)
    if request.method == "POST":
        values = {**values_of(SPECS["addresses"], request, FIELDS), "partner": partner}
        if not values["is_default"]:
            del values["is_default"]
        commands.save_address(actor=actor, values=values, new=True)
        saved(request, _("收货地址已保存。"))
        return redirect_to(request, _tab(partner))
    taken = {row["code"] for row in queries.rows(actor, "addresses", filters={"partner": partner}, limit=200).items}
    code = next(f"{n:02}" for n in range(1, 1000) if f"{n:02}" not in taken)
    start = {"code": code, "name": owner["contact"], "phone": owner["contact_phone"], "country": owner["country"]}
    return render(request, "catalog/address_form.html", {"partner": owner, "address": None, "start": start})


@require_http_methods(["GET", "POST"])
def address_edit(request: HttpRequest, address_id: int) -> HttpResponse:
    """Change an address."""
    actor = actor_of(request)
    actor.must(SAVE)
    row = queries.record_by_id(actor, "addresses", address_id)
    if request.method == "POST":
        key = {"partner": row["partner"], "code": row["code"]}
        values = {**values_of(SPECS["addresses"], request, FIELDS), **key}
        commands.save_address(actor=actor, values=values, version=version_of(request), new=False)
        saved(request, _("收货地址已保存。"))
        return redirect_to(request, _tab(row["partner"]))
    partner = {"code": row["partner"], "name": row["partner_name"]}
    return render(request, "catalog/address_form.html", {"partner": partner, "address": row, "start": row})


@require_http_methods(["GET", "POST"])
def partner_credit(request: HttpRequest, code: str) -> HttpResponse:
    """Set the credit limit of a partner."""
    actor = actor_of(request)
    actor.must(SAVE_CREDIT)
    actor.must(queries.VIEW_SALES_PRICE)
    row: dict[str, Any] = queries.record(actor, "partners", code)
    if request.method == "POST":
        limit = request.POST.get("credit_limit", "")
        commands.save_credit(actor=actor, code=code, credit_limit=limit, version=version_of(request))
        saved(request, _("%(code)s 的信用额度已保存。") % {"code": code})
        return redirect_to(request, reverse("catalog:partner", args=[code]))
    context = {"partner": row, "currency": company_of(actor)["currency"]}
    return render(request, "catalog/credit_form.html", context)


def _tab(partner: str) -> str:
    return f"{reverse('catalog:partner', args=[partner])}?tab=addresses"
