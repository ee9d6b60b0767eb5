"""Corrective actions for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Status
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Out, caller, done
from gendan.quality import commands
from gendan.quality.api.router import REFUSALS, router
from gendan.quality.queries import actions


class ActionBody(Body):
    problem: str = Field(max_length=1000)
    due_on: date
    supplier: str = Field("", max_length=64)
    product: str = Field("", max_length=64)
    inspection: str = Field("", max_length=32)
    contact: str = Field("", max_length=120)
    owner: str = Field("", max_length=150)


class ActionAnswerBody(Body):
    cause: str = Field(max_length=2000)
    action: str = Field(max_length=2000)
    contact: str = Field("", max_length=120)
    done_by: date | None = None
    version: int | None = None


class ActionReturnBody(Body):
    reason: str = Field(max_length=300)
    due_on: date
    version: int | None = None


class ActionNoteBody(Body):
    note: str = Field("", max_length=1000)
    version: int | None = None


class ActionOut(Out):
    number: str
    state: str
    version: int
    supplier: str
    product: str
    inspection: str
    problem: str
    due_on: date
    late_days: int | None
    owner_username: str
    contact: str
    cause: str
    measure: str
    done_by: date | None
    answered_at: datetime | None
    verdict_note: str
    verified_at: datetime | None
    closed_at: datetime | None


class ActionPageOut(Out):
    items: list[ActionOut]
    after: str


@router.get("/corrective-actions", response={200: ActionPageOut, **REFUSALS}, summary="Corrective actions")
def list_actions(
    request: HttpRequest,
    state: str = "all",
    supplier: str = "",
    inspection: str = "",
    overdue: bool = False,
    q: str = "",
    limit: int = 50,
    after: str = "",
) -> Any:
    """``state``: open (also answered), all, or one state."""
    page = actions.action_list(
        caller(request),
        actions.ActionFilter(state, supplier, inspection, overdue, q),
        after=after,
        limit=limit,
    )
    return {"items": page.items, "after": page.after}


@router.post("/corrective-actions", response={201: DoneOut, **REFUSALS}, summary="Ask a supplier for cause and action")
def create_action(request: HttpRequest, body: ActionBody) -> Any:
    return Status(201, done(commands.create_action(actor=caller(request), **body.model_dump())))


@router.get("/corrective-actions/{number}", response={200: ActionOut, **REFUSALS}, summary="A corrective action")
def get_action(request: HttpRequest, number: str) -> Any:
    return actions.action_detail(caller(request), number)


@router.post("/corrective-actions/{number}/answer", response={200: DoneOut, **REFUSALS}, summary="Write the answer")
def answer_action(request: HttpRequest, number: str, body: ActionAnswerBody) -> Any:
    return done(commands.answer_action(actor=caller(request), number=number, **body.model_dump()))


@router.post("/corrective-actions/{number}/return", response={200: DoneOut, **REFUSALS}, summary="Send it back")
def return_action(request: HttpRequest, number: str, body: ActionReturnBody) -> Any:
    return done(commands.return_action(actor=caller(request), number=number, **body.model_dump()))


@router.post("/corrective-actions/{number}/verify", response={200: DoneOut, **REFUSALS}, summary="Say that it helped")
def verify_action(request: HttpRequest, number: str, body: ActionNoteBody) -> Any:
    return done(commands.verify_action(actor=caller(request), number=number, note=body.note, version=body.version))


@router.post("/corrective-actions/{number}/close", response={200: DoneOut, **REFUSALS}, summary="Close it")
def close_action(request: HttpRequest, number: str, body: ActionNoteBody | None = None) -> Any:
    asked = body or ActionNoteBody()
    return done(commands.close_action(actor=caller(request), number=number, reason=asked.note, version=asked.version))
