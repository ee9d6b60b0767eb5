"""Bank accounts, and suppliers' credits, for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Status
from pydantic import Field

from gendan.accounts.secret import Secret
from gendan.kernel.api import Body, DoneOut, Out, caller, done
from gendan.settlement import commands
from gendan.settlement.api.payments import PartBody
from gendan.settlement.api.router import REFUSALS, router
from gendan.settlement.queries.accounts import accounts_of
from gendan.settlement.rules.lines import PartIn


class BankAccountBody(Body):
    """Of a ``partner`` (code) or of a colleague (``user``, a user name)."""

    partner: str = Field("", max_length=64)
    user: str = Field("", max_length=150)
    number: str = Field(max_length=80)
    holder: str = Field(max_length=120)
    bank: str = Field("", max_length=120)
    note: str = Field("", max_length=300)


class BankAccountOut(Out):
    """``number`` in full for who may see it (settlement.view_account), else its last digits. ``also``: whose the same
    number is.
    """

    id: int
    partner: str
    user: str
    owner: str
    holder: str
    bank: str
    number: str
    also: str | None
    note: str
    version: int
    created_by: str
    created_at: datetime


class BankAccountsOut(Out):
    items: list[BankAccountOut]


class SupplierCreditBody(Body):
    """``parts``: invoices that the credit is set against; what is left is allocated later."""

    parts: list[PartBody] = Field(default=[], max_length=500)
    paid_on: date | None = None


@router.get("/bank-accounts", response={200: BankAccountsOut, **REFUSALS}, summary="Bank accounts")
def list_accounts(request: HttpRequest, partner: str = "", user: str = "") -> dict[str, Any]:
    """Of a partner, of a colleague, or of all."""
    return {"items": accounts_of(caller(request), partner=partner[:64], user=user[:150])}


@router.post("/bank-accounts", response={201: DoneOut, **REFUSALS}, summary="Record a bank account")
def save_account(request: HttpRequest, body: BankAccountBody) -> Status[DoneOut]:
    """Its number is kept encrypted."""
    given = {**body.model_dump(), "number": Secret(body.number)}
    return Status(201, done(commands.save_account(actor=caller(request), **given)))


@router.delete("/bank-accounts/{account_id}", response={200: DoneOut, **REFUSALS}, summary="Remove a bank account")
def remove_account(request: HttpRequest, account_id: int, version: int | None = None) -> DoneOut:
    """It is kept, but not used any more."""
    return done(commands.remove_account(actor=caller(request), account_id=account_id, version=version))


@router.post(
    "/purchase-returns/{number}/offset", response={201: DoneOut, **REFUSALS}, summary="Set a credit against bills"
)
def record_credit(request: HttpRequest, number: str, body: SupplierCreditBody) -> Status[DoneOut]:
    """What the supplier credits for a return, as it was written down with it."""
    parts = [PartIn(part.number, part.amount) for part in body.parts]
    return Status(
        201, done(commands.record_credit(actor=caller(request), number=number, parts=parts, paid_on=body.paid_on))
    )
