"""From a customer's order to stock that is set aside for it."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Status
from pydantic import Field

from gendan.flow.bodies import PassedOut
from gendan.kernel import prints
from gendan.kernel.api import Body, DoneOut, Number, Out, ProblemOut, caller, done
from gendan.sales import commands
from gendan.sales.api.router import router
from gendan.sales.prints import ORDER
from gendan.sales.queries.order_detail import order_detail
from gendan.sales.queries.orders import OrderFilter, list_orders
from gendan.sales.rules.lines import LineIn

REFUSALS = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 409: ProblemOut, 422: ProblemOut}


class SalesLineBody(Body):
    """A line: ``product``, ``unit`` and ``tax`` are codes; without ``unit_price`` the customer's price list decides."""

    product: str = Field(max_length=64)
    quantity: Number
    unit_price: Number | None = None
    unit: str = Field("", max_length=64)
    requested_on: date | None = None
    discount: Number | None = None
    tax: str = Field("", max_length=64)
    note: str = Field("", max_length=300)
    description: str = Field("", max_length=300)
    external_key: str | None = Field(None, max_length=120)

    def line(self) -> LineIn:
        return LineIn(
            self.product,
            self.quantity,
            self.unit_price,
            self.unit,
            self.requested_on,
            self.discount,
            self.tax,
            self.note,
            self.description,
            self.external_key,
        )


class SalesOrderBody(Body):
    """A sales order; ``submit`` sends it to review, which it passes at once if the caller may approve it.

    ``ship_to`` is the code of one of the customer's addresses (empty: the default one); ``customer_reference`` the
    customer's own number, booked once.
    """

    customer: str = Field(max_length=64)
    warehouse: str = Field(max_length=64)
    currency: str = Field("", max_length=3)
    ship_to: str = Field("", max_length=64)
    lines: list[SalesLineBody] = Field(min_length=1, max_length=2000)
    ordered_on: date | None = None
    requested_on: date | None = None
    tax_included: bool = True
    customer_reference: str = Field("", max_length=80)
    external_key: str | None = Field(None, max_length=120)
    note: str = Field("", max_length=4000)
    back_order: Literal["", "partial", "complete", "line"] = Field("", description="Empty: as the company says")
    submit: bool = False


class SalesVersionBody(Body):
    version: int | None = None


class SalesReasonBody(SalesVersionBody):
    reason: str = Field("", max_length=300)


class ReleaseBody(SalesVersionBody):
    """The lines (numbers) that give back what they hold; all of the order without."""

    lines: list[int] | None = Field(None, min_length=1, max_length=2000)


class SalesNoteBody(SalesVersionBody):
    note: str = Field("", max_length=300)


class SalesApproveBody(SalesNoteBody):
    """``seen``: the rules whose findings were read (see ``/review``); null: those that were kept with the order."""

    seen: list[str] | None = Field(None, max_length=50)


class SalesOrderOut(Out):
    """An order in a list; amounts are null without the right to see them."""

    number: str
    state: str
    version: int
    customer: str
    customer_name: str
    warehouse: str
    currency: str
    gross: Number | None
    ordered_on: date
    requested_on: date | None
    customer_reference: str


class SalesOrdersOut(Out):
    items: list[SalesOrderOut]
    after: str


class SalesLineOut(Out):
    """A line with its counters in ``unit``; what covers it (reserved stock, pegged to what is on its way, requested)
    and what is ``uncovered`` in stock units.
    """

    line: int
    product: str
    product_name: str
    unit: str
    quantity: Number
    unit_price: Number | None
    price_source: str | None
    discount: Number | None
    tax_rate: Number
    net: Number | None
    tax: Number | None
    gross: Number | None
    requested_on: date | None
    promised_on: date | None
    expected_on: date | None
    reserved: Number
    pegged: Number
    requested: Number
    uncovered: Number
    delivering: Number
    shipped: Number
    signed: Number
    refused: Number
    returned: Number
    cancelled: Number
    note: str


class DeliveryOfOrderOut(Out):
    number: str
    state: str
    carrier: str
    tracking_number: str
    shipped_on: date | None
    signed_on: date | None
    signed_by: str


class SalesOrderDetailOut(SalesOrderOut):
    net: Number | None
    tax: Number | None
    tax_included: bool
    payment_terms: str
    note: str
    back_order: str
    passed_by: PassedOut | None
    decision_note: str
    close_reason: str
    ship_to_code: str
    ship_to_name: str
    ship_to_phone: str
    ship_to_address: str
    ship_to_country: str
    lines: list[SalesLineOut]
    deliveries: list[DeliveryOfOrderOut]


