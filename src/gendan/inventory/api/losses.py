"""Whom it hits when lost stock is posted, for programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest

from gendan.inventory import queries
from gendan.inventory.api.router import REFUSALS, router
from gendan.inventory.queries.losses import losers_of_adjustment, losers_of_count
from gendan.kernel.api import Number, Out, caller


class LoserOut(Out):
    """A customer's line that finds no other stock; quantities in the stock unit. ``after`` empty: nobody knows when."""

    order: str
    line: int
    customer_name: str
    product: str
    product_name: str
    unit: str
    quantity: Number
    before: date | None
    after: date | None


class LosersOut(Out):
    items: list[LoserOut]


@router.get(
    "/adjustments/{number}/impact",
    response={200: LosersOut, **REFUSALS},
    summary="Whose goods a draft takes away when it is posted",
)
def adjustment_impact(request: HttpRequest, number: str) -> Any:
    actor = caller(request)
    found = queries.document(actor, "adjustment", number)
    return {"items": losers_of_adjustment(actor, number) if found["state"] == "draft" else []}


@router.get(
    "/counts/{number}/impact",
    response={200: LosersOut, **REFUSALS},
    summary="Whose goods the differences of a count take away when they are posted",
)
def count_impact(request: HttpRequest, number: str) -> Any:
    actor = caller(request)
    found = queries.document(actor, "count", number)
    return {"items": losers_of_count(actor, number) if found["state"] == "review" else []}
