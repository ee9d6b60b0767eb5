"""Pages of stock-takes: list, review, and the counting itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.catalog.queries import product_by_barcode
from gendan.flow.queries.progress import progress
from gendan.inventory import commands, queries
from gendan.inventory.errors import NotOnList
from gendan.inventory.forms import quantity_of, scope, version_of
from gendan.inventory.queries.counting import as_quantity
from gendan.inventory.queries.losses import losers_of_count
from gendan.inventory.views.shared import copied, history, in_approval, list_context, warehouses
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import whole

LARGE = 20
SELDOM = ("lot", "previous", "added", "moved_since", "value")
ZERO = Decimal(0)


@require_GET
def count_list(request: HttpRequest) -> HttpResponse:
    """Stock-takes, the running ones first."""
    actor = actor_of(request)
    return render(request, "inventory/count_list.html", list_context(request, actor, "count"))


@require_http_methods(["GET", "POST"])
def count_new(request: HttpRequest) -> HttpResponse:
    """A new count list."""
    actor = actor_of(request)
    if request.method == "POST":
        start = request.POST.get("then") == "start"
        done = commands.create_count(
            actor=actor,
            warehouse=request.POST.get("warehouse", ""),
            scope=scope(request),
            blind="blind" in request.POST,
            reason=request.POST.get("reason", "")[:200],
            start=start,
        )
        messages.success(request, _("%(number)s：清单共 %(n)s 行。") % {"number": done.number, "n": done.data["lines"]})
        page = "inventory:counting" if start else "inventory:count"
        return redirect_to(request, reverse(page, args=[done.number]))
    actor.must("inventory.create_count")
    context: dict[str, Any] = {"actor": actor, "document": None, "scope": {}, "warehouses": warehouses(actor)}
    return render(request, "inventory/count_form.html", context)


@require_http_methods(["GET", "POST"])
def count_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change what a draft counts."""
    actor = actor_of(request)
    if request.method == "POST":
        done = commands.update_count(
            actor=actor,
            number=number,
            warehouse=request.POST.get("warehouse", ""),
            **asdict(scope(request)),
            blind="blind" in request.POST,
            reason=request.POST.get("reason", "")[:200],
            version=version_of(request),
        )
        messages.success(request, _("%(number)s：清单共 %(n)s 行。") % {"number": number, "n": done.data["lines"]})
        return redirect_to(request, reverse("inventory:count", args=[number]))
    actor.must("inventory.create_count")
    document = queries.document(actor, "count", number)
    context = {
        "actor": actor,
        "document": document,
        "scope": json.loads(document["scope"]),
        "warehouses": warehouses(actor),
    }
    return render(request, "inventory/count_form.html", context)


@require_GET
def count_detail(request: HttpRequest, number: str) -> HttpResponse:
    """A stock-take: its list, and under review its differences."""
    actor = actor_of(request)
    document = queries.document(actor, "count", number)
    lines, reviewed = document["lines"], document["state"] in ("review", "posted")
    shows = {
        "different": [line for line in lines if line["difference"]],
        "large": [line for line in lines if _is_large(line)],
        "uncounted": [line for line in lines if line["counted"] is None],
        "all": lines,
    }
    show = request.GET.get("show", "different" if reviewed else "all")
    if show not in shows:
        show = "all"
    shown = sorted(shows[show], key=_weight, reverse=True) if show in ("different", "large") else shows[show]
    if reviewed:
        for line in shown:
            found = "–" if line["counted"] is None else f"{line['counted'].normalize():,f}"
            line["figures"] = f"{line['expected'].normalize():,f} → {found} {line['unit_name']}"
    context = {
        "actor": actor,
        "document": document,
        "lines": shown,
        "show": show,
        "shows": {name: len(found) for name, found in shows.items()},
        "reviewed": reviewed,
        "has": {name: any(line[name] for line in lines) for name in SELDOM},
        "scope": json.loads(document["scope"]),
        "uncounted": len(shows["uncounted"]),
        "plus": _sum(lines, 1),
        "minus": _sum(lines, -1),
        "currency": queries.company_currency(actor),
        "losers": losers_of_count(actor, number) if document["state"] == "review" else [],
        "history": history(actor, "count", document["id"]),
        "approval": progress(actor, "count", document["id"]),
    }
    return render(request, "inventory/count_detail.html", context)


def _is_large(line: Mapping[str, Any]) -> bool:
    """Whether a difference is a twentieth of the books or more."""
    return bool(line["difference"]) and abs(line["difference"]) * LARGE >= line["expected"]