@router.post("/sales-orders", response={201: DoneOut, **REFUSALS}, summary="Create a sales order")
def create_sales_order(request: HttpRequest, body: SalesOrderBody) -> Any:
    fields = body.model_dump(exclude={"lines"})
    lines = [line.line() for line in body.lines]
    return Status(201, done(commands.create_order(actor=caller(request), lines=lines, **fields)))


class SalesOrderQuery(Out):
    """Which orders; ``state=open`` is everything that is not finished, ``all`` everything."""

    state: str = Field("open", max_length=24)
    customer: str = Field("", max_length=64)
    warehouse: str = Field("", max_length=64)
    salesperson: str = Field("", max_length=150)
    first: date | None = Field(None, description="Ordered on this day or later")
    last: date | None = None
    late: bool = False
    q: str = Field("", max_length=100, description="Number, the customer's number, customer, product, note")
    limit: int = Field(50, ge=1, le=200)
    after: str = Field("", max_length=200)


@router.get("/sales-orders", response={200: SalesOrdersOut, **REFUSALS}, summary="List sales orders, newest first")
def list_sales_orders(request: HttpRequest, wanted: Query[SalesOrderQuery]) -> Any:
    which = OrderFilter(**wanted.model_dump(exclude={"limit", "after"}))
    page = list_orders(caller(request), which, wanted.after, wanted.limit)
    return {"items": page.items, "after": page.after}


@router.get("/sales-orders/{number}", response={200: SalesOrderDetailOut, **REFUSALS}, summary="Read a sales order")
def read_sales_order(request: HttpRequest, number: str) -> Any:
    found = order_detail(caller(request), number)
    return {**found.header, "lines": found.lines, "deliveries": found.deliveries}


@router.get(
    "/sales-orders/{number}/pdf",
    response={200: None, 202: None, **REFUSALS},
    summary="The order's confirmation on paper; prices as the caller may see them",
    openapi_extra=prints.DESCRIBED,
)
def get_sales_order_pdf(request: HttpRequest, number: str, language: str = "") -> Any:
    return prints.for_program(caller(request), ORDER, [number], language=language)


@router.post("/sales-orders/{number}/submit", response={200: DoneOut, **REFUSALS}, summary="Send an order to review")
def submit_sales_order(request: HttpRequest, number: str, body: SalesVersionBody | None = None) -> Any:
    asked = body or SalesVersionBody()
    return done(commands.submit_order(actor=caller(request), number=number, version=asked.version))


@router.post("/sales-orders/{number}/approve", response={200: DoneOut, **REFUSALS}, summary="Let an order pass")
def approve_sales_order(request: HttpRequest, number: str, body: SalesApproveBody | None = None) -> Any:
    asked = body or SalesApproveBody()
    return done(
        commands.approve_order(
            actor=caller(request), number=number, version=asked.version, note=asked.note, seen=asked.seen
        )
    )


@router.post("/sales-orders/{number}/reject", response={200: DoneOut, **REFUSALS}, summary="Send an order back")
def reject_sales_order(request: HttpRequest, number: str, body: SalesReasonBody) -> Any:
    return done(commands.reject_order(actor=caller(request), number=number, version=body.version, reason=body.reason))


@router.post("/sales-orders/{number}/reserve", response={200: DoneOut, **REFUSALS}, summary="Set stock aside")
def reserve_sales_order(request: HttpRequest, number: str, body: SalesVersionBody | None = None) -> Any:
    asked = body or SalesVersionBody()
    return done(commands.reserve_order(actor=caller(request), number=number, version=asked.version))


@router.post("/sales-orders/{number}/release", response={200: DoneOut, **REFUSALS}, summary="Give stock back")
def release_sales_order(request: HttpRequest, number: str, body: ReleaseBody | None = None) -> Any:
    asked = body or ReleaseBody()
    actor = caller(request)
    return done(commands.release_order(actor=actor, number=number, lines=asked.lines, version=asked.version))


@router.post("/sales-orders/{number}/cancel", response={200: DoneOut, **REFUSALS}, summary="Cancel a sales order")
def cancel_sales_order(request: HttpRequest, number: str, body: SalesReasonBody | None = None) -> Any:
    asked = body or SalesReasonBody()
    return done(commands.cancel_order(actor=caller(request), number=number, version=asked.version, reason=asked.reason))


@router.post("/sales-orders/{number}/complete", response={200: DoneOut, **REFUSALS}, summary="Settled: complete")
def complete_sales_order(request: HttpRequest, number: str, body: SalesVersionBody | None = None) -> Any:
    asked = body or SalesVersionBody()
    return done(commands.complete_order(actor=caller(request), number=number, version=asked.version))
