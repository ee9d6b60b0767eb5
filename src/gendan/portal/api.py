"""Customers' links for programs: made, listed, revoked; questions and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Router, Status
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Out, ProblemOut, caller, done
from gendan.kernel.subjects import find
from gendan.portal import commands, queries, rules
from gendan.portal.permissions import VIEW
from gendan.portal.supplier_api import router as for_suppliers

router = Router(tags=["customers"])
router.add_router("", for_suppliers)
REFUSALS = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 409: ProblemOut, 422: ProblemOut}


class LinkBody(Body):
    """Who it is for, in which language it begins (empty: the browser's), and for how many days it opens."""

    recipient: str = Field("", max_length=120)
    language: str = Field("", max_length=8)
    days: int = Field(rules.DAYS, ge=1, le=rules.MOST_DAYS)


class MessageBody(Body):
    text: str = Field(max_length=2000)


class LinkOut(Out):
    """``url`` only of a link that is open, for who may make links."""

    id: int
    state: str
    recipient: str
    language: str
    expires_at: datetime
    created_at: datetime
    created_by: str
    seen_at: datetime | None
    revoked_at: datetime | None
    url: str


class LinksOut(Out):
    items: list[LinkOut]


class MessageOut(Out):
    """``ours``: an answer, else what the customer wrote."""

    id: int
    at: datetime
    ours: bool
    author: str
    text: str


class MessagesOut(Out):
    items: list[MessageOut]


def _url(request: HttpRequest, token: str) -> str:
    if not token:
        return ""
    path = reverse("portal:page", args=[token])
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


@router.get("/sales-orders/{number}/links", response={200: LinksOut, **REFUSALS}, summary="The customer's links")
def list_links(request: HttpRequest, number: str) -> Any:
    actor = caller(request)
    actor.must(VIEW)
    found = queries.links_of(actor, find(actor, "so", number).id)
    return {"items": [{**row, "url": _url(request, row["token"])} for row in found]}


@router.post("/sales-orders/{number}/links", response={201: DoneOut, **REFUSALS}, summary="Make a link for a customer")
def create_link(request: HttpRequest, number: str, body: LinkBody | None = None) -> Any:
    """``data.url`` is the address; it opens this order only, without an account."""
    asked, actor = body or LinkBody(), caller(request)
    result = commands.create_link(
        actor=actor, number=number, recipient=asked.recipient, language=asked.language, days=asked.days
    )
    shown = queries.link_shown(actor, result.id)
    answer = done(result)
    answer.data = {**answer.data, "url": _url(request, shown["token"])}
    return Status(201, answer)


@router.post("/customer-links/{link_id}/revoke", response={200: DoneOut, **REFUSALS}, summary="End a link")
def revoke_link(request: HttpRequest, link_id: int) -> Any:
    return done(commands.revoke_link(actor=caller(request), link_id=link_id))


@router.get(
    "/sales-orders/{number}/messages", response={200: MessagesOut, **REFUSALS}, summary="What the customer asked"
)
def list_messages(request: HttpRequest, number: str) -> Any:
    actor = caller(request)
    actor.must(VIEW)
    return {"items": queries.messages_of(actor.company_id, find(actor, "so", number).id)}


@router.post(
    "/sales-orders/{number}/messages", response={201: DoneOut, **REFUSALS}, summary="Answer the customer's question"
)
def answer_question(request: HttpRequest, number: str, body: MessageBody) -> Any:
    return Status(201, done(commands.answer_question(actor=caller(request), number=number, text=body.text)))
