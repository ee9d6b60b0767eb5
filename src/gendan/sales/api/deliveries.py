"""Goods leave and are signed for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Status
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, caller, done
from gendan.sales import commands
from gendan.sales.api.orders import REFUSALS
from gendan.sales.api.router import router
from gendan.sales.rules.lines import DeliverIn


class DeliverLineBody(Body):
    line: int
    quantity: Number


class DeliverBody(Body):
    """Goods that leave: given lines, or ``all`` that is open and in stock."""

    lines: list[DeliverLineBody] | None = Field(None, min_length=1, max_length=4000)
    all: bool = False
    carrier: str = Field("", max_length=80)
    tracking_number: str = Field("", max_length=80)
    shipped_on: date | None = None
    note: str = Field("", max_length=300)
    version: int | None = None


class SignBody(Body):
    signed_by: str = Field("", max_length=120)
    signed_on: date | None = None
    note: str = Field("", max_length=300)
    version: int | None = None


@router.post("/sales-orders/{number}/deliveries", response={201: DoneOut, **REFUSALS}, summary="Deliver an order")
def deliver_sales_order(request: HttpRequest, number: str, body: DeliverBody) -> Any:
    result = commands.deliver_order(
        actor=caller(request),
        number=number,
        lines=None if body.all else [DeliverIn(e.line, e.quantity) for e in body.lines or []],
        carrier=body.carrier,
        tracking_number=body.tracking_number,
        shipped_on=body.shipped_on,
        note=body.note,
        version=body.version,
    )
    return Status(201, done(result))


@router.post("/deliveries/{number}/sign", response={200: DoneOut, **REFUSALS}, summary="Record the customer's sign-off")
def sign_delivery(request: HttpRequest, number: str, body: SignBody | None = None) -> Any:
    asked = body or SignBody()
    return done(
        commands.sign_delivery(
            actor=caller(request),
            number=number,
            signed_by=asked.signed_by,
            signed_on=asked.signed_on,
            note=asked.note,
            version=asked.version,
        )
    )
