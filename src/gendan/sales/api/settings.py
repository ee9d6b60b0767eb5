"""How the company sells."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done
from gendan.sales import commands
from gendan.sales.api.orders import REFUSALS
from gendan.sales.api.router import router
from gendan.sales.queries.policy import policy_of
from gendan.sales.rules.policy import PriorityIn, RuleIn

Answer = Literal["off", "warn", "approve", "stop"]
Key = Literal["customer_class", "promised_on", "order_value", "ordered_on"]


class SettingsOut(Out):
    reserve_on_review: bool
    peg_incoming: bool
    request_shortage: bool
    request_safety_stock: bool
    handling_days: int
    back_order: str
    sign_by_carrier: bool
    discount_limit: Number


class ReviewRuleOut(Out):
    """``threshold``: of ``overdue`` days of grace, of ``margin`` percent."""

    code: str
    name: str
    answer: Answer
    threshold: Number | None


class PriorityOut(Out):
    key: Key
    descending: bool


class SalesSettingsOut(Out):
    """``priorities`` in the order in which they apply; ties go to the older order."""

    version: int
    settings: SettingsOut
    rules: list[ReviewRuleOut]
    priorities: list[PriorityOut]


class SettingsBody(Body):
    """What is left out stays."""

    reserve_on_review: bool | None = None
    peg_incoming: bool | None = None
    request_shortage: bool | None = None
    request_safety_stock: bool | None = None
    handling_days: int | None = Field(None, ge=0, le=365)
    back_order: Literal["partial", "complete", "line"] | None = None
    sign_by_carrier: bool | None = None
    discount_limit: Number | None = None


class ReviewRuleBody(Body):
    """``threshold`` null is the default."""

    code: str = Field(max_length=32)
    answer: Answer
    threshold: Number | None = None


class PriorityBody(Body):
    key: Key
    descending: bool = False


class SalesSettingsBody(Body):
    """What is left out stays; ``rules`` names those that change, ``priorities`` replaces all (empty: the default)."""

    settings: SettingsBody | None = None
    rules: list[ReviewRuleBody] | None = Field(None, max_length=50)
    priorities: list[PriorityBody] | None = Field(None, max_length=10)
    version: int | None = None


@router.get("/sales-settings", response={200: SalesSettingsOut, **REFUSALS}, summary="Read how the company sells")
def read_sales_settings(request: HttpRequest) -> Any:
    policy = policy_of(caller(request))
    return {
        "version": policy.version,
        "settings": policy.settings,
        "rules": policy.rules,
        "priorities": policy.priorities,
    }


@router.patch("/sales-settings", response={200: DoneOut, **REFUSALS}, summary="Decide how the company sells")
def save_sales_settings(request: HttpRequest, body: SalesSettingsBody) -> Any:
    given = dict(body.settings) if body.settings else {}
    values = {name: value for name, value in given.items() if value is not None}
    rules = [RuleIn(rule.code, rule.answer, rule.threshold) for rule in body.rules] if body.rules is not None else None
    chosen = None
    if body.priorities is not None:
        chosen = [PriorityIn(each.key, each.descending) for each in body.priorities]
    return done(
        commands.save_settings(
            actor=caller(request), values=values, rules=rules, priorities=chosen, version=body.version
        )
    )
