"""What staff do with suppliers' links, from the page of the purchase order."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.changes import commands as changes
from gendan.kernel import codes, pdf, prints
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import BadValue, to_integer
from gendan.purchasing import commands as purchasing
from gendan.purchasing.posted import version_of
from gendan.purchasing.prints import ORDER
from gendan.purchasing.queries.sending import link_shown
from gendan.purchasing.steps.sending import DAYS


@require_POST
def send(request: HttpRequest, number: str) -> HttpResponse:
    """Send an order; without an address the link is shown, to be handed on."""
    actor, posted = actor_of(request), request.POST
    try:
        days = to_integer(posted.get("days", "").strip() or str(DAYS))
    except BadValue as wrong:
        raise Invalid({"days": wrong.text}) from wrong
    done = purchasing.send_order(
        actor=actor,
        number=number,
        email=posted.get("email", ""),
        recipient=posted.get("recipient", ""),
        language=posted.get("language", ""),
        note=posted.get("note", ""),
        days=days,
    )
    if not done.data["email"]:
        return redirect_to(request, reverse("portal:supplier_link", args=[done.data["link"]]))
    messages.success(request, _("%(number)s 已发给 %(email)s") % {"number": number, "email": done.data["email"]})
    return redirect_to(request, reverse("purchasing:order_detail", args=[number]))


@require_GET
def link(request: HttpRequest, supplier_link: int) -> HttpResponse:
    """A link to copy, its QR code, and words for a chat."""
    actor = actor_of(request)
    found = link_shown(actor, supplier_link)
    chat = _("%(name)s 您好，采购订单 %(number)s 请在这里答复，不用登录：%(url)s") % {
        "name": found["recipient"] or found["partner_name"],
        "number": found["number"],
        "url": found["url"],
    }
    context = {"actor": actor, "link": found, "chat": chat, "qr": codes.qr(found["url"])}
    return render(request, "portal/supplier_link.html", context)


@require_GET
def link_pdf(request: HttpRequest, supplier_link: int) -> HttpResponse:
    """The order on paper with a QR code that leads to the supplier's page."""
    actor = actor_of(request)
    found = link_shown(actor, supplier_link)
    return order_pdf(pdf.PRINTS[ORDER].read(actor, [found["number"]])[0], pdf.letterhead_of(actor), found)


def order_pdf(
    content: dict[str, object], letterhead: object, found: dict[str, object], language: str = ""
) -> HttpResponse:
    """An order's sheet with the code of its link."""
    shared = {"letterhead": letterhead, "printed_by": "", "answer_at": found["url"]}
    shared["answer_qr"] = codes.qr(str(found["url"]))
    kind = pdf.PRINTS[ORDER]
    made = pdf.render(kind.template, {**shared, **content}, language=language or "zh-hans", size=kind.sizes[0])
    response = HttpResponse(made, content_type=pdf.PDF)
    response["Content-Disposition"] = f'inline; filename="{found["number"]}.pdf"'
    for header, value in prints.HEADERS.items():
        response[header] = value
    return response


@require_POST
def revoke(request: HttpRequest, supplier_link: int) -> HttpResponse:
    """End a link."""
    done = purchasing.revoke_supplier_link(actor=actor_of(request), link_id=supplier_link)
    messages.success(request, _("链接已撤销，打开它的人会看到失效提示。"))
    return redirect_to(request, reverse("purchasing:order_detail", args=[done.number]))


@require_POST
def take_counter(request: HttpRequest, number: str) -> HttpResponse:
    """Accept what the supplier wants: its change order goes on its way."""
    done = changes.submit_change(actor=actor_of(request), number=number, version=version_of(request))
    messages.success(request, _("%(number)s 已提交") % {"number": number})
    return redirect_to(request, reverse("purchasing:order_detail", args=[done.data["order"]]))


@require_POST
def drop_counter(request: HttpRequest, number: str) -> HttpResponse:
    """Do not accept it: the order stays as it is."""
    reason = request.POST.get("reason", "")[:300]
    done = changes.withdraw_change(actor=actor_of(request), number=number, reason=reason, version=version_of(request))
    messages.success(request, _("已答复供应商：不接受"))
    return redirect_to(request, reverse("purchasing:order_detail", args=[done.data["order"]]))
