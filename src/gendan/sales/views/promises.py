"""Promised days of an order, why its lines have no stock, and other goods for them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import BadValue, to_date, to_integer, to_number
from gendan.purchasing.posted import version_of
from gendan.sales import commands
from gendan.sales.forms import preview_lines
from gendan.sales.models import SalesPromise
from gendan.sales.permissions import VIEW
from gendan.sales.queries.promised import promised
from gendan.sales.queries.why import why_not_reserved
from gendan.sales.rules.promises import PromiseIn
from gendan.sales.steps.preview import default_units
from gendan.sales.views.order_form import when_available

SOURCES = dict(SalesPromise.Source.choices)


@require_GET
def order_why(request: HttpRequest, number: str) -> HttpResponse:
    """A fragment below the lines of an order: why they have no stock set aside."""
    actor = actor_of(request)
    actor.must(VIEW)
    found = why_not_reserved(actor, number)
    return render(request, "sales/_why.html", {"lines": sorted(found.items())})


@require_POST
def order_available(request: HttpRequest) -> HttpResponse:
    """A fragment below the lines of the form: when each of them could leave, in full."""
    actor = actor_of(request)
    actor.must(VIEW)
    lines, unreadable = preview_lines(request)
    units = default_units(actor, lines)
    lines = [replace(line, unit=unit) for line, unit in zip(lines, units, strict=True)]
    found = when_available(actor, request, lines, unreadable)
    return render(request, "sales/_atp.html", {"found": sorted(found.items())})


@require_http_methods(["GET", "POST"])
def order_promise(request: HttpRequest, number: str) -> HttpResponse:
    """What was promised of an order and what can be promised now; new days by hand, or by supply."""
    actor = actor_of(request)
    if request.method == "POST":
        lines = None if request.POST.get("then") == "propose" else _lines(request)
        done = commands.promise_order(
            actor=actor,
            number=number,
            lines=lines,
            reason=request.POST.get("reason", ""),
            version=version_of(request),
        )
        count = len(done.data["lines"])
        said = _("%(count)s 行改了日期") % {"count": count} if count else _("日期没有变化")
        messages.success(request, f"{number} {said}")
        return redirect_to(request, reverse("sales:order_detail", args=[number]))
    found = promised(actor, number)
    context = {"actor": actor, "order": found.order, "lines": found.lines, "words": found.words, "sources": SOURCES}
    return render(request, "sales/order_promise.html", context)


def _lines(request: HttpRequest) -> list[PromiseIn]:
    """The lines with a new day, in the order of the form."""
    found, problems = [], {}
    for n, (line, text) in enumerate(
        zip(request.POST.getlist("line"), request.POST.getlist("promised_on"), strict=False)
    ):
        if not text.strip():
            continue
        try:
            found.append(PromiseIn(to_integer(line), to_date(text)))
        except BadValue as bad:
            problems[f"lines.{n}.promised_on"] = bad.text
    if problems:
        raise Invalid({**problems})
    if not found:
        raise Invalid({"lines": _("请至少填写一行的新日期。")})
    return found


def _quantity(request: HttpRequest) -> Decimal | None:
    text = request.POST.get("quantity", "").strip()
    try:
        return to_number(text) if text else None
    except BadValue as bad:
        raise Invalid({"quantity": bad.text}) from bad


def _line(request: HttpRequest, name: str = "line") -> int:
    try:
        return to_integer(request.POST.get(name, ""))
    except BadValue as bad:
        raise Invalid({name: bad.text}) from bad


@require_POST
def cover_line(request: HttpRequest) -> HttpResponse:
    """Give a line free stock or an earlier purchase instead of what it waits for; what was done, as a sentence."""
    posted = request.POST
    number = posted.get("number", "")
    done = commands.cover_line(
        actor=actor_of(request),
        number=number,
        line=_line(request),
        purchase=posted.get("purchase", ""),
        instead=posted.get("instead", ""),
        quantity=_quantity(request),
    )
    supply = posted.get("purchase", "") or _("现货")
    told = {"number": number, "amount": done.data["covered"], "supply": supply}
    return HttpResponse(escape(_("%(number)s 已改用 %(supply)s %(amount)s") % told))


@require_POST
def move_reservation(request: HttpRequest) -> HttpResponse:
    """Give what one line holds to another; what was done, as a sentence."""
    posted = request.POST
    done = commands.move_reservation(
        actor=actor_of(request),
        number=posted.get("number", ""),
        line=_line(request),
        to_number=posted.get("to_number", ""),
        to_line=_line(request, "to_line"),
        quantity=_quantity(request),
    )
    told = {"number": posted.get("to_number", ""), "from": posted.get("number", ""), "amount": done.data["moved"]}
    return HttpResponse(escape(_("%(number)s 已从 %(from)s 得到 %(amount)s") % told))
