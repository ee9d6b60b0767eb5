"""Remedies for programs: what a case offers with its form, doing one, what suppliers answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from pydantic import Field

from gendan.alerts import commands
from gendan.alerts.api.router import ANSWERS, REFUSALS, router
from gendan.alerts.remedies.doing import do, remedies_of
from gendan.alerts.remedies.urging import AnswerIn, urge_shown
from gendan.kernel.api import Body, Number, Out, caller, done


class OptionOut(Out):
    value: str
    text: str


class FieldOut(Out):
    """Something that the form asks; ``value`` is what it starts with. ``kind``: text, long, email, number, date,
    choice (one of the options), supplier (a code; the options are those who sell it, best first), cases (numbers),
    flag.
    """

    name: str
    label: str
    kind: str
    value: str | bool | list[str]
    required: bool
    help: str
    options: list[OptionOut]


class RemedyOfferOut(Out):
    """``why``: what speaks for it here. ``link``: it is done on that page, not by this interface."""

    code: str
    label: str
    why: str
    link: str
    fields: list[FieldOut]


class UsedOut(Out):
    """A remedy that was used: ``text`` is what came of it, ``answers`` what the supplier said who was urged."""

    code: str
    label: str
    state: str
    text: str
    documents: list[str]
    user: str
    at: datetime
    urge: int | None
    answer_by: datetime | None
    answered_at: datetime | None
    answers: list[str]


class RemediesOut(Out):
    offers: list[RemedyOfferOut]
    done: list[UsedOut]


class RemedyIn(Body):
    """``values``: by name of the field, as text; ``cases`` is a list of numbers."""

    values: dict[str, str | bool | list[str]] = {}
    version: int | None = None


class UrgeOut(Out):
    """``url``: where the supplier answers, without an account."""

    id: int
    state: str
    partner: str
    partner_name: str
    recipient: str
    email: str
    cases: int
    url: str
    expires_at: datetime
    answer_by: datetime
    seen_at: datetime | None
    sent_at: datetime | None
    problem: str
    answered_at: datetime | None
    answered_by: str


class AnswerLineIn(Body):
    """``kind``: date (all that is missing comes ``on`` that day), partly (``quantity`` comes ``on`` that day, the rest
    on ``rest_on``, or nobody knows), cannot.
    """

    order: str = Field(max_length=64)
    line: int = Field(ge=1, le=100_000)
    kind: Literal["date", "partly", "cannot"]
    on: date | None = None
    quantity: Number | None = None
    rest_on: date | None = None
    note: str = Field("", max_length=300)


class AnswerBody(Body):
    lines: list[AnswerLineIn] = Field(max_length=2000)
    note: str = Field("", max_length=500)


@router.get(
    "/cases/{number}/remedies", response={200: RemediesOut, **REFUSALS}, summary="What helps, and what was done"
)
def remedies(request: HttpRequest, number: str) -> Any:
    return RemediesOut.model_validate(remedies_of(caller(request), number))


@router.post("/cases/{number}/remedies/{code}", response=ANSWERS, summary="Use a remedy")
def use_remedy(request: HttpRequest, number: str, code: str, body: RemedyIn | None = None) -> Any:
    """Its command runs with the caller's rights. ``data.effect`` says what came of it, ``data.documents`` what it made.
    ``urge_supplier`` takes ``cases``, other open cases of the same supplier, into the same message.
    """
    given = body or RemedyIn.model_construct(values={}, version=None)
    actor = caller(request)
    return done(do(actor=actor, number=number, code=code, values=given.values, version=given.version))


@router.get("/urges/{urge_id}", response={200: UrgeOut, **REFUSALS}, summary="The link by which a supplier answers")
def urge(request: HttpRequest, urge_id: int) -> Any:
    return UrgeOut.model_validate(urge_shown(caller(request), urge_id))


@router.post("/urges/{urge_id}/answer", response=ANSWERS, summary="Record what the supplier says")
def answer_urge(request: HttpRequest, urge_id: int, body: AnswerBody) -> Any:
    lines = [AnswerIn(**line.model_dump()) for line in body.lines]
    return done(commands.answer_urge(actor=caller(request), urge=urge_id, lines=lines, note=body.note))
