"""Returns for programs. Photos are put on a return or its lines through ``/documents/{kind}/{number}/attachments`` with
the kinds ``rma`` and ``rmal``.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Status
from pydantic import Field

from gendan.flow.bodies import PassedOut
from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done
from gendan.sales import commands
from gendan.sales.api.orders import REFUSALS
from gendan.sales.api.router import router
from gendan.sales.queries import returns
from gendan.sales.rules.returned import BackIn, ReturnIn, VerdictIn

Reason = Literal["damaged", "wrong", "quality", "surplus", "refused", "unwanted", "other"]


class ReturnLineBody(Body):
    """A quantity of an order's line that shall come back; ``delivery`` and ``lot`` where they are known."""

    order: str = Field(max_length=32)
    line: int = Field(ge=1, le=100_000)
    quantity: Number
    reason: Reason
    note: str = Field("", max_length=300)
    delivery: str = Field("", max_length=32)
    lot: str = Field("", max_length=80)


class ReturnBody(Body):
    """Goods of one customer that shall come back; ``approve`` lets it pass at once."""

    lines: list[ReturnLineBody] = Field(min_length=1, max_length=500)
    contact: str = Field("", max_length=120)
    note: str = Field("", max_length=1000)
    approve: bool = False


class ReturnNoteBody(Body):
    note: str = Field("", max_length=300)
    version: int | None = None


class ReturnReasonBody(Body):
    reason: str = Field("", max_length=300)
    version: int | None = None


class BackLineBody(Body):
    line: int = Field(ge=1, le=100_000)
    quantity: Number
    lot: str = Field("", max_length=80)


class BackBody(Body):
    """What came; without lines all that was asked for."""

    lines: list[BackLineBody] | None = Field(None, max_length=1000)
    version: int | None = None


class VerdictLineBody(Body):
    """What becomes of a quantity: into ``bin`` (empty: the usual one), to scrap, to the area for the supplier."""

    line: int = Field(ge=1, le=100_000)
    restock: Number = Decimal(0)
    scrap: Number = Decimal(0)
    to_supplier: Number = Decimal(0)
    bin: str = Field("", max_length=64)
    note: str = Field("", max_length=300)


class DecideBody(Body):
    lines: list[VerdictLineBody] = Field(min_length=1, max_length=1000)
    version: int | None = None


class SettleBody(Body):
    """``replace`` makes a new order (``free``: at price 0), ``credit`` an amount, ``none`` nothing."""

    settlement: Literal["replace", "credit", "none"]
    credit: Number | None = None
    free: bool = True
    submit: bool = False
    note: str = Field("", max_length=300)
    version: int | None = None


class ReturnOut(Out):
    number: str
    state: str
    version: int
    customer: str
    customer_name: str
    warehouse: str
    via: str
    contact: str
    note: str
    settlement: str
    credit: Number | None
    currency: str
    replacement: str
    passed_by: PassedOut | None = None
    decision_note: str
    received_on: date | None
    created_at: datetime
    created_by: str
    orders: list[str]


class BackLineOut(Out):
    number: str
    line: int
    order: str
    order_line: int
    product: str
    product_name: str
    unit: str
    reason: str
    note: str
    delivery: str
    lot: str
    quantity: Number
    received: Number
    restocked: Number
    scrapped: Number
    to_supplier: Number


class ReturnDetailOut(ReturnOut):
    lines: list[BackLineOut]


class ReturnPageOut(Out):
    items: list[ReturnOut]
    after: str


@router.get("/returns", response={200: ReturnPageOut, **REFUSALS}, summary="Returns, newest first")
def list_returns(
    request: HttpRequest,
    state: str = "all",
    customer: str = "",
    order: str = "",
    q: str = "",
    limit: int = 50,
    after: str = "",
) -> Any:
    """``state``: open, all, or one state; ``q``: a number, a customer or a product."""
    wanted = returns.ReturnFilter(state, customer, order, q)
    page = returns.return_list(caller(request), wanted, after=after, limit=limit)
    return {"items": [{**row, "orders": row["orders"].split()} for row in page.items], "after": page.after}


