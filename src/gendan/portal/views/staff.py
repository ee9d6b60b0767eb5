"""What staff do with customers' links, from the page of the order."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.kernel import codes
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import BadValue, to_integer
from gendan.portal import commands, queries, rules


def public_address(request: HttpRequest, token: str) -> str:
    """The address of a link as the customer gets it."""
    path = reverse("portal:page", args=[token])
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


@require_POST
def create(request: HttpRequest, number: str) -> HttpResponse:
    """Make a link and show it."""
    actor, posted = actor_of(request), request.POST
    try:
        days = to_integer(posted.get("days", "").strip() or str(rules.DAYS))
    except BadValue as wrong:
        raise Invalid({"days": wrong.text}) from wrong
    done = commands.create_link(
        actor=actor,
        number=number,
        recipient=posted.get("recipient", ""),
        language=posted.get("language", ""),
        days=days,
    )
    return redirect_to(request, reverse("portal:link", args=[done.id]))


@require_GET
def link(request: HttpRequest, link_id: int) -> HttpResponse:
    """A link to copy, and its QR code to be photographed or printed."""
    actor = actor_of(request)
    found = queries.link_shown(actor, link_id)
    address = public_address(request, found["token"])
    context = {"actor": actor, "link": found, "address": address, "qr": codes.qr(address)}
    return render(request, "portal/link.html", context)


@require_POST
def revoke(request: HttpRequest, link_id: int) -> HttpResponse:
    """End a link."""
    done = commands.revoke_link(actor=actor_of(request), link_id=link_id)
    messages.success(request, _("链接已撤销，打开它的人会看到失效提示。"))
    return redirect_to(request, reverse("sales:order_detail", args=[done.number]))


@require_POST
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Answer a customer."""
    commands.answer_question(actor=actor_of(request), number=number, text=request.POST.get("text", ""))
    messages.success(request, _("已回复，客户在订单页面上可以看到。"))
    return redirect_to(request, reverse("sales:order_detail", args=[number]))
