"""The form of a quotation: new, and changed together with others. Its grid and totals are those of orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gendan.catalog.queries import choices
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import WrongState
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import Done
from gendan.purchasing.errors import DraftChanged
from gendan.purchasing.posted import version_of
from gendan.purchasing.queries.drafts import Opened
from gendan.purchasing.queries.names import name_of, warehouse_choices
from gendan.purchasing.views.merging import clashes, dump_draft, load_draft, tell_merged
from gendan.sales import commands
from gendan.sales.commands.quotation import EDITABLE, UPDATE
from gendan.sales.forms import grid_lines, lines_in, posted_draft
from gendan.sales.models import Quotation
from gendan.sales.queries.drafts import address_name, usual_warehouse
from gendan.sales.queries.orders import VIEW_PRICE
from gendan.sales.queries.quotations import quote_draft
from gendan.sales.rules.draft import without_prices
from gendan.sales.rules.quotation import QuoteDraft

USUAL_DAYS = 30


def _posted(request: HttpRequest, actor: Actor) -> QuoteDraft:
    """The posted quotation; Invalid names all that cannot be read or is wrong."""
    return QuoteDraft(**posted_draft(request, actor, ("ordered_on", "requested_on", "valid_to")))


@require_http_methods(["GET", "POST"])
def quotation_new(request: HttpRequest) -> HttpResponse:
    """A new quotation; ``?customer=`` fills the header."""
    actor = actor_of(request)
    actor.must("sales.create_quotation")
    if request.method == "POST":
        draft = _posted(request, actor)
        done = commands.create_quotation(
            actor=actor,
            customer=draft.customer,
            warehouse=draft.warehouse,
            currency=draft.currency,
            ship_to=draft.ship_to,
            lines=lines_in(draft),
            quoted_on=draft.ordered_on,
            valid_to=draft.valid_to,
            requested_on=draft.requested_on,
            tax_included=draft.tax_included,
            customer_reference=draft.customer_reference,
            note=draft.note,
        )
        return _after(request, actor, done)
    today = actor.today()
    draft = QuoteDraft(
        customer=request.GET.get("customer", "")[:64],
        warehouse=usual_warehouse(actor, warehouse_choices(actor)),
        ordered_on=today,
        valid_to=today + timedelta(days=USUAL_DAYS),
    )
    return render(request, "sales/quotation_form.html", _context(actor, draft))


@require_http_methods(["GET", "POST"])
def quotation_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change a quotation. What others changed meanwhile is merged; clashes are shown for a decision."""
    actor = actor_of(request)
    actor.must("sales.update_quotation")
    if request.method == "POST":
        return _save(request, actor, number)
    opened = quote_draft(actor, number)
    if opened.state not in EDITABLE:
        raise WrongState(number=number, state=state_label(Quotation, opened.state), action=str(UPDATE))
    return render(request, "sales/quotation_form.html", _context(actor, opened.draft, opened))


def _save(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    draft, base = _posted(request, actor), load_draft(QuoteDraft, request.POST.get("base", ""))
    try:
        done = commands.update_quotation(
            actor=actor, number=number, draft=draft, version=version_of(request), base=base
        )
    except DraftChanged as conflict:
        opened = quote_draft(actor, number)
        context = _context(actor, conflict.merged, replace(opened, draft=conflict.theirs))
        context.update(clashes(conflict))
        return render(request, "sales/quotation_form.html", context, status=422)
    tell_merged(request, done)
    return _after(request, actor, done)


def _after(request: HttpRequest, actor: Actor, done: Done) -> HttpResponse:
    """A draft stays open for more; one that was sent in the same breath is shown."""
    if request.POST.get("then") == "send":
        key = actor.idempotency_key
        sending = replace(actor, idempotency_key=f"{key}:send" if key else None)
        done = commands.send_quotation(actor=sending, number=done.number, version=done.version)
    label = state_label(Quotation, done.state)
    messages.success(request, _("%(number)s 已保存：%(state)s") % {"number": done.number, "state": label})
    page = "sales:quotation_edit" if done.state == "draft" else "sales:quotation_detail"
    return redirect_to(request, reverse(page, args=[done.number]))


def _context(actor: Actor, draft: QuoteDraft, opened: Opened[QuoteDraft] | None = None) -> dict[str, Any]:
    names = opened.names if opened else {}
    prices = actor.may(VIEW_PRICE)
    return {
        "actor": actor,
        "draft": draft,
        "opened": opened,
        "base": dump_draft(opened.draft if prices else without_prices(opened.draft)) if opened else "",
        "lines": grid_lines(draft, names, prices),
        "customer_shown": name_of(actor, "partner", draft.customer),
        "address_shown": address_name(actor, draft.customer, draft.ship_to),
        "warehouses": warehouse_choices(actor),
        "currencies": [(row["code"], f"{row['code']} {row['name']}") for row in choices(actor, "currencies")],
        "taxes": [[row["code"], row["name"]] for row in choices(actor, "taxes")],
        "prices": prices,
        "errors": {},
        "conflict": None,
    }
