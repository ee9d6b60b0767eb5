"""Figures for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from gendan.insight import queries
from gendan.kernel.api import Out, ProblemOut, caller

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
