"""Transport for programs: what is under way, docks and who comes to them, freight."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _now
from ninja import Router, Status
from pydantic import AfterValidator, Field, WithJsonSchema

from gendan.kernel.api import Body, DoneOut, Number, Out, ProblemOut, caller, done
from gendan.transport import commands
from gendan.transport.queries.arrivals import ArrivalFilter, arrival, arrivals
from gendan.transport.queries.docks import days_plan, docks
from gendan.transport.queries.freight import freight_of

router = Router(tags=["transport"])
REFUSALS = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 409: ProblemOut, 422: ProblemOut}


def _local(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError(_now("时间是仓库当地的，不带时区。"))
    return value


# A time of day at the warehouse (OpenAPI's own format «time» has an offset).
Clock = Annotated[
    time,
    AfterValidator(_local),
    WithJsonSchema({"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$", "example": "08:00"}),
]


class ArrivalOut(Out):
    """``expected_on`` by ``source``: ``arrived``, ``carrier``, ``usual`` (how long past shipments took), ``supplier``,
    or "" when nobody knows. ``stated_on`` is what the supplier said; ``too_early``: its dock is
    booked before that day.
    """

    number: str
    state: str
    supplier: str
    supplier_name: str
    warehouse: str
    carrier: str
    tracking_number: str
    orders: str | None
    shipped_on: date | None
    stated_on: date | None
    expected_on: date | None
    source: str
    days_late: int
    arrived_on: date | None
    silent_since: datetime | None
    event_at: datetime | None
    event_text: str | None
    dock: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    too_early: bool


class ArrivalsOut(Out):
    items: list[ArrivalOut]


class DockIn(Body):
    warehouse: str = Field(max_length=32)
    name: str = Field("", max_length=80)
    capacity: int = 1
    opens: Clock = time(8)
    closes: Clock = time(18)
    slot_minutes: int = 60
    weekdays: str = Field("12345", max_length=7)
    is_active: bool = True
    version: int | None = None


class DockOut(Out):
    code: str
    name: str
    warehouse: str
    capacity: int
    opens: Clock
    closes: Clock
    slot_minutes: int
    weekdays: str
    is_active: bool
    version: int


class DocksOut(Out):
    items: list[DockOut]


class PlaceOut(Out):
    dock: str
    starts_at: datetime
    ends_at: datetime
    free: int
    shipments: list[str]


class PlacesOut(Out):
    items: list[PlaceOut]


class BookingIn(Body):
    dock: str = Field(max_length=32)
    on: date
    at: Clock
    note: str = Field("", max_length=200)


class WeightIn(Body):
    line: int = Field(ge=1, le=100_000)
    kg: Number


class FreightIn(Body):
    amount: Number
    currency: str = Field(max_length=3)
    basis: Literal["value", "weight", "quantity"] = "value"
    carrier: str = Field("", max_length=80)
    bill_number: str = Field("", max_length=80)
    weights: list[WeightIn] = Field(default=[], max_length=5000)


class FreightChange(FreightIn):
    version: int | None = None


class FreightBillOut(Out):
    no: int
    carrier: str
    bill_number: str
    amount: Number
    currency: str
    rate: Number
    basis: str
    version: int


class LandedOut(Out):
    """In company currency."""

    line_no: int
    order_number: str
    order_line: int
    product: str
    quantity: Number
    goods: Number
    freight: Number
    landed: Number
    landed_each: Number


class FreightOut(Out):
    """``bills`` and ``lines`` are empty for who may not see prices."""

    currency: str
    bills: list[FreightBillOut]
    lines: list[LandedOut]


@router.get("/arrivals", response={200: ArrivalsOut, **REFUSALS}, summary="Shipments under way, with their day")
def list_arrivals(request: HttpRequest, supplier: str = "", warehouse: str = "", q: str = "") -> Any:
    return {"items": arrivals(caller(request), ArrivalFilter(supplier, warehouse, q))}


@router.get("/arrivals/{number}", response={200: ArrivalOut, **REFUSALS}, summary="When one shipment arrives")
def get_arrival(request: HttpRequest, number: str) -> Any:
    return arrival(caller(request), number)


@router.get("/docks", response={200: DocksOut, **REFUSALS}, summary="Docks")
def list_docks(request: HttpRequest, warehouse: str = "") -> Any:
    return {"items": docks(caller(request), warehouse)}


@router.put("/docks/{code}", response={200: DoneOut, **REFUSALS}, summary="Make a dock or change one")
def put_dock(request: HttpRequest, code: str, body: DockIn) -> Any:
    return done(commands.save_dock(actor=caller(request), code=code, **body.model_dump()))


@router.get("/docks-free", response={200: PlacesOut, **REFUSALS}, summary="Places at docks on a day")
def list_places(request: HttpRequest, warehouse: str, on: date) -> Any:
    (day,) = days_plan(caller(request), warehouse, on)
    return {
        "items": [
            {
                "dock": dock["code"],
                **{name: place[name] for name in ("starts_at", "ends_at", "free")},
                "shipments": [row["number"] for row in place["booked"] if row["number"]],
            }
            for dock in day["docks"]
            for place in dock["places"]
        ]
    }


@router.post("/arrivals/{number}/dock", response={200: DoneOut, **REFUSALS}, summary="Book a dock, or move")
def book_dock(request: HttpRequest, number: str, body: BookingIn) -> Any:
    return done(commands.book_dock(actor=caller(request), number=number, **body.model_dump()))


@router.delete("/arrivals/{number}/dock", response={200: DoneOut, **REFUSALS}, summary="Let the place go")
def cancel_booking(request: HttpRequest, number: str) -> Any:
    return done(commands.cancel_booking(actor=caller(request), number=number))


@router.get("/arrivals/{number}/freight", response={200: FreightOut, **REFUSALS}, summary="Freight and landed cost")
def get_freight(request: HttpRequest, number: str) -> Any:
    actor = caller(request)
    return freight_of(actor, arrival(actor, number)["id"]) or {"currency": "", "bills": [], "lines": []}


def _freight(body: FreightIn) -> dict[str, Any]:
    names = ("amount", "currency", "basis", "carrier", "bill_number")
    given = {name: getattr(body, name) for name in names}
    version = {"version": body.version} if isinstance(body, FreightChange) else {}
    return {**given, **version, "weights": {row.line: row.kg for row in body.weights}}


@router.post("/arrivals/{number}/freight", response={201: DoneOut, **REFUSALS}, summary="Note a carrier's bill")
def add_freight(request: HttpRequest, number: str, body: FreightIn) -> Any:
    return Status(201, done(commands.save_freight(actor=caller(request), number=number, **_freight(body))))


@router.put("/arrivals/{number}/freight/{no}", response={200: DoneOut, **REFUSALS}, summary="Change a carrier's bill")
def change_freight(request: HttpRequest, number: str, no: int, body: FreightChange) -> Any:
    return done(commands.save_freight(actor=caller(request), number=number, no=no, **_freight(body)))


@router.delete("/arrivals/{number}/freight/{no}", response={200: DoneOut, **REFUSALS}, summary="Take a bill back")
def remove_freight(request: HttpRequest, number: str, no: int, version: int | None = None) -> Any:
    return done(commands.remove_freight(actor=caller(request), number=number, no=no, version=version))
