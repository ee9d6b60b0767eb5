"""Answers and shipment notices as Excel files: tried first, then taken, all or nothing; wrong cells by their names."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gendan.kernel import limits
from gendan.kernel.errors import AppError, Invalid
from gendan.kernel.exports import XLSX
from gendan.kernel.workbooks import check_bytes
from gendan.portal.errors import NotGiven, TooManyRequests
from gendan.portal.many import Notice, OrderAnswer, Refused, answer_all, ship_all
from gendan.portal.queries.supplier_goods import to_ship
from gendan.portal.queries.visitors import Visitor, looked
from gendan.portal.sheets import MOST_BYTES, Placed, Reader, ShipRow, read_answers, read_shipments, shipment_sheet
from gendan.portal.views.door import customer, door
from gendan.portal.views.supplier_order import SUPPLIERS, named, needs, shown
from gendan.purchasing.rules.shipments import ShipIn

CELLS = {
    "parts": "on",
    "quantity": "part",
    "on": "on",
    "price": "price",
    "note": "note",
    "kind": "said",
    "line": "line",
}


@require_http_methods(["GET", "POST"])
@door("read", SUPPLIERS)
def upload(request: HttpRequest, link: Visitor, token: str) -> HttpResponse:
    """Bring a filled file: the first time it is only tried, and says what would become of it."""
    if not (link.may("answer") or link.may("ship")):
        raise NotGiven()
    if request.method == "GET":
        looked(link)
        return _page(request, link, token)
    if limits.too_many(f"supplier.upload:{link.kind}{link.id}", 20):
        raise TooManyRequests()
    named(request, link)
    kind, dry_run = request.POST.get("kind", "answers"), "apply" not in request.POST
    needs(link, "ship" if kind == "shipments" else "answer")
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return _page(request, link, token, kind=kind, problems={"file": _("请选择填好的 Excel 文件。")})
    read = _shipments if kind == "shipments" else _answers
    try:
        check_bytes(file.size, MOST_BYTES)
        rows = read(request, link, file.read(), dry_run)
    except AppError as error:
        problems = error.fields if isinstance(error, Invalid) else {"": str(error)}
        return _page(request, link, token, kind=kind, problems=problems)
    return _page(request, link, token, kind=kind, rows=rows, tried=dry_run)


def _page(request: HttpRequest, link: Visitor, token: str, **found: Any) -> HttpResponse:
    given = {"kind": "answers", "problems": {}, "rows": [], "tried": False, **found}
    status = 422 if given["problems"] else 200
    response = shown(request, link, token, "portal/supplier_upload.html", **given)
    response.status_code = status
    return response


def _answers(request: HttpRequest, link: Visitor, content: bytes, dry_run: bool) -> list[dict[str, Any]]:
    placed, reader = read_answers(content)
    orders = [OrderAnswer(one.number, one.lines) for one in placed]
    try:
        return answer_all(customer(request, link), link, orders, dry_run=dry_run)
    except Refused as refused:
        for n, error in refused.problems.items():
            _tell(reader, placed[n], error)
        reader.check()
        raise


def _tell(reader: Reader, placed: Placed, error: AppError) -> None:
    """What was refused of an order, at the cells where it stands."""
    fields = error.fields if isinstance(error, Invalid) else {}
    told = False
    for name, text in fields.items():
        parts = name.split(".")
        if len(parts) == 3 and parts[1].isdigit() and int(parts[1]) < len(placed.rows):
            reader.wrong(CELLS.get(parts[2], "said"), placed.rows[int(parts[1])], text)
            told = True
    if not told:
        reader.wrong("order", placed.rows[0], str(error))


def _shipments(request: HttpRequest, link: Visitor, content: bytes, dry_run: bool) -> list[dict[str, Any]]:
    grouped, reader = read_shipments(content)
    notices = [_notice(reference, rows) for reference, rows in grouped.items()]
    actor = replace(customer(request, link))
    try:
        return ship_all(actor, link, notices, dry_run=dry_run, key=request.POST.get("_key", ""))
    except Refused as refused:
        given = list(grouped.values())
        for n, error in refused.problems.items():
            _tell_of(reader, given[n], error)
        reader.check()
        raise


def _notice(reference: str, rows: list[ShipRow]) -> Notice:
    lines = [ShipIn(row.line, row.quantity, row.order, row.lot, row.expires_on) for row in rows]
    return Notice(lines, [row.boxes for row in rows], {**dict(rows[0].header), "supplier_reference": reference})


def _tell_of(reader: Reader, rows: list[ShipRow], error: AppError) -> None:
    by_place = {f"{row.order}-{row.line}": row.row for row in rows}
    by_line = {(row.order, row.line): row.row for row in rows}
    if not isinstance(error, Invalid):
        about = (str(error.data.get("number", "")), error.data.get("line"))
        reader.wrong("ship", by_line.get(about, rows[0].row), str(error))  # type: ignore[arg-type]
        return
    for name, text in error.fields.items():
        parts = name.split(".")
        if name.startswith("boxes-"):
            reader.wrong("boxes", by_place.get(name.removeprefix("boxes-"), rows[0].row), text)
        elif len(parts) == 3 and parts[1].isdigit() and int(parts[1]) < len(rows):
            reader.wrong("ship", rows[int(parts[1])].row, text)
        else:
            reader.wrong(name if name in reader.columns else "ship", rows[0].row, text)


@require_GET
@door("paper", SUPPLIERS)
def shipment_file(request: HttpRequest, link: Visitor, token: str) -> FileResponse:
    """What can be sent, as an Excel file to be filled."""
    needs(link, "ship")
    rows = [{**row, "order": row["number"], "supplier_code": ""} for row in to_ship(link)]
    name = f"ASN-{link.partner_code}-{link.actor().today().isoformat()}.xlsx"
    return FileResponse(io.BytesIO(shipment_sheet(rows)), as_attachment=True, filename=name, content_type=XLSX)
