"""The form of an inquiry, and the way to it from requisition lines."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import WrongState, plain
from gendan.kernel.http import actor_of, redirect_to
from gendan.purchasing.forms import picks_in
from gendan.purchasing.posted import version_of
from gendan.purchasing.queries.names import usual_warehouse, warehouse_choices
from gendan.sourcing import commands
from gendan.sourcing.commands.inquiry import UPDATE
from gendan.sourcing.errors import EmptyInquiry
from gendan.sourcing.forms import inquiry_draft as posted_draft
from gendan.sourcing.forms import moment_text, sources_text
from gendan.sourcing.models import Inquiry
from gendan.sourcing.permissions import VIEW_PRICE
from gendan.sourcing.queries.drafts import inquiry_draft
from gendan.sourcing.queries.start import lines_for, suppliers_for
from gendan.sourcing.rules.draft import InquiryDraft
from gendan.sourcing.rules.inquiry import LineIn

Row = dict[str, Any]


def _given(draft: InquiryDraft) -> Row:
    return {
        "warehouse": draft.warehouse,
        "lines": draft.lines,
        "suppliers": draft.suppliers,
        "title": draft.title,
        "closes_at": draft.closes_at,
        "sealed": draft.sealed,
        "note": draft.note,
    }


@require_http_methods(["GET", "POST"])
def inquiry_new(request: HttpRequest) -> HttpResponse:
    """Ask several suppliers, from nothing."""
    actor = actor_of(request)
    actor.must("sourcing.create_inquiry")
    if request.method == "POST":
        done = commands.create_inquiry(actor=actor, **_given(posted_draft(request, actor)))
        return _saved(request, actor, done.number)
    draft = InquiryDraft(usual_warehouse(actor, warehouse_choices(actor)))
    return render(request, "sourcing/inquiry_form.html", _context(actor, draft, None))


@require_http_methods(["GET", "POST"])
def inquiry_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change a draft."""
    actor = actor_of(request)
    actor.must("sourcing.update_inquiry")
    if request.method == "POST":
        draft = posted_draft(request, actor)
        commands.update_inquiry(actor=actor, number=number, draft=draft, version=version_of(request))
        return _saved(request, actor, number)
    found, opened = inquiry_draft(actor, number)
    if opened["state"] != "draft":
        raise WrongState(number=number, state=state_label(Inquiry, opened["state"]), action=str(UPDATE))
    return render(request, "sourcing/inquiry_form.html", _context(actor, found, opened))


def _saved(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    if request.POST.get("then") == "send":
        commands.send_inquiry(actor=actor.with_key(None), number=number)
        messages.success(request, f"{number} {_('已发出询价')}")
        return redirect_to(request, reverse("sourcing:inquiry_detail", args=[number]))
    messages.success(request, f"{number} {_('已保存')}")
    return redirect_to(request, reverse("sourcing:inquiry_detail", args=[number]))


@require_POST
def from_requisitions(request: HttpRequest) -> HttpResponse:
    """A draft out of the ticked requisition lines, with the suppliers who are likely to have the goods."""
    actor = actor_of(request)
    actor.must("sourcing.create_inquiry")
    picks, _places = picks_in(request)
    lines = lines_for(actor, [(pick.requisition, pick.line, pick.quantity) for pick in picks])
    if not lines:
        raise EmptyInquiry()
    suppliers = suppliers_for(actor, sorted({line.product for line in lines}))
    done = commands.create_inquiry(actor=actor, warehouse=lines[0].warehouse, lines=lines, suppliers=suppliers)
    messages.success(request, _("%(number)s 已建好，请核对供应商后发出。") % {"number": done.number})
    return redirect_to(request, reverse("sourcing:inquiry_edit", args=[done.number]))


def _context(actor: Actor, draft: InquiryDraft, opened: Row | None) -> Row:
    names = opened["names"] if opened else {}
    return {
        "actor": actor,
        "draft": draft,
        "opened": opened,
        "closes_at": moment_text(draft.closes_at, actor),
        "lines": [_cells(line, names, actor.may(VIEW_PRICE)) for line in draft.lines],
        "suppliers": [
            {
                "supplier": one.supplier,
                "supplier_label": f"{one.supplier} {names.get(f'supplier:{one.supplier}', '')}".strip(),
                "email": one.email,
                "recipient": one.recipient,
                "language": one.language,
            }
            for one in draft.suppliers
        ],
        "languages": [["", _("按国家")], *[[code, label] for code, label in settings.LANGUAGES]],
        "warehouses": warehouse_choices(actor),
        "prices": actor.may(VIEW_PRICE),
    }


def _cells(line: LineIn, names: dict[str, str], prices: bool) -> Row:
    """A line as the grid shows it; what it serves travels along."""
    return {
        "product": line.product,
        "product_label": f"{line.product} {names.get(f'product:{line.product}', '')}".strip(),
        "quantity": str(plain(line.quantity)),
        "unit": line.unit,
        "required_on": line.required_on.isoformat() if line.required_on else "",
        "target_price": str(plain(line.target_price)) if prices and line.target_price is not None else "",
        "note": line.note,
        "warehouse": line.warehouse,
        "sources": sources_text(line.sources),
    }
