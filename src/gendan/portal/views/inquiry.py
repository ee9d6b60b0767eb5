"""The page of a supplier who is asked for an offer: what is asked, and its own answer; no account, nobody else's."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.accounts.queries import letterhead, logo_of
from gendan.kernel import db
from gendan.kernel.errors import Invalid
from gendan.kernel.exports import XLSX
from gendan.kernel.views import download
from gendan.kernel.workbooks import check_bytes
from gendan.portal.views.door import Sort, customer, door
from gendan.sourcing import commands
from gendan.sourcing.errors import InquiryEnded
from gendan.sourcing.forms import posted_answer
from gendan.sourcing.queries.links import InquiryLink, answers_of, asked, link_by_token, see
from gendan.sourcing.sheet import MOST_BYTES, read, written

INQUIRIES = Sort("inquiry", link_by_token, InquiryEnded)
_CURRENCIES = "SELECT code FROM catalog_currency WHERE company_id = %s::bigint AND is_active ORDER BY code"


@require_GET
@door("read", INQUIRIES)
def page(request: HttpRequest, link: InquiryLink, token: str) -> HttpResponse:
    """What the supplier is asked, with what it said so far."""
    see(link)
    versions = answers_of(link.company_id, link.id)
    context = {
        "link": link,
        "token": token,
        "lines": asked(link.inquiry_id),
        "answer": versions[0] if versions else None,
        "versions": versions,
        "currencies": [code for (code,) in db.rows(_CURRENCIES, [link.company_id])],
        "said": request.GET.get("said", ""),
        "company": letterhead(link.actor()),
    }
    return render(request, "portal/inquiry.html", context)


@require_POST
@door("write", INQUIRIES)
def answer(request: HttpRequest, link: InquiryLink, token: str) -> HttpResponse:
    """Take the answer: typed, or as a filled sheet."""
    if not request.POST.get("name", "").strip():
        raise Invalid({"name": _("请填写您的姓名。")})
    given = posted_answer(request)
    sheet = request.FILES.get("sheet")
    source = "link"
    if isinstance(sheet, UploadedFile):
        check_bytes(sheet.size, MOST_BYTES)
        given["lines"], source = read(sheet.read(), link.number), "file"
    actor = customer(request, link)
    commands.answer_inquiry(actor=actor, number=link.number, supplier=link.supplier, source=source, **given)
    return redirect(f"{reverse('portal:inquiry', args=[token])}?said=answered")


@require_GET
@door("paper", INQUIRIES)
def sheet(request: HttpRequest, link: InquiryLink, token: str) -> FileResponse:
    """The inquiry as a sheet to be filled in."""
    versions = answers_of(link.company_id, link.id)
    content = written(link.title, link.number, asked(link.inquiry_id), versions[0]["lines"] if versions else {})
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=f"{link.number}.xlsx", content_type=XLSX)


@require_GET
@door("read", INQUIRIES)
def logo(request: HttpRequest, link: InquiryLink, token: str) -> HttpResponse | FileResponse:
    """The company's picture."""
    sha256, media_type = logo_of(link.actor())
    return download(sha256, "logo", media_type, inline=True)
