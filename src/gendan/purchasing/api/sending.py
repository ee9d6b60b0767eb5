"""Orders sent to suppliers, for programs: send, ask what became of it, take a link away."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from pydantic import Field

from gendan.kernel import scope
from gendan.kernel.api import Body, DoneOut, Number, Out, ProblemOut, caller, done
from gendan.kernel.subjects import find
from gendan.purchasing import commands
from gendan.purchasing.api.router import router
from gendan.purchasing.queries.sending import link_shown, links_of, sending_of
from gendan.purchasing.steps.sending import DAYS, MOST_DAYS

REFUSALS = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 409: ProblemOut, 422: ProblemOut}


class SendBody(Body):
    """Whom it goes to. ``email`` left out: the main contact; "": only the link is made. ``language`` "": as before."""

    email: str | None = Field(None, max_length=254)
    recipient: str = Field("", max_length=120)
    language: str = Field("", max_length=8)
    note: str = Field("", max_length=500)
    days: int = Field(DAYS, ge=1, le=MOST_DAYS)
    version: int | None = None


class SupplierLinkOut(Out):
    """A link by which an order was sent; ``url`` only of one that is open, for who may send orders."""

    id: int
    state: str
    recipient: str
    email: str
    language: str
    expires_at: datetime
    sent_at: datetime
    times: int
    order_seen_at: datetime | None
    sent_by: str
    mail: str | None
    url: str


class SendingOut(Out):
    """``state``: unsent, sent, seen, confirmed, countered, refused or silent; it follows from what happened."""

    state: str
    label: str
    first_at: datetime | None = None
    last_at: datetime | None = None
    seen_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str = ""
    times: int
    links: list[SupplierLinkOut]


@router.post(
    "/purchase-orders/{number}/send", response={200: DoneOut, **REFUSALS}, summary="Send an order to its supplier"
)
def send_order(request: HttpRequest, number: str, body: SendBody | None = None) -> Any:
    """The supplier gets a link by which it answers without an account; ``data.url`` is its address."""
    asked, actor = body or SendBody(), caller(request)
    result = commands.send_order(actor=actor, number=number, **asked.model_dump())
    answer = done(result)
    answer.data = {**answer.data, "url": link_shown(actor, result.data["link"])["url"]}
    return answer


@router.get(
    "/purchase-orders/{number}/sending",
    response={200: SendingOut, **REFUSALS},
    summary="What became of an order at its supplier",
)
def order_sending(request: HttpRequest, number: str) -> Any:
    actor = caller(request)
    actor.must("purchasing.view")
    scope.demand(actor, number)
    order = find(actor, "po", number)
    return {**sending_of(actor, order.id), "links": links_of(actor, order.id, number)}


class PolicyBody(Body):
    """What is taken of suppliers' answers at once; ``supplier`` is a code, "" the company."""

    supplier: str = Field("", max_length=64)
    days: int = 0
    percent: Number = Decimal(0)
    silence_hours: int = 48
    sends: bool = False
    version: int | None = None


@router.put("/supplier-answer-policy", response={200: DoneOut, **REFUSALS}, summary="What is taken of answers at once")
def save_answer_policy(request: HttpRequest, body: PolicyBody) -> Any:
    given = body.model_dump(exclude={"percent"})  # numbers are dumped as text
    return done(commands.save_answer_policy(actor=caller(request), percent=body.percent, **given))


@router.post(
    "/supplier-links/{supplier_link}/revoke", response={200: DoneOut, **REFUSALS}, summary="End a supplier's link"
)
def revoke_supplier_link(request: HttpRequest, supplier_link: int) -> Any:
    return done(commands.revoke_supplier_link(actor=caller(request), link_id=supplier_link))
