"""Where one sales line is, for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest

from gendan.kernel.api import Number, Out, caller
from gendan.sales.api.orders import REFUSALS
from gendan.sales.api.router import router
from gendan.sales.queries import trace


class SalesWordOut(Out):
    """One word to the customer about the line's day; the first is what lateness counts from."""

    revision: int
    source: str
    promised_on: date | None
    reason: str
    by: str
    at: datetime


class HeldStockOut(Out):
    bin: str
    lot: str
    quantity: Number
    hard: Number


class BehindPurchaseOut(Out):
    """A purchase line that the line waits for (``waiting``) or that came in for it (``came``); stock units."""

    number: str
    line: int
    state: str
    supplier: str
    supplier_name: str
    waiting: Number
    came: Number
    expected_on: date | None


class BehindShipmentOut(Out):
    number: str
    state: str
    carrier: str
    tracking_number: str
    quantity: Number
    shipped_on: date | None
    expected_on: date | None
    arrived_on: date | None


class BehindReceiptOut(Out):
    number: str
    state: str
    quantity: Number
    received_on: date
    bin: str
    lot: str


class BehindRequisitionOut(Out):
    number: str
    line: int
    state: str
    requester: str
    required_on: date | None
    waiting: Number


class SentOut(Out):
    number: str
    state: str
    quantity: Number
    signed: Number
    refused: Number
    carrier: str
    tracking_number: str
    shipped_on: date | None
    expected_on: date | None
    signed_on: date | None
    signed_by: str
    recorded_on: date | None


class LineReturnOut(Out):
    number: str
    state: str
    quantity: Number
    received: Number
    reason: str


class SalesTraceOut(Out):
    """The whole way of a sales line: what it is served from, back to the request, and where its goods went."""

    order: str
    line: int
    state: str
    answer: str
    customer: str
    customer_name: str
    product: str
    product_name: str
    warehouse: str
    quantity: Number
    reserved: Number
    pegged: Number
    requested: Number
    shipped: Number
    signed: Number
    refused: Number
    cancelled: Number
    requested_on: date | None
    promised_on: date | None
    expected_on: date | None
    completed_on: date | None
    days_late: int
    promises: list[SalesWordOut]
    requisitions: list[BehindRequisitionOut]
    purchases: list[BehindPurchaseOut]
    shipments: list[BehindShipmentOut]
    receipts: list[BehindReceiptOut]
    stock: list[HeldStockOut]
    deliveries: list[SentOut]
    returns: list[LineReturnOut]


@router.get(
    "/sales-orders/{number}/lines/{line}/trace", response={200: SalesTraceOut, **REFUSALS}, summary="Where is it"
)
def trace_sales_line(request: HttpRequest, number: str, line: int) -> Any:
    found = trace.trace(caller(request), number, line)
    return {
        **found.line,
        "order": number,
        "answer": trace.answer(found),
        "days_late": found.dates["days_late"],
        "promises": [{**word, "by": word["user"]} for word in found.promises],
        "requisitions": found.requisitions,
        "purchases": found.purchases,
        "shipments": found.shipments,
        "receipts": found.receipts,
        "stock": found.stock,
        "deliveries": found.deliveries,
        "returns": found.returns,
    }
