"""Who gets what: give out anew, move by hand, ask purchasing for what is missing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done
from gendan.sales import commands
from gendan.sales.api.orders import REFUSALS
from gendan.sales.api.router import router
from gendan.sales.commands.reallocate import SHOWN, shown
from gendan.sales.permissions import VIEW
from gendan.sales.queries.reallocation import plan, scope_of


class ReallocateBody(Body):
    """All open lines, or those of a warehouse or of products (codes); ``dry_run`` only tells what would change."""

    warehouse: str = Field("", max_length=64)
    products: list[str] | None = Field(None, max_length=2000)
    dry_run: bool = False


class ReallocationChangeOut(Out):
    """A line that is better (``gains``) or worse off, in stock units."""

    number: str
    line: int
    customer: str
    product: str
    gains: bool
    stock_before: Number
    stock_after: Number
    incoming_before: Number
    incoming_after: Number


class ReallocationOut(Out):
    """How many lines were looked at and changed, and the first 200 changes."""

    dry_run: bool
    lines: int
    changed: int
    changes: list[ReallocationChangeOut]


class MoveBody(Body):
    """Where a line's stock goes; ``quantity`` in stock units, all that the other line lacks without one."""

    to_number: str = Field(max_length=64)
    to_line: int
    quantity: Number | None = None


class ShortageBody(Body):
    """Orders by number; all reviewed ones without."""

    numbers: list[str] | None = Field(None, min_length=1, max_length=500)


class SafetyStockBody(Body):
    """Where products go that lie nowhere yet; the first warehouse without."""

    warehouse: str = Field("", max_length=64)


@router.post("/reallocate", response={200: ReallocationOut, **REFUSALS}, summary="Give stock out anew by priority")
def reallocate(request: HttpRequest, body: ReallocateBody | None = None) -> Any:
    asked, actor = body or ReallocateBody(), caller(request)
    if asked.dry_run:
        actor.must(VIEW if asked.warehouse or asked.products else "sales.reallocate")
        found = plan(actor, scope_of(actor, asked.warehouse, asked.products))
        changes = shown(found.changes[:SHOWN])
        return {"dry_run": True, "lines": found.lines, "changed": len(found.changes), "changes": changes}
    result = commands.reallocate(actor=actor, warehouse=asked.warehouse, products=asked.products)
    return {"dry_run": False, **result.data}


@router.post(
    "/sales-orders/{number}/lines/{line}/move",
    response={200: DoneOut, **REFUSALS},
    summary="Move a line's stock to another line",
)
def move_reservation(request: HttpRequest, number: str, line: int, body: MoveBody) -> Any:
    return done(
        commands.move_reservation(
            actor=caller(request),
            number=number,
            line=line,
            to_number=body.to_number,
            to_line=body.to_line,
            quantity=body.quantity,
        )
    )


@router.post("/shortages", response={200: DoneOut, **REFUSALS}, summary="Request what nothing covers")
def request_shortage(request: HttpRequest, body: ShortageBody | None = None) -> Any:
    return done(commands.request_shortage(actor=caller(request), numbers=(body or ShortageBody()).numbers))


@router.post("/safety-stock", response={200: DoneOut, **REFUSALS}, summary="Request what is missing to safety stocks")
def request_safety_stock(request: HttpRequest, body: SafetyStockBody | None = None) -> Any:
    return done(commands.request_safety_stock(actor=caller(request), warehouse=(body or SafetyStockBody()).warehouse))
