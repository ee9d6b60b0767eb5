"""Stock-takes for programs and handheld devices."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Status

from gendan.inventory import commands, queries
from gendan.inventory.api.router import REFUSALS, CancelIn, VersionIn, router
from gendan.inventory.rules import ScopeIn
from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done


class CountIn(Body):
    """What to count: nothing named is the whole warehouse; ``A-01*`` is every bin that begins with A-01.

    ``blind`` hides the books; ``start`` begins at once.
    """

    warehouse: str
    bins: list[str] = []
    categories: list[str] = []
    products: list[str] = []
    blind: bool = True
    reason: str = ""
    start: bool = False


class CountUpdateIn(VersionIn):
    """What is left out stays as it was; an empty list lifts the limit."""

    warehouse: str | None = None
    bins: list[str] | None = None
    categories: list[str] | None = None
    products: list[str] | None = None
    blind: bool | None = None
    reason: str | None = None


class CountedIn(Body):
    """A line by its number, or by product (code or barcode), bin and lot; ``new`` adds what the list does not know."""

    quantity: Number
    line: int | None = None
    product: str = ""
    bin: str = ""
    lot: str | None = ""
    add: bool = False
    new: bool = False


class FinishIn(VersionIn):
    """``uncounted``: refuse, skip, or zero."""

    uncounted: str = "refuse"


class RecountIn(VersionIn):
    """Without ``lines``: every line that differs."""

    lines: list[int] | None = None


class CountScopeOut(Out):
    bins: list[str]
    categories: list[str]
    products: list[str]


class CountOut(Out):
    number: str
    state: str
    version: int
    warehouse: str
    blind: bool
    reason: str
    created_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    posted_at: datetime | None
    counted: int
    differences: int | None


class CountRowOut(CountOut):
    lines: int


class CountLineOut(Out):
    """A place to count; a blind count tells ``expected`` and ``difference`` only after counting.

    ``value``: what the difference is worth by the last order (of a posted count: by the last order then), in the
    company's currency, for those who may see prices.
    """

    line_no: int
    product: str
    name: str
    lot: str
    bin: str
    expected: Number | None
    counted: Number | None
    difference: Number | None
    value: Number | None = None
    previous: Number | None
    moved_since: Number | None
    added: bool
    counted_by: str
    counted_at: datetime | None


class CountDetailOut(CountOut):
    scope: CountScopeOut
    lines: list[CountLineOut]


class CountsOut(Out):
    items: list[CountRowOut]
    after: str


@router.get("/counts", response={200: CountsOut, **REFUSALS}, summary="List stock-takes")
def list_counts(
    request: HttpRequest, state: str = "", warehouse: str = "", q: str = "", limit: int = 50, after: str = ""
) -> dict[str, Any]:
    """Newest first; ``state`` may be ``open``."""
    page = queries.documents(caller(request), "count", state=state, warehouse=warehouse, q=q, after=after, limit=limit)
    return {"items": page.items, "after": page.after}


@router.post("/counts", response={201: DoneOut, **REFUSALS}, summary="Make a count list")
def create_count(request: HttpRequest, body: CountIn) -> Status[DoneOut]:
    """A list of what the books say there is, to be counted."""
    result = commands.create_count(
        actor=caller(request),
        warehouse=body.warehouse,
        scope=ScopeIn(tuple(body.bins), tuple(body.categories), tuple(body.products)),
        blind=body.blind,
        reason=body.reason,
        start=body.start,
    )
    return Status(201, done(result))


@router.get("/counts/{number}", response={200: CountDetailOut, **REFUSALS}, summary="A stock-take")
def get_count(request: HttpRequest, number: str) -> dict[str, Any]:
    """A stock-take with its lines."""
    found = queries.document(caller(request), "count", number)
    return {**found, "scope": json.loads(found["scope"])}


@router.put("/counts/{number}", response={200: DoneOut, **REFUSALS}, summary="Change a draft")
def update_count(request: HttpRequest, number: str, body: CountUpdateIn) -> DoneOut:
    """What a draft counts and how; its list is made anew."""
    return done(commands.update_count(actor=caller(request), number=number, **body.model_dump()))


@router.post("/counts/{number}/copy", response={201: DoneOut, **REFUSALS}, summary="A new draft like this stock-take")
def copy_count(request: HttpRequest, number: str) -> Status[DoneOut]:
    """Counts the same places, by the books of today."""
    return Status(201, done(commands.copy_count(actor=caller(request), number=number)))


@router.post("/counts/{number}/start", response={200: DoneOut, **REFUSALS}, summary="Begin to count")
def start_count(request: HttpRequest, number: str, body: VersionIn) -> DoneOut:
    """The list is made anew from the books of this moment."""
    return done(commands.start_count(actor=caller(request), number=number, version=body.version))


@router.post("/counts/{number}/count", response={200: DoneOut, **REFUSALS}, summary="Enter what was counted")
def count_line(request: HttpRequest, number: str, body: CountedIn) -> DoneOut:
    """Replaces what was counted of the line, or adds to it."""
    return done(
        commands.count_line(
            actor=caller(request),
            number=number,
            quantity=body.quantity,
            line=body.line,
            product=body.product,
            place=body.bin,
            lot=body.lot or "",
            add=body.add,
            new=body.new,
        )
    )


@router.post("/counts/{number}/entries/{entry}/undo", response={200: DoneOut, **REFUSALS}, summary="Undo an entry")
def undo_count_entry(request: HttpRequest, number: str, entry: int) -> DoneOut:
    """As if it had never been entered; ``entry`` is in the answer to counting."""
    return done(commands.undo_count_entry(actor=caller(request), number=number, entry=entry))


@router.post("/counts/{number}/finish", response={200: DoneOut, **REFUSALS}, summary="Hand over for review")
def finish_count(request: HttpRequest, number: str, body: FinishIn) -> DoneOut:
    """Counting ends; the differences are reviewed."""
    return done(
        commands.finish_count(actor=caller(request), number=number, uncounted=body.uncounted, version=body.version)
    )


@router.post("/counts/{number}/recount", response={200: DoneOut, **REFUSALS}, summary="Count lines again")
def recount(request: HttpRequest, number: str, body: RecountIn) -> DoneOut:
    """Sends lines back to be counted again."""
    return done(commands.recount(actor=caller(request), number=number, lines=body.lines, version=body.version))


@router.post("/counts/{number}/post", response={200: DoneOut, **REFUSALS}, summary="Book the differences")
def post_count(request: HttpRequest, number: str, body: VersionIn) -> DoneOut:
    """The stock becomes what was counted, plus what moved since."""
    return done(commands.post_count(actor=caller(request), number=number, version=body.version))


@router.post("/counts/{number}/cancel", response={200: DoneOut, **REFUSALS}, summary="Give a stock-take up")
def cancel_count(request: HttpRequest, number: str, body: CancelIn) -> DoneOut:
    """Not when it is posted."""
    queries.document(caller(request), "count", number)
    return done(
        commands.cancel_document(actor=caller(request), number=number, reason=body.reason, version=body.version)
    )
