"""Shipments (ASN) for programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Status
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done
from gendan.purchasing import commands
from gendan.purchasing.api.orders import REFUSALS, ReceiptBody
from gendan.purchasing.api.router import router
from gendan.purchasing.queries import shipments
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.rules.shipments import ShipIn, ShipmentLineIn


class ShipmentLineBody(Body):
    """A quantity of an order line; ``order`` may be left out when the address names it."""

    line: int = Field(ge=1, le=100_000)
    quantity: Number
    order: str = Field("", max_length=32)
    lot: str | None = Field(None, max_length=80)


class ShipmentFields(Body):
    """What is known of the way; without ``shipped_on`` the shipment is only announced."""

    carrier: str = Field("", max_length=80)
    tracking_number: str = Field("", max_length=80)
    mode: str = Field("", max_length=40)
    packages: int | None = Field(None, ge=0, lt=2**31)
    weight: Number | None = None
    supplier_reference: str = Field("", max_length=80)
    shipped_on: date | None = None
    expected_on: date | None = None
    note: str = Field("", max_length=300)


class OrderShipmentBody(ShipmentFields):
    """A shipment of one order: its lines, or ``all`` that is outstanding."""

    lines: list[ShipmentLineBody] | None = Field(None, min_length=1, max_length=4000)
    all: bool = False
    external_key: str | None = Field(None, max_length=120)
    over: bool = False


class ShipmentBody(OrderShipmentBody):
    """A shipment of several orders: lines naming their orders, or ``all`` that is outstanding of ``orders``."""

    orders: list[str] = Field([], max_length=500)


class CorrectedLineBody(Body):
    """A corrected quantity; 0 takes the line out."""

    line: int = Field(ge=1, le=100_000)
    quantity: Number


class ShipmentChangeBody(Body):
    """News of a shipment: only the fields that are given change."""

    carrier: str | None = Field(None, max_length=80)
    tracking_number: str | None = Field(None, max_length=80)
    mode: str | None = Field(None, max_length=40)
    packages: int | None = Field(None, ge=0, lt=2**31)
    weight: Number | None = None
    supplier_reference: str | None = Field(None, max_length=80)
    shipped_on: date | None = None
    expected_on: date | None = None
    note: str | None = Field(None, max_length=300)
    lines: list[CorrectedLineBody] | None = Field(None, max_length=4000)
    version: int | None = None


class DispatchBody(Body):
    shipped_on: date | None = None
    version: int | None = None


class ArriveBody(Body):
    arrived_on: date | None = None
    version: int | None = None


class ShipmentReasonBody(Body):
    reason: str = Field(max_length=300)
    version: int | None = None


class ShipmentReceiptLine(Body):
    line: int = Field(ge=1, le=100_000)
    quantity: Number
    order: str = Field("", max_length=32)
    lot: str | None = Field(None, max_length=80)
    bin: str | None = Field(None, max_length=64)


class ShipmentReceiptBody(ReceiptBody):
    """A receipt of a shipment; its lines name their orders when there are several."""

    lines: list[ShipmentReceiptLine] | None = Field(None, min_length=1, max_length=4000)  # type: ignore[assignment]


class ShipmentOut(Out):
    number: str
    state: str
    version: int
    supplier: str
    supplier_name: str
    warehouse: str
    carrier: str
    tracking_number: str
    mode: str
    packages: int | None
    weight: Number | None
    supplier_reference: str
    shipped_on: date | None
    expected_on: date | None
    arrived_on: date | None
    days_late: int | None
    note: str


class ShipmentRowOut(ShipmentOut):
    """A shipment in a list: how much it brings, how much of it was booked, for which orders."""

    lines: int
    quantity: Number
    received: Number
    orders: list[str]


class ShipmentLineOut(Out):
    line: int
    order: str
    order_line: int
    product: str
    product_name: str
    unit: str
    quantity: Number
    received: Number
    lot: str


class ShipmentReceiptOut(Out):
    number: str
    state: str
    received_on: date
    delivery_note: str
    reversal: bool


class ShipmentDetailOut(ShipmentOut):
    orders: list[str]
    lines: list[ShipmentLineOut]
    receipts: list[ShipmentReceiptOut]


class ShipmentPageOut(Out):
    items: list[ShipmentRowOut]
    after: str


@router.post(
    "/purchase-orders/{number}/shipments",
    response={201: DoneOut, **REFUSALS},
    summary="Announce or ship goods of an order",
)
def create_order_shipment(request: HttpRequest, number: str, body: OrderShipmentBody) -> Any:
    return _create(request, [number], body)


@router.post("/shipments", response={201: DoneOut, **REFUSALS}, summary="Announce or ship goods of several orders")
def create_shipment(request: HttpRequest, body: ShipmentBody) -> Any:
    return _create(request, body.orders, body)


def _create(request: HttpRequest, orders: list[str], body: OrderShipmentBody) -> Any:
    default = orders[0] if len(orders) == 1 else ""
    lines = [ShipIn(e.line, e.quantity, e.order or default, e.lot or "") for e in body.lines or []]
    result = commands.create_shipment(
        actor=caller(request),
        orders=orders,
        lines=None if body.all else lines,
        **{name: value for name, value in body if name not in {"lines", "all", "orders"}},
    )
    return Status(201, done(result))


@router.get("/shipments", response={200: ShipmentPageOut, **REFUSALS}, summary="Shipments, newest first")
def list_shipments(
    request: HttpRequest,
    state: str = "",
    supplier: str = "",
    warehouse: str = "",
    order: str = "",
    q: str = "",
    limit: int = 50,
    after: str = "",
) -> Any:
    """``state``: "" for open ones, "all", "late", or a state; ``q`` is a number, tracking number or reference."""
    wanted = shipments.ShipmentFilter(state, supplier, warehouse, order, q)
    page = shipments.shipment_list(caller(request), wanted, after=after, limit=limit)
    return {
        "items": [{**row, "quantity": row["ordered"], "orders": row["orders"].split()} for row in page.items],
        "after": page.after,
    }


@router.get("/shipments/{number}", response={200: ShipmentDetailOut, **REFUSALS}, summary="A shipment with its lines")
def get_shipment(request: HttpRequest, number: str) -> Any:
    found = shipments.shipment_detail(caller(request), number)
    return {**found, "lines": [{**line, "order": line["order_number"]} for line in found["lines"]]}


@router.patch("/shipments/{number}", response={200: DoneOut, **REFUSALS}, summary="Note news of a shipment")
def update_shipment(request: HttpRequest, number: str, body: ShipmentChangeBody) -> Any:
    given = {name: value for name, value in body if name in body.model_fields_set - {"lines", "version"}}
    changes = {name: value for name, value in given.items() if value is not None or name in NULLABLE}
    lines = [ShipmentLineIn(e.line, e.quantity) for e in body.lines or []]
    result = commands.update_shipment(
        actor=caller(request), number=number, changes=changes, lines=lines or None, version=body.version
    )
    return done(result)


NULLABLE = frozenset({"packages", "weight", "expected_on"})


@router.post("/shipments/{number}/dispatch", response={200: DoneOut, **REFUSALS}, summary="It has left the supplier")
def dispatch_shipment(request: HttpRequest, number: str, body: DispatchBody | None = None) -> Any:
    asked = body or DispatchBody()
    return done(
        commands.dispatch_shipment(
            actor=caller(request), number=number, shipped_on=asked.shipped_on, version=asked.version
        )
    )


@router.post("/shipments/{number}/arrive", response={200: DoneOut, **REFUSALS}, summary="It stands at the warehouse")
def arrive_shipment(request: HttpRequest, number: str, body: ArriveBody | None = None) -> Any:
    asked = body or ArriveBody()
    return done(
        commands.arrive_shipment(
            actor=caller(request), number=number, arrived_on=asked.arrived_on, version=asked.version
        )
    )


@router.post("/shipments/{number}/cancel", response={200: DoneOut, **REFUSALS}, summary="Call a shipment off")
def cancel_shipment(request: HttpRequest, number: str, body: ShipmentReasonBody) -> Any:
    return done(
        commands.cancel_shipment(actor=caller(request), number=number, reason=body.reason, version=body.version)
    )


@router.post("/shipments/{number}/receipts", response={201: DoneOut, **REFUSALS}, summary="Receive goods of a shipment")
def receive_shipment(request: HttpRequest, number: str, body: ShipmentReceiptBody) -> Any:
    lines = [ReceiveIn(e.line, e.quantity, e.order, e.lot or "", e.bin or "") for e in body.lines or []]
    result = commands.receive_goods(
        actor=caller(request),
        shipment=number,
        lines=None if body.all else lines,
        delivery_note=body.delivery_note,
        received_on=body.received_on,
        over=body.over,
        note=body.note,
        version=body.version,
    )
    return Status(201, done(result))
