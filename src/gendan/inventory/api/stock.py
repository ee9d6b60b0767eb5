"""Stock and its ledger for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from gendan.inventory import queries
from gendan.inventory.api.router import REFUSALS, router
from gendan.kernel.api import Number, Out, caller, written


class StockOut(Out):
    """What there is of a product, in its stock unit; what is not asked for (bin, lot) is empty."""

    product: str
    name: str
    specification: str
    unit: str
    on_hand: Number
    reserved: Number
    blocked: Number
    available: Number
    incoming: Number | None = None
    next_on: date | None = None
    in_transit: Number | None = None
    safety_stock: Number | None = None
    below_safety: bool | None = None
    warehouse: str = ""
    bin: str = ""
    lot: str = ""
    expires_on: date | None = None


class StockPageOut(Out):
    items: list[StockOut]
    after: str


class MoveOut(Out):
    """One leg of the ledger: from a bin or an outside place (supplier, adjustment …) to another."""

    id: int
    occurred_at: datetime
    product: str
    name: str
    unit_name: str
    lot: str
    quantity: Number
    from_warehouse: str
    from_bin: str
    from_kind: str
    to_warehouse: str
    to_bin: str
    to_kind: str
    source_kind: str
    source_number: str
    reversal: bool
    user: str


class MovesOut(Out):
    items: list[MoveOut]
    after: str


class AsOfOut(Out):
    product: str
    name: str
    specification: str
    unit: str
    on_hand: Number


class AsOfPageOut(Out):
    items: list[AsOfOut]
    after: str


@router.get("/stock", response={200: StockPageOut, **REFUSALS}, summary="Stock by product, warehouse, bin or lot")
def list_stock(
    request: HttpRequest,
    warehouse: str = "",
    product: str = "",
    q: str = "",
    by: str = "product",
    show: str = "",
    limit: int = 50,
    after: str = "",
) -> HttpResponse:
    """``by``: product, warehouse, bin, lot. ``show``: stocked, below (safety stock), all; else what ever had stock."""
    page = queries.stock(
        caller(request), by=by, warehouse=warehouse, product=product, q=q, show=show, after=after, limit=limit
    )
    return written(StockPageOut.model_validate({"items": page.items, "after": page.after}))


@router.get("/stock-as-of", response={200: AsOfPageOut, **REFUSALS}, summary="Stock at the end of a day, by the ledger")
def list_stock_as_of(
    request: HttpRequest,
    day: date,
    warehouse: str = "",
    product: str = "",
    q: str = "",
    limit: int = 50,
    after: str = "",
) -> dict[str, Any]:
    """What was on hand at the end of a day."""
    page = queries.stock_as_of(
        caller(request), day, warehouse=warehouse, product=product, q=q, after=after, limit=limit
    )
    return {"items": page.items, "after": page.after}


@router.get("/stock-moves", response={200: MovesOut, **REFUSALS}, summary="The stock ledger, newest first")
def list_moves(
    request: HttpRequest,
    product: str = "",
    warehouse: str = "",
    source: str = "",
    kind: str = "",
    lot: str = "",
    since: date | None = None,
    until: date | None = None,
    limit: int = 50,
    after: str = "",
) -> dict[str, Any]:
    """``source``: a document's number; ``kind``: gr, transfer, adjustment, count …"""
    page = queries.moves(
        caller(request),
        product=product,
        warehouse=warehouse,
        source=source,
        kind=kind,
        lot=lot,
        since=since,
        until=until,
        after=after,
        limit=limit,
    )
    return {"items": page.items, "after": page.after}
