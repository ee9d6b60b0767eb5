"""Inquiries for programs: made, sent, answered, compared, awarded, closed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Query, Status
from pydantic import Field

from gendan.kernel.api import DoneOut, Out, ProblemOut, caller, done
from gendan.sourcing import commands
from gendan.sourcing.api.bodies import (
    InquiryAnswerBody,
    InquiryAwardBody,
    InquiryBody,
    InquiryChangeBody,
    InquiryClosingBody,
    InquiryInviteBody,
    InquiryReasonBody,
    InquiryVersionBody,
)
from gendan.sourcing.api.router import router
from gendan.sourcing.api.shapes import InquiriesOut, InquiryComparisonOut, InquiryDetailOut, InquiryLinkOut
from gendan.sourcing.queries.inquiries import InquiryFilter, inquiry_detail, list_inquiries
from gendan.sourcing.queries.links import link_shown
from gendan.sourcing.queries.matrix import matrix
from gendan.sourcing.rules.inquiry import AwardIn

REFUSALS = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 409: ProblemOut, 422: ProblemOut}


class InquiryQuery(Out):
    """Which inquiries; ``state=open`` is drafts, sent and answered ones, ``all`` everything."""

    state: str = Field("open", max_length=24)
    supplier: str = Field("", max_length=64)
    product: str = Field("", max_length=64)
    q: str = Field("", max_length=100)
    limit: int = Field(50, ge=1, le=200)
    after: str = Field("", max_length=200)


class InquirySplitQuery(Out):
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
def send_inquiry(request: HttpRequest, number: str, body: InquiryVersionBody | None = None) -> Any:
    version = body.version if body else None
    return done(commands.send_inquiry(actor=caller(request), number=number, version=version))


@router.post("/inquiries/{number}/suppliers", response={200: DoneOut, **REFUSALS}, summary="Ask one more supplier")
def invite_supplier(request: HttpRequest, number: str, body: InquiryInviteBody) -> Any:
    return done(commands.invite_supplier(actor=caller(request), number=number, **body.model_dump()))


@router.get(
    "/inquiries/{number}/suppliers/{supplier}/link",
    response={200: InquiryLinkOut, **REFUSALS},
    summary="The link by which a supplier answers",
)
def read_link(request: HttpRequest, number: str, supplier: str) -> Any:
    return link_shown(caller(request), number, supplier)


@router.post("/inquiries/{number}/closing", response={200: DoneOut, **REFUSALS}, summary="Move the closing time")
def move_closing(request: HttpRequest, number: str, body: InquiryClosingBody) -> Any:
    return done(commands.move_closing(actor=caller(request), number=number, **body.model_dump()))


@router.post(
    "/inquiries/{number}/suppliers/{supplier}/answers",
    response={201: DoneOut, **REFUSALS},
    summary="Enter a supplier's answer",
)
def answer_inquiry(request: HttpRequest, number: str, supplier: str, body: InquiryAnswerBody) -> Any:
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


@router.get(
    "/inquiries/{number}/comparison", response={200: InquiryComparisonOut, **REFUSALS}, summary="Compare the offers"
)
def compare(request: HttpRequest, number: str, split: Query[InquirySplitQuery]) -> Any:
    """Landed costs in company currency for what is open of each line, and proposals whom to award what."""
    found = matrix(caller(request), number, suppliers=split.suppliers, most=Decimal(split.most))
    offers = [{"line": line, "supplier": code, **cell} for (line, code), cell in found.cells.items()]
    proposals = [
        {"way": one.way, "cost": one.cost, "shares": one.shares, "left": [line for line, _quantity in one.left]}
        for one in found.proposals
    ]
    return {"offers": offers, "proposals": proposals}


@router.post("/inquiries/{number}/award", response={200: DoneOut, **REFUSALS}, summary="Award; orders come out of it")
def award_inquiry(request: HttpRequest, number: str, body: InquiryAwardBody) -> Any:
    awards = [AwardIn(one.line, one.supplier, one.quantity) for one in body.awards]
    actor = caller(request)
    result = commands.award_inquiry(actor=actor, number=number, awards=awards, submit=body.submit, version=body.version)
    return done(result)


@router.post(
    "/inquiries/{number}/contracts", response={200: DoneOut, **REFUSALS}, summary="Drafts of contracts out of awards"
)
def contract_awards(request: HttpRequest, number: str, body: InquiryVersionBody | None = None) -> Any:
    version = body.version if body else None
    return done(commands.contract_awards(actor=caller(request), number=number, version=version))


@router.post(
    "/inquiries/{number}/prices", response={200: DoneOut, **REFUSALS}, summary="Awarded prices into the price list"
)
def list_awards(request: HttpRequest, number: str, body: InquiryVersionBody | None = None) -> Any:
    version = body.version if body else None
    return done(commands.list_awards(actor=caller(request), number=number, version=version))


@router.post("/inquiries/{number}/close", response={200: DoneOut, **REFUSALS}, summary="End an inquiry")
def close_inquiry(request: HttpRequest, number: str, body: InquiryReasonBody | None = None) -> Any:
    given = (body or InquiryReasonBody()).model_dump()
    return done(commands.close_inquiry(actor=caller(request), number=number, **given))
