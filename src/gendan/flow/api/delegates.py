"""Who stands in for whom, for programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from pydantic import Field

from gendan.flow.api.router import REFUSALS, router
from gendan.flow.commands.delegates import end_substitute, name_substitute
from gendan.flow.queries.delegates import delegates_of
from gendan.kernel.api import Body, DoneOut, Out, caller, done


class SubstituteOut(Out):
    """``when``: now, later, over. ``kinds`` empty: all documents. Days are included, both."""

    id: int
    person: str
    person_name: str
    substitute: str
    substitute_name: str
    first: date
    last: date
    kinds: list[str]
    note: str
    when: str
    created_by: str


class SubstitutesOut(Out):
    items: list[SubstituteOut]


class SubstituteIn(Body):
    """User names. ``person`` empty: oneself; somebody else needs the permission flow.delegate_others."""

    substitute: str
    first: date
    last: date
    person: str = ""
    kinds: list[str] = []
    note: str = Field("", max_length=300)


@router.get("/substitutes", response={200: SubstitutesOut, **REFUSALS}, summary="Who stands in for whom")
def substitutes(request: HttpRequest, everybody: bool = False, over: bool = False) -> Any:
    return SubstitutesOut.model_validate({"items": delegates_of(caller(request), everybody, over)})


@router.post("/substitutes", response={200: DoneOut, **REFUSALS}, summary="Name a substitute for a time")
def substitute_new(request: HttpRequest, body: SubstituteIn) -> Any:
    return done(name_substitute(actor=caller(request), **body.model_dump()))


@router.post("/substitutes/{substitute_id}/end", response={200: DoneOut, **REFUSALS}, summary="End a substitution")
def substitute_over(request: HttpRequest, substitute_id: int) -> Any:
    return done(end_substitute(actor=caller(request), delegate_id=substitute_id))
