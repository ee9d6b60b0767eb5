"""For programs that manage people: the second step of signing in (keys themselves have none), duties kept apart."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Status

from gendan.accounts import commands, queries
from gendan.accounts.api_router import router
from gendan.kernel import duties
from gendan.kernel.api import Body, DoneOut, Out, caller, done
from gendan.kernel.audit.queries import must_see_all

TAGS = ["people"]


class SecondFactorIn(Body):
    required: bool
    version: int | None = None


class DutyOut(Out):
    """``mode``: off, warn or stop; ``holders`` are the people whose rights allow both duties."""

    rule: str
    label: str
    mode: str
    holders: list[str]


class DutiesOut(Out):
    items: list[DutyOut]


class DutiesIn(Body):
    """Rules by code with off, warn or stop; what is left out stays."""

    rules: dict[str, Literal["off", "warn", "stop"]]


class MixedOut(Out):
    rule: str
    username: str
    at: datetime
    then: str
    kind: str
    number: str
    first_at: datetime
    did: str
    first_kind: str
    first_number: str


class MixedListOut(Out):
    items: list[MixedOut]


class SignInLinkOut(Out):
    """``url`` is shown here only; it ends when it was used, with the next sign-in, or at ``expires_at``."""

    username: str
    url: str
    expires_at: datetime


@router.get("/duties", response=DutiesOut, tags=TAGS, summary="Duties that one person should not hold together")
def get_duties(request: HttpRequest) -> Any:
    """The rules, what the company has chosen for each, and who holds both duties."""
    actor = caller(request)
    must_see_all(actor)
    chosen = duties.chosen(actor)
    return {
        "items": [
            {**found, "mode": chosen[found["rule"]], "holders": [username for username, _name in found["people"]]}
            for found in duties.holders(actor)
        ]
    }


@router.put("/duties", response=DoneOut, tags=TAGS, summary="Choose what the rules about duties do")
def set_duties(request: HttpRequest, body: DutiesIn) -> Any:
    """Off, warn or stop, rule by rule."""
    return done(commands.set_duties(actor=caller(request), rules=body.rules))


@router.get("/duties/happened", response=MixedListOut, tags=TAGS, summary="Where one person held both duties")
def mixed_duties(request: HttpRequest, days: int = 90) -> Any:
    """In the last days (at most 730), the newest 500 of each rule."""
    actor = caller(request)
    must_see_all(actor)
    return {"items": list(duties.happened(actor, max(1, min(days, 730))))}


@router.put("/roles/{code}/second-factor", response=DoneOut, tags=TAGS, summary="Ask a role for a second step")
def require_second_factor(request: HttpRequest, code: str, body: SecondFactorIn) -> Any:
    """Members without a second step of signing in have to set it up before they go on; API keys are not concerned."""
    return done(commands.require_second_factor(actor=caller(request), code=code, **body.model_dump()))


@router.delete("/users/{username}/second-factor", response=DoneOut, tags=TAGS, summary="Reset somebody's second step")
def reset_second_factor(request: HttpRequest, username: str) -> Any:
    """For who has lost the phone: the next sign-in asks for the password only."""
    return done(commands.reset_second_factor(actor=caller(request), username=username))


@router.post("/users/{username}/sign-in-link", response={201: SignInLinkOut}, tags=TAGS)
def make_sign_in_link(request: HttpRequest, username: str) -> Any:
    """A link behind which a person chooses a password, to be sent to them."""
    actor = caller(request)
    made = commands.make_sign_in_link(actor=actor, username=username)
    path, ends = queries.sign_in_link(actor, made.number)
    return Status(201, {"username": made.number, "url": queries.public_address(request, path), "expires_at": ends})
