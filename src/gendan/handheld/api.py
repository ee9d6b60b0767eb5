"""Scanning for programs: the same operations that devices send, and what they work on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import AfterValidator, Field

from gendan.handheld import commands, rules
from gendan.handheld.modes import Operation, perform, putaway, receive
from gendan.handheld.modes import checked as checked_operations
from gendan.handheld.modes.answer import HIGHEST, moment
from gendan.handheld.queries.tallies import is_blind
from gendan.kernel.api import Body, DoneOut, Number, Out, ProblemOut, caller, done

router = Router(tags=["handheld"])
REFUSALS = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 409: ProblemOut, 422: ProblemOut}


class ScanOperationBody(Body):
    """``key`` is the device's own name of it: it is done once, however often it is sent.

    ``mode`` receive: ``work`` is the caller's own name of a delivery; ``do`` scan, undo (``target``: the scan's key),
    book (``note``: the delivery note; ``scans``: how many scans there must be), unbook, drop. putaway: ``work`` is a
    warehouse, ``place`` the bin. pick: a delivery or wave. count: a stock-take; ``target`` of undo is the entry.
    """

    key: str = Field(min_length=1, max_length=64)
    mode: str = Field(pattern="^(receive|putaway|pick|count)$")
    work: str = Field(min_length=1, max_length=64)
    do: str = Field("scan", pattern="^(scan|undo|book|unbook|drop)$")
    code: str = Field("", max_length=rules.LONGEST_CODE)
    place: str = Field("", max_length=64)
    quantity: Number | None = None
    lot: str = Field("", max_length=80)
    expires_on: date | None = None
    order: str = Field("", max_length=32)
    over: bool = False
    new: bool = False
    line: int | None = Field(None, ge=1, le=HIGHEST["line"])
    target: str = Field("", max_length=64)
    scans: int | None = Field(None, ge=0, le=HIGHEST["scans"])
    note: str = Field("", max_length=80)
    at: Annotated[datetime, AfterValidator(moment)] | None = None


class ScanOperationsBody(Body):
    operations: list[ScanOperationBody] = Field(min_length=1, max_length=rules.MOST_OPERATIONS)


class ScanResultOut(Out):
    """``ok`` false: it was refused, and nothing of it was done; ``said`` says why, ``code`` names it for programs."""

    key: str
    ok: bool
    said: str
    code: str = ""
    did: str = ""
    place: str | None = None
    goto: str = ""
    undo: dict[str, Any] | None = None
    data: dict[str, Any] = {}


class ScanResultsOut(Out):
    results: list[ScanResultOut]


class ScanRowOut(Out):
    """``todo`` is what is expected; it is left out of deliveries that are counted blind."""

    id: str
    product: str
    name: str
    unit: str
    done: str
    todo: str | None = None
    lot: str = ""
    place: str = ""
    about: str = ""


class ScanEntryOut(Out):
    key: str
    text: str
    quantity: str
    unit: str
    lot: str
    undone: bool


class ScanWorkOut(Out):
    id: str
    title: str
    about: str
    state: str
    receipt: str = ""
    warehouse: str = ""
    blind: bool = False
    count: int
    rows: list[ScanRowOut]
    scans: list[ScanEntryOut]


class HandheldSettingsBody(Body):
    blind: bool


class HandheldSettingsOut(Out):
    blind: bool


@router.post(
    "/handheld/operations", response={200: ScanResultsOut, **REFUSALS}, summary="What was scanned, in its order"
)
def send(request: HttpRequest, body: ScanOperationsBody) -> Any:
    """Each is done on its own: one that is refused keeps none of the others back."""
    asked = checked_operations([Operation(**one.model_dump()) for one in body.operations])
    return {"results": perform(caller(request), asked)}


@router.get(
    "/handheld/deliveries/{work}", response={200: ScanWorkOut, **REFUSALS}, summary="A delivery that is being counted"
)
def delivery(request: HttpRequest, work: str) -> Any:
    return receive.work(caller(request), work)


@router.get(
    "/handheld/putaway/{warehouse}",
    response={200: ScanWorkOut, **REFUSALS},
    summary="What waits to be put away, each with the proposed bin",
)
def to_put_away(request: HttpRequest, warehouse: str) -> Any:
    return putaway.work(caller(request), warehouse)


@router.get("/handheld/settings", response={200: HandheldSettingsOut, **REFUSALS}, summary="How the company receives")
def read_settings(request: HttpRequest) -> Any:
    return {"blind": is_blind(caller(request))}


@router.put("/handheld/settings", response={200: DoneOut, **REFUSALS}, summary="Whether receiving is blind")
def save_settings(request: HttpRequest, body: HandheldSettingsBody) -> Any:
    return done(commands.save_settings(actor=caller(request), blind=body.blind))
