"""The form of a sales order: new, changed together with others; its totals and days while somebody types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
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
from gendan.kernel.errors import Invalid, WrongState, plain
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import Done
from gendan.kernel.values import BadValue, to_date
from gendan.purchasing.errors import DraftChanged
from gendan.purchasing.forms import posted_lines
from gendan.purchasing.posted import version_of
from gendan.purchasing.queries.drafts import Opened
from gendan.purchasing.queries.names import name_of, warehouse_choices
from gendan.purchasing.views.merging import clashes, dump_draft, load_draft, tell_merged
from gendan.sales import commands
from gendan.sales.commands.update_order import EDITABLE, UPDATE
from gendan.sales.forms import grid_lines, lines_in, order_draft, preview_lines
from gendan.sales.models import SalesOrder
from gendan.sales.queries.available import AskIn, Available, available
from gendan.sales.queries.drafts import address_name, draft_of, usual_warehouse
from gendan.sales.queries.orders import VIEW_PRICE
from gendan.sales.rules.draft import Draft, without_prices
from gendan.sales.rules.lines import LineIn
from gendan.sales.steps import preview
from gendan.sales.views.orders import tell_short


@require_http_methods(["GET", "POST"])
def order_new(request: HttpRequest) -> HttpResponse:
    """A new order; ``?customer=`` and ``?warehouse=`` fill the header."""
    actor = actor_of(request)
    actor.must("sales.create_order")
    if request.method == "POST":
        draft = order_draft(request, actor)
        done = commands.create_order(
            actor=actor,
            customer=draft.customer,
            warehouse=draft.warehouse,
            currency=draft.currency,
            ship_to=draft.ship_to,
            lines=lines_in(draft),
            ordered_on=draft.ordered_on,
            requested_on=draft.requested_on,
            tax_included=draft.tax_included,
            customer_reference=draft.customer_reference,
            note=draft.note,
            back_order=draft.back_order,
            submit=request.POST.get("then") == "submit",
        )
        return _after(request, done)
    draft = Draft(
        customer=request.GET.get("customer", "")[:64],
        warehouse=request.GET.get("warehouse", "")[:64] or usual_warehouse(actor, warehouse_choices(actor)),
        ordered_on=actor.today(),
    )
    return render(request, "sales/order_form.html", _context(actor, draft))


@require_http_methods(["GET", "POST"])
def order_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change an order that has not left. What others changed meanwhile is merged; clashes are shown for a decision."""
    actor = actor_of(request)
    actor.must("sales.update_order")
    if request.method == "POST":
        return _save(request, actor, number)
    opened = draft_of(actor, number)
    if opened.state not in EDITABLE:
        raise WrongState(number=number, state=state_label(SalesOrder, opened.state), action=str(UPDATE))
    return render(request, "sales/order_form.html", _context(actor, opened.draft, opened))


def _save(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    draft, base = order_draft(request, actor), load_draft(Draft, request.POST.get("base", ""))
    try:
        done = commands.update_order(actor=actor, number=number, draft=draft, version=version_of(request), base=base)
    except DraftChanged as conflict:
        opened = draft_of(actor, number)
        context = _context(actor, conflict.merged, replace(opened, draft=conflict.theirs))
        context.update(clashes(conflict))
        return render(request, "sales/order_form.html", context, status=422)
    tell_merged(request, done)
    if request.POST.get("then") == "submit" and done.state == "draft":
        key = actor.idempotency_key
        submitting = replace(actor, idempotency_key=f"{key}:submit" if key else None)
        done = commands.submit_order(actor=submitting, number=number, version=done.version)
    return _after(request, done)


def _after(request: HttpRequest, done: Done) -> HttpResponse:
    """A draft stays open for more; what was submitted is shown, with what there is to say of it."""
    label = state_label(SalesOrder, done.state)
    messages.success(request, _("%(number)s 已保存：%(state)s") % {"number": done.number, "state": label})
    tell_short(request, done)
    page = "sales:order_edit" if done.state == "draft" else "sales:order_detail"
    return redirect_to(request, reverse(page, args=[done.number]))


def _context(actor: Actor, draft: Draft, opened: Opened[Draft] | None = None) -> dict[str, Any]:
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
        "back_orders": SalesOrder.BackOrder.choices,
        "errors": {},
        "conflict": None,
    }


@require_POST
def order_totals(request: HttpRequest) -> JsonResponse:
    """What the grid would cost and when it could leave: amounts, prices, days, hints and errors by cell."""
    actor = actor_of(request)
    actor.must("sales.view")
    lines, unreadable = preview_lines(request)
    posted, on = request.POST, _day(actor, request.POST.get("ordered_on", ""))
    units = preview.default_units(actor, lines)
    lines = [replace(line, unit=unit) for line, unit in zip(lines, units, strict=True)]
    included = posted.get("tax_included") == "1"
    found = preview.preview(
        actor, posted.get("customer", ""), posted.get("warehouse", ""), posted.get("currency", ""), lines, on, included
    )
    prices = actor.may(VIEW_PRICE)
    errors = {**found.errors, **unreadable}
    there = when_available(actor, request, lines, errors)
    rows = []
    for n, (line, sums, unit) in enumerate(zip(lines, found.lines, units, strict=True)):
        row = {"unit": unit, "amount": _money(sums.gross if included else sums.net) if sums and prices else ""}
        price, discount = found.prices[n], found.discounts[n]
        if prices and line.unit_price is None and price is not None:
            row["unit_price"] = str(plain(price))
        if prices and line.discount is None and price is not None:
            row["discount"] = str(plain(discount)) if discount else ""
        row["available"] = there[n].text if n in there else ""
        rows.append(row)
    totals = []
    if prices:
        totals = [
            [_("不含税"), _money(found.total("net"))],
            [_("税额"), _money(found.total("tax"))],
            [_("合计"), f"{_money(found.total('gross'))} {found.currency}".strip()],
        ]
    hints = {name: text for name, text in found.hints.items() if prices or not name.endswith("unit_price")}
    hints |= {
        f"lines.{n}.requested_on": _("最早 %(day)s") % {"day": each.on} for n, each in there.items() if _late(each)
    }
    return JsonResponse({"lines": rows, "totals": totals, "hints": hints, "errors": errors})


def _day(actor: Actor, text: str) -> date:
    try:
        return to_date(text) if text else actor.today()
    except BadValue:
        return actor.today()


def _late(each: Available) -> bool:
    return each.wished is not None and each.on is not None and each.on > each.wished


def when_available(
    actor: Actor, request: HttpRequest, lines: Sequence[LineIn], errors: dict[str, str]
) -> dict[int, Available]:
    """When each line that can be read could leave, by its place; nothing where no warehouse is chosen yet."""
    try:
        wish = to_date(request.POST["requested_on"]) if request.POST.get("requested_on") else None
    except BadValue:
        wish = None
    bad = {int(name.split(".")[1]) for name in errors if name.startswith("lines.")}
    known = {n: line for n, line in enumerate(lines) if n not in bad and line.product}
    if not known or not request.POST.get("warehouse"):
        return {}
    asked = [AskIn(e.product, e.quantity, e.unit, e.requested_on or wish) for e in known.values()]
    own = [row["id"] for row in posted_lines(request) if isinstance(row.get("id"), int)]
    try:
        return dict(zip(known, available(actor, request.POST["warehouse"], asked, own), strict=True))
    except Invalid:
        return {}


def _money(value: Any) -> str:
    return f"{value:,.2f}"
