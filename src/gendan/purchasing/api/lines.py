"""Open order lines, and where one of them is, for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done
from gendan.purchasing import commands
from gendan.purchasing.api.orders import REFUSALS
from gendan.purchasing.api.router import router
from gendan.purchasing.queries import axis, lines, trace


class OpenLineOut(Out):
    order: str
    line: int
    state: str
    supplier: str
    supplier_name: str
    product: str
    product_name: str
    warehouse: str
    unit: str
    ordered: Number
    confirmed: Number
    refused: Number
    shipped: Number
    received: Number
    accepted: Number
    rejected: Number
    returned: Number
    replaced: Number
    to_replace: Number = Field(description="What is to come instead of what went back")
    outstanding: Number
    required_on: date | None
    promised_on: date | None
    expected_on: date | None
    due_on: date | None
    basis: str = Field(description="What due_on is: promised (the first promise) or required")
    days_late: int | None


class OpenLinePageOut(Out):
    items: list[OpenLineOut]
    after: str


class TracePartOut(Out):
    quantity: Number
    on: date | None


class TracePromiseOut(Out):
    revision: int
    kind: str
    source: str
    at: datetime
    by: str
    note: str
    parts: list[TracePartOut]


class TraceRequisitionOut(Out):
    number: str
    line: int
    state: str
    quantity: Number
    required_on: date | None
    requester: str


class TraceShipmentOut(Out):
    number: str
    state: str
    carrier: str
    tracking_number: str
    quantity: Number
    received: Number
    shipped_on: date | None
    expected_on: date | None
    arrived_on: date | None


class TraceReceiptOut(Out):
    number: str
    state: str
    delivery_note: str
    received_on: date
    quantity: Number
    accepted: Number
    rejected: Number
    lot: str
    bin: str
    shipment: str
    reverses: str | None


class TracePlaceOut(Out):
    bin: str
    kind: str
    lot: str
    brought: Number
    on_hand: Number
    still_here: Number


class TraceDeliveryOut(Out):
    """A delivery of a customer's line; quantity in the product's stock unit."""

    number: str
    state: str
    quantity: Number
    shipped_on: date | None
    signed_on: date | None
    signed_by: str


class TraceWaiterOut(Out):
    """A customer's line that waits for the goods or was served by them; quantities in the product's stock unit."""

    order: str
    line: int
    state: str
    customer: str
    customer_name: str
    waiting: Number
    came: Number
    due_on: date | None
    expected_on: date | None
    sent: list[TraceDeliveryOut]


class TraceCountersOut(Out):
    ordered: Number
    confirmed: Number
    refused: Number = Field(description="What the supplier refused and nothing confirmed, sent or received covers")
    shipped: Number
    received: Number
    accepted: Number
    rejected: Number
    returned: Number
    replaced: Number
    to_replace: Number = Field(description="What is to come instead of what went back")
    cancelled: Number
    outstanding: Number


class TraceReturnOut(Out):
    """A return that this line's goods went back with, and what came instead."""

    number: str
    line: int
    state: str
    settlement: str
    quantity: Number
    replaced: Number
    posted_on: date | None
    promised_on: date | None
    replace_on: date | None


class TraceDatesOut(Out):
    required_on: date | None
    promised_on: date | None
    expected_on: date | None
    actual_on: date | None
    due_on: date | None
    basis: str
    days_late: int


class TraceOut(Out):
    """The whole way of an order line: requisitions, promises, shipments, receipts, places in stock, and which lines of
    customers are behind it (for those who may see sales).
    """

    order: str
    line: int
    state: str
    answer: str
    supplier: str
    supplier_name: str
    product: str
    product_name: str
    warehouse: str
    unit: str
    counters: TraceCountersOut
    dates: TraceDatesOut
    requisitions: list[TraceRequisitionOut]
    promises: list[TracePromiseOut]
    shipments: list[TraceShipmentOut]
    receipts: list[TraceReceiptOut]
    returns: list[TraceReturnOut]
    places: list[TracePlaceOut]
    waiting: list[TraceWaiterOut]


class ExpectBody(Body):
    """A new date for what of the line is still to come; ``source``: supplier, carrier, buyer."""

    expected_on: date
    note: str = Field("", max_length=300)
    source: str = Field("supplier", max_length=8)
    version: int | None = None


@router.get(
    "/order-lines", response={200: OpenLinePageOut, **REFUSALS}, summary="Open lines, the longest overdue first"
)
def list_order_lines(
    request: HttpRequest,
    late: bool = False,
    due: str = "",
    supplier: str = "",
    product: str = "",
    warehouse: str = "",
    order: str = "",
    unconfirmed: bool = False,
    replacing: bool = False,
    limit: int = 50,
    after: str = "",
) -> Any:
    """``late`` leaves only what is overdue; ``due`` is late, today or week; ``replacing``: of which goods went
    back and others are to come instead, open or not.
    """
    asked = "late" if late else due
    wanted = lines.LineFilter(asked, supplier, product, warehouse, unconfirmed, order=order, replacing=replacing)
    page = lines.open_lines(caller(request), wanted, after=after, limit=limit)
    return {"items": [{**row, "order": row["order_number"]} for row in page.items], "after": page.after}


@router.get("/order-lines/{number}/{line}/trace", response={200: TraceOut, **REFUSALS}, summary="Where is it")
def trace_order_line(request: HttpRequest, number: str, line: int) -> Any:
    found = trace.trace(caller(request), number, line)
    return {
        **found.line,
        "order": number,
        "answer": axis.answer(found),
        "counters": found.counters,
        "dates": found.dates,
        "requisitions": found.requisitions,
        "promises": [
            {
                "revision": word.revision,
                "kind": word.kind,
                "source": word.source,
                "at": word.at,
                "by": word.user,
                "note": word.note,
                "parts": [{"quantity": quantity, "on": day} for quantity, day in word.parts],
            }
            for word in found.promises
        ],
        "shipments": found.shipments,
        "receipts": found.receipts,
        "returns": found.returns,
        "places": found.places,
        "waiting": found.waiting,
    }


@router.post("/order-lines/{number}/{line}/expect", response={200: DoneOut, **REFUSALS}, summary="Note a new date")
def revise_promise(request: HttpRequest, number: str, line: int, body: ExpectBody) -> Any:
    result = commands.revise_promise(
        actor=caller(request),
        number=number,
        line=line,
        expected_on=body.expected_on,
        note=body.note,
        source=body.source,
        version=body.version,
    )
    return done(result)
