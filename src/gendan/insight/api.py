"""Figures for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from gendan.insight import commands, queries
from gendan.insight.permissions import VIEW
from gendan.insight.queries.behind import Narrow, behind
from gendan.insight.queries.display import advice_shown, reasons, rows_of
from gendan.insight.queries.scorecard import Card, Ranking, ranking, scorecard
from gendan.insight.queries.terms import terms_of, versions
from gendan.kernel.actor import Actor
from gendan.kernel.api import Body, DoneOut, Number, Out, ProblemOut, caller, done

router = Router(tags=["insight"])
REFUSALS = {401: ProblemOut, 403: ProblemOut, 422: ProblemOut}


class FiguresOut(Out):
    """Completed lines that could be measured, those on time, and the rate (null when there are none)."""

    lines: int
    on_time: int
    rate: str | None = Field(description="On time / lines, four decimals")


class SupplierFiguresOut(FiguresOut):
    supplier: str
    name: str


class PerformanceOut(Out):
    total: FiguresOut
    items: list[SupplierFiguresOut]


@router.get("/supplier-performance", response={200: PerformanceOut, **REFUSALS}, summary="On-time delivery by supplier")
def supplier_performance(request: HttpRequest, period: str = "all") -> Any:
    """``period``: all, month, quarter, year (the current), or 2025, 2025-Q3, 2025-07; by the day of completion."""
    found = queries.supplier_performance(caller(request), period)
    return {
        "total": _figures(found.total),
        "items": [{"supplier": item.partner, "name": item.name, **_figures(item.figures)} for item in found.items],
    }


class CustomerFiguresOut(FiguresOut):
    customer: str
    name: str


class CustomerPerformanceOut(Out):
    total: FiguresOut
    items: list[CustomerFiguresOut]


@router.get(
    "/customer-performance", response={200: CustomerPerformanceOut, **REFUSALS}, summary="On-time delivery to customers"
)
def customer_performance(request: HttpRequest, period: str = "all") -> Any:
    """``period``: all, month, quarter, year (the current), or 2025, 2025-Q3, 2025-07; by the day it left completely."""
    found = queries.customer_performance(caller(request), period)
    return {
        "total": _figures(found.total),
        "items": [{"customer": item.partner, "name": item.name, **_figures(item.figures)} for item in found.items],
    }


def _figures(figures: queries.Figures) -> dict[str, Any]:
    rate = figures.rate
    return {"lines": figures.lines, "on_time": figures.on_time, "rate": None if rate is None else str(rate)}


class ScorecardFigureOut(Out):
    """A figure; ``value`` null: no data (or withheld: ``shown`` says which), which has no points and no share."""

    code: str
    label: str
    definition: str
    origin: str
    unit: Literal["rate", "percent", "hours", "days"]
    value: Number | None
    shown: str
    goal: Number
    points: Number | None
    weight: int
    share: Number = Field(description="Percent of the total, after the weights without data went to the others")
    n: int = Field(description="Rows that it is made of")
    trend: list[Number | None]


class ScorecardRowOut(Out):
    supplier: str
    name: str
    score: Number | None
    grade: str = Field(description="A to D; empty: too little data for one")
    covered: Number = Field(description="Percent of the weights that have data")
    advice: Literal["develop", "keep", "improve", "leave", "unknown"]
    advice_label: str
    reasons: list[str]
    trend: list[Number | None]


class ScorecardsOut(Out):
    first: date
    last: date
    version: int
    points: list[str]
    items: list[ScorecardRowOut]


class ScorecardOut(ScorecardRowOut):
    first: date
    last: date
    version: int
    points: list[str]
    figures: list[ScorecardFigureOut]


class ScorecardLineOut(Out):
    """A row behind a figure; which fields it has depends on the figure."""

    day: date
    document: str
    line: int | None = None
    supplier: str
    supplier_name: str
    product: str
    product_name: str
    good: bool | None
    ordered_on: date | None = None
    due_on: date | None = None
    promised_on: date | None = None
    completed_on: date | None = None
    days: int | None = None
    days_late: int | None = None
    wanted: Number | None = None
    done: Number | None = None
    bad: Number | None = None
    value: Number | None = None
    price: Number | None = None
    measure: Number | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    hours: Number | None = None
    valid_from: date | None = None
    expires_on: date | None = None
    note: str = ""


class ScorecardLinesOut(Out):
    items: list[ScorecardLineOut]
    after: str


class ScorecardMeasureBody(Body):
    weight: int | None = Field(None, ge=0, le=10000)
    goal: Number | None = None
    zero: Number | None = None


class ScorecardTermsBody(Body):
    """What is not given stays as it is."""

    measures: dict[str, ScorecardMeasureBody] | None = None
    grades: dict[str, Number] | None = None
    costs: dict[str, Number] | None = None
    least: Number | None = None
    shown: bool | None = None
    version: int | None = None


class ScorecardMeasureOut(Out):
    weight: int
    goal: Number
    zero: Number


class ScorecardTermsOut(Out):
    measures: dict[str, ScorecardMeasureOut]
    grades: dict[str, Number]
    costs: dict[str, Number]
    least: Number
    shown: bool
    version: int


class ScorecardVersionOut(Out):
    version: int
    at: datetime
    person: str
    changes: dict[str, list[Any]]


class ScorecardVersionsOut(Out):
    items: list[ScorecardVersionOut]


@router.get("/supplier-scorecards", response={200: ScorecardsOut, **REFUSALS}, summary="Suppliers by their score")
def list_scorecards(request: HttpRequest, period: str = "year", category: str = "") -> Any:
    """``period``: all, month, quarter, year (the current), or 2025, 2025-Q3, 2025-07."""
    actor = caller(request)
    found = ranking(actor, period, category)
    return {**_head(found), "items": [_row(actor, card) for card in found.cards]}


@router.get(
    "/supplier-scorecards/{supplier}",
    response={200: ScorecardOut, 404: ProblemOut, **REFUSALS},
    summary="One supplier's scorecard",
)
def read_scorecard(
    request: HttpRequest, supplier: str, period: str = "year", category: str = "", version: int | None = None
) -> Any:
    """``version``: by the terms of that version, not by those in force."""
    actor = caller(request)
    found, card = scorecard(actor, supplier, period, category, version=version)
    return {**_head(found), **_row(actor, card), "figures": rows_of(actor, card, category)}


@router.get(
    "/supplier-scorecard-lines", response={200: ScorecardLinesOut, **REFUSALS}, summary="The rows behind a figure"
)
def list_scorecard_lines(
    request: HttpRequest,
    figure: str = "on_time_first",
    supplier: str = "",
    period: str = "year",
    category: str = "",
    only: Literal["", "good", "bad", "unmeasured"] = "",
    after: str | None = None,
    limit: int | None = None,
) -> Any:
    return behind(caller(request), Narrow(figure, supplier, period, category, only), after, limit)


@router.get("/scorecard-terms", response={200: ScorecardTermsOut, **REFUSALS}, summary="How suppliers are scored")
def read_scorecard_terms(request: HttpRequest) -> Any:
    actor = caller(request)
    actor.must(VIEW)
    terms, version = terms_of(actor.company_id)
    return {**terms.as_json(), "version": version}


@router.put("/scorecard-terms", response={200: DoneOut, **REFUSALS}, summary="Change how suppliers are scored")
def save_scorecard_terms(request: HttpRequest, body: ScorecardTermsBody) -> Any:
    given = {name: value for name, value in body.model_dump(exclude_none=True).items() if name != "version"}
    return done(commands.set_scorecard(actor=caller(request), values=given, version=body.version))


@router.get(
    "/scorecard-terms/versions",
    response={200: ScorecardVersionsOut, **REFUSALS},
    summary="What was changed in how suppliers are scored",
)
def list_scorecard_versions(request: HttpRequest) -> Any:
    return {"items": versions(caller(request))}


def _head(found: Ranking) -> dict[str, Any]:
    period = found.period
    names = [point.label for point in period.points]
    return {"first": period.first, "last": period.last, "version": found.version, "points": names}


def _row(actor: Actor, card: Card) -> dict[str, Any]:
    return {
        "supplier": card.code,
        "name": card.name,
        "score": card.total,
        "grade": card.score.grade,
        "covered": card.score.covered,
        "advice": card.advice.kind,
        "advice_label": advice_shown(card),
        "reasons": reasons(actor, card),
        "trend": card.trend,
    }
