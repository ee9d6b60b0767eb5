"""Goods leave in one step, or are set aside to be picked; and are signed for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Status
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done
from gendan.sales import commands
from gendan.sales.api.orders import REFUSALS
from gendan.sales.api.router import router
from gendan.sales.queries import deliveries
from gendan.sales.rules.lines import DeliverIn
from gendan.sales.rules.outbound import DeliverIn as OutboundIn
from gendan.sales.rules.signing import SignIn


class DeliverLineBody(Body):
    line: int = Field(ge=1, le=100_000)
    quantity: Number


class DeliverBody(Body):
    """Goods that leave: given lines, or ``all`` that is open and in stock. With ``ship`` false they are only set aside
    on a delivery to be picked (``planned_on``)."""

    lines: list[DeliverLineBody] | None = Field(None, min_length=1, max_length=4000)
    all: bool = False
    ship: bool = True
    carrier: str = Field("", max_length=80)
    tracking_number: str = Field("", max_length=80)
    shipped_on: date | None = None
    planned_on: date | None = None
    note: str = Field("", max_length=300)
    version: int | None = None


class OutboundLineBody(DeliverLineBody):
    order: str = Field(max_length=32)


class DeliveryBody(Body):
    """A delivery to be picked, of several orders for one customer, warehouse and address: given lines, or all that is
    open and in stock of ``orders``."""

    orders: list[str] = Field([], max_length=500)
    lines: list[OutboundLineBody] | None = Field(None, min_length=1, max_length=4000)
    carrier: str = Field("", max_length=80)
    tracking_number: str = Field("", max_length=80)
    planned_on: date | None = None
    note: str = Field("", max_length=300)


class SignLineBody(Body):
    """A line of which not everything was accepted. Without ``signed``, what is neither refused nor short was."""

    line: int = Field(ge=1, le=100_000)
    signed: Number | None = None
    refused: Number = Field(0)  # type: ignore[assignment]
    short: Number = Field(0)  # type: ignore[assignment]
    reason: str = Field("", max_length=300)


class SignBody(Body):
    """The customer's answer; lines that are not named were accepted in full."""

    signed_by: str = Field("", max_length=120)
    signed_on: date | None = None
    note: str = Field("", max_length=300)
    lines: list[SignLineBody] | None = Field(None, min_length=1, max_length=4000)
    version: int | None = None


class DeliveryOut(Out):
    """A delivery in a list; ``share`` is how much of it was picked (0 to 1)."""

    number: str
    state: str
    version: int
    customer: str
    customer_name: str
    warehouse: str
    orders: str
    carrier: str
    tracking_number: str
    planned_on: date | None
    shipped_on: date | None
    expected_on: date | None
    signed_on: date | None
    signed_by: str
    wave: str
    lines: int
    share: Number | None
    parcels: int
    days_late: int | None


class DeliveriesOut(Out):
    items: list[DeliveryOut]
    after: str


class DeliveryLineOut(Out):
    """A line in the unit of the order's line; ``refused`` comes back by a return, ``short`` is open again."""

    line: int
    order_number: str
    order_line: int
    product: str
    product_name: str
    unit: str
    quantity: Number
    picked: Number
    packed: Number
    signed: Number
    refused: Number
    short: Number
    refuse_reason: str
    lots: str


class PickOut(Out):
    """What is taken from where, in the product's unit."""

    line: int
    bin: str
    product: str
    lot: str
    quantity: Number
    picked: Number
    picked_by: str
    picked_at: datetime | None


class ParcelLineOut(Out):
    line: int
    product: str
    quantity: Number


class ParcelOut(Out):
    parcel: int
    sscc: str
    weight: Number | None
    tracking_number: str
    lines: list[ParcelLineOut]


class DeliveryDetailOut(Out):
    number: str
    state: str
    version: int
    customer: str
    customer_name: str
    warehouse: str
    orders: list[str]
    carrier: str
    tracking_number: str
    planned_on: date | None
    shipped_on: date | None
    expected_on: date | None
    signed_on: date | None
    signed_by: str
    signed_via: str
    sign_note: str
    wave: str
    note: str
    ship_to_name: str
    ship_to_phone: str
    ship_to_address: str
    ship_to_country: str
    lines: list[DeliveryLineOut]
    picks: list[PickOut]
    parcels: list[ParcelOut]


class DeliveryQuery(Out):
    """Which deliveries; ``state=open`` is what has not left, ``unsigned`` what nobody signed for, ``all`` every one."""

    state: str = Field("open", max_length=24)
    customer: str = Field("", max_length=64)
    warehouse: str = Field("", max_length=64)
    order: str = Field("", max_length=32)
    wave: str = Field("", max_length=32)
    q: str = Field("", max_length=80)
    limit: int = Field(50, ge=1, le=200)
    after: str = Field("", max_length=200)


@router.post("/sales-orders/{number}/deliveries", response={201: DoneOut, **REFUSALS}, summary="Deliver an order")
def deliver_sales_order(request: HttpRequest, number: str, body: DeliverBody) -> Any:
    shared: dict[str, Any] = {
        "actor": caller(request),
        "carrier": body.carrier,
        "tracking_number": body.tracking_number,
    }
    if body.ship:
        result = commands.deliver_order(
            number=number,
            lines=None if body.all else [DeliverIn(e.line, e.quantity) for e in body.lines or []],
            shipped_on=body.shipped_on,
            note=body.note,
            version=body.version,
            **shared,
        )
    else:
        result = commands.create_delivery(
            orders=[number],
            lines=None if body.all else [OutboundIn(number, e.line, e.quantity) for e in body.lines or []],
            planned_on=body.planned_on,
            note=body.note,
            version=body.version,
            **shared,
        )
    return Status(201, done(result))


@router.post(
    "/deliveries", response={201: DoneOut, **REFUSALS}, summary="Set goods of several orders aside to be picked"
)
def create_delivery(request: HttpRequest, body: DeliveryBody) -> Any:
    given = [OutboundIn(e.order, e.line, e.quantity) for e in body.lines] if body.lines else None
    fields = body.model_dump(exclude={"lines"})
    return Status(201, done(commands.create_delivery(actor=caller(request), lines=given, **fields)))


@router.get("/deliveries", response={200: DeliveriesOut, **REFUSALS}, summary="List deliveries, newest first")
def list_deliveries(request: HttpRequest, wanted: Query[DeliveryQuery]) -> Any:
    asked = wanted.model_dump(exclude={"limit", "after", "state"})
    which = deliveries.DeliveryFilter("" if wanted.state == "open" else wanted.state, **asked)
    page = deliveries.delivery_list(caller(request), which, after=wanted.after, limit=wanted.limit)
    return {"items": page.items, "after": page.after}


@router.get("/deliveries/{number}", response={200: DeliveryDetailOut, **REFUSALS}, summary="Read a delivery")
def read_delivery(request: HttpRequest, number: str) -> Any:
    return deliveries.delivery_detail(caller(request), number)


@router.post("/deliveries/{number}/sign", response={200: DoneOut, **REFUSALS}, summary="Record the customer's sign-off")
def sign_delivery(request: HttpRequest, number: str, body: SignBody | None = None) -> Any:
    asked = body or SignBody()
    lines = [SignIn(e.line, e.signed, e.refused, e.short, e.reason) for e in asked.lines] if asked.lines else None
    return done(
        commands.sign_delivery(
            actor=caller(request),
            number=number,
            lines=lines,
            signed_by=asked.signed_by,
            signed_on=asked.signed_on,
            note=asked.note,
            version=asked.version,
        )
    )
