"""Carriers and tracking for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import AwareDatetime, Field

from gendan.accounts.secret import Secret
from gendan.carriers import commands, queries
from gendan.kernel.api import Body, DoneOut, Out, ProblemOut, caller, done

router = Router(tags=["carriers"])
REFUSALS: dict[Any, Any] = {(401, 403, 404, 409, 422): ProblemOut}


class CarrierBody(Body):
    """What is left out stays. ``settings`` and ``secrets`` are those of the adapter; secrets are never given back."""

    name: str | None = Field(None, max_length=80)
    aliases: list[str] | None = None
    adapter: str | None = None
    settings: dict[str, str] | None = None
    secrets: dict[str, str] | None = None
    tracking_url: str | None = Field(None, max_length=300)
    silent_hours: int | None = None
    is_active: bool | None = None


class CarrierIn(CarrierBody):
    code: str = Field(max_length=32)


class CarrierUpdateIn(CarrierBody):
    version: int | None = None


class CarrierOut(Out):
    code: str
    name: str
    aliases: list[str]
    adapter: str
    settings: dict[str, str]
    secrets_set: list[str]
    tracking_url: str
    silent_hours: int
    is_active: bool
    push_url: str
    version: int
    open: int
    silent: int
    failing: int


class CarriersOut(Out):
    items: list[CarrierOut]


class TrackingEventOut(Out):
    at: datetime
    status: str
    place: str
    text: str
    source: str
    code: str
    user: str


class TrackedDocumentOut(Out):
    kind: str
    number: str


class TrackingOut(Out):
    """``silent_since``: nothing was heard since then, for longer than the carrier is given. Events: newest first."""

    carrier: str
    carrier_name: str
    tracking_number: str
    status: str
    expected_on: date | None
    delivered_at: datetime | None
    signed_by: str
    last_event_at: datetime | None
    last_checked_at: datetime | None
    next_check_at: datetime | None
    silent_since: datetime | None
    problem: str
    site: str
    documents: list[TrackedDocumentOut]
    events: list[TrackingEventOut]


class TrackingEventIn(Body):
    """``status``: announced, picked_up, in_transit, out_for_delivery, delivered, exception, returned. ``at``: now."""

    status: str
    at: AwareDatetime | None = None
    place: str = Field("", max_length=120)
    text: str = Field("", max_length=500)
    signed_by: str = Field("", max_length=80)
    expected_on: date | None = None


def _given(body: CarrierBody) -> dict[str, Any]:
    values = body.model_dump(exclude={"secrets", "code", "version"}, exclude_none=True)
    secrets = {name: Secret(text) for name, text in (body.secrets or {}).items()}
    return {"values": values, "secrets": secrets}


@router.get("/carriers", response={200: CarriersOut, **REFUSALS}, summary="List carriers")
def list_carriers(request: HttpRequest) -> Any:
    """Those in use first; how many parcels of each are under way, silent, or cannot be asked for."""
    return {"items": queries.carriers(caller(request))}


@router.post("/carriers", response={201: DoneOut, **REFUSALS}, summary="Set up a carrier")
def create_carrier(request: HttpRequest, body: CarrierIn) -> Any:
    """A carrier that documents may name; with an adapter its service is asked about their parcels."""
    return Status(201, done(commands.save_carrier(actor=caller(request), code=body.code, new=True, **_given(body))))


@router.get("/carriers/{code}", response={200: CarrierOut, **REFUSALS}, summary="A carrier")
def get_carrier(request: HttpRequest, code: str) -> Any:
    """Of its secrets only which are set."""
    return queries.carrier(caller(request), code)


@router.patch("/carriers/{code}", response={200: DoneOut, **REFUSALS}, summary="Change a carrier")
def update_carrier(request: HttpRequest, code: str, body: CarrierUpdateIn) -> Any:
    """Only what is given changes; ``is_active`` false takes it out of use."""
    actor = caller(request)
    return done(commands.save_carrier(actor=actor, code=code, new=False, version=body.version, **_given(body)))


@router.get("/tracking/{carrier}/{number}", response={200: TrackingOut, **REFUSALS}, summary="Where a parcel is")
def get_tracking(request: HttpRequest, carrier: str, number: str) -> Any:
    """A parcel that a document bears the number of, by the carrier's code; events as the carrier told them."""
    return queries.parcel(caller(request), carrier, number)


@router.post(
    "/tracking/{carrier}/{number}/events", response={201: DoneOut, **REFUSALS}, summary="Tell what happened to a parcel"
)
def record_tracking_event(request: HttpRequest, carrier: str, number: str, body: TrackingEventIn) -> Any:
    """By hand, or from a program of your own; documents follow (an arrival is registered on the shipment)."""
    result = commands.record_event(
        actor=caller(request), carrier=carrier, tracking_number=number, **body.model_dump(exclude_none=True)
    )
    return Status(201, done(result))


@router.post(
    "/tracking/{carrier}/{number}/check", response={200: DoneOut, **REFUSALS}, summary="Ask the carrier about a parcel"
)
def check_tracking(request: HttpRequest, carrier: str, number: str) -> Any:
    """Soon, not at once: the answer is there when ``last_checked_at`` has moved."""
    return done(commands.check_now(actor=caller(request), carrier=carrier, tracking_number=number))
