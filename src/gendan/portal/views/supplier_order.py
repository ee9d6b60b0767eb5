"""The supplier's pages: everything open, one order with its answer; by link or signed in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.accounts.queries import logo_of
from gendan.changes import commands as changes
from gendan.insight.queries.terms import terms_of
from gendan.kernel import db, pdf
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.values import whole
from gendan.kernel.views import download
from gendan.portal import commands
from gendan.portal.errors import NotGiven
from gendan.portal.many import check_prices
from gendan.portal.queries.supplier_actions import actions_of
from gendan.portal.queries.supplier_lines import counts_of, inquiries_of
from gendan.portal.queries.supplier_page import order_of, orders_of
from gendan.portal.queries.urgings import is_urged_for, last_urging, urgings_of, urgings_on
from gendan.portal.queries.visitors import LINK, PERSON, Visitor, looked, visible_change, visible_order
from gendan.portal.views.door import customer, door
from gendan.portal.views.supplier import SUPPLIERS, frame
from gendan.portal.views.supplier_answer import answers_in, readdressed
from gendan.portal.views.supplier_staff import order_pdf
from gendan.purchasing.prints import ORDER
from gendan.purchasing.queries.supplier_address import public_address

_SEEN = """
UPDATE purchasing_sending SET seen_at = now() WHERE order_id = %s::bigint AND seen_at IS NULL
 AND (%s::bigint IS NULL OR link_id = %s::bigint)
"""


def shown(request: HttpRequest, visitor: Visitor, token: str, template: str, **context: Any) -> HttpResponse:
    """A page of the supplier's, with what all of them need."""
    return render(request, template, {**frame(request, visitor, token), **context})


def needs(visitor: Visitor, right: str) -> None:
    """Refuse what was not given."""
    if not visitor.may(right):
        raise NotGiven()


def named(request: HttpRequest, visitor: Visitor) -> None:
    """Who comes with a link says who they are. Errors: Invalid."""
    if visitor.kind != PERSON and not request.POST.get("name", "").strip():
        raise Invalid({"name": _("请填写您的姓名。")})


@require_GET
@door("read", SUPPLIERS)
def home(request: HttpRequest, link: Visitor, token: str) -> HttpResponse:
    """Everything that was sent to the supplier and is open. A link by which nothing was sent is of an urging of old."""
    looked(link)
    orders, urgings = orders_of(link, link.actor().today()), urgings_of(link)
    if link.kind == LINK and not orders and len(urgings) < 2 and (urge := last_urging(link)) is not None:
        return redirect(reverse("portal:urging", args=[token, urge]))
    more: dict[str, Any] = {"counts": counts_of(link, link.actor().today()), "inquiries": inquiries_of(link)}
    more["actions"] = actions_of(link)
    more["scorecard"] = terms_of(link.company_id)[0].shown
    return shown(request, link, token, "portal/supplier_home.html", orders=orders, urgings=urgings, **more)


@require_GET
@door("read", SUPPLIERS)
def order(request: HttpRequest, link: Visitor, token: str, number: str) -> HttpResponse:
    """One order: what is asked, what was answered, what came of it."""
    if visible_order(link, number) is None and is_urged_for(link, number):
        return redirect(reverse("portal:supplier", args=[token]))
    found = order_of(link, number)
    looked(link)
    by_link = link.params["link"]
    db.execute(_SEEN, [found["order"]["id"], by_link, by_link])
    found["urgings"] = urgings_on(link, number)
    return shown(request, link, token, "portal/supplier_order.html", **found)


@require_POST
@door("write", SUPPLIERS)
def answer(request: HttpRequest, link: Visitor, token: str, number: str) -> HttpResponse:
    """Take the answer to an order; lines that were changed meanwhile are asked again."""
    needs(link, "answer")
    if visible_order(link, number) is None:
        raise NotFound(what=number)
    named(request, link)
    lines = None if "all" in request.POST else answers_in(request.POST)
    check_prices(link, lines or [])
    by_link = link.params["link"]
    try:
        done = commands.answer_order(
            actor=customer(request, link),
            number=number,
            lines=lines,
            note=request.POST.get("note", "").strip()[:500],
            link=by_link,
            person=None if by_link else link.id,
        )
    except Invalid as error:
        raise Invalid(readdressed({name: str(text) for name, text in error.fields.items()}, lines or [])) from error
    said = "outdated" if done.data["outdated"] else "countered" if done.data["countered"] else "answered"
    return redirect(f"{reverse('portal:supplier_order', args=[token, number])}?said={said}")


_ANSWERS = frozenset({"changes.answer_change", "purchasing.update_order", "purchasing.view_price"})


@require_POST
@door("write", SUPPLIERS)
def answer_change(request: HttpRequest, link: Visitor, token: str, number: str) -> HttpResponse:
    """Agree to a change that we asked for, or not."""
    needs(link, "answer")
    order_number = visible_change(link, number)
    if order_number is None:
        raise NotFound(what=number)
    named(request, link)
    actor = customer(request, link)
    actor = replace(actor, permissions=actor.permissions | _ANSWERS)
    version, reason = whole(request.POST.get("version", "")), request.POST.get("reason", "").strip()[:300]
    if request.POST.get("verdict") == "accept":
        changes.accept_change(actor=actor, number=number, note=reason, version=version)
    elif reason:
        changes.refuse_change(actor=actor, number=number, reason=reason, version=version)
    else:
        raise Invalid({"reason": _("请写明不同意的原因。")})
    return redirect(f"{reverse('portal:supplier_order', args=[token, order_number])}?said=agreed")


@require_GET
@door("paper", SUPPLIERS)
def paper(request: HttpRequest, link: Visitor, token: str, number: str) -> HttpResponse:
    """The order on paper, with the code that leads here."""
    needs(link, "money")
    if visible_order(link, number) is None:
        raise NotFound(what=number)
    actor = replace(link.actor(), permissions=frozenset({"purchasing.view", "purchasing.view_price"}))
    address = public_address(reverse("portal:supplier_order", args=[token, number]))
    content = pdf.PRINTS[ORDER].read(actor, [number])[0]
    language = translation.get_language() or "zh-hans"
    return order_pdf(content, pdf.letterhead_of(actor), {"url": address, "number": number}, language)


@require_GET
@door("read", SUPPLIERS)
def logo(request: HttpRequest, link: Visitor, token: str) -> HttpResponse | FileResponse:
    """The company's picture."""
    sha256, media_type = logo_of(link.actor())
    return download(sha256, "logo", media_type, inline=True)


__all__ = ["SUPPLIERS", "answer", "home", "logo", "order"]
