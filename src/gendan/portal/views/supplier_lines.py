"""The list of everything open, over all orders; as a file, too."""

from __future__ import annotations

import io

from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from gendan.kernel.exports import XLSX
from gendan.portal.queries.supplier_lines import SHOW_LABELS, SHOWS, Wanted, counts_of, lines_for_file, lines_of
from gendan.portal.queries.visitors import Visitor, looked
from gendan.portal.sheets import answer_sheet
from gendan.portal.views.door import door
from gendan.portal.views.supplier_order import SUPPLIERS, shown


def _wanted(request: HttpRequest) -> Wanted:
    show = request.GET.get("show", "")
    return Wanted(show if show in SHOWS else "", request.GET.get("q", ""))


@require_GET
@door("read", SUPPLIERS)
def lines(request: HttpRequest, link: Visitor, token: str) -> HttpResponse:
    """A page of open lines."""
    looked(link)
    today, wanted = link.actor().today(), _wanted(request)
    page = lines_of(link, today, wanted, after=request.GET.get("after") or None, limit=100)
    counts = counts_of(link, today)
    tabs = [(code, label, counts[code or "all"]) for code, label in SHOW_LABELS.items()]
    return shown(request, link, token, "portal/supplier_lines.html", page=page, wanted=wanted, tabs=tabs)


@require_GET
@door("paper", SUPPLIERS)
def file(request: HttpRequest, link: Visitor, token: str) -> FileResponse:
    """The open lines as an Excel file, to be filled with answers and brought back."""
    today, wanted = link.actor().today(), _wanted(request)
    content = answer_sheet(lines_for_file(link, today, wanted), priced=link.may("money"))
    name = f"{link.partner_code}-{today.isoformat()}.xlsx"
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=XLSX)
