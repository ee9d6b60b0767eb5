"""From nothing to stock: create, approve, confirm, receive."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Status
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, ProblemOut, caller, done
from gendan.purchasing import commands
from gendan.purchasing.api.router import router
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.rules.receipts import ReceiveIn

REFUSALS = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 409: ProblemOut, 422: ProblemOut}


class OrderLineBody(Body):
    """A line: ``product``, ``unit`` and ``tax`` are codes; without ``unit_price`` the supplier's price list decides."""

    product: str = Field(max_length=64)
    quantity: Number
    unit_price: Number | None = None
    unit: str = Field("", max_length=64)
    required_on: date | None = None
    discount: Number = Decimal(0)
    tax: str = Field("", max_length=64)
    note: str = Field("", max_length=300)
    description: str = Field("", max_length=300)
    external_key: str | None = Field(None, max_length=120)

    def line(self) -> LineIn:
        return LineIn(
            self.product,
            self.quantity,
            self.unit_price,
            self.unit,
            self.required_on,
            self.discount,
            self.tax,
            self.note,
            self.description,
            self.external_key,
        )


class OrderBody(Body):
    """A purchase order; ``submit`` sends it to approval, and approves it at once if the caller may."""

    supplier: str = Field(max_length=64)
    warehouse: str = Field(max_length=64)
    currency: str = Field("", max_length=3)
    lines: list[OrderLineBody] = Field(min_length=1, max_length=2000)
    ordered_on: date | None = None
    tax_included: bool = True
    supplier_reference: str = Field("", max_length=80)
    external_key: str | None = Field(None, max_length=120)
    note: str = Field("", max_length=4000)
    submit: bool = False


class PurchaseApproveBody(Body):
    version: int | None = None
    note: str = Field("", max_length=300)


class ConfirmLineBody(Body):
    """A part of the supplier's answer; several parts of one line split it; ``refused`` needs no date."""

    line: int
    quantity: Number | None = None
    promised_on: date | None = None
    refused: bool = False
    note: str = Field("", max_length=300)


class ConfirmBody(Body):
    """The supplier's answer; without lines everything is confirmed as ordered."""

    lines: list[ConfirmLineBody] | None = Field(None, min_length=1, max_length=4000)
    version: int | None = None


class ReceiptLineBody(Body):
    """A counted quantity; ``lot`` and ``bin`` are codes."""

    line: int
    quantity: Number
    lot: str | None = Field(None, max_length=80)
    bin: str | None = Field(None, max_length=64)


class ReceiptBody(Body):
    """A delivery: its lines, or ``all`` that is open."""

    delivery_note: str = Field("", max_length=80)
    lines: list[ReceiptLineBody] | None = Field(None, min_length=1, max_length=4000)
    all: bool = False
    received_on: date | None = None
    over: bool = False
    note: str = Field("", max_length=300)
    version: int | None = None


@router.post("/purchase-orders", response={201: DoneOut, **REFUSALS}, summary="Create a purchase order")
def create_order(request: HttpRequest, body: OrderBody) -> Any:
    result = commands.create_order(
        actor=caller(request),
        supplier=body.supplier,
        warehouse=body.warehouse,
        currency=body.currency,
        lines=[line.line() for line in body.lines],
        ordered_on=body.ordered_on,
        tax_included=body.tax_included,
        supplier_reference=body.supplier_reference,
        external_key=body.external_key,
        note=body.note,
        submit=body.submit,
    )
    return Status(201, done(result))


@router.post("/purchase-orders/{number}/approve", response={200: DoneOut, **REFUSALS}, summary="Approve an order")
def approve_order(request: HttpRequest, number: str, body: PurchaseApproveBody | None = None) -> Any:
    asked = body or PurchaseApproveBody()
    result = commands.approve_order(actor=caller(request), number=number, version=asked.version, note=asked.note)
    return done(result)


@router.post(
    "/purchase-orders/{number}/confirm",
    response={200: DoneOut, **REFUSALS},
    summary="Record the supplier's confirmation",
)
def confirm_order(request: HttpRequest, number: str, body: ConfirmBody | None = None) -> Any:
    asked = body or ConfirmBody()
    lines = [ConfirmIn(e.line, e.quantity, e.promised_on, e.refused, e.note) for e in asked.lines or []]
    result = commands.confirm_order(actor=caller(request), number=number, lines=lines or None, version=asked.version)
    return done(result)


@router.post(
    "/purchase-orders/{number}/receipts", response={201: DoneOut, **REFUSALS}, summary="Receive goods of an order"
)
def receive_goods(request: HttpRequest, number: str, body: ReceiptBody) -> Any:
    result = commands.receive_goods(
        actor=caller(request),
        order=number,
        lines=receive_lines(body),
        delivery_note=body.delivery_note,
        received_on=body.received_on,
        over=body.over,
        note=body.note,
        version=body.version,
    )
    return Status(201, done(result))


def receive_lines(body: ReceiptBody) -> list[ReceiveIn] | None:
    """The lines of a receipt body; None for ``all``; an empty list (refused by the command) when neither is given."""
    if body.all:
        return None
    return [ReceiveIn(e.line, e.quantity, "", e.lot or "", e.bin or "") for e in body.lines or []]
