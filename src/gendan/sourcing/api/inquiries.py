"""Inquiries for programs: made, sent, answered, compared, awarded, closed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Query, Status
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, Out, ProblemOut, caller, done
from gendan.sourcing import commands
from gendan.sourcing.api.router import router
from gendan.sourcing.queries.inquiries import InquiryFilter, inquiry_detail, list_inquiries
from gendan.sourcing.queries.links import link_shown
from gendan.sourcing.queries.matrix import matrix
from gendan.sourcing.rules.draft import InquiryDraft
from gendan.sourcing.rules.inquiry import MAX_LINES, AnswerLineIn, AwardIn, BreakIn, LineIn, SourceIn, SupplierIn

REFUSALS = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 409: ProblemOut, 422: ProblemOut}


class SourceBody(Body):
    """A quantity that is asked for a requisition line, in its unit."""

    requisition: str = Field(max_length=32)
    line: int = Field(ge=1, le=100_000)
    quantity: Number


class InquiryLineBody(Body):
    """What is asked for; ``target_price`` is the budget without tax in company currency."""

    product: str = Field(max_length=64)
    quantity: Number
    unit: str = Field("", max_length=64)
    required_on: date | None = None
    target_price: Number | None = None
    note: str = Field("", max_length=300)
    warehouse: str = Field("", max_length=64)
    sources: list[SourceBody] = Field([], max_length=200)

    def line(self) -> LineIn:
        sources = tuple(SourceIn(s.requisition, s.line, s.quantity) for s in self.sources)
        return LineIn(
            self.product, self.quantity, self.unit, self.required_on, self.target_price, self.note, self.warehouse,
            sources,
        )  # fmt: skip


class SupplierBody(Body):
    """Who is asked; without an address the main contact's, without a language by country."""

    supplier: str = Field(max_length=64)
    email: str = Field("", max_length=254)
    recipient: str = Field("", max_length=120)
    language: str = Field("", max_length=8)


class InquiryBody(Body):
    """An inquiry; ``sealed`` needs ``closes_at``, and nobody sees answers before."""

    warehouse: str = Field(max_length=64)
    title: str = Field("", max_length=120)
    closes_at: datetime | None = None
    sealed: bool = False
    note: str = Field("", max_length=4000)
    lines: list[InquiryLineBody] = Field(max_length=MAX_LINES)
    suppliers: list[SupplierBody] = Field([], max_length=50)

    def draft(self) -> InquiryDraft:
        return InquiryDraft(
            self.warehouse,
            self.title,
            self.closes_at,
            self.sealed,
            self.note,
            tuple(line.line() for line in self.lines),
            tuple(SupplierIn(**one.model_dump()) for one in self.suppliers),
        )


class InquiryChangeBody(InquiryBody):
    version: int | None = None


class VersionBody(Body):
    version: int | None = None


class ReasonBody(VersionBody):
    reason: str = Field("", max_length=300)


class ClosingBody(VersionBody):
    closes_at: datetime


class InviteBody(SupplierBody):
    version: int | None = None


class BreakBody(Body):
    from_quantity: Number = Decimal(0)
    price: Number


class AnswerLineBody(Body):
    """An offer for a line (``prices``, at least one), or none (``no_quote`` with the reason in ``note``)."""

    line: int = Field(ge=1, le=100_000)
    prices: list[BreakBody] = Field([], max_length=20)
    tax_rate: Number | None = None
    delivery_days: int | None = Field(None, ge=0, le=1000)
    minimum: Number = Decimal(0)
    pack: Number = Decimal(0)
    substitute: str = Field("", max_length=200)
    note: str = Field("", max_length=300)
    no_quote: bool = False

    def answer(self) -> AnswerLineIn:
        prices = tuple(BreakIn(one.from_quantity, one.price) for one in self.prices)
        return AnswerLineIn(
            self.line, prices, self.tax_rate, self.delivery_days, self.minimum, self.pack, self.substitute, self.note,
            self.no_quote,
        )  # fmt: skip


class AnswerBody(Body):
    """A supplier's whole answer; every one is kept, the last counts."""

    currency: str = Field("", max_length=3)
    tax_included: bool = True
    freight: Number = Decimal(0)
    valid_to: date | None = None
    note: str = Field("", max_length=1000)
    lines: list[AnswerLineBody] = Field(max_length=MAX_LINES)


class AwardLineBody(Body):
    line: int = Field(ge=1, le=100_000)
    supplier: str = Field(max_length=64)
    quantity: Number


