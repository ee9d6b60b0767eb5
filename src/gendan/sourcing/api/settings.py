"""How a company compares offers, for programs."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done, given
from gendan.sourcing import commands
from gendan.sourcing.api.inquiries import REFUSALS
from gendan.sourcing.api.router import router
from gendan.sourcing.permissions import VIEW
from gendan.sourcing.queries.policy import policy_of, rates_of
from gendan.sourcing.rules.policy import RateIn


class InquiryRateBody(Body):
    """Freight and duty in percent for goods from a country; an empty one is all others."""

    country: str = Field("", max_length=80)
    freight_percent: Number
    duty_percent: Number


class InquirySettingsBody(Body):
    """What is not given stays; ``rates`` are all of them."""

    late_answers: Literal["refuse", "mark"] | None = None
    weight_price: int | None = Field(None, ge=0, le=100)
    weight_date: int | None = Field(None, ge=0, le=100)
    weight_record: int | None = Field(None, ge=0, le=100)
    feed_prices: bool | None = None
    rates: list[InquiryRateBody] | None = Field(None, max_length=300)
    version: int | None = None


class InquiryRateOut(Out):
    country: str
    freight_percent: Number
    duty_percent: Number


class InquirySettingsOut(Out):
    late_answers: str
    weight_price: int
    weight_date: int
    weight_record: int
    feed_prices: bool
    version: int
    rates: list[InquiryRateOut]


@router.get("/inquiry-settings", response={200: InquirySettingsOut, **REFUSALS}, summary="How offers are compared")
def read_settings(request: HttpRequest) -> Any:
    actor = caller(request)
    actor.must(VIEW)
    policy, version = policy_of(actor.company_id)
    return {**policy.as_row(), "version": version, "rates": rates_of(actor.company_id)}


@router.put("/inquiry-settings", response={200: DoneOut, **REFUSALS}, summary="Change how offers are compared")
def save_settings(request: HttpRequest, body: InquirySettingsBody) -> Any:
    values = {k: v for k, v in given(body, "rates", "version").items() if v is not None}
    rates = (
        [RateIn(rate.country, rate.freight_percent, rate.duty_percent) for rate in body.rates]
        if body.rates is not None
        else None
    )
    return done(commands.save_settings(actor=caller(request), values=values, rates=rates, version=body.version))
