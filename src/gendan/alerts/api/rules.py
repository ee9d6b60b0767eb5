"""Rules for programs: how they are set up, setting them up, looking now."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest

from gendan.alerts import commands
from gendan.alerts.api.router import ANSWERS, REFUSALS, router
from gendan.alerts.queries.rules import rule_list
from gendan.kernel.api import Body, Number, Out, caller, done


class ThresholdOut(Out):
    """``unit``: days, hours, percent, money (company currency) or times."""

    name: str
    label: str
    unit: str
    value: Number
    default: Number


class RuleOut(Out):
    """``owner``: how who answers is found, [by, value], tried in this order. ``version`` is 1 until it is changed.
    ``answer_hours``: working hours after which a case nobody took up goes to the superior; 0: it does not.
    """

    code: str
    name: str
    area: str
    is_active: bool
    severity: str
    thresholds: list[ThresholdOut]
    owner: list[list[str]]
    answer_hours: Number
    remedies: list[str]
    channels: list[str]
    repeat_hours: Number
    quiet_from: str
    quiet_to: str
    ladder: list[list[str]]
    version: int
    scanned_at: datetime | None
    milliseconds: int
    open: int


class RulesOut(Out):
    items: list[RuleOut]


class RemindingIn(Body):
    """As of rules of one's own; what is not given stays."""

    channels: list[str] | None = None
    repeat_hours: Decimal | None = None
    quiet_from: str | None = None
    quiet_to: str | None = None
    ladder: list[tuple[Decimal, str, str]] | None = None


class RuleIn(Body):
    """What is not given stays."""

    is_active: bool | None = None
    severity: Literal["", "low", "medium", "high"] = ""
    thresholds: dict[str, Decimal] = {}
    owner: list[tuple[str, str]] | None = None
    answer_hours: Decimal | None = None
    reminding: RemindingIn | None = None
    version: int | None = None


class ScanIn(Body):
    """``rules``: codes; all that are on, without them."""

    rules: list[str] | None = None


@router.get("/case-rules", response={200: RulesOut, **REFUSALS}, summary="The rules, as they are set up")
def rules(request: HttpRequest) -> Any:
    return RulesOut.model_validate({"items": rule_list(caller(request))})


@router.patch("/case-rules/{code}", response=ANSWERS, summary="Set up a rule: on or off, thresholds, owner")
def save_rule(request: HttpRequest, code: str, body: RuleIn) -> Any:
    return done(commands.save_rule(actor=caller(request), code=code, **_given(body)))


def _given(body: RuleIn) -> dict[str, Any]:
    said = body.reminding.model_dump(exclude_none=True) if body.reminding else None
    return {**body.model_dump(exclude={"reminding"}), "reminding": said}


@router.post("/case-scan", response=ANSWERS, summary="Look for exceptions now")
def scan(request: HttpRequest, body: ScanIn | None = None) -> Any:
    return done(commands.scan(actor=caller(request), rules=body.rules if body else None))
