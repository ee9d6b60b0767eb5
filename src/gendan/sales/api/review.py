"""What the review of an order would find now."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest

from gendan.kernel.api import Out, caller
from gendan.sales.api.orders import REFUSALS
from gendan.sales.api.router import router
from gendan.sales.permissions import VIEW
from gendan.sales.queries.findings import tell
from gendan.sales.queries.review import look


class ReviewFindingOut(Out):
    """``rule`` is what ``approve`` takes in ``seen``; figures are left out of ``text`` for who may not see them."""

    rule: str
    answer: str
    name: str
    text: str
    remedy: str


class FindingsOut(Out):
    items: list[ReviewFindingOut]


@router.get(
    "/sales-orders/{number}/review", response={200: FindingsOut, **REFUSALS}, summary="What a review would find now"
)
def review_sales_order(request: HttpRequest, number: str) -> Any:
    actor = caller(request)
    actor.must(VIEW)
    return {"items": [asdict(told) for told in tell(actor, look(actor, number))]}
