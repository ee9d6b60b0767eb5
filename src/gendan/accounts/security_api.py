"""The second step of signing in, for programs that manage people; keys themselves have none."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from gendan.accounts import commands
from gendan.kernel.api import Body, DoneOut, caller, done

router = Router()
TAGS = ["people"]


class SecondFactorIn(Body):
    required: bool
    version: int | None = None


@router.put("/roles/{code}/second-factor", response=DoneOut, tags=TAGS, summary="Ask a role for a second step")
def require_second_factor(request: HttpRequest, code: str, body: SecondFactorIn) -> Any:
    """Members without a second step of signing in have to set it up before they go on; API keys are not concerned."""
    return done(commands.require_second_factor(actor=caller(request), code=code, **body.model_dump()))


@router.delete("/users/{username}/second-factor", response=DoneOut, tags=TAGS, summary="Reset somebody's second step")
def reset_second_factor(request: HttpRequest, username: str) -> Any:
    """For who has lost the phone: the next sign-in asks for the password only."""
    return done(commands.reset_second_factor(actor=caller(request), username=username))
