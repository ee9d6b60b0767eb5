"""What an inspector decides of an inspection's lines: the buttons of its page, which quality shows."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import BadValue, to_integer, to_number
from gendan.purchasing import commands
from gendan.purchasing.posted import version_of
from gendan.purchasing.rules.inspection import InspectIn
from gendan.quality.commands import request_concession
from gendan.quality.queries.inspections import inspection_detail
from gendan.quality.rules.inspection import WishIn


@require_POST
def inspection_decide(request: HttpRequest, number: str) -> HttpResponse:
    """Accept and reject quantities of the lines; what is left waits on."""
    actor, posted = actor_of(request), request.POST
    found = inspection_detail(actor, number)
    verdicts, problems = [], {}
    names = ("source_line", "accepted", "rejected", "bin", "note")
    for n, values in enumerate(zip(*(posted.getlist(name) for name in names), strict=False)):
        line, accepted, rejected, bin_code, note = (value.strip() for value in values)
        try:
            good, bad = to_number(accepted or "0"), to_number(rejected or "0")
            if good or bad:
                whole = f"sorted-{line}" in posted
                verdicts.append(InspectIn(to_integer(line), good, bad, bin_code, note[:300], whole))
        except BadValue as wrong:
            problems[f"accepted.{n}"] = wrong.text
    if problems:
        raise Invalid({**problems})
    if not verdicts:
        raise Invalid({"lines": _("请填写合格或不合格数量。")})
    commands.inspect_receipt(actor=actor, number=found["source_number"], lines=verdicts)
    messages.success(request, _("检验结果已登记"))
    return redirect_to(request, reverse("quality:inspection_detail", args=[number]))


@require_POST
def inspection_wish(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for a concession; who may let it take effect does so at once."""
    actor, posted = actor_of(request), request.POST
    wishes = []
    for line, quantity, bin_code in zip(*(posted.getlist(name) for name in ("line", "quantity", "bin")), strict=False):
        try:
            amount = to_number(quantity.strip() or "0")
            if amount > Decimal(0):
                wishes.append(WishIn(to_integer(line), amount, bin_code.strip()))
        except BadValue as wrong:
            raise Invalid({"quantity": wrong.text}) from wrong
    if not wishes:
        raise Invalid({"quantity": _("请填写让步接收的数量。")})
    request_concession(actor=actor, number=number, lines=wishes, reason=posted.get("reason", ""))
    if actor.may("purchasing.concede_goods"):
        return _concede(request, number, None)
    messages.success(request, _("已申请让步接收，等待批准"))
    return redirect_to(request, reverse("quality:inspection_detail", args=[number]))


@require_POST
def inspection_concede(request: HttpRequest, number: str) -> HttpResponse:
    """Let a concession that was asked for take effect."""
    return _concede(request, number, version_of(request))


def _concede(request: HttpRequest, number: str, version: int | None) -> HttpResponse:
    actor = actor_of(request)
    done = commands.concede_goods(actor=actor, number=number, version=version)
    waits = done.data.get("approval") == "running"
    messages.success(request, _("已提交审批，同意后自动生效") if waits else _("已让步接收"))
    return redirect_to(request, reverse("quality:inspection_detail", args=[number]))
