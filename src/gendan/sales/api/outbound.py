"""What happens to a delivery until it has left: picked, packed, changed, sent, cancelled; waves."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Status
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done
from gendan.sales import commands
from gendan.sales.api.deliveries import DeliveryOut, PickOut
from gendan.sales.api.orders import REFUSALS, SalesReasonBody, SalesVersionBody
from gendan.sales.api.router import router
from gendan.sales.queries import deliveries
from gendan.sales.steps.packing import ParcelIn
from gendan.sales.steps.picking import PickIn

_DONE = {200: DoneOut, **REFUSALS}


class PickBody(Body):
    """What was taken, in the product's unit; a quantity below zero was put back."""

    product: str = Field(max_length=64)
    quantity: Number
    bin: str = Field("", max_length=64)
    lot: str = Field("", max_length=80)


class PicksBody(Body):
    """What was picked, or ``all`` as planned."""

    picks: list[PickBody] = Field([], max_length=4000)
    all: bool = False
    version: int | None = None


class ShortBody(Body):
    """A quantity (the product's unit) that is not where it should be; with ``elsewhere`` it is taken from other stock
    as far as there is any, and only the rest goes back to the order."""

    product: str = Field(max_length=64)
    quantity: Number
    reason: str = Field(max_length=300)
    bin: str = Field("", max_length=64)
    lot: str = Field("", max_length=80)
    elsewhere: bool = True
    version: int | None = None


class ParcelLineBody(Body):
    line: int = Field(ge=1, le=100_000)
    quantity: Number


class ParcelBody(Body):
    lines: list[ParcelLineBody] = Field([], max_length=4000)
    weight: Number | None = None
    tracking_number: str = Field("", max_length=80)


class PackBody(Body):
    """The parcels in their order, instead of those before; with ``finish`` the delivery is ready to leave."""

    parcels: list[ParcelBody] = Field([], max_length=500)
    finish: bool = True
    version: int | None = None


class ShipBody(Body):
    """``rest`` says what becomes of what was not picked when something was: ``back`` to the order, or ``all`` goes.

    A delivery of which nothing was counted leaves as planned; ``picked`` refuses it.
    """

    carrier: str | None = Field(None, max_length=80)
    tracking_number: str | None = Field(None, max_length=80)
    shipped_on: date | None = None
    rest: Literal["", "back", "all", "picked"] = ""
    version: int | None = None


class DeliveryChangeBody(Body):
    """What is named is changed."""

    carrier: str = Field("", max_length=80)
    tracking_number: str = Field("", max_length=80)
    planned_on: date | None = None
    expected_on: date | None = None
    note: str = Field("", max_length=300)
    version: int | None = None


class WaveBody(Body):
    deliveries: list[str] = Field(min_length=1, max_length=500)
    note: str = Field("", max_length=300)


class WaveOut(Out):
    """A wave in a list; ``share`` is how much was picked (0 to 1)."""

    number: str
    state: str
    version: int
    warehouse: str
    picker: str
    note: str
    deliveries: int
    picks: int
    share: Number | None


class WavesOut(Out):
    items: list[WaveOut]
    after: str


class WavePickOut(PickOut):
    delivery: str


class WaveDetailOut(WaveOut):
    inside: list[DeliveryOut]
    picks: list[WavePickOut]  # type: ignore[assignment]


class WaveQuery(Out):
    """``state=open`` is those being picked, ``all`` every one."""

    state: str = Field("open", max_length=24)
    limit: int = Field(50, ge=1, le=200)
    after: str = Field("", max_length=200)


@router.patch("/deliveries/{number}", response=_DONE, summary="Change carrier, days and note of a delivery")
def change_delivery(request: HttpRequest, number: str, body: DeliveryChangeBody) -> Any:
    changes = body.model_dump(exclude_unset=True, exclude={"version"})
    return done(commands.update_delivery(actor=caller(request), number=number, changes=changes, version=body.version))


@router.post("/deliveries/{number}/pick", response=_DONE, summary="Count what was picked of a delivery")
def pick_delivery(request: HttpRequest, number: str, body: PicksBody) -> Any:
    return done(_pick(request, number, body))


def _pick(request: HttpRequest, number: str, body: PicksBody) -> Any:
    picks = [PickIn(e.product, e.quantity, e.bin, e.lot) for e in body.picks]
    return commands.pick_goods(actor=caller(request), number=number, picks=picks, all=body.all, version=body.version)


@router.post("/deliveries/{number}/short", response=_DONE, summary="Say that goods are not where they should be")
def short_delivery(request: HttpRequest, number: str, body: ShortBody) -> Any:
    given = body.model_dump(exclude={"quantity"})
    return done(commands.short_pick(actor=caller(request), number=number, quantity=body.quantity, **given))


@router.post("/deliveries/{number}/pack", response=_DONE, summary="Say what is in which parcel")
def pack_delivery(request: HttpRequest, number: str, body: PackBody) -> Any:
    parcels = [
        ParcelIn(tuple((line.line, line.quantity) for line in e.lines), e.weight, e.tracking_number)
        for e in body.parcels
    ]
    return done(
        commands.pack_delivery(
            actor=caller(request), number=number, parcels=parcels, finish=body.finish, version=body.version
        )
    )


@router.post("/deliveries/{number}/ship", response=_DONE, summary="Send a delivery")
def ship_delivery(request: HttpRequest, number: str, body: ShipBody | None = None) -> Any:
    asked = body or ShipBody()
    return done(commands.ship_delivery(actor=caller(request), number=number, **asked.model_dump()))


@router.post("/deliveries/{number}/cancel", response=_DONE, summary="Cancel a delivery that nobody signed for")
def cancel_delivery(request: HttpRequest, number: str, body: SalesReasonBody | None = None) -> Any:
    asked = body or SalesReasonBody()
    return done(
        commands.cancel_delivery(actor=caller(request), number=number, reason=asked.reason, version=asked.version)
    )


@router.post("/waves", response={201: DoneOut, **REFUSALS}, summary="Have deliveries picked together")
def create_wave(request: HttpRequest, body: WaveBody) -> Any:
    return Status(201, done(commands.create_wave(actor=caller(request), deliveries=body.deliveries, note=body.note)))


@router.get("/waves", response={200: WavesOut, **REFUSALS}, summary="List waves, newest first")
def list_waves(request: HttpRequest, wanted: Query[WaveQuery]) -> Any:
    state = "" if wanted.state == "open" else wanted.state
    page = deliveries.wave_list(caller(request), state, after=wanted.after, limit=wanted.limit)
    return {"items": page.items, "after": page.after}


@router.get("/waves/{number}", response={200: WaveDetailOut, **REFUSALS}, summary="Read a wave with its pick list")
def read_wave(request: HttpRequest, number: str) -> Any:
    return deliveries.wave_detail(caller(request), number)


@router.post("/waves/{number}/pick", response=_DONE, summary="Count what was picked of a wave")
def pick_wave(request: HttpRequest, number: str, body: PicksBody) -> Any:
    body.version = None
    return done(_pick(request, number, body))


@router.post("/waves/{number}/cancel", response=_DONE, summary="Pick the deliveries of a wave one by one after all")
def cancel_wave(request: HttpRequest, number: str, body: SalesVersionBody | None = None) -> Any:
    asked = body or SalesVersionBody()
    return done(commands.cancel_wave(actor=caller(request), number=number, version=asked.version))