class AwardBody(VersionBody):
    """Quantities of lines for suppliers; ``submit``: their orders are submitted, else drafts."""

    awards: list[AwardLineBody] = Field(max_length=5000)
    submit: bool = False


class InquiryOut(Out):
    """An inquiry in a list; money is in company currency, null for who may not see prices."""

    number: str
    state: str
    version: int
    title: str
    warehouse: str
    buyer: str
    closes_at: datetime | None
    sealed: bool
    sent_at: datetime | None
    created_at: datetime


class InquiryListOut(InquiryOut):
    lines: int
    suppliers: int
    answers: int
    awarded: Number | None
    saving: Number | None


class InquiriesOut(Out):
    items: list[InquiryListOut]
    after: str


class InquiryLineOut(Out):
    line: int
    product: str
    product_name: str
    unit: str
    warehouse: str
    quantity: Number
    awarded: Number
    open: Number
    required_on: date | None
    target_price: Number | None
    last_price: Number | None
    note: str


class InvitedOut(Out):
    """A supplier who is asked; ``answers`` counts the versions of the answer."""

    supplier: str
    supplier_name: str
    email: str
    recipient: str
    language: str
    invited_at: datetime | None
    sent_at: datetime | None
    problem: str
    seen_at: datetime | None
    answers: int
    answered_at: datetime | None
    declined: bool
    late: bool | None


class AwardOut(Out):
    line: int
    supplier: str
    quantity: Number
    currency: str
    unit_price: Number | None
    net_price: Number | None
    landed_price: Number | None
    last_price: Number | None
    average_price: Number | None
    order: str


class InquiryDetailOut(InquiryOut):
    note: str
    sealed_now: bool
    close_reason: str
    awarded_amount: Number | None
    saving: Number | None
    saving_average: Number | None
    saving_target: Number | None
    lines: list[InquiryLineOut]
    suppliers: list[InvitedOut]
    awards: list[AwardOut]


class LinkOut(Out):
    supplier: str
    url: str
    expires_at: datetime


class CostOut(Out):
    """The parts of a landed price, per unit; see the guide."""

    price: Number
    tax_rate: Number
    net: Number
    rate: Number
    value: Number
    freight: Number
    duty_percent: Number
    duty: Number
    landed: Number


class OfferOut(Out):
    line: int
    supplier: str
    quoted: bool
    currency: str
    delivery_days: int | None
    minimum: Number
    substitute: str
    note: str
    late: bool
    expired: bool
    cost: CostOut | None
    best_price: bool
    best_date: bool
    score: Number | None


class ShareOut(Out):
    line: int
    supplier: str
    quantity: Number
    landed: Number
    cost: Number


class ProposalOut(Out):
    """``way`` is price, date, score or split; ``left`` are lines of which some quantity has no fitting offer."""

    way: str
    cost: Number
    shares: list[ShareOut]
    left: list[int]


class ComparisonOut(Out):
    offers: list[OfferOut]
    proposals: list[ProposalOut]


class InquiryQuery(Out):
    """Which inquiries; ``state=open`` is drafts, sent and answered ones, ``all`` everything."""

    state: str = Field("open", max_length=24)
    supplier: str = Field("", max_length=64)
    product: str = Field("", max_length=64)
    q: str = Field("", max_length=100)
    limit: int = Field(50, ge=1, le=200)
    after: str = Field("", max_length=200)


class SplitQuery(Out):
    """How the proposal «split» is made: at least so many suppliers, none with more than ``most`` percent."""

    suppliers: int = Field(2, ge=1, le=20)
    most: int = Field(60, ge=1, le=100)


@router.post("/inquiries", response={201: DoneOut, **REFUSALS}, summary="Make an inquiry to several suppliers")
def create_inquiry(request: HttpRequest, body: InquiryBody) -> Any:
    draft = body.draft()
    return Status(
        201,
        done(
            commands.create_inquiry(
                actor=caller(request),
                warehouse=draft.warehouse,
                lines=draft.lines,
                suppliers=draft.suppliers,
                title=draft.title,
                closes_at=draft.closes_at,
                sealed=draft.sealed,
                note=draft.note,
            )
        ),
    )


@router.get("/inquiries", response={200: InquiriesOut, **REFUSALS}, summary="List inquiries, newest first")
def list_of_inquiries(request: HttpRequest, wanted: Query[InquiryQuery]) -> Any:
    which = InquiryFilter(wanted.state, wanted.supplier, wanted.product, "", wanted.q)
    page = list_inquiries(caller(request), which, wanted.after, wanted.limit)
    return {"items": page.items, "after": page.after}


