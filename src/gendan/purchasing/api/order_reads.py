"""Reading and changing purchase orders over the API."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Status
from pydantic import Field

from gendan.flow.bodies import PassedOut
from gendan.kernel import prints
from gendan.kernel.api import Body, DoneOut, Number, Out, ProblemOut, caller, done
from gendan.purchasing import commands
from gendan.purchasing.api.router import router
from gendan.purchasing.prints import ORDER
from gendan.purchasing.queries.drafts import draft_of
from gendan.purchasing.queries.order_detail import order_detail
from gendan.purchasing.queries.orders import OrderFilter, list_orders
from gendan.purchasing.rules.draft import Draft, DraftLine

REFUSALS = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 409: ProblemOut, 422: ProblemOut}


class OrderOut(Out):
    """An order in a list; prices are null without the right to see them."""

    number: str
    state: str
    version: int
    supplier: str
    supplier_name: str
    warehouse: str
    currency: str
    net: Number | None
    gross: Number | None
    ordered_on: date
    due_on: date | None
    expected_on: date | None
    late_days: int
    lines: int
    open_lines: int
    buyer: str
    supplier_reference: str


class OrdersOut(Out):
    items: list[OrderOut]
    after: str


class PromiseOut(Out):
    revision: int
    kind: str
    source: str
    quantity: Number
    promised_on: date | None
    note: str
    at: datetime
    user: str


class RequestAllocationOut(Out):
    requisition: str
    requisition_line: int
    quantity: Number
    released: Number
    unit: str


class LineOut(Out):
    """A line with its counters, all in ``unit``; one unit is ``factor`` stock units. ``contract`` is the framework
    contract whose price it has.
    """

    line: int
    product: str
    product_name: str
    description: str
    unit: str
    factor: Number
    quantity: Number
    unit_price: Number | None
    discount: Number | None
    tax_rate: Number
    net: Number | None
    tax: Number | None
    gross: Number | None
    required_on: date | None
    promised_on: date | None
    expected_on: date | None
    due_on: date | None
    completed_on: date | None
    late_days: int
    confirmed: Number
    refused: Number
    shipped: Number
    received: Number
    accepted: Number
    rejected: Number
    returned: Number
    replaced: Number
    invoiced: Number
    paid: Number
    cancelled: Number
    outstanding: Number
    is_open: bool
    note: str
    contract: str
    external_key: str | None
    promises: list[PromiseOut]
    allocations: list[RequestAllocationOut]


class RelatedOut(Out):
    number: str
    state: str
    quantity: Number


class RelatedReceiptOut(RelatedOut):
    """``reverses`` names the receipt that this one takes back."""

    reverses: str


class OrderDetailOut(Out):
    """An order with its lines, the promises and requisitions behind them, its shipments and receipts."""

    number: str
    state: str
    version: int
    supplier: str
    supplier_name: str
    warehouse: str
    currency: str
    tax_included: bool
    ordered_on: date
    payment_terms: str
    supplier_reference: str
    external_key: str | None
    note: str
    net: Number | None
    tax: Number | None
    gross: Number | None
    buyer: str
    created_at: datetime
    submitted_at: datetime | None
    approved_at: datetime | None
    approved_by: str
    passed_by: PassedOut | None
    decision_note: str
    closed_at: datetime | None
    close_reason: str
    lines: list[LineOut]
    shipments: list[RelatedOut]
    receipts: list[RelatedReceiptOut]


class OrderQuery(Out):
    state: str = "open"
    supplier: str = ""
    warehouse: str = ""
    buyer: str = ""
    ordered_from: date | None = None
    ordered_to: date | None = None
    late: bool = False
    sending: Literal["", "unsent", "sent", "seen", "confirmed", "countered", "refused", "silent"] = ""
    q: str = Field("", max_length=100)
    limit: int = Field(50, ge=1, le=200)
    after: str = ""


@router.get("/purchase-orders", response={200: OrdersOut, **REFUSALS}, summary="Purchase orders, newest first")
def list_purchase_orders(request: HttpRequest, wanted: Query[OrderQuery]) -> Any:
    narrowed = OrderFilter(
        wanted.state,
        wanted.supplier,
        wanted.warehouse,
        wanted.buyer,
        wanted.ordered_from,
        wanted.ordered_to,
        wanted.q,
        wanted.late,
        wanted.sending,
    )
    page = list_orders(caller(request), narrowed, wanted.after, wanted.limit)
    return {"items": page.items, "after": page.after}


@router.get(
    "/purchase-orders/{number}",
    response={200: OrderDetailOut, **REFUSALS},
    summary="One order: lines with counters and dates, promises, requisitions, shipments, receipts",
)
def get_purchase_order(request: HttpRequest, number: str) -> Any:
    found = order_detail(caller(request), number)
    promises = found.by_line
    lines = [
        {
            **line,
            "promises": promises.get(line["line"], []),
            "allocations": [a for a in found.allocations if a["line"] == line["line"]],
        }
        for line in found.lines
    ]
    return {**found.header, "lines": lines, "shipments": found.shipments, "receipts": found.receipts}


class DraftLineBody(Body):
    """A line of a draft; ``line`` names an existing one (its number), without it the line is new."""

    line: int | None = None
    product: str = Field(max_length=64)
    quantity: Number
    unit_price: Number | None = None
    unit: str = Field("", max_length=64)
    required_on: date | None = None
    discount: Number = Decimal(0)
    tax: str = Field("", max_length=64)
    note: str = Field("", max_length=300)
    description: str = Field("", max_length=300)


class DraftBody(Body):
    """What shall be changed of a draft; what is left out stays. ``lines`` replaces all lines."""

    version: int | None = None
    supplier: str | None = Field(None, max_length=64)
    warehouse: str | None = Field(None, max_length=64)
    currency: str | None = Field(None, max_length=3)
    ordered_on: date | None = None
    tax_included: bool | None = None
    supplier_reference: str | None = Field(None, max_length=80)
    note: str | None = Field(None, max_length=4000)
    lines: list[DraftLineBody] | None = Field(None, min_length=1, max_length=2000)


@router.get(
    "/purchase-orders/{number}/pdf",
    response={200: None, 202: None, **REFUSALS},
    summary="The order on paper; prices as the caller may see them",
    openapi_extra=prints.DESCRIBED,
)
def get_purchase_order_pdf(request: HttpRequest, number: str, language: str = "") -> Any:
    return prints.for_program(caller(request), ORDER, [number], language=language)


@router.patch("/purchase-orders/{number}", response={200: DoneOut, **REFUSALS}, summary="Change a draft")
def update_order(request: HttpRequest, number: str, body: DraftBody) -> Any:
    actor = caller(request)
    actor.must("purchasing.update_order")
    opened = draft_of(actor, number)
    ids = {n: line.id for n, line in enumerate(opened.draft.lines, 1)}
    given = {name: value for name, value in body if value is not None and name not in {"version", "lines"}}
    lines = opened.draft.lines
    if body.lines is not None:
        lines = tuple(
            DraftLine(id=ids.get(entry.line or 0), **{name: v for name, v in entry if name != "line"})
            for entry in body.lines
        )
    before = opened.draft
    values = {name: getattr(before, name) for name in before.__dataclass_fields__} | given | {"lines": lines}
    version = opened.version if body.version is None else body.version
    return done(commands.update_order(actor=actor, number=number, draft=Draft(**values), version=version))


@router.delete("/purchase-orders/{number}", response={200: DoneOut, **REFUSALS}, summary="Throw an own draft away")
def delete_order(request: HttpRequest, number: str) -> Any:
    return done(commands.delete_order(actor=caller(request), number=number))


class CopyBody(Body):
    """``current_prices``: the price list decides where it can."""

    current_prices: bool = False


@router.post(
    "/purchase-orders/{number}/copy", response={201: DoneOut, **REFUSALS}, summary="A new draft like this order"
)
def copy_order(request: HttpRequest, number: str, body: CopyBody | None = None) -> Any:
    asked = body or CopyBody()
    result = commands.copy_order(actor=caller(request), number=number, current_prices=asked.current_prices)
    return Status(201, done(result))
