"""Quotations: offered, changed, sent, ordered from, lost."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Status
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done
from gendan.sales import commands
from gendan.sales.api.orders import REFUSALS, SalesLineBody, SalesReasonBody, SalesVersionBody
from gendan.sales.api.router import router
from gendan.sales.queries.quotations import QuotationFilter, list_quotations, quotation_detail
from gendan.sales.rules.draft import DraftLine
from gendan.sales.rules.quotation import OrderedIn, QuoteDraft


class QuotationBody(Body):
    """An offer; ``ship_to`` is the code of one of the customer's addresses, ``valid_to`` its last day (null: no end).
    A line without ``unit_price`` takes the customer's price list.
    """

    customer: str = Field(max_length=64)
    warehouse: str = Field(max_length=64)
    currency: str = Field("", max_length=3)
    ship_to: str = Field("", max_length=64)
    lines: list[SalesLineBody] = Field(min_length=1, max_length=2000)
    quoted_on: date | None = None
    valid_to: date | None = None
    requested_on: date | None = None
    tax_included: bool = True
    customer_reference: str = Field("", max_length=80)
    note: str = Field("", max_length=4000)


class QuotationChangeBody(QuotationBody):
    """The whole quotation as it shall be; its lines take the place of those that it had."""

    version: int | None = None


class OrderedBody(Body):
    line: int
    quantity: Number


class OrderQuotationBody(Body):
    """``lines`` null orders everything that is not ordered yet."""

    lines: list[OrderedBody] | None = Field(None, min_length=1, max_length=2000)
    ordered_on: date | None = None
    requested_on: date | None = None
    customer_reference: str = Field("", max_length=80)
    submit: bool = False
    version: int | None = None


class QuotationOut(Out):
    """A quotation in a list; amounts are null without the right to see them. ``orders`` counts what came out of it."""

    number: str
    state: str
    version: int
    customer: str
    customer_name: str
    warehouse: str
    currency: str
    gross: Number | None
    quoted_on: date
    valid_to: date | None
    expired: bool
    requested_on: date | None
    customer_reference: str


class QuotationListOut(QuotationOut):
    orders: int


class QuotationsOut(Out):
    items: list[QuotationListOut]
    after: str


class QuotationLineOut(Out):
    """A line; ``open`` is what can still be ordered of it, in ``unit``."""

    line: int
    product: str
    product_name: str
    unit: str
    quantity: Number
    ordered: Number
    open: Number
    unit_price: Number | None
    price_source: str | None
    discount: Number | None
    tax_rate: Number
    net: Number | None
    tax: Number | None
    gross: Number | None
    requested_on: date | None
    note: str


class OrderOfQuotationOut(Out):
    number: str
    state: str
    ordered_on: date
    gross: Number | None


class QuotationDetailOut(QuotationOut):
    net: Number | None
    tax: Number | None
    tax_included: bool
    payment_terms: str
    note: str
    decision_note: str
    ship_to_code: str
    ship_to_name: str
    ship_to_phone: str
    ship_to_address: str
    ship_to_country: str
    lines: list[QuotationLineOut]
    orders: list[OrderOfQuotationOut]


class QuotationQuery(Out):
    """Which quotations; ``state=open`` is drafts and those sent, ``all`` everything."""

    state: str = Field("open", max_length=24)
    customer: str = Field("", max_length=64)
    q: str = Field("", max_length=100)
    expired: bool = False
    limit: int = Field(50, ge=1, le=200)
    after: str = Field("", max_length=200)


@router.post("/quotations", response={201: DoneOut, **REFUSALS}, summary="Make a quotation")
def create_quotation(request: HttpRequest, body: QuotationBody) -> Any:
    fields = body.model_dump(exclude={"lines"})
    lines = [line.line() for line in body.lines]
    return Status(201, done(commands.create_quotation(actor=caller(request), lines=lines, **fields)))


@router.get("/quotations", response={200: QuotationsOut, **REFUSALS}, summary="List quotations, newest first")
def list_of_quotations(request: HttpRequest, wanted: Query[QuotationQuery]) -> Any:
    which = QuotationFilter(state=wanted.state, customer=wanted.customer, q=wanted.q, expired=wanted.expired)
    page = list_quotations(caller(request), which, wanted.after, wanted.limit)
    return {"items": page.items, "after": page.after}


@router.get("/quotations/{number}", response={200: QuotationDetailOut, **REFUSALS}, summary="Read a quotation")
def read_quotation(request: HttpRequest, number: str) -> Any:
    found = quotation_detail(caller(request), number)
    return {**found.header, "lines": found.lines, "orders": found.orders}


@router.put("/quotations/{number}", response={200: DoneOut, **REFUSALS}, summary="Change a quotation")
def update_quotation(request: HttpRequest, number: str, body: QuotationChangeBody) -> Any:
    wanted = (asdict(line.line()) for line in body.lines)
    lines = tuple(DraftLine(**{k: v for k, v in line.items() if k != "external_key"}) for line in wanted)
    header = body.model_dump(exclude={"lines", "version", "quoted_on"})
    draft = QuoteDraft(**header, ordered_on=body.quoted_on, lines=lines)
    return done(commands.update_quotation(actor=caller(request), number=number, draft=draft, version=body.version))


@router.post("/quotations/{number}/send", response={200: DoneOut, **REFUSALS}, summary="The customer has it")
def send_quotation(request: HttpRequest, number: str, body: SalesVersionBody | None = None) -> Any:
    asked = body or SalesVersionBody()
    return done(commands.send_quotation(actor=caller(request), number=number, version=asked.version))


@router.post("/quotations/{number}/lose", response={200: DoneOut, **REFUSALS}, summary="Nothing came of it")
def lose_quotation(request: HttpRequest, number: str, body: SalesReasonBody) -> Any:
    return done(commands.lose_quotation(actor=caller(request), number=number, version=body.version, reason=body.reason))


@router.post("/quotations/{number}/cancel", response={200: DoneOut, **REFUSALS}, summary="Take a quotation back")
def cancel_quotation(request: HttpRequest, number: str, body: SalesReasonBody | None = None) -> Any:
    asked = body or SalesReasonBody()
    return done(
        commands.cancel_quotation(actor=caller(request), number=number, version=asked.version, reason=asked.reason)
    )


@router.post("/quotations/{number}/copy", response={201: DoneOut, **REFUSALS}, summary="Offer the same again")
def copy_quotation(request: HttpRequest, number: str) -> Any:
    return Status(201, done(commands.copy_quotation(actor=caller(request), number=number)))


@router.post("/quotations/{number}/orders", response={201: DoneOut, **REFUSALS}, summary="Order out of a quotation")
def order_quotation(request: HttpRequest, number: str, body: OrderQuotationBody | None = None) -> Any:
    asked = body or OrderQuotationBody()
    lines = [OrderedIn(e.line, e.quantity) for e in asked.lines] if asked.lines is not None else None
    fields = asked.model_dump(exclude={"lines"})
    return Status(201, done(commands.order_quotation(actor=caller(request), number=number, lines=lines, **fields)))
