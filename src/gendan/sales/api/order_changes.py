"""Changing, closing, copying and deleting a sales order; the lines that have not left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Status
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done
from gendan.sales import commands
from gendan.sales.api.orders import REFUSALS, SalesReasonBody
from gendan.sales.api.router import router
from gendan.sales.queries.drafts import draft_of
from gendan.sales.queries.lines import LineFilter, open_lines
from gendan.sales.queries.order_detail import order_detail
from gendan.sales.rules.draft import DraftLine


class ChangedSalesLineBody(Body):
    """A line as it shall be; ``line`` is its number now, without it the line is new."""

    line: int | None = Field(None, ge=1, le=100_000)
    product: str = Field(max_length=64)
    quantity: Number
    unit_price: Number | None = None
    unit: str = Field("", max_length=64)
    requested_on: date | None = None
    discount: Number | None = None
    tax: str = Field("", max_length=64)
    note: str = Field("", max_length=300)
    description: str = Field("", max_length=300)


class SalesOrderChangeBody(Body):
    """What shall be different; what is not given stays. ``lines`` are all lines that the order shall have."""

    customer: str | None = Field(None, max_length=64)
    warehouse: str | None = Field(None, max_length=64)
    currency: str | None = Field(None, max_length=3)
    ship_to: str | None = Field(None, max_length=64)
    ordered_on: date | None = None
    requested_on: date | None = None
    tax_included: bool | None = None
    customer_reference: str | None = Field(None, max_length=80)
    note: str | None = Field(None, max_length=4000)
    back_order: Literal["partial", "complete", "line"] | None = None
    lines: list[ChangedSalesLineBody] | None = Field(None, min_length=1, max_length=2000)
    version: int | None = None


@router.patch(
    "/sales-orders/{number}",
    response={200: DoneOut, **REFUSALS},
    summary="Change an order of which nothing left; what was reviewed is reviewed again",
)
def update_sales_order(request: HttpRequest, number: str, body: SalesOrderChangeBody) -> Any:
    actor = caller(request)
    actor.must("sales.update_order")
    opened = draft_of(actor, number)
    given = {name: getattr(body, name) for name in body.model_fields_set - {"version", "lines"}}
    given = {name: value for name, value in given.items() if value is not None or name == "requested_on"}
    draft = replace(opened.draft, **given)
    if body.lines is not None:
        ids = {row["line"]: row["id"] for row in order_detail(actor, number).lines}
        lines = tuple(
            DraftLine(id=ids.get(entry.line or 0), **{k: v for k, v in entry if k != "line"}) for entry in body.lines
        )
        draft = replace(draft, lines=lines)
    version = opened.version if body.version is None else body.version
    return done(commands.update_order(actor=actor, number=number, draft=draft, version=version))


@router.delete("/sales-orders/{number}", response={200: DoneOut, **REFUSALS}, summary="Throw an own draft away")
def delete_sales_order(request: HttpRequest, number: str) -> Any:
    return done(commands.delete_order(actor=caller(request), number=number))


class SalesCopyBody(Body):
    """``current_prices``: the price list decides where it can."""

    current_prices: bool = False


@router.post("/sales-orders/{number}/copy", response={201: DoneOut, **REFUSALS}, summary="A new draft like this order")
def copy_sales_order(request: HttpRequest, number: str, body: SalesCopyBody | None = None) -> Any:
    current = (body or SalesCopyBody()).current_prices
    return Status(201, done(commands.copy_order(actor=caller(request), number=number, current_prices=current)))


class SalesCloseBody(SalesReasonBody):
    """``lines`` are numbers of lines; without them everything that has not left is written off."""

    lines: list[int] | None = Field(None, min_length=1, max_length=2000)


@router.post(
    "/sales-orders/{number}/close",
    response={200: DoneOut, **REFUSALS},
    summary="Close an order short: write off what has not left",
)
def close_sales_order(request: HttpRequest, number: str, body: SalesCloseBody) -> Any:
    return done(
        commands.close_order(
            actor=caller(request), number=number, reason=body.reason, lines=body.lines, version=body.version
        )
    )


class LineNoteBody(Body):
    note: str = Field(max_length=300)
    version: int | None = None


@router.patch(
    "/sales-orders/{number}/lines/{line}", response={200: DoneOut, **REFUSALS}, summary="Write a remark on a line"
)
def note_sales_line(request: HttpRequest, number: str, line: int, body: LineNoteBody) -> Any:
    return done(
        commands.set_line_note(actor=caller(request), number=number, line=line, note=body.note, version=body.version)
    )


class BackOrderBody(Body):
    rule: Literal["partial", "complete", "line"]
    version: int | None = None


@router.post(
    "/sales-orders/{number}/back-order",
    response={200: DoneOut, **REFUSALS},
    summary="Say what happens when goods are short, while the order is being shipped",
)
def change_back_order(request: HttpRequest, number: str, body: BackOrderBody) -> Any:
    return done(commands.change_back_order(actor=caller(request), number=number, rule=body.rule, version=body.version))


class OpenSalesLineOut(Out):
    """A line that has not all left; quantities in ``unit``, what covers it in stock units."""

    order: str
    line: int
    state: str
    customer: str
    customer_name: str
    customer_reference: str
    product: str
    product_name: str
    warehouse: str
    unit: str
    quantity: Number
    shipped: Number
    outstanding: Number
    reserved: Number
    pegged: Number
    requested: Number
    uncovered: Number
    requested_on: date | None
    promised_on: date | None
    expected_on: date | None
    due_on: date | None
    days_late: int | None


class OpenSalesLinesOut(Out):
    items: list[OpenSalesLineOut]
    after: str


class SalesLineQuery(Out):
    """Which lines; ``due``: late, today, week; ``only``: uncovered, incoming, ready, slipping."""

    due: str = Field("", max_length=10)
    only: str = Field("", max_length=12)
    customer: str = Field("", max_length=64)
    product: str = Field("", max_length=64)
    warehouse: str = Field("", max_length=64)
    order: str = Field("", max_length=32)
    limit: int = Field(50, ge=1, le=200)
    after: str = Field("", max_length=200)


@router.get(
    "/sales-order-lines",
    response={200: OpenSalesLinesOut, **REFUSALS},
    summary="List open sales lines, late ones first",
)
def list_sales_lines(request: HttpRequest, wanted: Query[SalesLineQuery]) -> Any:
    which = LineFilter(wanted.due, wanted.customer, wanted.product, wanted.warehouse, wanted.only, wanted.order)
    page = open_lines(caller(request), which, after=wanted.after, limit=wanted.limit)
    return {"items": [{**row, "order": row["order_number"]} for row in page.items], "after": page.after}
