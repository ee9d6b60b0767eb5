"""A supplier answers a corrective action: cause, what is done about it, who, until when, with pictures."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gendan.kernel.errors import Invalid
from gendan.kernel.values import BadValue, to_date, whole
from gendan.portal import commands
from gendan.portal.queries.supplier_actions import action_of
from gendan.portal.queries.visitors import Visitor, looked
from gendan.portal.views.door import customer, door
from gendan.portal.views.supplier_goods import kept
from gendan.portal.views.supplier_order import SUPPLIERS, named, needs, shown


@require_GET
@door("read", SUPPLIERS)
def action(request: HttpRequest, link: Visitor, token: str, number: str) -> HttpResponse:
    """What is asked, until when, and what was answered."""
    found = action_of(link, number)
    looked(link)
    return shown(request, link, token, "portal/supplier_action.html", found=found, may=link.may("answer"))


@require_POST
@door("write", SUPPLIERS)
def answer(request: HttpRequest, link: Visitor, token: str, number: str) -> HttpResponse:
    """Take the answer."""
    needs(link, "answer")
    action_of(link, number)
    named(request, link)
    posted = request.POST
    commands.answer_corrective(
        actor=customer(request, link),
        number=number,
        supplier=link.partner_id,
        cause=posted.get("cause", ""),
        action=posted.get("action", ""),
        contact=posted.get("contact", ""),
        done_by=_day(posted.get("done_by", "")),
        files=kept(request, link, "photos", pictures=True),
        version=whole(posted.get("version", "")),
    )
    return redirect(f"{reverse('portal:supplier_action', args=[token, number])}?said=answered")


def _day(text: str) -> date | None:
    try:
        return to_date(text) if text.strip() else None
    except BadValue as bad:
        raise Invalid({"done_by": bad.text}) from bad
