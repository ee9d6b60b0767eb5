"""Who holds what of a product."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from gendan.kernel.api import Number, Out, caller
from gendan.sales.api.orders import REFUSALS
from gendan.sales.api.router import router
from gendan.sales.queries.allocation import allocation_of, short_products


class AllocationQuery(Out):
    product: str = Field(max_length=64)
    warehouse: str = Field("", max_length=64)


class ShortQuery(Out):
    warehouse: str = Field("", max_length=64)


class ReservableStockOut(Out):
    """``kind``: bin (can be sold), inspection, rejected."""

    warehouse: str
    kind: str
    on_hand: Number
    reserved: Number


class ComingOut(Out):
    number: str
    line: int
    supplier: str
    warehouse: str
    on: date | None
    quantity: Number
    pegged: Number
    free: Number


class TieOut(Out):
    """``kind``: stock, way (a purchase order), asked (a requisition); ``hard`` stands on a delivery."""

    kind: str
    quantity: Number
    hard: Number
    by_hand: bool
    number: str
    on: date | None


class DemandOut(Out):
    """An open sales line, most urgent first (``place``)."""

    place: int
    number: str
    line: int
    customer: str
    warehouse: str
    due_on: date | None
    expected_on: date | None
    needed: Number
    reserved: Number
    pegged: Number
    requested: Number
    uncovered: Number
    ties: list[TieOut]


class DayOut(Out):
    """What comes and leaves on a day and what is left then; no day: nobody knows when."""

    on: date | None
    incoming: Number
    outgoing: Number
    left: Number


class ProductAllocationOut(Out):
    """In stock units; ``more`` is how many further lines there are."""

    product: str
    product_name: str
    unit: str
    stock: list[ReservableStockOut]
    coming: list[ComingOut]
    demand: list[DemandOut]
    days: list[DayOut]
    more: int


class ShortOut(Out):
    product: str
    product_name: str
    unit: str
    warehouse: str
    lines: int
    short: Number
    due_on: date | None


class ShortsOut(Out):
    items: list[ShortOut]


@router.get("/allocation", response={200: ProductAllocationOut, **REFUSALS}, summary="Who holds what of a product?")
def read_allocation(request: HttpRequest, asked: Query[AllocationQuery]) -> Any:
    return allocation_of(caller(request), asked.product, asked.warehouse)


@router.get("/shortages", response={200: ShortsOut, **REFUSALS}, summary="Products that nothing covers (the first 100)")
def list_shortages(request: HttpRequest, asked: Query[ShortQuery]) -> Any:
    return {"items": short_products(caller(request), asked.warehouse)}
