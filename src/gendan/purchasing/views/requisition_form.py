"""The form of a requisition."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import WrongState, plain
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import Done
from gendan.kernel.values import to_date
from gendan.purchasing import commands
from gendan.purchasing.commands.requisition import UPDATE
from gendan.purchasing.forms import requests_in
from gendan.purchasing.models import Requisition
from gendan.purchasing.posted import fields_of, texts_of, version_of
from gendan.purchasing.queries.names import warehouse_choices
from gendan.purchasing.queries.requisitions import RequisitionDetail, requisition_detail


def _posted(request: HttpRequest) -> dict[str, Any]:
    return {
        **texts_of(request, {"warehouse": 64, "reason": 300}),
        **fields_of(request, {"required_on": to_date}),
        "lines": requests_in(request),
        "submit": request.POST.get("then") == "submit",
    }


@require_http_methods(["GET", "POST"])
def requisition_new(request: HttpRequest) -> HttpResponse:
    """Ask for something to be bought."""
    actor = actor_of(request)
    actor.must("purchasing.create_requisition")
    if request.method == "POST":
        return _after(request, commands.create_requisition(actor=actor, **_posted(request)))
    return render(request, "purchasing/requisition_form.html", _context(actor, None))


@require_http_methods(["GET", "POST"])
def requisition_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change a draft, or one that was rejected."""
    actor = actor_of(request)
    actor.must("purchasing.update_requisition")
    if request.method == "POST":
        version = version_of(request)
        done = commands.update_requisition(actor=actor, number=number, version=version, **_posted(request))
        return _after(request, done)
    detail = requisition_detail(actor, number)
    if detail.header["state"] not in {"draft", "rejected"}:
        raise WrongState(number=number, state=detail.header["state_label"], action=str(UPDATE))
    return render(request, "purchasing/requisition_form.html", _context(actor, detail))


def _after(request: HttpRequest, done: Done) -> HttpResponse:
    label = state_label(Requisition, done.state)
    messages.success(request, _("%(number)s 已保存：%(state)s") % {"number": done.number, "state": label})
    page = "purchasing:requisition_edit" if done.state == "draft" else "purchasing:requisition_detail"
    return redirect_to(request, reverse(page, args=[done.number]))


def _context(actor: Actor, detail: RequisitionDetail | None) -> dict[str, Any]:
    warehouses = warehouse_choices(actor)
    lines = [
        {
            "product": row["product"],
            "product_label": f"{row['product']} {row['product_name']}",
            "quantity": str(plain(row["quantity"])),
            "unit": row["unit"],
            "required_on": row["required_on"].isoformat() if row["required_on"] else "",
            "supplier": row["supplier"],
            "note": row["note"],
        }
        for row in (detail.lines if detail else [])
    ]
    only = warehouses[0][0] if len(warehouses) == 1 else ""
    return {
        "actor": actor,
        "requisition": detail.header if detail else None,
        "lines": lines,
        "warehouses": warehouses,
        "warehouse": detail.header["warehouse"] if detail else only,
    }
