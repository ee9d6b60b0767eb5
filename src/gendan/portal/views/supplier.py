"""The page of a supplier who was urged: what is waited for, and when it comes; no account, no prices."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.accounts.queries import letterhead
from gendan.alerts import commands
from gendan.alerts.remedies.urging import AnswerIn
from gendan.kernel.errors import Invalid
from gendan.kernel.values import BadValue, is_empty, to_date, to_integer, to_number
from gendan.portal.errors import NotGiven, SupplierLinkEnded
from gendan.portal.queries.urgings import urging_of, urging_page
from gendan.portal.queries.visitors import PERSON, Visitor, visible_order, visitor_by_token
from gendan.portal.sessions import accounts_of, visitor_of
from gendan.portal.views.door import Sort, customer, door

SUPPLIERS = Sort("supplier", visitor_by_token, SupplierLinkEnded, visitor_of)
MOST = 2000


@require_GET
@door("read", SUPPLIERS)
def page(request: HttpRequest, link: Visitor, token: str, urge_id: int) -> HttpResponse:
    """What the supplier is asked about, with what was answered so far."""
    return render(request, "portal/urge.html", {**urging_page(link, urge_id), **frame(request, link, token)})


def frame(request: HttpRequest, link: Visitor, token: str) -> dict[str, Any]:
    """What all pages of the supplier's need."""
    said, accounts = request.GET.get("said", ""), accounts_of(request) if link.kind == PERSON else []
    return {"link": link, "token": token, "said": said, "company": letterhead(link.actor()), "accounts": accounts}


@require_POST
@door("write", SUPPLIERS)
def answer(request: HttpRequest, link: Visitor, token: str, urge_id: int) -> HttpResponse:
    """Take the answer: the lines of which something was said."""
    if not link.may("answer"):
        raise NotGiven()
    urging = urging_of(link, urge_id)
    if link.kind != PERSON and not request.POST.get("name", "").strip():
        raise Invalid({"name": _("请填写您的姓名。")})
    lines = _answers(request)
    note = request.POST.get("note", "").strip()[:500]
    commands.answer_urge(actor=customer(request, link), urge=urging["id"], lines=lines, note=note)
    order = request.POST.get("back", "")
    if order and visible_order(link, order) is not None:
        return redirect(f"{reverse('portal:supplier_order', args=[token, order])}?said=answered")
    return redirect(f"{reverse('portal:urging', args=[token, urge_id])}?said=answered")


def _answers(request: HttpRequest) -> list[AnswerIn]:
    """The posted lines; each cell that cannot be read is named by its place in the form."""
    posted, problems = request.POST, dict[str, str]()
    found: list[AnswerIn] = []
    names = ("order", "line", "kind", "on", "quantity", "rest_on", "line_note")
    same_day = posted.get("all_on", "").strip()
    for n, cells in enumerate(zip(*(posted.getlist(name) for name in names), strict=False)):
        order, line, kind, on, quantity, rest_on, note = (cell.strip() for cell in cells)
        if not kind and same_day:
            kind, on = "date", same_day
        if not kind or n >= MOST:
            continue
        place = f"{order}-{line}"
        given: dict[str, Any] = {}
        for name, text, read in (("on", on, to_date), ("quantity", quantity, to_number), ("rest_on", rest_on, to_date)):
            try:
                given[name] = None if is_empty(text) or kind == "cannot" else read(text)
            except BadValue as wrong:
                problems[f"{name}-{place}"] = wrong.text
        if kind != "cannot" and not on:
            problems[f"on-{place}"] = _("请填写日期。")
        try:
            found.append(AnswerIn(order, to_integer(line), kind, note=note[:300], **given))
        except (BadValue, TypeError):
            problems.setdefault(f"on-{place}", _("没有问到这一行，或写了不止一次。"))
    if problems:
        raise Invalid(problems)
    return found
