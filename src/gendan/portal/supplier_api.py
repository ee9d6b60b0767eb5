"""The API for suppliers' own programs, below /supplier/: a key belongs to one person of one supplier, and opens what
that person's pages open, nothing else. The staff's keys open none of it, and these open nothing of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from ninja import Router, Status
from ninja.security import HttpBearer

from gendan.changes import commands as changes
from gendan.kernel import limits, wall
from gendan.kernel.actor import Actor
from gendan.kernel.api import DoneOut, ProblemOut, done
from gendan.kernel.errors import AppError, Invalid, NotFound
from gendan.kernel.origin import address_of
from gendan.kernel.values import day_asked
from gendan.portal import commands, many
from gendan.portal import supplier_shapes as shapes
from gendan.portal.commands.production import ProgressIn
from gendan.portal.errors import NotGiven, TooManyRequests
from gendan.portal.queries.supplier_goods import shipment_of, statement_of
from gendan.portal.queries.supplier_lines import Wanted, inquiries_of, lines_of
from gendan.portal.queries.supplier_page import order_of, orders_of
from gendan.portal.queries.visitors import Visitor, visible_change, visible_order, visitor_by_key
from gendan.portal.rules import RIGHTS, LineAnswer, Part
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.shipments import ShipIn

IN_A_MINUTE, WRITES_IN_A_MINUTE = 600, 60
REFUSALS = {
    401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 409: ProblemOut, 422: ProblemOut, 429: ProblemOut,
}  # fmt: skip
CHANGES = frozenset({"changes.answer_change", "purchasing.update_order", "purchasing.view_price"})


class SupplierKeys(HttpBearer):
    """``Authorization: Bearer gds_…``: a key that somebody of a supplier made on their own page."""

    openapi_name = "supplierKey"

    def authenticate(self, request: HttpRequest, token: str) -> Visitor | None:
        """Who it is; from here on the connection works inside their company."""
        with wall.within(None):
            found = visitor_by_key(token)
        if found is None:
            return None
        wall.enter(found.company_id)
        if not request.META.get("HTTP_ACCEPT_LANGUAGE"):
            translation.activate(found.language)
        timezone.activate(found.actor().zone)
        if limits.too_many(f"supplier.api:{found.id}", IN_A_MINUTE):
            raise TooManyRequests()
        if request.method != "GET" and limits.too_many(f"supplier.api.write:{found.id}", WRITES_IN_A_MINUTE):
            raise TooManyRequests()
        return found


router = Router(auth=SupplierKeys(), tags=["for suppliers"])


def _visitor(request: HttpRequest, right: str = "") -> Visitor:
    visitor: Visitor = request.auth  # type: ignore[attr-defined]
    if right and not visitor.may(right):
        raise NotGiven()
    return visitor


def _actor(request: HttpRequest) -> Actor:
    key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
    if len(key) > 80:
        raise Invalid({"Idempotency-Key": _("Idempotency-Key 最多 80 个字符。")})
    actor = _visitor(request).actor("", translation.get_language() or "", key)
    return replace(actor, address=address_of(request))


@router.get("/supplier/me", response={200: shapes.SupplierMeOut, **REFUSALS}, summary="Whose key it is")
def me(request: HttpRequest) -> Any:
    visitor = _visitor(request)
    return {
        "company": visitor.company,
        "supplier": visitor.partner_code,
        "supplier_name": visitor.partner,
        "name": visitor.recipient,
        "language": visitor.language,
        "rights": [right for right in RIGHTS if visitor.may(right)],
    }


@router.get("/supplier/orders", response={200: shapes.SupplierOrdersOut, **REFUSALS}, summary="Orders sent to us")
def list_orders(request: HttpRequest, all: bool = False) -> Any:  # noqa: A002 - what callers write
    """The open ones, or with ``all`` the last 1000 of every state; newest first."""
    visitor = _visitor(request)
    found = orders_of(visitor, visitor.actor().today(), open_only=not all, most=1000)
    return {"items": [{**row, "warehouse": row["warehouse_name"], "late": bool(row["late"])} for row in found]}


@router.get("/supplier/lines", response={200: shapes.SupplierLinesOut, **REFUSALS}, summary="Open lines of all orders")
def list_lines(request: HttpRequest, show: str = "", q: str = "", after: str = "", limit: int | None = None) -> Any:
    """``show``: confirm (to be answered), confirmed, late, shipped; ``q`` searches numbers, codes, names."""
    visitor = _visitor(request)
    page = lines_of(visitor, visitor.actor().today(), Wanted(show, q), after=after or None, limit=limit)
    return {"items": page.items, "after": page.after}


@router.get(
    "/supplier/orders/{number}", response={200: shapes.SupplierOrderOut, **REFUSALS}, summary="One order, as we see it"
)
def get_order(request: HttpRequest, number: str) -> Any:
    visitor = _visitor(request)
    found = order_of(visitor, number)
    order, priced = found["order"], visitor.may("money")
    return {
        **order,
        "gross": order["gross"] if priced else None,
        "warehouse": order["warehouse_name"],
        "address": order["warehouse_address"],
        "lines": [{**line, "unit_price": line["unit_price"] if priced else None} for line in found["lines"]],
        "changes_asked": found["asked"],
        "shipments": [{name: value for name, value in row.items() if name != "id"} for row in found["shipments"]],
        "receipts": found["receipts"],
    }


def _lines(given: Iterable[shapes.SupplierLineAnswerIn]) -> list[LineAnswer]:
    return [
        LineAnswer(
            one.line,
            one.kind,
            tuple(Part(part.quantity, part.on) for part in one.parts),
            one.price,
            one.product,
            one.text,
            one.note,
            one.seen,
        )
        for one in given
    ]


@router.post(
    "/supplier/orders/{number}/answer", response={200: DoneOut, **REFUSALS}, summary="Answer an order line by line"
)
def answer_order(request: HttpRequest, number: str, body: shapes.SupplierAnswerBody | None = None) -> Any:
    """Within the company's tolerance it is taken at once; beyond it becomes a change order for the buyer
    (``data.change``). Lines that were changed since ``seen`` are asked again (``data.outdated``).
    """
    visitor = _visitor(request, "answer")
    if visible_order(visitor, number) is None:
        raise NotFound(what=number)
    said = body or shapes.SupplierAnswerBody()
    lines = None if said.lines is None else _lines(said.lines)
    many.check_prices(visitor, lines or [])
    return done(
        commands.answer_order(actor=_actor(request), number=number, lines=lines, note=said.note, person=visitor.id)
    )


@router.post(
    "/supplier/answers", response={200: shapes.SupplierAnsweredOut, **REFUSALS}, summary="Answer many orders at once"
)
def answer_orders(request: HttpRequest, body: shapes.SupplierAnswersBody) -> Any:
    """All or nothing; what is wrong is named by place (``orders.3.lines.0.on``). A repetition under the same
    ``Idempotency-Key`` is answered as the first time.
    """
    visitor = _visitor(request, "answer")
    orders = [many.OrderAnswer(one.number, _lines(one.lines), one.note) for one in body.orders]
    try:
        return {"items": many.answer_all(_actor(request), visitor, orders, dry_run=body.dry_run)}
    except many.Refused as refused:
        raise _placed("orders", refused.problems) from refused


def _placed(name: str, problems: dict[int, AppError] | Any) -> Invalid:
    """What was refused, by the place of each."""
    found: dict[str, str] = {}
    for n, error in problems.items():
        if isinstance(error, Invalid):
            found |= {f"{name}.{n}.{field}": text for field, text in error.fields.items()}
        else:
            found[f"{name}.{n}"] = str(error)
    return Invalid(found)


@router.post(
    "/supplier/changes/{number}/accept", response={200: DoneOut, **REFUSALS}, summary="Agree to a change asked of us"
)
def accept_change(request: HttpRequest, number: str, body: shapes.SupplierVerdictBody | None = None) -> Any:
    actor, said = _changing(request, number), body or shapes.SupplierVerdictBody()
    return done(changes.accept_change(actor=actor, number=number, note=said.reason, version=said.version))


@router.post(
    "/supplier/changes/{number}/refuse", response={200: DoneOut, **REFUSALS}, summary="Do not agree to a change"
)
def refuse_change(request: HttpRequest, number: str, body: shapes.SupplierVerdictBody) -> Any:
    actor = _changing(request, number)
    if not body.reason.strip():
        raise Invalid({"reason": _("请写明不同意的原因。")})
    return done(changes.refuse_change(actor=actor, number=number, reason=body.reason, version=body.version))


def _changing(request: HttpRequest, number: str) -> Actor:
    if visible_change(_visitor(request, "answer"), number) is None:
        raise NotFound(what=number)
    actor = _actor(request)
    return replace(actor, permissions=actor.permissions | CHANGES)


@router.post(
    "/supplier/orders/{number}/progress", response={200: DoneOut, **REFUSALS}, summary="Say how far production is"
)
def report_progress(request: HttpRequest, number: str, body: shapes.SupplierProgressBody) -> Any:
    if visible_order(_visitor(request, "answer"), number) is None:
        raise NotFound(what=number)
    lines = [ProgressIn(one.line, one.percent, one.step, one.note) for one in body.lines]
    return done(commands.report_progress(actor=_actor(request), number=number, lines=lines))


@router.post("/supplier/shipments", response={201: shapes.SupplierShippedOut, **REFUSALS}, summary="Announce shipments")
def announce(request: HttpRequest, body: shapes.SupplierShipmentsBody) -> Any:
    """All or nothing; under the same ``Idempotency-Key`` a repetition is refused, nothing is announced twice."""
    visitor = _visitor(request, "ship")
    key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
    notices = [_notice(one) for one in body.shipments]
    try:
        rows = many.ship_all(_actor(request), visitor, notices, dry_run=body.dry_run, key=key)
    except many.Refused as refused:
        raise _placed("shipments", refused.problems) from refused
    return Status(201, {"items": rows})


def _notice(one: shapes.SupplierShipmentIn) -> many.Notice:
    lines = [ShipIn(line.line, line.quantity, line.order, line.lot.strip(), line.expires_on) for line in one.lines]
    names = ("carrier", "tracking_number", "shipped_on", "expected_on", "packages", "weight", "note")
    header = {name: getattr(one, name) for name in names} | {"supplier_reference": one.reference}
    return many.Notice(lines, [line.boxes for line in one.lines], header)


@router.post(
    "/supplier/shipments/{number}/dispatch", response={200: DoneOut, **REFUSALS}, summary="What was announced has left"
)
def dispatch(request: HttpRequest, number: str, body: shapes.SupplierDispatchBody | None = None) -> Any:
    found = shipment_of(_visitor(request, "ship"), number)
    actor = _actor(request)
    actor = replace(actor, permissions=actor.permissions | many.SHIPS)
    said = body or shapes.SupplierDispatchBody()
    given = {"carrier": said.carrier.strip(), "tracking_number": said.tracking_number.strip()}
    if new := {name: text for name, text in given.items() if text and text != found[name]}:
        purchasing.update_shipment(actor=actor.with_key(None), number=number, changes=new, source="supplier")
    return done(purchasing.dispatch_shipment(actor=actor, number=number))


@router.get(
    "/supplier/statement",
    response={200: shapes.SupplierStatementOut, **REFUSALS},
    summary="What was received in a month",
)
def statement(request: HttpRequest, month: str = "") -> Any:
    """``month`` as 2026-11; the current one if it is left out. With what was accepted and rejected."""
    visitor = _visitor(request, "statement")
    today = visitor.actor().today()
    first = (day_asked(f"{month}-01", today) if month else today) or today
    first = first.replace(day=1)
    rows = statement_of(visitor, first, (first + timedelta(days=32)).replace(day=1))
    return {"month": f"{first:%Y-%m}", "items": rows}


@router.get(
    "/supplier/inquiries", response={200: shapes.SupplierInquiriesOut, **REFUSALS}, summary="Inquiries that wait for us"
)
def list_inquiries(request: HttpRequest) -> Any:
    return {"items": inquiries_of(_visitor(request, "money"))}
