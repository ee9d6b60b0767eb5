"""What a buyer does with answers: hands on a link, enters one for a supplier, reads a sheet, looks at all versions."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.exports import XLSX
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.views import download
from gendan.kernel.workbooks import check_bytes
from gendan.sourcing import commands
from gendan.sourcing.errors import StillSealed
from gendan.sourcing.forms import posted_answer
from gendan.sourcing.permissions import VIEW_PRICE
from gendan.sourcing.queries.inquiries import InquiryDetail, inquiry_detail
from gendan.sourcing.queries.links import answers_of, asked, link_shown
from gendan.sourcing.sheet import MOST_BYTES, read, written

Row = dict[str, Any]
_CURRENCIES = "SELECT code FROM catalog_currency WHERE company_id = %s::bigint AND is_active ORDER BY code"


@require_GET
def link(request: HttpRequest, number: str, supplier: str) -> HttpResponse:
    """A supplier's link, to be handed on in another way than by letter."""
    actor = actor_of(request)
    return render(request, "sourcing/link.html", {"actor": actor, "link": link_shown(actor, number, supplier)})


def _invited(detail: InquiryDetail, supplier: str) -> Row:
    found = next((row for row in detail.suppliers if row["supplier"] == supplier), None)
    if found is None:
        raise NotFound(what=f"{detail.header['number']} {supplier}")
    return found


def _open(actor: Actor, detail: InquiryDetail) -> None:
    """Refuse to show answers that are sealed, or prices to who may not see them."""
    actor.must(VIEW_PRICE)
    if detail.header["sealed_now"]:
        closes = detail.header["closes_at"].astimezone(actor.zone)
        raise StillSealed(number=detail.header["number"], closes=f"{closes:%Y-%m-%d %H:%M}")


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, number: str, supplier: str) -> HttpResponse:
    """Enter an answer for a supplier: typed, or out of a sheet."""
    actor = actor_of(request)
    actor.must("sourcing.answer_inquiry")
    if request.method == "POST":
        given = posted_answer(request)
        sheet = request.FILES.get("sheet")
        source = "entered"
        if isinstance(sheet, UploadedFile):
            check_bytes(sheet.size, MOST_BYTES)
            given["lines"], source = read(sheet.read(), number), "file"
        commands.answer_inquiry(actor=actor, number=number, supplier=supplier, source=source, **given)
        messages.success(request, _("%(number)s 已登记报价") % {"number": number})
        return redirect_to(request, reverse("sourcing:inquiry_detail", args=[number]))
    detail = inquiry_detail(actor, number)
    invited = _invited(detail, supplier)
    # Who may not see prices, or nobody while it is sealed, begins with an empty form.
    shown = actor.may(VIEW_PRICE) and not detail.header["sealed_now"]
    versions = answers_of(actor.company_id, invited["id"]) if shown else []
    context = {
        "actor": actor,
        "inquiry": detail.header,
        "supplier": invited,
        "lines": asked(detail.header["id"]),
        "answer": versions[0] if versions else None,
        "currencies": [code for (code,) in db.rows(_CURRENCIES, [actor.company_id])],
    }
    return render(request, "sourcing/answer_form.html", context)


@require_GET
def history(request: HttpRequest, number: str, supplier: str) -> HttpResponse:
    """Every version of a supplier's answer."""
    actor = actor_of(request)
    detail = inquiry_detail(actor, number)
    invited = _invited(detail, supplier)
    _open(actor, detail)
    context = {
        "actor": actor,
        "inquiry": detail.header,
        "supplier": invited,
        "lines": detail.lines,
        "versions": answers_of(actor.company_id, invited["id"]),
    }
    return render(request, "sourcing/answer_history.html", context)


@require_GET
def file(request: HttpRequest, number: str, supplier: str, file_id: int) -> HttpResponse | FileResponse:
    """A file that came with an answer."""
    actor = actor_of(request)
    detail = inquiry_detail(actor, number)
    invited = _invited(detail, supplier)
    _open(actor, detail)
    for version in answers_of(actor.company_id, invited["id"]):
        for one in version["files"]:
            if one["id"] == file_id:
                return download(one["sha256"], one["name"], one["media_type"])
    raise NotFound(what=str(file_id))


@require_GET
def sheet(request: HttpRequest, number: str) -> FileResponse:
    """The inquiry as a sheet for a supplier to fill in."""
    actor = actor_of(request)
    detail = inquiry_detail(actor, number)
    content = written(detail.header["title"], number, asked(detail.header["id"]), {})
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=f"{number}.xlsx", content_type=XLSX)
