"""The form of a return to a supplier whose goods have not left; what others changed meanwhile is merged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import BadValue, to_date, to_integer, to_number, whole
from gendan.purchasing import commands
from gendan.purchasing.errors import DraftChanged
from gendan.purchasing.models import PurchaseReturn, PurchaseReturnLine
from gendan.purchasing.posted import version_of
from gendan.purchasing.queries import purchase_returns as queries
from gendan.purchasing.queries.drafts import return_draft
from gendan.purchasing.rules.returned import ZERO, ReturnDraft, ReturnDraftLine
from gendan.purchasing.views.merging import clashes, dump_draft, load_draft, tell_merged

Row = dict[str, Any]
NAMES = ("receipt", "line", "rejected", "quantity", "reason", "line_note", "id", "bin")


@require_http_methods(["GET", "POST"])
def return_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change quantities, reasons and what is wanted of the supplier."""
    actor = actor_of(request)
    actor.must("purchasing.create_return")
    if request.method == "POST":
        return _save(request, actor, number)
    found = queries.return_detail(actor, number)
    return render(request, "purchasing/return_edit.html", _form(actor, found, return_draft(actor, number).draft))


def _form(actor: Actor, found: Row, draft: ReturnDraft) -> Row:
    """The form with ``draft`` in it: its lines first, then what else of the same receipts may go back."""
    now = return_draft(actor, found["number"]).draft
    receipts = sorted({line.receipt for line in (*draft.lines, *now.lines)})
    known = {(row["receipt"], row["line"]): row for row in queries.returnable(actor, receipts)}
    held: dict[tuple[str, int, bool], Decimal] = {}
    for line in now.lines:
        key = line.receipt, line.line, line.rejected
        held[key] = held.get(key, ZERO) + line.quantity
    rows = []
    for line in draft.lines:
        if source := known.get((line.receipt, line.line)):
            rows.append(_row(source, line, held))
    asked = {(line.receipt, line.line, line.rejected) for line in draft.lines}
    for source in known.values():
        for rejected in (True, False):
            if (source["receipt"], source["line"], rejected) not in asked:
                empty = ReturnDraftLine(source["receipt"], source["line"], ZERO, "quality", rejected)
                rows.append(_row(source, empty, held))
    return {
        "actor": actor,
        "found": found,
        "draft": draft,
        "lines": [row for row in rows if row["open"] > 0 or row["asked"]],
        "base": dump_draft(now),
        "errors": {},
        "conflict": None,
        "reasons": PurchaseReturnLine.Reason.choices,
        "settlements": PurchaseReturn.Settlement.choices,
    }


def _row(source: Row, line: ReturnDraftLine, held: dict[tuple[str, int, bool], Decimal]) -> Row:
    left = source["rejects"] if line.rejected else source["accepted"]
    room = left + held.get((line.receipt, line.line, line.rejected), ZERO)
    return {**source, "rejected": line.rejected, "open": room, "asked": line}


def _save(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    draft = _posted(request)
    base = load_draft(ReturnDraft, request.POST.get("base", ""))
    try:
        done = commands.update_return(actor=actor, number=number, draft=draft, version=version_of(request), base=base)
    except DraftChanged as conflict:
        context = _form(actor, queries.return_detail(actor, number), conflict.merged)
        context.update(clashes(conflict))
        return render(request, "purchasing/return_edit.html", context, status=422)
    tell_merged(request, done)
    return redirect_to(request, reverse("purchasing:return_detail", args=[number]))


def _posted(request: HttpRequest) -> ReturnDraft:
    posted, problems = request.POST, {}
    lines: list[ReturnDraftLine] = []
    for n, values in enumerate(zip(*(posted.getlist(name) for name in NAMES), strict=False)):
        receipt, line, rejected, quantity, reason, note, id_, bin_code = (value.strip() for value in values)
        try:
            amount = to_number(quantity or "0")
            if amount:
                lines.append(
                    ReturnDraftLine(
                        receipt, to_integer(line), amount, reason, rejected == "1", bin_code, note[:300], whole(id_)
                    )
                )
        except BadValue as wrong:
            problems[f"quantity.{n}"] = wrong.text
    day: date | None = None
    try:
        day = to_date(posted["replace_on"]) if posted.get("replace_on", "").strip() else None
    except BadValue as wrong:
        problems["replace_on"] = wrong.text
    if problems:
        raise Invalid({**problems})
    if not lines:
        raise Invalid({"lines": _("请填写要退的数量。")})
    draft = ReturnDraft(posted.get("settlement", "replace"), posted.get("contact", "").strip()[:120])
    return replace(draft, note=posted.get("note", "").strip()[:1000], replace_on=day, lines=tuple(lines))