@router.get("/inquiries/{number}", response={200: InquiryDetailOut, **REFUSALS}, summary="Read an inquiry")
def read_inquiry(request: HttpRequest, number: str) -> Any:
    found = inquiry_detail(caller(request), number)
    return {**found.header, "lines": found.lines, "suppliers": found.suppliers, "awards": found.awards}


@router.put("/inquiries/{number}", response={200: DoneOut, **REFUSALS}, summary="Change a draft")
def update_inquiry(request: HttpRequest, number: str, body: InquiryChangeBody) -> Any:
    actor = caller(request)
    return done(commands.update_inquiry(actor=actor, number=number, draft=body.draft(), version=body.version))


@router.delete("/inquiries/{number}", response={200: DoneOut, **REFUSALS}, summary="Throw a draft away")
def delete_inquiry(request: HttpRequest, number: str) -> Any:
    return done(commands.delete_inquiry(actor=caller(request), number=number))


@router.post("/inquiries/{number}/send", response={200: DoneOut, **REFUSALS}, summary="Ask the suppliers")
def send_inquiry(request: HttpRequest, number: str, body: VersionBody | None = None) -> Any:
    version = body.version if body else None
    return done(commands.send_inquiry(actor=caller(request), number=number, version=version))


@router.post("/inquiries/{number}/suppliers", response={200: DoneOut, **REFUSALS}, summary="Ask one more supplier")
def invite_supplier(request: HttpRequest, number: str, body: InviteBody) -> Any:
    return done(commands.invite_supplier(actor=caller(request), number=number, **body.model_dump()))


@router.get(
    "/inquiries/{number}/suppliers/{supplier}/link",
    response={200: LinkOut, **REFUSALS},
    summary="The link by which a supplier answers",
)
def read_link(request: HttpRequest, number: str, supplier: str) -> Any:
    return link_shown(caller(request), number, supplier)


@router.post("/inquiries/{number}/closing", response={200: DoneOut, **REFUSALS}, summary="Move the closing time")
def move_closing(request: HttpRequest, number: str, body: ClosingBody) -> Any:
    return done(commands.move_closing(actor=caller(request), number=number, **body.model_dump()))


@router.post(
    "/inquiries/{number}/suppliers/{supplier}/answers",
    response={201: DoneOut, **REFUSALS},
    summary="Enter a supplier's answer",
)
def answer_inquiry(request: HttpRequest, number: str, supplier: str, body: AnswerBody) -> Any:
    lines = [line.answer() for line in body.lines]
    result = commands.answer_inquiry(
        actor=caller(request),
        number=number,
        supplier=supplier,
        lines=lines,
        currency=body.currency,
        tax_included=body.tax_included,
        freight=body.freight,
        valid_to=body.valid_to,
        note=body.note,
    )
    return Status(201, done(result))


@router.get("/inquiries/{number}/comparison", response={200: ComparisonOut, **REFUSALS}, summary="Compare the offers")
def compare(request: HttpRequest, number: str, split: Query[SplitQuery]) -> Any:
    """Landed costs in company currency for what is open of each line, and proposals whom to award what."""
    found = matrix(caller(request), number, suppliers=split.suppliers, most=Decimal(split.most))
    offers = [{"line": line, "supplier": code, **cell} for (line, code), cell in found.cells.items()]
    proposals = [
        {"way": one.way, "cost": one.cost, "shares": one.shares, "left": [line for line, _quantity in one.left]}
        for one in found.proposals
    ]
    return {"offers": offers, "proposals": proposals}


@router.post("/inquiries/{number}/award", response={200: DoneOut, **REFUSALS}, summary="Award; orders come out of it")
def award_inquiry(request: HttpRequest, number: str, body: AwardBody) -> Any:
    awards = [AwardIn(one.line, one.supplier, one.quantity) for one in body.awards]
    actor = caller(request)
    result = commands.award_inquiry(actor=actor, number=number, awards=awards, submit=body.submit, version=body.version)
    return done(result)


@router.post("/inquiries/{number}/close", response={200: DoneOut, **REFUSALS}, summary="End an inquiry")
def close_inquiry(request: HttpRequest, number: str, body: ReasonBody | None = None) -> Any:
    given = (body or ReasonBody()).model_dump()
    return done(commands.close_inquiry(actor=caller(request), number=number, **given))