def _weight(line: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """What to look at first: money, then the part of what the books say."""
    part = abs(line["difference"] / line["expected"]) if line["expected"] else Decimal("inf")
    return abs(line["value"] or ZERO), part


def _sum(lines: Iterable[Mapping[str, Any]], sign: int) -> tuple[int, Decimal]:
    """How many lines differ in one direction, and what they are worth."""
    found = [line for line in lines if line["difference"] and line["difference"] * sign > 0]
    return len(found), sum((line["value"] for line in found if line["value"]), ZERO)


@require_POST
def count_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Start, finish, recount, post, copy or cancel."""
    actor, version = actor_of(request), version_of(request)
    page = "inventory:count"
    if verb == "copy":
        return copied(request, number, commands.copy_count(actor=actor, number=number))
    if verb == "start":
        commands.start_count(actor=actor, number=number, version=version)
        page = "inventory:counting"
    elif verb == "finish":
        uncounted = request.POST.get("uncounted", "refuse")
        done = commands.finish_count(actor=actor, number=number, uncounted=uncounted, version=version)
        messages.success(request, _("盘点结束，有 %(n)s 处差异待复核。") % {"n": done.data["differences"]})
    elif verb == "recount":
        chosen = [n for line in request.POST.getlist("ids") if (n := whole(line)) is not None]
        done = commands.recount(actor=actor, number=number, lines=chosen or None, version=version)
        messages.success(request, _("%(n)s 行已退回重新盘点。") % {"n": done.data["lines"]})
    elif verb == "post":
        done = commands.post_count(actor=actor, number=number, version=version)
        if not in_approval(request, done):
            said = _("%(number)s 已过账，%(n)s 处差异已入账。") % {"number": number, "n": done.data["differences"]}
            messages.success(request, said)
    else:
        commands.cancel_document(
            actor=actor, number=number, reason=request.POST.get("reason", "").strip(), version=version
        )
        messages.success(request, _("%(number)s 已取消。") % {"number": number})
    return redirect_to(request, reverse(page, args=[number]))


@require_GET
def counting(request: HttpRequest, number: str) -> HttpResponse:
    """The page for a scanner and thumbs."""
    actor = actor_of(request)
    actor.must("inventory.count_line")
    state = queries.counting(actor, number, request.GET.get("place", ""))
    return render(request, "inventory/counting.html", {"actor": actor, "count": state, "said": None})


@require_POST
def count_scan(request: HttpRequest, number: str) -> HttpResponse:
    """What was scanned: a bin is where one stands, a product counts one, a quantity corrects the last line."""
    actor = actor_of(request)
    actor.must("inventory.count_line")
    code, place = request.POST.get("code", "").strip()[:120], request.POST.get("place", "")
    last = request.POST.get("last", "")
    try:
        said, place = _scan(actor, number, code, place, last)
    except NotOnList as refusal:
        known = product_by_barcode(actor, code)
        said = {"ok": False, "text": str(refusal), "new": code, "lot_tracked": bool(known and known["lot_tracked"])}
    except AppError as refusal:
        said = _refused(refusal)
    return _work(request, actor, number, place, said)


@require_POST
def count_enter(request: HttpRequest, number: str) -> HttpResponse:
    """A typed quantity of a line, or a product that the list did not know."""
    actor = actor_of(request)
    place = request.POST.get("place", "")
    line = request.POST.get("line", "")
    try:
        done = commands.count_line(
            actor=actor,
            number=number,
            quantity=quantity_of(request),
            line=whole(line),
            product=request.POST.get("product", ""),
            place="" if line else place,
            lot=request.POST.get("lot", "").strip(),
            add="add" in request.POST,
            new="new" in request.POST,
        )
        said = _counted(done.data)
    except AppError as refusal:
        said = _refused(refusal)
    return _work(request, actor, number, place, said)


@require_POST
def count_undo(request: HttpRequest, number: str, entry: int) -> HttpResponse:
    """Take one of the last entries back."""
    actor = actor_of(request)
    try:
        done = commands.undo_count_entry(actor=actor, number=number, entry=entry)
        said = {
            "ok": True,
            "text": _("已撤销：%(product)s") % {"product": done.data["product"]},
            "line": done.data["line"],
        }
    except AppError as refusal:
        said = _refused(refusal)
    return _work(request, actor, number, request.POST.get("place", ""), said)


def _scan(actor: Actor, number: str, code: str, place: str, last: str) -> tuple[dict[str, Any], str]:
    """What a scan did, and the bin where one stands now."""
    quantity, line = as_quantity(code), whole(last)
    if quantity is not None and line is not None and queries.scanned(actor, number, code) is None:
        done = commands.count_line(actor=actor, number=number, quantity=quantity, line=line)
        return _counted(done.data), place
    found = queries.scanned(actor, number, code)
    if found and found["what"] == "bin":
        return {"ok": True, "text": _("库位 %(place)s") % {"place": found["code"]}}, found["code"]
    lot = found["lot"] if found and found["what"] == "lot" else ""
    product = found["code"] if lot and found else code
    done = commands.count_line(
        actor=actor, number=number, quantity=Decimal(1), product=product, place=place, lot=lot, add=True
    )
    return _counted(done.data), place


def _counted(data: dict[str, Any]) -> dict[str, Any]:
    what = " ".join(filter(None, (data["product"], data["lot"])))
    return {"ok": True, "text": what, "line": data["line"], "counted": data["counted"], "bin": data["bin"]}


def _refused(refusal: AppError) -> dict[str, Any]:
    """A page with one field at a time says only what is wrong with it."""
    text = " ".join(refusal.fields.values()) if isinstance(refusal, Invalid) else str(refusal)
    return {"ok": False, "text": text}


def _work(request: HttpRequest, actor: Actor, number: str, place: str, said: dict[str, Any]) -> HttpResponse:
    state = queries.counting(actor, number, place)
    return render(request, "inventory/_counting_work.html", {"actor": actor, "count": state, "said": said})
