"""Payments for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Status
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done
from gendan.settlement import commands
from gendan.settlement.api.router import REFUSALS, BillVersionBody, router
from gendan.settlement.queries.payments import PaymentFilter, payment_detail, payment_list
from gendan.settlement.rules.lines import PartIn


class PartBody(Body):
    """An amount that is for a bill (out) or a sales order (in)."""

    number: str = Field(max_length=32)
    amount: Number


class PaymentBody(Body):
    """``amount`` is the sum of ``parts`` unless it is given; what is beyond them must be said to be an ``advance``.
    ``partner`` is needed without parts only.
    """

    direction: Literal["out", "in"]
    partner: str = Field("", max_length=64)
    parts: list[PartBody] = Field(default=[], max_length=500)
    amount: Number | None = None
    currency: str = Field("", max_length=3)
    paid_on: date | None = None
    method: Literal["bank", "acceptance", "cash", "other"] = "bank"
    reference: str = Field("", max_length=80)
    note: str = Field("", max_length=300)
    advance: bool = False


class AllocateBody(BillVersionBody):
    parts: list[PartBody] = Field(min_length=1, max_length=500)


class PaymentReverseBody(BillVersionBody):
    reason: str = Field(max_length=300)


class PaymentOut(Out):
    """``rest`` is not allocated yet; amounts are null for who may not see prices."""

    number: str
    state: str
    version: int
    direction: str
    partner: str
    partner_name: str
    paid_on: date
    currency: str
    amount: Number | None
    allocated: Number | None
    rest: Number | None
    method: str
    reference: str
    note: str
    documents: str
    reverses: str
    reversed_by: str
    created_by: str
    created_at: datetime


class PaymentPartOut(Out):
    number: str
    kind: str
    amount: Number | None


class PaymentDetailOut(PaymentOut):
    parts: list[PaymentPartOut]


class PaymentsOut(Out):
    items: list[PaymentOut]
    after: str


def _parts(parts: list[PartBody]) -> list[PartIn]:
    return [PartIn(part.number, part.amount) for part in parts]


@router.get("/payments", response={200: PaymentsOut, **REFUSALS}, summary="List payments")
def list_payments(
    request: HttpRequest,
    direction: str = "",
    partner: str = "",
    q: str = "",
    rest: bool = False,
    limit: int = 50,
    after: str = "",
) -> dict[str, Any]:
    """Newest first; ``rest``: of which something is not allocated."""
    page = payment_list(caller(request), PaymentFilter(direction, partner, q[:100], rest), after=after, limit=limit)
    return {"items": page.items, "after": page.after}


@router.post("/payments", response={201: DoneOut, **REFUSALS}, summary="Record a payment")
def create_payment(request: HttpRequest, body: PaymentBody) -> Status[DoneOut]:
    """To a supplier for bills, or of a customer for sales orders."""
    values = {
        "parts": _parts(body.parts),
        **{n: getattr(body, n) for n in ("amount", "currency", "paid_on", "method", "reference", "note", "advance")},
    }
    if body.direction == "out":
        return Status(201, done(commands.pay_bill(actor=caller(request), supplier=body.partner, **values)))
    return Status(201, done(commands.receive_payment(actor=caller(request), customer=body.partner, **values)))


@router.get("/payments/{number}", response={200: PaymentDetailOut, **REFUSALS}, summary="A payment")
def get_payment(request: HttpRequest, number: str) -> dict[str, Any]:
    """With what it is for."""
    return payment_detail(caller(request), number)


@router.post("/payments/{number}/allocate", response={200: DoneOut, **REFUSALS}, summary="Allocate an advance")
def allocate_payment(request: HttpRequest, number: str, body: AllocateBody) -> DoneOut:
    """Give what is left of a payment to documents."""
    return done(
        commands.allocate_payment(actor=caller(request), number=number, parts=_parts(body.parts), version=body.version)
    )


@router.post("/payments/{number}/reverse", response={201: DoneOut, **REFUSALS}, summary="Reverse a payment")
def reverse_payment(request: HttpRequest, number: str, body: PaymentReverseBody) -> Status[DoneOut]:
    """By a new one with opposite amounts, which is answered."""
    result = commands.reverse_payment(actor=caller(request), number=number, reason=body.reason, version=body.version)
    return Status(201, done(result))
