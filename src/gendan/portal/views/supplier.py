"""The page of a supplier who was urged: what is waited for, and when it comes; no account, no prices."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.accounts.queries import letterhead, logo_of
from gendan.alerts import commands
from gendan.alerts.remedies.errors import AnswerEnded
from gendan.alerts.remedies.urging import AnswerIn, UrgeLink, answers_of, lines_of_urge, see, urge_by_token
from gendan.kernel.errors import Invalid
from gendan.kernel.values import BadValue, is_empty, to_date, to_integer, to_number
from gendan.kernel.views import download
from gendan.portal.views.door import Sort, customer, door

SUPPLIERS = Sort("urge", urge_by_token, AnswerEnded)
MOST = 2000


@require_GET
@door("read", SUPPLIERS)
def page(request: HttpRequest, link: UrgeLink, token: str) -> HttpResponse:
    """What the supplier is asked about, with what was answered so far."""
    return show(request, link, token)


def show(request: HttpRequest, link: UrgeLink, token: str) -> HttpResponse:
    """The page of an urging."""
    see(link)
    lines = lines_of_urge(link.company_id, link.id)
    said = answers_of(link.company_id, link.id)
    for line in lines:
        line["said"] = said.get((line["order"], line["line"]), {})
    context = {
        "link": link,
        "token": token,
        "waiting": [line for line in lines if line["open"] > 0],
        "come": [line for line in lines if line["open"] <= 0],
        "said": request.GET.get("said", ""),
        "company": letterhead(link.actor()),
    }
    return render(request, "portal/urge.html", context)


@require_POST
@door("write", SUPPLIERS)
def answer(request: HttpRequest, link: UrgeLink, token: str) -> HttpResponse:
    """Take the answer: the lines of which something was said."""
    if not request.POST.get("name", "").strip():
        raise Invalid({"name": _("请填写您的姓名。")})
    lines = _answers(request)
    commands.answer_urge(
        actor=customer(request, link), urge=link.id, lines=lines, note=request.POST.get("note", "").strip()[:500]
    )
    return redirect(f"{reverse('portal:urge', args=[token])}?said=answered")


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


@require_GET
@door("read", SUPPLIERS)
def logo(request: HttpRequest, link: UrgeLink, token: str) -> HttpResponse | FileResponse:
    """The company's picture."""
    sha256, media_type = logo_of(link.actor())
    return download(sha256, "logo", media_type, inline=True)
