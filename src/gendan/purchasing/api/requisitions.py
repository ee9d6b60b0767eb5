"""Requisitions over the API, and orders made out of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Status
from pydantic import Field

from gendan.flow.bodies import PassedOut
from gendan.kernel.api import Body, DoneOut, Number, Out, ProblemOut, caller, done
from gendan.purchasing import commands
from gendan.purchasing.api.order_verbs import PurchaseReasonBody, PurchaseVerbBody
from gendan.purchasing.api.router import router
from gendan.purchasing.queries.requisitions import RequisitionFilter, list_requisitions, open_lines, requisition_detail
from gendan.purchasing.rules.requisitions import Pick, RequestIn

REFUSALS = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 409: ProblemOut, 422: ProblemOut}


class RequestLineBody(Body):
    """What is needed: ``product``, ``unit`` and ``supplier`` (a wish) are codes."""

    product: str = Field(max_length=64)
    quantity: Number
    unit: str = Field("", max_length=64)
    required_on: date | None = None
    supplier: str = Field("", max_length=64)
    note: str = Field("", max_length=300)


class RequisitionBody(Body):
    """A requisition; ``submit`` sends it to approval."""

    warehouse: str = Field(max_length=64)
    lines: list[RequestLineBody] = Field(min_length=1, max_length=2000)
    required_on: date | None = None
    reason: str = Field("", max_length=300)
    submit: bool = False

    def values(self) -> dict[str, Any]:
        """Arguments of the commands."""
        return {
            "warehouse": self.warehouse,
            "lines": [RequestIn(**dict(line)) for line in self.lines],
            "required_on": self.required_on,
            "reason": self.reason,
            "submit": self.submit,
        }


class ChangedRequisitionBody(RequisitionBody):
    """As in a new one; with another ``required_on``, lines that have the old one go with it."""

    version: int | None = None


class RequisitionOut(Out):
    number: str
    state: str
    version: int
    warehouse: str
    requester: str
    required_on: date | None
    reason: str
    created_at: datetime
    lines: int


class RequisitionsOut(Out):
    items: list[RequisitionOut]
    after: str


class ServedOut(Out):
    """An order line that serves the requisition line; quantities released went back."""

    number: str
    state: str
    order_line: int
    quantity: Number
    released: Number


class RequisitionLineOut(Out):
    line: int
    product: str
    product_name: str
    unit: str
    quantity: Number
    ordered: Number
    cancelled: Number
    open: Number
    required_on: date | None
    supplier: str
    note: str
    orders: list[ServedOut]


class RequisitionDetailOut(Out):
    number: str
    state: str
    version: int
    warehouse: str
    requester: str
    required_on: date | None
    reason: str
    created_at: datetime
    submitted_at: datetime | None
    decided_by: str
    passed_by: PassedOut | None
    decided_at: datetime | None
    decision_note: str
    amount: Number | None
    lines: list[RequisitionLineOut]


class RequisitionQuery(Out):
    state: str = "open"
    warehouse: str = ""
    q: str = Field("", max_length=100)
    limit: int = Field(50, ge=1, le=200)
    after: str = ""


class OpenRequestLineOut(Out):
    """An approved line that waits for an order; ``suggested`` says why this supplier: wish, last, cheapest."""

    requisition: str
    line: int
    product: str
    product_name: str
    unit: str
    open: Number
    required_on: date | None
    warehouse: str
    supplier: str
    suggested: str
    cheapest_price: Number | None
    last_price: Number | None


class OpenLinesOut(Out):
    items: list[OpenRequestLineOut]


class RequestPickBody(Body):
    """A requisition line to be ordered; without quantity all that is open, without supplier the wished one."""

    requisition: str = Field(max_length=32)
    line: int
    quantity: Number | None = None
    supplier: str = Field("", max_length=64)
    unit_price: Number | None = None
    required_on: date | None = None


class OrdersBody(Body):
    """Lines of the same product, unit, price and date are merged; with ``merge_dates`` those of other dates, too."""

    lines: list[RequestPickBody] = Field(min_length=1, max_length=2000)
    merge_dates: bool = False
    submit: bool = False


_ANSWERS: Any = {200: DoneOut, **REFUSALS}
_MADE: Any = {201: DoneOut, **REFUSALS}


@router.get("/requisitions", response={200: RequisitionsOut, **REFUSALS}, summary="Requisitions, newest first")
def list_all(request: HttpRequest, wanted: Query[RequisitionQuery]) -> Any:
    narrowed = RequisitionFilter(wanted.state, "", wanted.warehouse, wanted.q)
    page = list_requisitions(caller(request), narrowed, wanted.after, wanted.limit)
    return {"items": page.items, "after": page.after}


@router.post("/requisitions", response=_MADE, summary="Create a requisition")
def create(request: HttpRequest, body: RequisitionBody) -> Any:
    return Status(201, done(commands.create_requisition(actor=caller(request), **body.values())))


@router.get("/requisitions/open-lines", response={200: OpenLinesOut, **REFUSALS}, summary="Approved lines that wait")
def open_requisition_lines(request: HttpRequest) -> Any:
    return {"items": open_lines(caller(request))}


@router.post("/requisitions/orders", response=_MADE, summary="Order requisition lines, grouped by supplier")
def order(request: HttpRequest, body: OrdersBody) -> Any:
    picks = [Pick(**dict(line)) for line in body.lines]
    result = commands.order_requisitions(
        actor=caller(request), lines=picks, merge_dates=body.merge_dates, submit=body.submit
    )
    return Status(201, done(result))


@router.get("/requisitions/{number}", response={200: RequisitionDetailOut, **REFUSALS}, summary="One requisition")
def get_one(request: HttpRequest, number: str) -> Any:
    found = requisition_detail(caller(request), number)
    lines = [{**line, "orders": [o for o in found.orders if o["line"] == line["line"]]} for line in found.lines]
    return {**found.header, "lines": lines}


@router.put("/requisitions/{number}", response=_ANSWERS, summary="Replace a draft or a rejected requisition")
def update(request: HttpRequest, number: str, body: ChangedRequisitionBody) -> Any:
    actor = caller(request)
    return done(commands.update_requisition(actor=actor, number=number, version=body.version, **body.values()))


@router.delete("/requisitions/{number}", response=_ANSWERS, summary="Throw an own draft away")
def delete(request: HttpRequest, number: str) -> Any:
    return done(commands.delete_requisition(actor=caller(request), number=number))


@router.post("/requisitions/{number}/copy", response=_MADE, summary="A new draft like this requisition")
def copy(request: HttpRequest, number: str) -> Any:
    return Status(201, done(commands.copy_requisition(actor=caller(request), number=number)))


@router.post("/requisitions/{number}/submit", response=_ANSWERS, summary="Send to approval")
def submit(request: HttpRequest, number: str, body: PurchaseVerbBody | None = None) -> Any:
    asked = body or PurchaseVerbBody()
    return done(commands.submit_requisition(actor=caller(request), number=number, version=asked.version))


@router.post("/requisitions/{number}/withdraw", response=_ANSWERS, summary="Take back from approval")
def withdraw(request: HttpRequest, number: str, body: PurchaseVerbBody | None = None) -> Any:
    asked = body or PurchaseVerbBody()
    return done(commands.withdraw_requisition(actor=caller(request), number=number, version=asked.version))


@router.post("/requisitions/{number}/approve", response=_ANSWERS, summary="Approve")
def approve(request: HttpRequest, number: str, body: PurchaseVerbBody | None = None) -> Any:
    asked = body or PurchaseVerbBody()
    return done(commands.approve_requisition(actor=caller(request), number=number, version=asked.version))


@router.post("/requisitions/{number}/reject", response=_ANSWERS, summary="Refuse with a reason")
def reject(request: HttpRequest, number: str, body: PurchaseReasonBody | None = None) -> Any:
    asked = body or PurchaseReasonBody()
    return done(commands.reject_requisition(actor=caller(request), number=number, **asked.model_dump()))


@router.post("/requisitions/{number}/cancel", response=_ANSWERS, summary="Cancel what is not ordered yet")
def cancel(request: HttpRequest, number: str, body: PurchaseReasonBody | None = None) -> Any:
    asked = body or PurchaseReasonBody()
    return done(commands.cancel_requisition(actor=caller(request), number=number, **asked.model_dump()))
