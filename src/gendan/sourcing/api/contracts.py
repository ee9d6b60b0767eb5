"""Framework contracts for programs: made, let into force, changed, ended; what was called off."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Query, Status
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done
from gendan.sourcing import commands
from gendan.sourcing.api.bodies import InquiryBreakBody, InquiryReasonBody, InquiryVersionBody
from gendan.sourcing.api.inquiries import REFUSALS
from gendan.sourcing.api.router import router
from gendan.sourcing.queries.contracts import ContractFilter, contract_detail, list_contracts
from gendan.sourcing.rules.contract import LEAD_DAYS, MAX_LINES, MOST_DAYS, ContractDraft, ContractLineIn
from gendan.sourcing.rules.inquiry import BreakIn


class ContractLineBody(Body):
    """A product; ``prices`` has one from 0 on. Without ``quantity`` as much as is needed."""

    product: str = Field(max_length=64)
    unit: str = Field("", max_length=64)
    prices: list[InquiryBreakBody] = Field(min_length=1, max_length=20)
    quantity: Number | None = None
    minimum: Number = Decimal(0)
    lead_days: int | None = Field(None, ge=0, le=LEAD_DAYS)
    note: str = Field("", max_length=300)

    def line(self) -> ContractLineIn:
        prices = tuple(BreakIn(one.from_quantity, one.price) for one in self.prices)
        return ContractLineIn(
            self.product, prices, self.quantity, self.unit, self.minimum, self.lead_days, self.note
        )  # fmt: skip


class ContractBody(Body):
    """A framework contract; ``over`` is stop, approve (by who may order beyond contracts) or warn."""

    supplier: str = Field(max_length=64)
    valid_from: date
    valid_to: date
    title: str = Field("", max_length=120)
    reference: str = Field("", max_length=80)
    currency: str = Field("", max_length=3)
    agreed_amount: Number | None = None
    over: str = Field("stop", max_length=8)
    remind_days: int = Field(30, ge=0, le=MOST_DAYS)
    remind_percent: int = Field(80, ge=1, le=100)
    note: str = Field("", max_length=4000)
    lines: list[ContractLineBody] = Field(min_length=1, max_length=MAX_LINES)

    def draft(self) -> ContractDraft:
        head = {name: getattr(self, name) for name in ContractBody.model_fields if name != "lines"}
        return ContractDraft(**head, lines=tuple(line.line() for line in self.lines))


class ContractUpdateBody(ContractBody):
    version: int | None = None


class ContractChangeBody(ContractUpdateBody):
    reason: str = Field("", max_length=300)


class ContractOut(Out):
    """A contract in a list; ``called_amount`` is what orders took, ``days_left`` until its last day."""

    number: str
    state: str
    version: int
    reference: str
    title: str
    supplier: str
    supplier_name: str
    currency: str
    valid_from: date
    valid_to: date
    days_left: int
    agreed_amount: Number | None
    called_amount: Number | None
    used_percent: Number | None
    over: str
    revision: int
    buyer: str
    created_at: datetime


class ContractsOut(Out):
    items: list[ContractOut]
    after: str


class ContractLineOut(Out):
    """A line; ``prices`` are (from quantity, price), ``called`` what order lines took, ``open`` what is left."""

    line: int
    product: str
    product_name: str
    unit: str
    quantity: Number | None
    called: Number
    open: Number | None
    minimum: Number
    lead_days: int | None
    note: str
    is_active: bool
    prices: list[tuple[str, str]]


class ContractOrderOut(Out):
    number: str
    line: int
    state: str
    ordered_on: date
    product: str
    quantity: Number
    unit_price: Number | None


class ContractVersionOut(Out):
    revision: int
    state: str
    amount: Number | None
    reason: str
    at: datetime
    decided_at: datetime | None
    user: str


class ContractSignatureOut(Out):
    """``sha256`` is the hash of the signed document."""

    party: str
    signer: str
    signed_on: date
    file_name: str
    size: int
    sha256: str
    revision: int


class ContractDetailOut(ContractOut):
    remind_days: int
    remind_percent: int
    note: str
    in_force_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    lines: list[ContractLineOut]
    orders: list[ContractOrderOut]
    versions: list[ContractVersionOut]
    signatures: list[ContractSignatureOut]


class ContractQuery(Out):
    """``ending``: in force, and soon over or used up, as each contract says."""

    state: str = Field("open", max_length=24)
    supplier: str = Field("", max_length=64)
    product: str = Field("", max_length=64)
    q: str = Field("", max_length=100)
    ending: bool = False
    limit: int = Field(50, ge=1, le=200)
    after: str = Field("", max_length=200)


@router.get("/contracts", response={200: ContractsOut, **REFUSALS}, summary="List framework contracts, newest first")
def list_of_contracts(request: HttpRequest, wanted: Query[ContractQuery]) -> Any:
    which = ContractFilter(wanted.state, wanted.supplier, wanted.product, "", wanted.q, wanted.ending)
    page = list_contracts(caller(request), which, wanted.after, wanted.limit)
    return {"items": page.items, "after": page.after}


@router.post("/contracts", response={201: DoneOut, **REFUSALS}, summary="Write a framework contract")
def create_contract(request: HttpRequest, body: ContractBody) -> Any:
    return Status(201, done(commands.create_contract(actor=caller(request), draft=body.draft())))


@router.get("/contracts/{number}", response={200: ContractDetailOut, **REFUSALS}, summary="Read a framework contract")
def read_contract(request: HttpRequest, number: str) -> Any:
    found = contract_detail(caller(request), number)
    return {
        **found.header, "lines": found.lines, "orders": found.orders, "versions": found.versions,
        "signatures": found.signatures,
    }  # fmt: skip


@router.put("/contracts/{number}", response={200: DoneOut, **REFUSALS}, summary="Change the draft of a contract")
def update_contract(request: HttpRequest, number: str, body: ContractUpdateBody) -> Any:
    given: dict[str, Any] = {"number": number, "draft": body.draft(), "version": body.version}
    return done(commands.update_contract(actor=caller(request), **given))


@router.delete("/contracts/{number}", response={200: DoneOut, **REFUSALS}, summary="Throw one's own draft away")
def delete_contract(request: HttpRequest, number: str) -> Any:
    return done(commands.delete_contract(actor=caller(request), number=number))


@router.post("/contracts/{number}/start", response={200: DoneOut, **REFUSALS}, summary="Let a contract come into force")
def start_contract(request: HttpRequest, number: str, body: InquiryVersionBody | None = None) -> Any:
    version = body.version if body else None
    return done(commands.start_contract(actor=caller(request), number=number, version=version))


@router.post("/contracts/{number}/change", response={200: DoneOut, **REFUSALS}, summary="Change a contract in force")
def change_contract(request: HttpRequest, number: str, body: ContractChangeBody) -> Any:
    given: dict[str, Any] = {"draft": body.draft(), "reason": body.reason, "version": body.version}
    return done(commands.change_contract(actor=caller(request), number=number, **given))


@router.post("/contracts/{number}/terminate", response={200: DoneOut, **REFUSALS}, summary="End a contract early")
def terminate_contract(request: HttpRequest, number: str, body: InquiryReasonBody) -> Any:
    given: dict[str, Any] = {"reason": body.reason, "version": body.version}
    return done(commands.terminate_contract(actor=caller(request), number=number, **given))
