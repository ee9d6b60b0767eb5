"""Transfers for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Status

from gendan.inventory import commands, queries
from gendan.inventory.api.router import REFUSALS, CancelIn, VersionIn, router
from gendan.inventory.rules import ArrivalIn, TransferLineIn
from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done


class TransferLineBody(Body):
    """A quantity in the stock unit; bins by code, empty is the warehouse's default bin."""

    product: str
    quantity: Number
    from_bin: str = ""
    to_bin: str = ""
    lot: str | None = ""


class TransferIn(Body):
    """``to_warehouse`` empty: from bin to bin of one warehouse. ``post`` books it at once."""

    warehouse: str
    to_warehouse: str = ""
    reason: str = ""
    lines: list[TransferLineBody]
    post: bool = False


class TransferUpdateIn(VersionIn):
    reason: str | None = None
    lines: list[TransferLineBody]


class ArrivedIn(Body):
    line: int
    quantity: Number
    bin: str = ""


class ReceiveIn(VersionIn):
    """Without ``lines`` everything that is on its way has arrived."""

    lines: list[ArrivedIn] | None = None


class TransferOut(Out):
    number: str
    state: str
    version: int
    warehouse: str
    to_warehouse: str
    reason: str
    created_by: str
    created_at: datetime
    sent_at: datetime | None
    posted_at: datetime | None
    quantity: Number
    received: Number
    returned: Number


class TransferLineOut(Out):
    line_no: int
    product: str
    name: str
    lot: str
    from_bin: str
    to_bin: str
    quantity: Number
    received: Number
    returned: Number


class TransferDetailOut(TransferOut):
    lines: list[TransferLineOut]


class TransfersOut(Out):
    items: list[TransferOut]
    after: str


def _lines(lines: list[TransferLineBody]) -> list[TransferLineIn]:
    return [TransferLineIn(x.product, x.quantity, x.from_bin, x.to_bin, x.lot or "") for x in lines]


@router.get("/transfers", response={200: TransfersOut, **REFUSALS}, summary="List transfers")
def list_transfers(
    request: HttpRequest, state: str = "", warehouse: str = "", q: str = "", limit: int = 50, after: str = ""
) -> dict[str, Any]:
    """Newest first; ``state`` may be ``open``."""
    page = queries.documents(
        caller(request), "transfer", state=state, warehouse=warehouse, q=q, after=after, limit=limit
    )
    return {"items": page.items, "after": page.after}


@router.post("/transfers", response={201: DoneOut, **REFUSALS}, summary="Create a transfer")
def create_transfer(request: HttpRequest, body: TransferIn) -> Status[DoneOut]:
    """Write a transfer, and book it with ``post``."""
    result = commands.create_transfer(
        actor=caller(request),
        warehouse=body.warehouse,
        to_warehouse=body.to_warehouse,
        reason=body.reason,
        lines=_lines(body.lines),
        post=body.post,
    )
    return Status(201, done(result))


@router.get("/transfers/{number}", response={200: TransferDetailOut, **REFUSALS}, summary="A transfer")
def get_transfer(request: HttpRequest, number: str) -> dict[str, Any]:
    """A transfer with its lines."""
    return queries.document(caller(request), "transfer", number)


@router.put("/transfers/{number}", response={200: DoneOut, **REFUSALS}, summary="Change a draft")
def update_transfer(request: HttpRequest, number: str, body: TransferUpdateIn) -> DoneOut:
    """Replace the lines of a draft."""
    return done(
        commands.update_transfer(
            actor=caller(request), number=number, lines=_lines(body.lines), reason=body.reason, version=body.version
        )
    )


@router.post("/transfers/{number}/copy", response={201: DoneOut, **REFUSALS}, summary="A new draft like this one")
def copy_transfer(request: HttpRequest, number: str) -> Status[DoneOut]:
    """A draft with the same lines."""
    return Status(201, done(commands.copy_transfer(actor=caller(request), number=number)))


@router.post("/transfers/{number}/post", response={200: DoneOut, **REFUSALS}, summary="Book a transfer")
def post_transfer(request: HttpRequest, number: str, body: VersionIn) -> DoneOut:
    """Inside a warehouse the goods are there at once, between warehouses they are in transit."""
    return done(commands.post_transfer(actor=caller(request), number=number, version=body.version))


@router.post("/transfers/{number}/receive", response={200: DoneOut, **REFUSALS}, summary="Receive what arrived")
def receive_transfer(request: HttpRequest, number: str, body: ReceiveIn) -> DoneOut:
    """In part, several times, or all of it."""
    lines = None if body.lines is None else [ArrivalIn(x.line, x.quantity, x.bin) for x in body.lines]
    return done(commands.receive_transfer(actor=caller(request), number=number, lines=lines, version=body.version))


@router.post("/transfers/{number}/recall", response={200: DoneOut, **REFUSALS}, summary="Call back what is on its way")
def recall_transfer(request: HttpRequest, number: str, body: CancelIn) -> DoneOut:
    """What has not arrived goes back to the bins it left."""
    return done(
        commands.recall_transfer(actor=caller(request), number=number, reason=body.reason, version=body.version)
    )


@router.post("/transfers/{number}/cancel", response={200: DoneOut, **REFUSALS}, summary="Cancel a draft")
def cancel_transfer(request: HttpRequest, number: str, body: CancelIn) -> DoneOut:
    """Only a draft."""
    queries.document(caller(request), "transfer", number)
    return done(
        commands.cancel_document(actor=caller(request), number=number, reason=body.reason, version=body.version)
    )
