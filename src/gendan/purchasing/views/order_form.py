"""The form of an order: new, from a copy, together with others; its totals while somebody types."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gendan.catalog.queries import choices
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import WrongState, plain
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import BadValue, to_date
from gendan.purchasing import commands
from gendan.purchasing.commands.update_order import UPDATE
from gendan.purchasing.errors import DraftChanged
from gendan.purchasing.forms import grid_lines, lines_in, order_draft, preview_lines
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.posted import version_of
from gendan.purchasing.queries.drafts import Opened, draft_of
from gendan.purchasing.queries.names import name_of, usual_warehouse, warehouse_choices
from gendan.purchasing.queries.order_detail import order_detail
from gendan.purchasing.queries.orders import VIEW_PRICE
from gendan.purchasing.rules.draft import Draft, DraftLine, without_prices
from gendan.purchasing.steps import preview
from gendan.purchasing.views.merging import clashes, dump_draft, load_draft, tell_merged


@require_http_methods(["GET", "POST"])
def order_new(request: HttpRequest) -> HttpResponse:
    """A new order; ``?supplier=`` and ``?warehouse=`` fill the header, ``?refused=`` takes what a supplier refused."""
    actor = actor_of(request)
    actor.must("purchasing.create_order")
    if request.method == "POST":
        draft = order_draft(request, actor)
        done = commands.create_order(
            actor=actor,
            supplier=draft.supplier,
            warehouse=draft.warehouse,
            currency=draft.currency,
            lines=lines_in(draft),
            ordered_on=draft.ordered_on,
            tax_included=draft.tax_included,
            supplier_reference=draft.supplier_reference,
            note=draft.note,
            submit=request.POST.get("then") == "submit",
        )
        return _after(request, done.number, done.state)
    if refused := request.GET.get("refused", ""):
        draft, names = _elsewhere(actor, refused)
        return render(request, "purchasing/order_form.html", _context(actor, draft, names=names, source=refused))
    usual = usual_warehouse(actor, warehouse_choices(actor))
    draft = Draft(
        supplier=request.GET.get("supplier", "")[:64],
        warehouse=request.GET.get("warehouse", "")[:64] or usual,
        ordered_on=actor.today(),
    )
    return render(request, "purchasing/order_form.html", _context(actor, draft))


def _elsewhere(actor: Actor, number: str) -> tuple[Draft, dict[str, str]]:
    """What the supplier of an order refused, to be ordered from somebody else."""
    detail = order_detail(actor, number)
    lines = [line for line in detail.lines if line["refused_open"] > 0]
    draft = Draft(
        supplier="",
        warehouse=detail.header["warehouse"],
        ordered_on=actor.today(),
        lines=tuple(
            DraftLine(
                line["product"],
                line["refused_open"],
                unit=line["unit"],
                required_on=line["required_on"],
                note=_("%(number)s 第 %(line)s 行供应商拒绝") % {"number": number, "line": line["line"]},
            )
            for line in lines
        ),
    )
    return draft, {f"product:{line['product']}": line["product_name"] for line in lines}


@require_http_methods(["GET", "POST"])
def order_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change a draft. What others changed meanwhile is merged; what both changed is shown for a decision."""
    actor = actor_of(request)
    actor.must("purchasing.update_order")
    if request.method == "POST":
        return _save(request, actor, number)
    opened = draft_of(actor, number)
    if opened.state != "draft":
        raise WrongState(number=number, state=state_label(PurchaseOrder, opened.state), action=str(UPDATE))
    return render(request, "purchasing/order_form.html", _context(actor, opened.draft, opened))


def _save(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    draft, base = order_draft(request, actor), load_draft(Draft, request.POST.get("base", ""))
    try:
        done = commands.update_order(actor=actor, number=number, draft=draft, version=version_of(request), base=base)
    except DraftChanged as conflict:
        opened = draft_of(actor, number)
        context = _context(actor, conflict.merged, replace(opened, draft=conflict.theirs))
        context.update(clashes(conflict))
        return render(request, "purchasing/order_form.html", context, status=422)
    tell_merged(request, done)
    if request.POST.get("then") == "submit":
        key = actor.idempotency_key
        submitting = replace(actor, idempotency_key=f"{key}:submit" if key else None)
        done = commands.submit_order(actor=submitting, number=number, version=done.version)
    return _after(request, done.number, done.state)


def _after(request: HttpRequest, number: str, state: str) -> HttpResponse:
    """A draft stays open for more; what was submitted is shown."""
    label = state_label(PurchaseOrder, state)
    messages.success(request, _("%(number)s 已保存：%(state)s") % {"number": number, "state": label})
    page = "purchasing:order_edit" if state == "draft" else "purchasing:order_detail"
    return redirect_to(request, reverse(page, args=[number]))


def _context(
    actor: Actor,
    draft: Draft,
    opened: Opened[Draft] | None = None,
    *,
    names: dict[str, str] | None = None,
    source: str = "",
) -> dict[str, Any]:
    names = opened.names if opened else names or {}
    prices = actor.may(VIEW_PRICE)
    shown = "" if not draft.supplier else name_of(actor, "partner", draft.supplier)
    taxes = [[row["code"], row["name"]] for row in choices(actor, "taxes")]
    return {
        "actor": actor,
        "draft": draft,
        "opened": opened,
        "source": source,
        "base": dump_draft(opened.draft if prices else without_prices(opened.draft)) if opened else "",
        "lines": grid_lines(draft, names, prices),
        "supplier_shown": shown,
        "warehouses": warehouse_choices(actor),
        "currencies": [(row["code"], f"{row['code']} {row['name']}") for row in choices(actor, "currencies")],
        "taxes": taxes,
        "prices": prices,
        "errors": {},
        "conflict": None,
    }


@require_POST
def order_totals(request: HttpRequest) -> JsonResponse:
    """What the grid would cost: amounts, list prices, hints and errors by cell; nothing is written."""
    actor = actor_of(request)
    actor.must("purchasing.view")
    lines, unreadable = preview_lines(request)
    posted = request.POST
    try:
        on = to_date(posted["ordered_on"]) if posted.get("ordered_on") else actor.today()
    except BadValue:
        on = actor.today()
    units = preview.default_units(actor, lines)
    lines = [replace(line, unit=unit) for line, unit in zip(lines, units, strict=True)]
    included = posted.get("tax_included") == "1"
    found = preview.preview(
        actor, posted.get("supplier", ""), posted.get("warehouse", ""), posted.get("currency", ""), lines, on, included
    )
    prices = actor.may(VIEW_PRICE)
    rows = []
    for line, sums, price, unit in zip(lines, found.lines, found.prices, units, strict=True):
        row = {"unit": unit, "amount": _money(sums.gross if included else sums.net) if sums and prices else ""}
        if prices and line.unit_price is None and price is not None:
            row["unit_price"] = str(plain(price))
        rows.append(row)
    totals = []
    if prices:
        totals = [
            [_("不含税"), _money(found.total("net"))],
            [_("税额"), _money(found.total("tax"))],
            [_("合计"), f"{_money(found.total('gross'))} {found.currency}".strip()],
        ]
    hints = {name: text for name, text in found.hints.items() if prices or not name.endswith("unit_price")}
    errors = {**found.errors, **unreadable}
    return JsonResponse({"lines": rows, "totals": totals, "hints": hints, "errors": errors})


def _money(value: Any) -> str:
    return f"{value:,.2f}"
