"""What a supplier does after the answer: progress, shipments with their labels, the statement of deliveries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.kernel import attachments, files, limits, pdf, prints, zpl
from gendan.kernel.actor import Actor
from gendan.kernel.attachments import Content
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.unit import COMMENT
from gendan.kernel.values import BadValue, day_asked, is_empty, to_date, to_integer, to_number, whole
from gendan.portal import commands
from gendan.portal.commands.production import ProgressIn
from gendan.portal.errors import TooManyRequests, UploadsFull
from gendan.portal.many import SHIPS, parcels_of
from gendan.portal.queries.supplier_goods import labels_of, shipment_of, statement_of, to_ship
from gendan.portal.queries.visitors import Visitor, looked, visible_order
from gendan.portal.views.door import customer, door
from gendan.portal.views.supplier_order import SUPPLIERS, named, needs, shown
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.shipments import ShipIn

MOST_FILES, DAY_BYTES = 6, 60 * 1024 * 1024


def _sender(request: HttpRequest, link: Visitor) -> Actor:
    """Who sends: with the rights of who announces shipments. What is sent was looked at before."""
    named(request, link)
    actor = customer(request, link)
    return replace(actor, permissions=actor.permissions | SHIPS | {COMMENT})


def kept(request: HttpRequest, link: Visitor, name: str, *, pictures: bool) -> list[Content]:
    """The files of a form, as far as may be brought today."""
    uploads = request.FILES.getlist(name)[:MOST_FILES]
    for upload in uploads:
        kind = attachments.sniff(cast(BinaryIO, upload)) or ""
        if pictures and not kind.startswith(("image/", "video/")):
            raise Invalid({name: _("请选择图片或视频。")})
    return [_keep(link, upload) for upload in uploads]


def _keep(link: Visitor, upload: UploadedFile[bytes]) -> Content:
    size = upload.size or 0
    new = size <= attachments.MAX_BYTES and not files.is_stored(upload.chunks())
    if new and not limits.spend(f"supplier.bytes:{link.kind}{link.id}", size, DAY_BYTES):
        raise UploadsFull(limit=DAY_BYTES // 1024 // 1024)
    return attachments.accept(upload)


@require_POST
@door("write", SUPPLIERS)
def progress(request: HttpRequest, link: Visitor, token: str, number: str) -> HttpResponse:
    """Say how far production is, with photos."""
    needs(link, "answer")
    if visible_order(link, number) is None:
        raise NotFound(what=number)
    named(request, link)
    lines = []
    problems = {}
    for text in request.POST.getlist("line"):
        percent, step = (request.POST.get(f"{name}-{text}", "").strip() for name in ("percent", "step"))
        if not percent and not step:
            continue
        try:
            lines.append(ProgressIn(to_integer(text), to_integer(percent) if percent else None, step))
        except BadValue as wrong:
            problems[f"percent-{text}"] = wrong.text
    if problems:
        raise Invalid({**problems})
    photos = kept(request, link, "photo", pictures=True)
    commands.report_progress(actor=customer(request, link), number=number, lines=lines, files=photos)
    return redirect(f"{reverse('portal:supplier_order', args=[token, number])}?said=progress")


@require_http_methods(["GET", "POST"])
@door("read", SUPPLIERS)
def ship(request: HttpRequest, link: Visitor, token: str) -> HttpResponse:
    """Announce a shipment of lines of one or several orders."""
    needs(link, "ship")
    lines = to_ship(link)
    if request.method == "GET":
        looked(link)
        only = request.GET.get("order", "")
        chosen = [line for line in lines if not only or line["number"] == only]
        return shown(request, link, token, "portal/supplier_ship.html", lines=chosen, only=only)
    if limits.too_many(f"supplier.write:{link.kind}{link.id}", 20):
        raise TooManyRequests()
    actor, posted = _sender(request, link), request.POST
    wanted, boxes = _wanted(posted, {(line["number"], line["line"]) for line in lines})
    papers = kept(request, link, "paper", pictures=False)
    done = purchasing.create_shipment(
        actor=actor, lines=wanted, parcels=parcels_of(wanted, boxes, posted.get("pallets", "")), **_header(posted)
    )
    for content in papers:
        own = f"{actor.idempotency_key[:60]}:{content.sha256[:32]}" if actor.idempotency_key else None
        attachments.attach_file(actor=actor.with_key(own), kind="asn", number=done.number, content=content)
    first = wanted[0].order
    return redirect(f"{reverse('portal:supplier_order', args=[token, first])}?said=shipped#{done.number}")


def _header(posted: QueryDict) -> dict[str, Any]:
    found: dict[str, Any] = {"source": "supplier"}
    problems = {}
    for name, most in (("carrier", 80), ("tracking_number", 80), ("supplier_reference", 80), ("note", 300)):
        found[name] = posted.get(name, "").strip()[:most]
    for name in ("shipped_on", "expected_on"):
        try:
            text = posted.get(name, "").strip()
            found[name] = to_date(text) if text else None
        except BadValue as wrong:
            problems[name] = wrong.text
    try:
        found["weight"] = None if is_empty(posted.get("weight", "").strip()) else to_number(posted["weight"], 3)
        found["packages"] = whole(posted.get("packages", "")) if posted.get("packages", "").strip() else None
    except BadValue as wrong:
        problems["weight"] = wrong.text
    if problems:
        raise Invalid({**problems})
    return found


def _wanted(posted: QueryDict, known: set[tuple[str, int]]) -> tuple[list[ShipIn], list[str]]:
    """The lines with a quantity; only of orders that the visitor sees. Errors: Invalid."""
    found: list[ShipIn] = []
    boxes: list[str] = []
    problems: dict[str, str] = {}
    names = ("order", "line", "quantity", "lot", "expires_on", "boxes")
    for order, line, quantity, lot, expires, box in zip(*(posted.getlist(name) for name in names), strict=False):
        if not quantity.strip():
            continue
        place = f"{order}-{line}"
        try:
            number = to_integer(line)
            day = to_date(expires.strip()) if expires.strip() else None
            entry = ShipIn(number, to_number(quantity), order, lot.strip()[:80], day)
        except BadValue as wrong:
            problems[f"quantity-{place}"] = wrong.text
            continue
        if (order, number) not in known:
            problems[f"quantity-{place}"] = _("这一行没有可以发货的数量。")
            continue
        found.append(entry)
        boxes.append(box.strip())
    if problems:
        raise Invalid({**problems})
    if not found:
        raise Invalid({"quantity": _("请填写要发货的数量。")})
    return found, boxes


@require_POST
@door("write", SUPPLIERS)
def dispatch(request: HttpRequest, link: Visitor, token: str, number: str) -> HttpResponse:
    """What was announced has left, with its carrier and tracking number."""
    needs(link, "ship")
    found = shipment_of(link, number)
    actor = _sender(request, link)
    given = {name: request.POST.get(name, "").strip()[:80] for name in ("carrier", "tracking_number")}
    changes = {name: text for name, text in given.items() if text and text != found[name]}
    if changes:
        purchasing.update_shipment(actor=actor.with_key(None), number=number, changes=changes, source="supplier")
    if found["state"] == "announced":
        purchasing.dispatch_shipment(actor=actor, number=number)
    back = request.POST.get("back", "")
    if visible_order(link, back) is None:
        return redirect("portal:supplier", token)
    return redirect(f"{reverse('portal:supplier_order', args=[token, back])}?said=shipped#{number}")


@require_GET
@door("paper", SUPPLIERS)
def labels(request: HttpRequest, link: Visitor, token: str, number: str) -> HttpResponse:
    """Labels for the parcels and pallets of a shipment, with their codes; ``?form=zpl`` (zpl300) for label printers."""
    needs(link, "ship")
    shared = {"letterhead": pdf.letterhead_of(link.actor()), "printed_by": link.partner}
    pages = [({**shared, **label}, 1) for label in labels_of(link, number)]
    language = translation.get_language() or "zh-hans"
    size, dots = pdf.LABELS[0], zpl.DOTS.get(request.GET.get("form", ""))
    made = pdf.render_all("portal/print/parcel.html", pages, language=language, size=size)
    if dots:
        made = zpl.labels(made, [1] * len(pages), pdf.MILLIMETRES[size], dots)
    response = HttpResponse(made, content_type=zpl.ZPL if dots else pdf.PDF)
    response["Content-Disposition"] = (
        f'attachment; filename="{number}.zpl"' if dots else f'inline; filename="{number}.pdf"'
    )
    for header, value in prints.HEADERS.items():
        response[header] = value
    return response


@require_GET
@door("read", SUPPLIERS)
def statement(request: HttpRequest, link: Visitor, token: str) -> HttpResponse:
    """What was received in a month: by receipt, with what was accepted and rejected."""
    needs(link, "statement")
    first = _month(request.GET.get("month", ""), link.actor().today())
    end = (first + timedelta(days=32)).replace(day=1)
    rows = statement_of(link, first, end)
    totals: dict[str, Decimal] = {}
    for row in rows:
        if row["amount"] is not None:
            totals[row["currency"]] = totals.get(row["currency"], Decimal(0)) + row["amount"]
    months = {"first": first, "before": (first - timedelta(days=1)).replace(day=1), "after": end}
    return shown(request, link, token, "portal/supplier_statement.html", rows=rows, totals=totals, **months)


def _month(text: str, today: date) -> date:
    return (day_asked(f"{text}-01", today) or today).replace(day=1)
