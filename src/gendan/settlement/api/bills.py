"""Suppliers' invoices for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Status
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done, given
from gendan.settlement import commands
from gendan.settlement.api.router import REFUSALS, BillReasonBody, BillVersionBody, router
from gendan.settlement.queries.bills import BillFilter, bill_detail, bill_list
from gendan.settlement.queries.open_lines import open_lines
from gendan.settlement.queries.settings import settings_of
from gendan.settlement.rules.lines import BillLineIn, Cover


class BillCoverBody(Body):
    """A quantity (the order line's unit) that is for a line of a purchase order; ``receipt`` says which one brought it,
    otherwise the oldest that is not invoiced counts.
    """

    order: str = Field(max_length=32)
    line: int = Field(ge=1, le=100_000)
    quantity: Number
    receipt: str = Field("", max_length=32)


class BillLineBody(Body):
    """A line of the invoice. ``covers``: what it is for, none for freight and the like. Price and tax of the order are
    taken where none is given; ``amount`` is the printed amount of the line, with tax where prices include it.
    """

    quantity: Number
    covers: list[BillCoverBody] = Field(default=[], max_length=200)
    unit_price: Number | None = None
    tax_rate: Number | None = None
    amount: Number | None = None
    description: str = Field("", max_length=300)


class BillBody(Body):
    """``reference`` is the supplier's own number; ``total`` the printed total, which the lines must meet."""

    supplier: str = Field(max_length=64)
    reference: str = Field(max_length=80)
    lines: list[BillLineBody] = Field(max_length=1000)
    dated_on: date | None = None
    due_on: date | None = None
    currency: str = Field("", max_length=3)
    tax_included: bool = True
    total: Number | None = None
    note: str = Field("", max_length=4000)


class NewBillBody(BillBody):
    """``post`` matches it with orders and receipts at once."""

    post: bool = False


class BillUpdateBody(BillBody):
    version: int | None = None


class BillOut(Out):
    """A bill; amounts are null for who may not see prices. ``differences``: lines where the match found something."""

    number: str
    state: str
    version: int
    supplier: str
    supplier_name: str
    reference: str
    dated_on: date
    due_on: date
    currency: str
    net: Number | None
    tax: Number | None
    gross: Number | None
    paid: Number | None
    open: Number | None
    late_days: int
    differences: int
    orders: str
    note: str
    approve_reason: str
    void_reason: str
    created_by: str
    created_at: datetime
    posted_at: datetime | None
    approved_at: datetime | None
    approved_by: str


class BillLineOut(Out):
    """``covers``: what it is for with the counters of the order line; ``findings``: what differs, with the evidence."""

    line: int
    description: str
    product: str
    quantity: Number
    unit_price: Number | None
    tax_rate: Number
    net: Number | None
    tax: Number | None
    gross: Number | None
    covers: list[dict[str, Any]]
    findings: list[dict[str, Any]]


class BillPaymentOut(Out):
    number: str
    paid_on: date
    amount: Number | None
    state: str


class TwinOut(Out):
    """Another bill of the supplier with nearly the same number, or the same amount on the same day."""

    number: str
    reference: str
    dated_on: date
    state: str
    same_amount: bool


class BillDetailOut(BillOut):
    lines: list[BillLineOut]
    payments: list[BillPaymentOut]
    twins: list[TwinOut]


class BillsOut(Out):
    items: list[BillOut]
    after: str


class BillableLineOut(Out):
    """What may be invoiced of an order line: accepted, without what went back and what was invoiced."""

    order_number: str
    line: int
    product: str
    product_name: str
    supplier: str
    currency: str
    receipt: str
    ordered: Number
    open: Number
    invoiced: Number
    unit: str
    unit_price: Number | None
    tax_rate: Number


class BillableLinesOut(Out):
    items: list[BillableLineOut]


class SettlementSettingsOut(Out):
    version: int
    price_percent: Number
    amount: Number
    quantity_percent: Number
    extra_amount: Number


class SettlementSettingsBody(BillVersionBody):
    """Tolerances of the match; what is not given stays."""

    price_percent: Number | None = None
    amount: Number | None = None
    quantity_percent: Number | None = None
    extra_amount: Number | None = None


def _values(body: BillBody) -> dict[str, Any]:
    lines = [
        BillLineIn(
            line.quantity,
            tuple(Cover(c.order, c.line, c.quantity, c.receipt) for c in line.covers),
            line.unit_price,
            line.tax_rate,
            line.amount,
            line.description,
        )
        for line in body.lines
    ]
    names = ("supplier", "reference", "dated_on", "due_on", "currency", "tax_included", "total", "note")
    return {**{name: getattr(body, name) for name in names}, "lines": lines}


@router.get("/bills", response={200: BillsOut, **REFUSALS}, summary="List suppliers' invoices")
def list_bills(
    request: HttpRequest,
    state: str = "open",
    supplier: str = "",
    order: str = "",
    due: str = "",
    q: str = "",
    limit: int = 50,
    after: str = "",
) -> dict[str, Any]:
    """Newest first; ``state`` open, all or one state; ``due`` late or week."""
    wanted = BillFilter(state, supplier, order, q[:100], due)
    page = bill_list(caller(request), wanted, after=after, limit=limit)
    return {"items": page.items, "after": page.after}


@router.get("/bills/open-lines", response={200: BillableLinesOut, **REFUSALS}, summary="What may still be invoiced")
def list_open_lines(request: HttpRequest, order: str = "", receipt: str = "", supplier: str = "") -> dict[str, Any]:
    """Of an order, of a receipt, or of all orders of a supplier."""
    orders, receipts = [order] if order else [], [receipt] if receipt else []
    return {"items": open_lines(caller(request), orders=orders, receipts=receipts, supplier=supplier)}


@router.post("/bills", response={201: DoneOut, **REFUSALS}, summary="Enter a supplier's invoice")
def create_bill(request: HttpRequest, body: NewBillBody) -> Status[DoneOut]:
    """A draft, or with ``post`` matched at once: the state says whether it matches."""
    return Status(201, done(commands.create_bill(actor=caller(request), **_values(body), post=body.post)))


@router.get("/bills/{number}", response={200: BillDetailOut, **REFUSALS}, summary="A supplier's invoice")
def get_bill(request: HttpRequest, number: str) -> dict[str, Any]:
    """With its lines, what they are for, what differs, and its payments."""
    return bill_detail(caller(request), number)


@router.put("/bills/{number}", response={200: DoneOut, **REFUSALS}, summary="Write a draft anew")
def update_bill(request: HttpRequest, number: str, body: BillUpdateBody) -> DoneOut:
    """Only a draft."""
    return done(commands.update_bill(actor=caller(request), number=number, **_values(body), version=body.version))


@router.post("/bills/{number}/post", response={200: DoneOut, **REFUSALS}, summary="Post and match an invoice")
def post_bill(request: HttpRequest, number: str, body: BillVersionBody | None = None) -> DoneOut:
    """From now on its quantities count as invoiced."""
    return done(commands.post_bill(actor=caller(request), number=number, version=body.version if body else None))


@router.post("/bills/{number}/match", response={200: DoneOut, **REFUSALS}, summary="Match an invoice again")
def match_bill(request: HttpRequest, number: str, body: BillVersionBody | None = None) -> DoneOut:
    """After goods came in or the order was changed."""
    return done(commands.match_bill(actor=caller(request), number=number, version=body.version if body else None))


@router.post("/bills/{number}/approve", response={200: DoneOut, **REFUSALS}, summary="Let an invoice be paid")
def approve_bill(request: HttpRequest, number: str, body: BillReasonBody | None = None) -> DoneOut:
    """One with differences needs settlement.approve_mismatch and a reason."""
    given = body or BillReasonBody()
    return done(commands.approve_bill(actor=caller(request), number=number, reason=given.reason, version=given.version))


@router.post("/bills/{number}/void", response={200: DoneOut, **REFUSALS}, summary="Void an invoice")
def void_bill(request: HttpRequest, number: str, body: BillReasonBody) -> DoneOut:
    """One that nobody paid; its quantities can be invoiced again."""
    return done(commands.void_bill(actor=caller(request), number=number, reason=body.reason, version=body.version))


@router.post("/bills/{number}/copy", response={201: DoneOut, **REFUSALS}, summary="A new draft like a void one")
def copy_bill(request: HttpRequest, number: str) -> Status[DoneOut]:
    """With the same number of the supplier."""
    return Status(201, done(commands.copy_bill(actor=caller(request), number=number)))


@router.delete("/bills/{number}", response={200: DoneOut, **REFUSALS}, summary="Delete a draft")
def delete_bill(request: HttpRequest, number: str, version: int | None = None) -> DoneOut:
    """Only a draft."""
    return done(commands.delete_bill(actor=caller(request), number=number, version=version))


@router.get(
    "/settlement-settings", response={200: SettlementSettingsOut, **REFUSALS}, summary="Tolerances of the match"
)
def get_settings(request: HttpRequest) -> dict[str, Any]:
    """As they count."""
    return settings_of(caller(request))


@router.put("/settlement-settings", response={200: DoneOut, **REFUSALS}, summary="Change tolerances")
def save_settings(request: HttpRequest, body: SettlementSettingsBody) -> DoneOut:
    """What is not given stays."""
    values = {name: value for name, value in given(body, "version").items() if value is not None}
    return done(commands.save_settings(actor=caller(request), values=values, version=body.version))
