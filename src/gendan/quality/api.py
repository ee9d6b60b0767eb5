"""Inspection plans, inspections and corrective actions for programs. Photos are put on an inspection through
``/documents/qi/{number}/attachments``. What becomes of goods is decided at ``/receipts/{number}/inspect``.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, Out, ProblemOut, caller, done
from gendan.quality import commands
from gendan.quality.queries import actions, defect_rates, inspections, plans
from gendan.quality.rules.inspection import CheckIn, DefectIn, FoundIn, ResultIn, WishIn
from gendan.quality.rules.plan import PlanIn

router = Router(tags=["quality"])
REFUSALS: dict[Any, Any] = {(401, 403, 404, 409, 422): ProblemOut}
Kind = Literal["measure", "yesno", "text"]


class CheckBody(Body):
    """A characteristic: measured between limits, good or bad, or told in words."""

    name: str = Field(max_length=120)
    kind: Kind = "yesno"
    low: Number | None = None
    high: Number | None = None
    unit: str = Field("", max_length=20)
    required: bool = True


class PlanBody(Body):
    """A plan; empty ``product``, ``category``, ``supplier`` mean all. ``aql`` and ``level`` count for samples."""

    name: str = Field(max_length=200)
    product: str = Field("", max_length=64)
    category: str = Field("", max_length=64)
    supplier: str = Field("", max_length=64)
    method: Literal["all", "aql", "none"] = "all"
    level: str = Field("II", max_length=4)
    aql: str = Field("", max_length=6)
    allow_reduced: bool = False
    skip_after: int = Field(0, ge=0, le=1000)
    skip_every: int = Field(0, ge=0, le=1000)
    needs_photo: bool = False
    note: str = Field("", max_length=1000)
    is_active: bool = True
    checks: list[CheckBody] = Field(default_factory=list, max_length=60)
    version: int | None = None


class CheckOut(Out):
    name: str
    kind: str
    low: Number | None
    high: Number | None
    unit: str
    required: bool


class PlanOut(Out):
    code: str
    name: str
    product: str
    category: str
    supplier: str
    method: str
    level: str
    aql: str
    allow_reduced: bool
    skip_after: int
    skip_every: int
    needs_photo: bool
    note: str
    is_active: bool
    version: int
    checks: list[CheckOut]


class PlansOut(Out):
    items: list[PlanOut]


@router.get("/inspection-plans", response={200: PlansOut, **REFUSALS}, summary="Inspection plans, most specific first")
def list_plans(request: HttpRequest, method: str = "", q: str = "", active: bool | None = None) -> Any:
    return {"items": plans.plans(caller(request), method=method, q=q, active=active)}


@router.get("/inspection-plans/{code}", response={200: PlanOut, **REFUSALS}, summary="An inspection plan")
def get_plan(request: HttpRequest, code: str) -> Any:
    return plans.plan(caller(request), code)


@router.put("/inspection-plans/{code}", response={200: DoneOut, **REFUSALS}, summary="Make or change a plan")
def save_plan(request: HttpRequest, code: str, body: PlanBody) -> Any:
    """Its characteristics are replaced. Inspections that were begun keep what they have."""
    checks = tuple(CheckIn(c.name, c.kind, c.low, c.high, c.unit, c.required) for c in body.checks)
    values = {name: value for name, value in body.dict().items() if name not in ("checks", "version")}
    plan = PlanIn(code, **values, checks=checks)
    return done(commands.save_plan(actor=caller(request), plan=plan, version=body.version))


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
    limit: int = 50,
    after: str = "",
) -> Any:
    """``state``: open, all, or one state; ``wished``: those of which a concession is asked for."""
    wanted = inspections.InspectionFilter(state, supplier, verdict, q, wished)
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


class ActionBody(Body):
    problem: str = Field(max_length=1000)
    due_on: date
    supplier: str = Field("", max_length=64)
    product: str = Field("", max_length=64)
    inspection: str = Field("", max_length=32)
    contact: str = Field("", max_length=120)
    owner: str = Field("", max_length=150)


class ActionAnswerBody(Body):
    cause: str = Field(max_length=2000)
    action: str = Field(max_length=2000)
    contact: str = Field("", max_length=120)
    done_by: date | None = None
    version: int | None = None


class ActionReturnBody(Body):
    reason: str = Field(max_length=300)
    due_on: date
    version: int | None = None


class ActionNoteBody(Body):
    note: str = Field("", max_length=1000)
    version: int | None = None


class ActionOut(Out):
    number: str
    state: str
    version: int
    supplier: str
    product: str
    inspection: str
    problem: str
    due_on: date
    late_days: int | None
    owner_username: str
    contact: str
    cause: str
    measure: str
    done_by: date | None
    answered_at: datetime | None
    verdict_note: str
    verified_at: datetime | None
    closed_at: datetime | None


class ActionPageOut(Out):
    items: list[ActionOut]
    after: str


@router.get("/corrective-actions", response={200: ActionPageOut, **REFUSALS}, summary="Corrective actions")
def list_actions(
    request: HttpRequest,
    state: str = "all",
    supplier: str = "",
    inspection: str = "",
    overdue: bool = False,
    q: str = "",
    limit: int = 50,
    after: str = "",
) -> Any:
    """``state``: open (also answered), all, or one state."""
    page = actions.action_list(
        caller(request),
        state=state,
        supplier=supplier,
        inspection=inspection,
        overdue=overdue,
        q=q,
        after=after,
        limit=limit,
    )
    return {"items": page.items, "after": page.after}


@router.post("/corrective-actions", response={201: DoneOut, **REFUSALS}, summary="Ask a supplier for cause and action")
def create_action(request: HttpRequest, body: ActionBody) -> Any:
    return Status(201, done(commands.create_action(actor=caller(request), **body.dict())))


@router.get("/corrective-actions/{number}", response={200: ActionOut, **REFUSALS}, summary="A corrective action")
def get_action(request: HttpRequest, number: str) -> Any:
    return actions.action_detail(caller(request), number)


@router.post("/corrective-actions/{number}/answer", response={200: DoneOut, **REFUSALS}, summary="Write the answer")
def answer_action(request: HttpRequest, number: str, body: ActionAnswerBody) -> Any:
    return done(commands.answer_action(actor=caller(request), number=number, **body.dict()))


@router.post("/corrective-actions/{number}/return", response={200: DoneOut, **REFUSALS}, summary="Send it back")
def return_action(request: HttpRequest, number: str, body: ActionReturnBody) -> Any:
    return done(commands.return_action(actor=caller(request), number=number, **body.dict()))


@router.post("/corrective-actions/{number}/verify", response={200: DoneOut, **REFUSALS}, summary="Say that it helped")
def verify_action(request: HttpRequest, number: str, body: ActionNoteBody) -> Any:
    return done(commands.verify_action(actor=caller(request), number=number, note=body.note, version=body.version))


@router.post("/corrective-actions/{number}/close", response={200: DoneOut, **REFUSALS}, summary="Close it")
def close_action(request: HttpRequest, number: str, body: ActionNoteBody | None = None) -> Any:
    asked = body or ActionNoteBody()
    return done(commands.close_action(actor=caller(request), number=number, reason=asked.note, version=asked.version))


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
