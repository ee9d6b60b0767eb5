"""Who is hit when purchase orders or shipments slip, asked before it is recorded."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from gendan.kernel.api import Body, Number, Out, caller
from gendan.purchasing.api.order_verbs import REFUSALS
from gendan.purchasing.api.router import router
from gendan.purchasing.permissions import VIEW
from gendan.purchasing.queries.impact import LineChange, impact_of_order, impact_of_shipment


class LineChangeBody(Body):
    """A line as it would be: another day, a quantity that the supplier brings in all (without it: as ordered)."""

    line: int = Field(ge=1, le=100_000)
    expected_on: date | None = None
    quantity: Number | None = None


class OrderImpactBody(Body):
    """What would change; ``ended`` is that nothing more comes."""

    lines: list[LineChangeBody] = Field([], max_length=4000)
    ended: bool = False


class ShipmentQuantityBody(Body):
    line: int = Field(ge=1, le=100_000)
    quantity: Number


class ShipmentImpactBody(Body):
    """What would change of a shipment: its day, quantities of its lines, or that it does not come."""

    expected_on: date | None = None
    lines: list[ShipmentQuantityBody] = Field([], max_length=4000)
    cancelled: bool = False


class OrderImpactQuery(Out):
    """One line (``line`` with ``expected_on`` or ``quantity``), or without it that nothing more of the order comes."""

    line: int | None = Field(None, ge=1, le=100_000)
    expected_on: date | None = None
    quantity: Number | None = None


class ShipmentImpactQuery(Out):
    """Another day, or without it that the shipment does not come."""

    expected_on: date | None = None


class ImpactOfferOut(Out):
    """What helps: stock (here), supply (another purchase line), transfer (another warehouse), take (from a less urgent
    order), tell (a prepared mail to the customer in ``letter``).
    """

    kind: str
    text: str
    letter: str


class HitOut(Out):
    """A sales line that becomes late, short or (of a shipment) postponed; quantity in the product's stock unit."""

    kind: str
    order: str
    line: int
    customer: str
    customer_name: str
    product: str
    product_name: str
    unit: str
    quantity: Number
    source: str
    due_on: date | None
    before: date | None
    after: date | None
    late_days: int | None
    more_days: int | None
    amount: Number | None
    offers: list[ImpactOfferOut]


class ImpactOut(Out):
    """``waiting`` is how many sales lines wait for the goods at all; amounts in company currency, null without the
    right to see sales prices.
    """

    waiting: int
    customers: int
    currency: str
    amount: Number | None
    hits: list[HitOut]


_ANSWERS: Any = {200: ImpactOut, **REFUSALS}


@router.get("/purchase-orders/{number}/impact", response=_ANSWERS, summary="Who is hit when an order slips?")
def order_impact(request: HttpRequest, number: str, asked: Query[OrderImpactQuery]) -> Any:
    actor = caller(request)
    actor.must(VIEW)
    if asked.line is None:
        return impact_of_order(actor, number, ended=True)
    moved = asked.expected_on is not None
    return impact_of_order(actor, number, [LineChange(asked.line, asked.expected_on, moved, asked.quantity)])


@router.post("/purchase-orders/{number}/impact", response=_ANSWERS, summary="Who is hit when lines slip?")
def order_lines_impact(request: HttpRequest, number: str, body: OrderImpactBody) -> Any:
    actor = caller(request)
    actor.must(VIEW)
    lines = [LineChange(e.line, e.expected_on, e.expected_on is not None, e.quantity) for e in body.lines]
    return impact_of_order(actor, number, lines, ended=body.ended)


@router.get("/shipments/{number}/impact", response=_ANSWERS, summary="Who is hit when a shipment slips?")
def shipment_impact(request: HttpRequest, number: str, asked: Query[ShipmentImpactQuery]) -> Any:
    actor = caller(request)
    actor.must(VIEW)
    day = asked.expected_on
    return impact_of_shipment(actor, number, expected_on=day, moved=day is not None, cancelled=day is None)


@router.post("/shipments/{number}/impact", response=_ANSWERS, summary="Who is hit when a shipment changes?")
def shipment_change_impact(request: HttpRequest, number: str, body: ShipmentImpactBody) -> Any:
    actor = caller(request)
    actor.must(VIEW)
    return impact_of_shipment(
        actor,
        number,
        expected_on=body.expected_on,
        moved=body.expected_on is not None,
        quantities={line.line: line.quantity for line in body.lines},
        cancelled=body.cancelled,
    )
