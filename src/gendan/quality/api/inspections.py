"""Inspections for programs. Photos are put on one through ``/documents/qi/{number}/attachments``; what becomes of goods
is decided at ``/receipts/{number}/inspect``.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done
from gendan.quality import commands
from gendan.quality.api.router import REFUSALS, router
from gendan.quality.queries import defect_rates, inspections
from gendan.quality.rules.inspection import DefectIn, FoundIn, ResultIn, WishIn


class InspectionOut(Out):
    number: str
    state: str
    version: int
    source_number: str
    supplier: str
    supplier_name: str
    warehouse: str
    came_on: date
    decided_at: datetime | None
    wish_reason: str
    wished_by: str


class InspectionRowOut(InspectionOut):
    lines: int
    products: str
    waiting: Number
    rejected: Number


class InspectionPageOut(Out):
    items: list[InspectionRowOut]
    after: str


class CheckResultOut(Out):
    check: int
    values: list[Number]
    failed: int
    text: str


class DefectOut(Out):
    text: str
    grade: str
    count: int


class InspectionLineOut(Out):
    line: int
    source_line: int
    product: str
    product_name: str
    unit_name: str
    lot: str
    plan: str
    method: str
    stage: str
    letter: str
    items: int
    sample: int
    accept: int | None
    reject: int | None
    skipped: bool
    why_shown: str
    quantity: Number
    accepted: Number
    rejected: Number
    conceded: Number
    wished: Number
    waiting: Number
    defective: int | None
    passed: bool | None
    sorted: bool
    verdict: str
    note: str
    results: list[CheckResultOut]
    defects: list[DefectOut]


class InspectionDetailOut(InspectionOut):
    lines: list[InspectionLineOut]


@router.get("/inspections", response={200: InspectionPageOut, **REFUSALS}, summary="Inspections, newest first")
def list_inspections(
    request: HttpRequest,
    state: str = "all",
    supplier: str = "",
    verdict: str = "",
    q: str = "",
    wished: bool = False,
    warehouse: str = "",
    first: date | None = None,
    last: date | None = None,
    limit: int = 50,
    after: str = "",
) -> Any:
    """``state``: open, all, or one state; ``wished``: those of which a concession is asked for; ``first`` and
    ``last``: when the goods came.
    """
    wanted = inspections.InspectionFilter(state, supplier, verdict, q, wished, warehouse, first, last)
    page = inspections.inspection_list(caller(request), wanted, after=after, limit=limit)
    return {"items": page.items, "after": page.after}


@router.get(
    "/inspections/{number}", response={200: InspectionDetailOut, **REFUSALS}, summary="An inspection with its lines"
)
def get_inspection(request: HttpRequest, number: str) -> Any:
    return inspections.inspection_detail(caller(request), number)


class FoundBody(Body):
    """What was found of a characteristic (its place in the plan, from 1)."""

    check: int = Field(ge=1, le=1000)
    values: list[Number] = Field(default_factory=list, max_length=3200)
    failed: int | None = Field(None, ge=0, le=1_000_000)
    text: str = Field("", max_length=1000)


class DefectBody(Body):
    text: str = Field(max_length=200)
    count: int = Field(ge=1, le=1_000_000)
    grade: Literal["critical", "major", "minor"] = "major"


class ResultBody(Body):
    """What was found of a line; ``defective`` is the number of bad items of the sample."""

    line: int = Field(ge=1, le=100_000)
    found: list[FoundBody] = Field(default_factory=list, max_length=60)
    defects: list[DefectBody] = Field(default_factory=list, max_length=100)
    defective: int | None = Field(None, ge=0, le=1_000_000)
    note: str = Field("", max_length=300)


class ResultsBody(Body):
    lines: list[ResultBody] = Field(min_length=1, max_length=4000)
    version: int | None = None


@router.post(
    "/inspections/{number}/results", response={200: DoneOut, **REFUSALS}, summary="Write what was found of lines"
)
def record_results(request: HttpRequest, number: str, body: ResultsBody) -> Any:
    lines = [
        ResultIn(
            e.line,
            tuple(FoundIn(f.check, tuple(f.values), f.failed, f.text) for f in e.found),
            tuple(DefectIn(d.text, d.count, d.grade) for d in e.defects),
            e.defective,
            e.note,
        )
        for e in body.lines
    ]
    return done(commands.record_results(actor=caller(request), number=number, lines=lines, version=body.version))


class WishBody(Body):
    line: int = Field(ge=1, le=100_000)
    quantity: Number
    bin: str = Field("", max_length=64)


class WishesBody(Body):
    """Without lines the wish is taken back."""

    lines: list[WishBody] = Field(max_length=4000)
    reason: str = Field("", max_length=300)
    version: int | None = None


@router.post("/inspections/{number}/concession", response={200: DoneOut, **REFUSALS}, summary="Ask for a concession")
def request_concession(request: HttpRequest, number: str, body: WishesBody) -> Any:
    lines = [WishIn(e.line, e.quantity, e.bin) for e in body.lines]
    result = commands.request_concession(
        actor=caller(request), number=number, lines=lines, reason=body.reason, version=body.version
    )
    return done(result)


class DefectRateOut(Out):
    id: int
    lots: int
    failed_lots: int
    inspected: Number
    rejected: Number
    conceded: Number
    lot_rate: Number
    rate: Number | None


class DefectRatesOut(Out):
    items: list[DefectRateOut]


@router.get("/defect-rates", response={200: DefectRatesOut, **REFUSALS}, summary="How much of what came in was bad")
def list_rates(request: HttpRequest, first: date, last: date, by: Literal["supplier", "product"] = "supplier") -> Any:
    """By supplier or product; who had nothing inspected is not there."""
    found = defect_rates(caller(request), first, last, by=by)
    return {"items": [{**row, "lot_rate": _cut(row["lot_rate"]), "rate": _cut(row["rate"])} for row in found.values()]}


def _cut(rate: Decimal | None) -> Decimal | None:
    return None if rate is None else round(rate, 6)
