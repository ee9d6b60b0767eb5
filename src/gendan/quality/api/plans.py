"""Inspection plans for programs."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done, given
from gendan.quality import commands
from gendan.quality.api.router import REFUSALS, router
from gendan.quality.queries import plans
from gendan.quality.rules.inspection import CheckIn
from gendan.quality.rules.plan import PlanIn

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
    values = given(body, "checks", "version")
    plan = PlanIn(code, **values, checks=checks)
    return done(commands.save_plan(actor=caller(request), plan=plan, version=body.version))