@router.post("/returns", response={201: DoneOut, **REFUSALS}, summary="Ask goods back")
def request_return(request: HttpRequest, body: ReturnBody) -> Any:
    lines = [ReturnIn(e.order, e.line, e.quantity, e.reason, e.note, e.delivery, e.lot) for e in body.lines]
    result = commands.request_return(
        actor=caller(request), lines=lines, contact=body.contact, note=body.note, approve=body.approve
    )
    return Status(201, done(result))


@router.get("/returns/{number}", response={200: ReturnDetailOut, **REFUSALS}, summary="A return with its lines")
def get_return(request: HttpRequest, number: str) -> Any:
    found = returns.return_detail(caller(request), number)
    lines = [{**line, "order": line["order_number"]} for line in found["lines"]]
    return {**found, "orders": found["orders"].split(), "lines": lines}


@router.post("/returns/{number}/approve", response={200: DoneOut, **REFUSALS}, summary="Let a return pass")
def approve_return(request: HttpRequest, number: str, body: ReturnNoteBody | None = None) -> Any:
    asked = body or ReturnNoteBody()
    return done(commands.approve_return(actor=caller(request), number=number, note=asked.note, version=asked.version))


@router.post("/returns/{number}/reject", response={200: DoneOut, **REFUSALS}, summary="Say no to a return")
def reject_return(request: HttpRequest, number: str, body: ReturnReasonBody | None = None) -> Any:
    asked = body or ReturnReasonBody()
    return done(
        commands.reject_return(actor=caller(request), number=number, reason=asked.reason, version=asked.version)
    )


@router.post("/returns/{number}/cancel", response={200: DoneOut, **REFUSALS}, summary="Take a return back")
def cancel_return(request: HttpRequest, number: str, body: ReturnReasonBody | None = None) -> Any:
    asked = body or ReturnReasonBody()
    return done(
        commands.cancel_return(actor=caller(request), number=number, reason=asked.reason, version=asked.version)
    )


@router.post("/returns/{number}/receive", response={200: DoneOut, **REFUSALS}, summary="Book what came back")
def receive_return(request: HttpRequest, number: str, body: BackBody | None = None) -> Any:
    asked = body or BackBody()
    lines = None if asked.lines is None else [BackIn(e.line, e.quantity, e.lot) for e in asked.lines]
    return done(commands.receive_return(actor=caller(request), number=number, lines=lines, version=asked.version))


@router.post(
    "/returns/{number}/decide", response={200: DoneOut, **REFUSALS}, summary="Say what becomes of goods that came back"
)
def decide_return(request: HttpRequest, number: str, body: DecideBody) -> Any:
    lines = [VerdictIn(e.line, e.restock, e.scrap, e.to_supplier, e.bin, e.note) for e in body.lines]
    return done(commands.decide_return(actor=caller(request), number=number, lines=lines, version=body.version))


@router.post("/returns/{number}/settle", response={200: DoneOut, **REFUSALS}, summary="Say what the customer gets")
def settle_return(request: HttpRequest, number: str, body: SettleBody) -> Any:
    return done(
        commands.settle_return(
            actor=caller(request),
            number=number,
            settlement=body.settlement,
            credit=body.credit,
            free=body.free,
            submit=body.submit,
            note=body.note,
            version=body.version,
        )
    )


@router.post(
    "/deliveries/{number}/return",
    response={201: DoneOut, **REFUSALS},
    summary="Ask back what was refused",
)
def return_refused(request: HttpRequest, number: str) -> Any:
    actor = caller(request)
    actor.must("sales.request_return")
    return Status(201, done(commands.request_return(actor=actor, lines=returns.refused_of(actor, number))))
