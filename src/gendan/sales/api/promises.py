"""When goods can leave, and what was promised."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query
from pydantic import BeforeValidator, Field

from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done
from gendan.kernel.strict import plain
from gendan.sales import commands
from gendan.sales.api.orders import REFUSALS, SalesVersionBody
from gendan.sales.api.router import router
from gendan.sales.permissions import VIEW
from gendan.sales.queries.available import AskIn, available
from gendan.sales.queries.why import why_not_reserved
from gendan.sales.rules.promises import PromiseIn


class AtpQuery(Out):
    """What is asked: ``date`` is when it is wanted; ``unit`` empty is the product's own."""

    product: str = Field(max_length=64)
    quantity: Annotated[Decimal, Field(max_digits=18, decimal_places=6, allow_inf_nan=False), BeforeValidator(plain)]
    warehouse: str = Field(max_length=64)
    unit: str = Field("", max_length=64)
    date: datetime.date | None = None


class AtpLineBody(Body):
    product: str = Field(max_length=64)
    quantity: Number
    unit: str = Field("", max_length=64)
    date: datetime.date | None = None


class AtpBody(Body):
    """Several lines at once; they are served in their order, so that none gets what an earlier one takes."""

    warehouse: str = Field(max_length=64)
    lines: list[AtpLineBody] = Field(min_length=1, max_length=2000)


class SourceOut(Out):
    """A part: ``kind`` is stock, purchase (``number`` and ``line`` name it) or lead (to be bought)."""

    kind: str
    quantity: Number
    on: datetime.date | None
    number: str
    line: int
    text: str


class AvailableOut(Out):
    """``on`` is when all of it can leave (null: unknown), ``promise`` the day to promise, ``by_then`` what can leave by
    the asked day (without one: today); ``unsure`` tells what is overdue or has no day and was not counted.
    """

    product: str
    product_name: str
    unit: str
    quantity: Number
    on: datetime.date | None
    promise: datetime.date | None
    in_time: bool
    by_then: Number
    from_stock: bool
    text: str
    sources: list[SourceOut]
    unsure: list[str]


class AvailablesOut(Out):
    lines: list[AvailableOut]


READ_BY_CUSTOMER = "Read by customers who have a link to the order"


class PromiseLineBody(Body):
    line: int
    promised_on: datetime.date
    reason: str = Field("", max_length=300, description=READ_BY_CUSTOMER)


class PromiseBody(SalesVersionBody):
    """Days for lines; without ``lines`` every open line gets the day that supply allows now."""

    lines: list[PromiseLineBody] | None = Field(None, min_length=1, max_length=2000)
    reason: str = Field("", max_length=300, description=READ_BY_CUSTOMER)


@router.get("/atp", response={200: AvailableOut, **REFUSALS}, summary="When can a quantity of a product leave?")
def ask_atp(request: HttpRequest, asked: Query[AtpQuery]) -> Any:
    actor = caller(request)
    actor.must(VIEW)
    wanted = AskIn(asked.product, asked.quantity, asked.unit, asked.date)
    return available(actor, asked.warehouse, [wanted])[0]


@router.post("/atp", response={200: AvailablesOut, **REFUSALS}, summary="When can several lines leave?")
def ask_atp_of_lines(request: HttpRequest, body: AtpBody) -> Any:
    actor = caller(request)
    actor.must(VIEW)
    wanted = [AskIn(line.product, line.quantity, line.unit, line.date) for line in body.lines]
    return {"lines": available(actor, body.warehouse, wanted)}


@router.post(
    "/sales-orders/{number}/promise", response={200: DoneOut, **REFUSALS}, summary="Promise days for lines of an order"
)
def promise_sales_order(request: HttpRequest, number: str, body: PromiseBody | None = None) -> Any:
    asked = body or PromiseBody()
    lines = None if asked.lines is None else [PromiseIn(e.line, e.promised_on, e.reason) for e in asked.lines]
    result = commands.promise_order(
        actor=caller(request), number=number, lines=lines, reason=asked.reason, version=asked.version
    )
    return done(result)


class CoverBody(Body):
    """Other goods for a line: free stock, or what the order ``purchase`` brings and nobody waits for; given up is first
    what the purchase order ``instead`` was to bring. ``quantity`` in stock units; without it as much as fits.
    """

    purchase: str = Field("", max_length=32)
    instead: str = Field("", max_length=32)
    quantity: Number | None = None


class ReasonOut(Out):
    """``kind``: review, free, held (by others), check (inspection, rejected), elsewhere, incoming, way, asked, none."""

    kind: str
    text: str
    documents: list[str]


class WhyLineOut(Out):
    line: int
    reasons: list[ReasonOut]


class WhyOut(Out):
    lines: list[WhyLineOut]


@router.get("/sales-orders/{number}/why", response={200: WhyOut, **REFUSALS}, summary="Why is this not reserved?")
def why_sales_order(request: HttpRequest, number: str) -> Any:
    actor = caller(request)
    actor.must(VIEW)
    found = why_not_reserved(actor, number)
    lines = [
        {
            "line": line,
            "reasons": [
                {"kind": r.kind, "text": r.text, "documents": [document for document, _address in r.links]}
                for r in reasons
            ],
        }
        for line, reasons in sorted(found.items())
    ]
    return {"lines": lines}


@router.post(
    "/sales-orders/{number}/lines/{line}/cover",
    response={200: DoneOut, **REFUSALS},
    summary="Give a line other goods than those it waits for",
)
def cover_sales_line(request: HttpRequest, number: str, line: int, body: CoverBody | None = None) -> Any:
    asked = body or CoverBody()
    return done(
        commands.cover_line(
            actor=caller(request),
            number=number,
            line=line,
            purchase=asked.purchase,
            instead=asked.instead,
            quantity=asked.quantity,
        )
    )
