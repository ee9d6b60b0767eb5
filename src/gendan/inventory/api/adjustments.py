"""Adjustments for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Status

from gendan.inventory import commands, queries
from gendan.inventory.api.router import REFUSALS, CancelIn, VersionIn, router
from gendan.inventory.rules import AdjustmentLineIn
from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done


class AdjustmentLineBody(Body):
    """``change`` plus or minus, in the stock unit."""

    product: str
    change: Number
    bin: str = ""
    lot: str | None = ""


class AdjustmentIn(Body):
    """``kind``: opening, found, lost, broken, scrap, correction. ``post`` books it at once."""

    warehouse: str
    kind: str
    reason: str = ""
    lines: list[AdjustmentLineBody]
    post: bool = False


class AdjustmentUpdateIn(VersionIn):
    kind: str | None = None
    reason: str | None = None
    lines: list[AdjustmentLineBody]


class ReverseIn(VersionIn):
    reason: str


class AdjustmentOut(Out):
    number: str
    state: str
    version: int
    kind: str
    warehouse: str
    reason: str
    created_by: str
    created_at: datetime
    posted_at: datetime | None
    reverses: str
    reversed_by: str
    plus: Number
    minus: Number


class AdjustmentLineOut(Out):
    line_no: int
    product: str
    name: str
    lot: str
    bin: str
    change: Number
    on_hand: Number


class AdjustmentDetailOut(AdjustmentOut):
    lines: list[AdjustmentLineOut]


class AdjustmentsOut(Out):
    items: list[AdjustmentOut]
    after: str


def _lines(lines: list[AdjustmentLineBody]) -> list[AdjustmentLineIn]:
    return [AdjustmentLineIn(x.product, x.change, x.bin, x.lot or "") for x in lines]


@router.get("/adjustments", response={200: AdjustmentsOut, **REFUSALS}, summary="List adjustments")
def list_adjustments(
    request: HttpRequest, state: str = "", warehouse: str = "", q: str = "", limit: int = 50, after: str = ""
) -> dict[str, Any]:
    """Newest first; ``state`` may be ``open``."""
    page = queries.documents(
        caller(request), "adjustment", state=state, warehouse=warehouse, q=q, after=after, limit=limit
    )
    return {"items": page.items, "after": page.after}


@router.post("/adjustments", response={201: DoneOut, **REFUSALS}, summary="Create an adjustment")
def create_adjustment(request: HttpRequest, body: AdjustmentIn) -> Status[DoneOut]:
    """Write a correction of stock, and book it with ``post``."""
    result = commands.create_adjustment(
        actor=caller(request),
        warehouse=body.warehouse,
        kind=body.kind,
        reason=body.reason,
        lines=_lines(body.lines),
        post=body.post,
    )
    return Status(201, done(result))


@router.get("/adjustments/{number}", response={200: AdjustmentDetailOut, **REFUSALS}, summary="An adjustment")
def get_adjustment(request: HttpRequest, number: str) -> dict[str, Any]:
    """An adjustment with its lines."""
    return queries.document(caller(request), "adjustment", number)


@router.put("/adjustments/{number}", response={200: DoneOut, **REFUSALS}, summary="Change a draft")
def update_adjustment(request: HttpRequest, number: str, body: AdjustmentUpdateIn) -> DoneOut:
    """Replace the lines of a draft."""
    return done(
        commands.update_adjustment(
            actor=caller(request),
            number=number,
            lines=_lines(body.lines),
            kind=body.kind,
            reason=body.reason,
            version=body.version,
        )
    )


@router.post("/adjustments/{number}/copy", response={201: DoneOut, **REFUSALS}, summary="A new draft like this one")
def copy_adjustment(request: HttpRequest, number: str) -> Status[DoneOut]:
    """A draft with the same lines."""
    return Status(201, done(commands.copy_adjustment(actor=caller(request), number=number)))


@router.post("/adjustments/{number}/post", response={200: DoneOut, **REFUSALS}, summary="Book an adjustment")
def post_adjustment(request: HttpRequest, number: str, body: VersionIn) -> DoneOut:
    """Stock changes now."""
    return done(commands.post_adjustment(actor=caller(request), number=number, version=body.version))


@router.post("/adjustments/{number}/reverse", response={201: DoneOut, **REFUSALS}, summary="Reverse an adjustment")
def reverse_adjustment(request: HttpRequest, number: str, body: ReverseIn) -> Status[DoneOut]:
    """Books the opposite as a new adjustment, which is answered."""
    result = commands.reverse_adjustment(actor=caller(request), number=number, reason=body.reason, version=body.version)
    return Status(201, done(result))


@router.post("/adjustments/{number}/cancel", response={200: DoneOut, **REFUSALS}, summary="Cancel a draft")
def cancel_adjustment(request: HttpRequest, number: str, body: CancelIn) -> DoneOut:
    """Only a draft."""
    queries.document(caller(request), "adjustment", number)
    return done(
        commands.cancel_document(actor=caller(request), number=number, reason=body.reason, version=body.version)
    )
