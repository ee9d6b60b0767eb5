"""What becomes of an order: submit, withdraw, reject, cancel, close, reopen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, ProblemOut, caller, done
from gendan.kernel.unit import Done
from gendan.purchasing import commands
from gendan.purchasing.api.router import router

REFUSALS = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 409: ProblemOut, 422: ProblemOut}


class PurchaseVerbBody(Body):
    """The version that the caller saw; with another one the verb is refused."""

    version: int | None = None


class PurchaseReasonBody(PurchaseVerbBody):
    reason: str = Field("", max_length=300)


def _plain(run: Callable[..., Done], request: HttpRequest, number: str, body: PurchaseVerbBody | None) -> Any:
    return done(run(actor=caller(request), number=number, **(body or PurchaseVerbBody()).model_dump()))


def _reasoned(run: Callable[..., Done], request: HttpRequest, number: str, body: PurchaseReasonBody | None) -> Any:
    return done(run(actor=caller(request), number=number, **(body or PurchaseReasonBody()).model_dump()))


_ANSWERS: Any = {200: DoneOut, **REFUSALS}


@router.post("/purchase-orders/{number}/submit", response=_ANSWERS, summary="Send a draft to approval")
def submit_order(request: HttpRequest, number: str, body: PurchaseVerbBody | None = None) -> Any:
    return _plain(commands.submit_order, request, number, body)


@router.post("/purchase-orders/{number}/withdraw", response=_ANSWERS, summary="Take an order back from approval")
def withdraw_order(request: HttpRequest, number: str, body: PurchaseVerbBody | None = None) -> Any:
    return _plain(commands.withdraw_order, request, number, body)


@router.post("/purchase-orders/{number}/reject", response=_ANSWERS, summary="Send an order back to its author")
def reject_order(request: HttpRequest, number: str, body: PurchaseReasonBody | None = None) -> Any:
    return _reasoned(commands.reject_order, request, number, body)


@router.post("/purchase-orders/{number}/cancel", response=_ANSWERS, summary="Cancel an order of which nothing came in")
def cancel_order(request: HttpRequest, number: str, body: PurchaseReasonBody | None = None) -> Any:
    return _reasoned(commands.cancel_order, request, number, body)


@router.post("/purchase-orders/{number}/urge", response=_ANSWERS, summary="Ask the supplier for what is still to come")
def urge_supplier(request: HttpRequest, number: str, body: PurchaseReasonBody | None = None) -> Any:
    """It is written down; where the company tells suppliers, they are sent a message with ``reason`` as its note."""
    return _reasoned(commands.urge_supplier, request, number, body)


@router.post("/purchase-orders/{number}/close", response=_ANSWERS, summary="Close an order, short if need be")
def close_order(request: HttpRequest, number: str, body: PurchaseReasonBody | None = None) -> Any:
    return _reasoned(commands.close_order, request, number, body)


@router.post("/purchase-orders/{number}/reopen", response=_ANSWERS, summary="Undo closing")
def reopen_order(request: HttpRequest, number: str, body: PurchaseVerbBody | None = None) -> Any:
    return _plain(commands.reopen_order, request, number, body)
