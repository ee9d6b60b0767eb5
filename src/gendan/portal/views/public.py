"""The customer's page of one order, and what a customer can do there."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.accounts.queries import letterhead, logo_of
from gendan.kernel import attachments, files, limits, pdf, prints
from gendan.kernel.attachments import Content
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.values import BadValue, to_integer, to_number
from gendan.kernel.views import download
from gendan.portal import commands, queries, rules
from gendan.portal.errors import SharedDelivery, SignatureRequired, TooManyQuestions, UploadsFull
from gendan.portal.papers import PAPERS, own_part
from gendan.portal.queries import Link
from gendan.portal.views.door import customer, door
from gendan.sales import commands as sales
from gendan.sales.models import ReturnLine
from gendan.sales.rules.returned import ReturnIn
from gendan.sales.rules.signing import SignIn

MOST_PHOTOS = 6
DAY_QUESTIONS = 30  # that one link may ask in a day
DAY_BYTES = 60 * 1024 * 1024  # that one link may add to the store in a day


@require_GET
@door("read")
def page(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """Where the order is."""
    queries.see(link)
    context = {
        "link": link,
        "token": token,
        "papers": PAPERS,
        "reasons": [choice for choice in ReturnLine.Reason.choices if choice[0] != "refused"],
        "said": request.GET.get("said", ""),
        "company": letterhead(link.actor()),
        **queries.customer_page(link),
    }
    return render(request, "portal/order.html", context)


def _back(token: str, said: str) -> HttpResponse:
    return redirect(f"{reverse('portal:page', args=[token])}?said={said}#{said}")


@require_POST
@door("write")
def sign(request: HttpRequest, link: Link, token: str, number: str) -> HttpResponse:
    """Sign for a delivery: name, signature, photos, and what was refused or never came."""
    delivery = _delivery(link, number)
    if delivery["shared"]:
        raise SharedDelivery()
    if not request.POST.get("name", "").strip():
        raise Invalid({"name": _("请填写签收人姓名。")})
    actor = customer(request, link)
    lines = _verdicts(request, {line["line"] for line in delivery["lines"]})
    pictures = [_signature(request, link, actor.name), *_photos(request, link, "photo")]
    sales.sign_delivery(
        actor=actor,
        number=number,
        lines=lines or None,
        signed_by=actor.name,
        note=request.POST.get("note", "").strip()[:300],
        via="link",
        files=pictures,
    )
    return _back(token, "signed")


def _delivery(link: Link, number: str) -> dict[str, Any]:
    """A delivery of the order behind the link; any other number finds nothing."""
    found = [d for d in queries.customer_page(link)["deliveries"] if d["number"] == number]
    if not found:
        raise NotFound(what=number)
    return dict(found[0])


def _verdicts(request: HttpRequest, known: set[int]) -> list[SignIn]:
    """The lines of which something is wrong."""
    posted, found, problems = request.POST, [], {}
    names = ("line", "refused", "short", "reason")
    for line, refused, short, reason in zip(*(posted.getlist(name) for name in names), strict=False):
        try:
            number = to_integer(line)
            entry = SignIn(number, None, to_number(refused or "0"), to_number(short or "0"), reason.strip()[:300])
        except BadValue as wrong:
            problems[f"refused-{line}"] = wrong.text
            continue
        if number in known and (entry.refused or entry.short):
            if not entry.reason:
                problems[f"reason-{line}"] = _("请写明拒收或短少的原因。")
            found.append(entry)
    if problems:
        raise Invalid({**problems})
    return found


def _signature(request: HttpRequest, link: Link, name: str) -> Content:
    drawn = rules.signature(request.POST.get("signature", ""))
    if drawn is None:
        raise SignatureRequired()
    title = _("签名 %(name)s.png") % {"name": name}
    return _keep(link, SimpleUploadedFile(title, drawn, "image/png"))


def _photos(request: HttpRequest, link: Link, name: str) -> list[Content]:
    """The pictures of a form; anything else is refused, and nothing of the form is stored before that is known."""
    uploads = request.FILES.getlist(name)[:MOST_PHOTOS]
    if not all(
        (attachments.sniff(cast(BinaryIO, upload)) or "").startswith(("image/", "video/")) for upload in uploads
    ):
        raise Invalid({name: _("请选择图片或视频。")})
    return [_keep(link, upload) for upload in uploads]


def _keep(link: Link, upload: UploadedFile[Any]) -> Content:
    """Store a file, as far as the link may today. What is there already costs nothing, so a form that is sent again
    does what it did the first time.
    """
    size = upload.size or 0
    new = size <= attachments.MAX_BYTES and not files.is_stored(upload.chunks())
    if new and not limits.spend(f"portal.bytes:{link.id}", size, DAY_BYTES):
        raise UploadsFull(limit=DAY_BYTES // 1024 // 1024)
    return attachments.accept(upload)


@require_POST
@door("write")
def ask_back(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """Ask to return goods of the order, with reasons and photos."""
    if not request.POST.get("name", "").strip():
        raise Invalid({"name": _("请填写您的姓名。")})
    posted = request.POST
    lines: list[ReturnIn] = []
    fields: list[str] = []
    problems = {}
    names = ("line", "quantity", "reason", "line_note")
    for line, quantity, reason, note in zip(*(posted.getlist(name) for name in names), strict=False):
        if not quantity.strip():
            continue
        try:
            lines.append(ReturnIn(link.number, to_integer(line), to_number(quantity), reason, note.strip()[:300]))
        except BadValue as wrong:
            problems[f"quantity-{line}"] = wrong.text
            continue
        fields.append(f"photo-{line}")
    if problems:
        raise Invalid({**problems})
    if not lines:
        raise Invalid({"quantity": _("请填写要退的数量。")})
    photos = [(n, content) for n, field in enumerate(fields) for content in _photos(request, link, field)]
    actor = customer(request, link)
    contact = " ".join(filter(None, [actor.name, posted.get("phone", "").strip()]))
    sales.request_return(
        actor=actor, lines=lines, contact=contact[:120], note=posted.get("note", "").strip()[:1000], files=photos
    )
    return _back(token, "returned")


@require_POST
@door("write")
def ask(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """Ask the salesperson something."""
    if not request.POST.get("name", "").strip():
        raise Invalid({"name": _("请填写您的姓名。")})
    if not limits.spend(f"portal.ask:{link.id}", 1, DAY_QUESTIONS):
        raise TooManyQuestions(limit=DAY_QUESTIONS)
    commands.ask_question(actor=customer(request, link), number=link.number, text=request.POST.get("text", ""))
    return _back(token, "asked")


@require_GET
@door("paper")
def paper(request: HttpRequest, link: Link, token: str, name: str, number: str) -> HttpResponse | FileResponse:
    """A paper of a delivery of this order, without what is on it for others."""
    if name not in PAPERS:
        raise NotFound(what=name)
    _delivery(link, number)
    kind, actor = PAPERS[name], link.actor()
    content = own_part(kind.read(actor, [number])[0], link.number)
    language = translation.get_language() or "zh-hans"
    shared = {"letterhead": pdf.letterhead_of(actor), "printed_by": link.recipient or link.customer}
    made = pdf.render(kind.template, {**shared, **content}, language=language, size=kind.sizes[0])
    response = HttpResponse(made, content_type=pdf.PDF)
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    for header, value in prints.HEADERS.items():
        response[header] = value
    return response


@require_GET
@door("read")
def logo(request: HttpRequest, link: Link, token: str) -> HttpResponse | FileResponse:
    """The company's picture."""
    sha256, media_type = logo_of(link.actor())
    return download(sha256, "logo", media_type, inline=True)
