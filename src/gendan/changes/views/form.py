"""The form of a change order: the order's own fields and grid, with whom the change hits below."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gendan.changes import commands
from gendan.changes.doors import FORMS, Form
from gendan.changes.errors import NotByChange
from gendan.changes.models import ChangeOrder
from gendan.changes.permissions import ANSWER, CREATE
from gendan.changes.queries import change_detail, shown
from gendan.changes.rules import PRICES, Content, merge
from gendan.changes.steps import in_words
from gendan.changes.targets import Order, Target, target_of
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import Invalid, WrongState
from gendan.kernel.http import actor_of, json_body, redirect_to
from gendan.kernel.subjects import page_of
from gendan.kernel.unit import Done
from gendan.kernel.values import whole

MOST = 2001
NOTE = 300


@require_http_methods(["GET", "POST"])
def change_new(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """Draft a change of an order; with ``then=submit`` it goes on at once."""
    actor, target = _may(request, kind, CREATE)
    if request.method == "POST":
        done = commands.create_change(
            actor=actor,
            kind=kind,
            order=number,
            content=_posted(request),
            reason=_text(request, "reason"),
            origin=request.POST.get("origin", ""),
            agreed="agreed" in request.POST,
            opened=_opened(request),
            submit=request.POST.get("then") == "submit",
        )
        return _after(request, done)
    found = target.read(actor, number)
    if not found.live:
        raise NotByChange(number=number, state=found.state_label)
    return _page(request, actor, target, found, shown(actor, target, found.content), {"origin": target.origin})


@require_http_methods(["GET", "POST"])
def change_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Go on with a draft."""
    actor = actor_of(request)
    change = change_detail(actor, number)
    target: Target = change["target"]
    _may(request, target.kind, CREATE)
    if request.method == "POST":
        done = commands.update_change(
            actor=actor,
            number=number,
            content=_posted(request),
            reason=_text(request, "reason"),
            origin=request.POST.get("origin", ""),
            agreed="agreed" in request.POST,
            opened=_opened(request),
            version=whole(request.POST.get("version", "")),
        )
        if request.POST.get("then") == "submit":
            key = actor.idempotency_key
            again = actor.with_key(f"{key}:submit" if key else None)
            done = commands.submit_change(actor=again, number=number, version=done.version)
        return _after(request, done)
    if change["state"] not in commands.CORRECTABLE:
        raise WrongState(number=number, state=change["state_label"], action=str(commands.UPDATE))
    if change["state"] == "approved":  # the partner agreed to something else than it is going to be
        change["agreed"] = False
    order = target.read(actor, change["order_number"])
    content, clashes = merge(change["base"], change["content"], shown(actor, target, order.content))
    if clashes:
        messages.warning(
            request, _("订单已被改过：%(changes)s。保存后以这里填写的为准。") % {"changes": in_words(clashes)}
        )
    return _page(request, actor, target, order, content, change)


@require_http_methods(["GET", "POST"])
def change_counter(request: HttpRequest, number: str) -> HttpResponse:
    """What the partner would agree to instead."""
    actor = actor_of(request)
    change = change_detail(actor, number)
    target: Target = change["target"]
    _may(request, target.kind, ANSWER)
    if request.method == "POST":
        done = commands.counter_change(
            actor=actor,
            number=number,
            content=_posted(request),
            note=_text(request, "reason"),
            version=whole(request.POST.get("version", "")),
        )
        return _after(request, done)
    if change["state"] != "awaiting_partner":
        raise WrongState(number=number, state=change["state_label"], action=str(commands.COUNTER))
    order = target.read(actor, change["order_number"])
    return _page(request, actor, target, order, change["content"], {**change, "reason": ""}, counter=True)


@require_POST
def change_impact(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """Whom the change hits, while somebody types; what cannot be read yet hits nobody."""
    actor = actor_of(request)
    target = target_of(kind)
    actor.must(target.view)
    found = target.read(actor, number)
    try:
        content = target.clean(_posted(request), found.content)
    except Invalid:
        content = found.content
    impact = target.impact(actor, found, content) if target.impact_template else None
    if impact is None:
        return HttpResponse("")
    return render(request, target.impact_template, {"actor": actor, "impact": impact})


def _may(request: HttpRequest, kind: str, permission: str) -> tuple[Actor, Target]:
    actor, target = actor_of(request), target_of(kind)
    actor.must(permission)
    actor.must(target.edit)
    return actor, target


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()[:NOTE]


def _posted(request: HttpRequest) -> Content:
    """The form's fields, as target.clean reads them."""
    rows = json_body(request)
    lines = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return {**request.POST.dict(), "lines": [row for row in lines if row.get("product")][:MOST]}


def _opened(request: HttpRequest) -> Content | None:
    """What the form was opened with; None when there is none that can be read."""
    try:
        found = json.loads(request.POST.get("base", ""))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("lines"), list) else None


def _page(
    request: HttpRequest,
    actor: Actor,
    target: Target,
    order: Order,
    content: Content,
    change: dict[str, Any],
    *,
    counter: bool = False,
) -> HttpResponse:
    form: Form = FORMS[target.kind](actor, order, content)
    prices = actor.may(target.price)
    number, place = change.get("number"), (target.kind, order.subject.number)
    page = "changes:change_counter" if counter else "changes:change_edit"
    context = {
        "actor": actor,
        "target": target,
        "order": order,
        "content": content,
        "change": change,
        "counter": counter,
        "form": form,
        "lines": [_row(line, prices=prices) for line in content["lines"]],
        "base": json.dumps(shown(actor, target, order.content), ensure_ascii=False),
        "back": reverse("changes:change_detail", args=[number]) if number else page_of(*place),
        "post": reverse(page, args=[number]) if number else reverse(f"changes:change_{target.kind}", args=place[1:]),
        "origins": [
            ("own", _("我方提出，要%(partner)s同意") % {"partner": target.partner_label}),
            ("partner", _("%(partner)s提出，由我方代录") % {"partner": target.partner_label}),
        ],
        "errors": {},
    }
    return render(request, "changes/change_form.html", context)


def _row(line: dict[str, Any], *, prices: bool) -> dict[str, Any]:
    """A line as the grid shows it."""
    row = {name: value for name, value in line.items() if prices or name not in PRICES}
    row["product_label"] = f"{line['product']} {line['product_name']}".strip()
    if row.get("discount") == "0":
        row["discount"] = ""
    if row["id"] is None:
        del row["id"]
    return row


def _after(request: HttpRequest, done: Done) -> HttpResponse:
    label = state_label(ChangeOrder, done.state)
    messages.success(request, _("%(number)s 已保存：%(state)s") % {"number": done.number, "state": label})
    return redirect_to(request, reverse("changes:change_detail", args=[done.number]))
