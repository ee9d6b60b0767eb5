"""Goods receipts for programs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Status
from pydantic import Field

from gendan.kernel import prints
from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done
from gendan.purchasing import commands
from gendan.purchasing.api.orders import REFUSALS
from gendan.purchasing.api.router import router
from gendan.purchasing.prints import RECEIPT
from gendan.purchasing.queries import receipts
from gendan.purchasing.rules.inspection import InspectIn


class ReverseBody(Body):
    reason: str = Field("", max_length=300)
    version: int | None = None


class VerdictBody(Body):
    """Good and bad quantities of a receipt's line; good goods go into ``bin`` (code)."""

    line: int = Field(ge=1, le=100_000)
    accepted: Number = Decimal(0)
    rejected: Number = Decimal(0)
    bin: str | None = Field(None, max_length=64)
    note: str = Field("", max_length=300)
    sorted: bool = False


class InspectBody(Body):
    """The verdicts; without lines everything that waits is accepted."""

    lines: list[VerdictBody] | None = Field(None, max_length=4000)
    version: int | None = None


class ReceiptOut(Out):
    number: str
    state: str
    version: int
    supplier: str
    supplier_name: str
    warehouse: str
    delivery_note: str
    received_on: date
    shipment: str
    reverses: str
    reversed_by: str
    reason: str
    note: str
    created_by: str


class ReceiptRowOut(ReceiptOut):
    lines: int
    orders: list[str]


class ReceiptLineOut(Out):
    line: int
    order: str
    order_line: int
    product: str
    product_name: str
    unit: str
    quantity: Number
    accepted: Number
    rejected: Number
    lot: str
    bin: str


class ReceiptDetailOut(ReceiptOut):
    orders: list[str]
    lines: list[ReceiptLineOut]


class ReceiptPageOut(Out):
    items: list[ReceiptRowOut]
    after: str


@router.get("/receipts", response={200: ReceiptPageOut, **REFUSALS}, summary="Goods receipts, newest first")
def list_receipts(
    request: HttpRequest,
    state: str = "",
    supplier: str = "",
    warehouse: str = "",
    order: str = "",
    q: str = "",
    limit: int = 50,
    after: str = "",
) -> Any:
    """``q`` is a receipt's number or a delivery note."""
    wanted = receipts.ReceiptFilter(state, supplier, warehouse, order, q)
    page = receipts.receipt_list(caller(request), wanted, after=after, limit=limit)
    return {"items": [{**row, "orders": row["orders"].split()} for row in page.items], "after": page.after}


@router.get("/receipts/{number}", response={200: ReceiptDetailOut, **REFUSALS}, summary="A receipt with its lines")
def get_receipt(request: HttpRequest, number: str) -> Any:
    found = receipts.receipt_detail(caller(request), number)
    return {**found, "lines": [{**line, "order": line["order_number"]} for line in found["lines"]]}


@router.get(
    "/receipts/{number}/pdf",
    response={200: None, 202: None, **REFUSALS},
    summary="The receipt on paper",
    openapi_extra=prints.DESCRIBED,
)
def get_receipt_pdf(request: HttpRequest, number: str, language: str = "") -> Any:
    return prints.for_program(caller(request), RECEIPT, [number], language=language)


@router.post("/receipts/{number}/reverse", response={201: DoneOut, **REFUSALS}, summary="Take a receipt back")
def reverse_receipt(request: HttpRequest, number: str, body: ReverseBody | None = None) -> Any:
    asked = body or ReverseBody()
    result = commands.reverse_receipt(actor=caller(request), number=number, reason=asked.reason, version=asked.version)
    return Status(201, done(result))


@router.post("/receipts/{number}/inspect", response={200: DoneOut, **REFUSALS}, summary="Record an inspection")
def inspect_receipt(request: HttpRequest, number: str, body: InspectBody | None = None) -> Any:
    asked = body or InspectBody()
    lines = [InspectIn(e.line, e.accepted, e.rejected, e.bin or "", e.note, e.sorted) for e in asked.lines or []]
    result = commands.inspect_receipt(
        actor=caller(request),
        number=number,
        lines=None if asked.lines is None else lines,
        version=asked.version,
    )
    return done(result)
