"""The form of a requisition."""

from __future__ import annotations

from dataclasses import replace
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
from gendan.purchasing import commands
from gendan.purchasing.commands.requisition import UPDATE
from gendan.purchasing.errors import DraftChanged
from gendan.purchasing.forms import request_draft as posted_request
from gendan.purchasing.models import Requisition
from gendan.purchasing.posted import version_of
from gendan.purchasing.queries.drafts import Opened, request_draft
from gendan.purchasing.queries.names import usual_warehouse, warehouse_choices
from gendan.purchasing.queries.orders import VIEW
from gendan.purchasing.rules.requisitions import RequestDraft, RequestIn
from gendan.purchasing.views.merging import clashes, dump_draft, load_draft, tell_merged


def _posted(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    draft = posted_request(request, actor)
    return {
        "warehouse": draft.warehouse,
        "reason": draft.reason,
        "required_on": draft.required_on,
        "lines": draft.lines,
        "submit": request.POST.get("then") == "submit",
    }


@require_http_methods(["GET", "POST"])
def requisition_new(request: HttpRequest) -> HttpResponse:
    """Ask for something to be bought."""
    actor = actor_of(request)
    actor.must("purchasing.create_requisition")
    if request.method == "POST":
        return _after(request, commands.create_requisition(actor=actor, **_posted(request, actor)))
    usual = usual_warehouse(actor, warehouse_choices(actor))
    return render(request, "purchasing/requisition_form.html", _context(actor, RequestDraft(usual)))


@require_http_methods(["GET", "POST"])
def requisition_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change a draft, or one that was rejected; what others changed meanwhile is merged, as in orders."""
    actor = actor_of(request)
    actor.must("purchasing.update_requisition")
    if request.method == "POST":
        return _save(request, actor, number)
    actor.must(VIEW)
    opened = request_draft(actor, number)
    if opened.state not in {"draft", "rejected"}:
        raise WrongState(number=number, state=state_label(Requisition, opened.state), action=str(UPDATE))
    return render(request, "purchasing/requisition_form.html", _context(actor, opened.draft, opened))


def _save(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    base = load_draft(RequestDraft, request.POST.get("base", ""))
    version, posted = version_of(request), _posted(request, actor)
    try:
        done = commands.update_requisition(actor=actor, number=number, version=version, base=base, **posted)
    except DraftChanged as conflict:
        opened = replace(request_draft(actor, number), draft=conflict.theirs)
        context = _context(actor, conflict.merged, opened) | clashes(conflict)
        return render(request, "purchasing/requisition_form.html", context, status=422)
    tell_merged(request, done)
    return _after(request, done)


def _after(request: HttpRequest, done: Done) -> HttpResponse:
    label = state_label(Requisition, done.state)
    messages.success(request, _("%(number)s 已保存：%(state)s") % {"number": done.number, "state": label})
    page = "purchasing:requisition_edit" if done.state == "draft" else "purchasing:requisition_detail"
    return redirect_to(request, reverse(page, args=[done.number]))


def _context(actor: Actor, draft: RequestDraft, opened: Opened[RequestDraft] | None = None) -> dict[str, Any]:
    return {
        "actor": actor,
        "draft": draft,
        "opened": opened,
        "base": dump_draft(opened.draft) if opened else "",
        "lines": [_cells(line, opened.names if opened else {}) for line in draft.lines],
        "warehouses": warehouse_choices(actor),
        "errors": {},
        "conflict": None,
    }


def _cells(line: RequestIn, names: dict[str, str]) -> dict[str, Any]:
    """A line as the grid shows it."""
    cells = {
        "product": line.product,
        "product_label": f"{line.product} {names.get(f'product:{line.product}', '')}".strip(),
        "quantity": str(plain(line.quantity)),
        "unit": line.unit,
        "required_on": line.required_on.isoformat() if line.required_on else "",
        "supplier": line.supplier,
        "note": line.note,
    }
    return cells if line.id is None else {**cells, "id": line.id}
