"""Returns to suppliers, and what becomes of rejected goods, for programs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Status
from pydantic import Field

from gendan.kernel import prints
from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done, given
from gendan.purchasing import commands
from gendan.purchasing.api.orders import REFUSALS
from gendan.purchasing.api.router import router
from gendan.purchasing.prints import RETURN
from gendan.purchasing.queries import purchase_returns as queries
from gendan.purchasing.rules.inspection import RejectIn
from gendan.purchasing.rules.returned import BackIn, InsteadIn, ReturnDraft, ReturnDraftLine

Reason = Literal["quality", "damaged", "wrong", "surplus", "expired", "other"]


class SendBackLineBody(Body):
    """A quantity of a receipt's line that goes back: of what was rejected, else of what was accepted (``bin``)."""

    receipt: str = Field(max_length=32)
    line: int = Field(ge=1, le=100_000)
    quantity: Number
    reason: Reason
    rejected: bool = True
    bin: str = Field("", max_length=64)
    note: str = Field("", max_length=300)


class PurchaseReturnBody(Body):
    """Goods of one supplier's receipts; ``approve`` lets it pass at once."""

    lines: list[SendBackLineBody] = Field(min_length=1, max_length=500)
    settlement: Literal["replace", "credit"] = "replace"
    contact: str = Field("", max_length=120)
    note: str = Field("", max_length=1000)
    replace_on: date | None = None
    approve: bool = False


class ChangedReturnLineBody(SendBackLineBody):
    """The same; ``id`` is the number of the line that it was (``line_id`` of the answer), none for a new one."""

    id: int | None = None


class ChangedReturnBody(Body):
    """The whole return as it shall be."""

    lines: list[ChangedReturnLineBody] = Field(min_length=1, max_length=500)
    settlement: Literal["replace", "credit"] = "replace"
    contact: str = Field("", max_length=120)
    note: str = Field("", max_length=1000)
    replace_on: date | None = None
    version: int | None = None


class ReplacementDayBody(Body):
    replace_on: date
    note: str = Field("", max_length=300)
    version: int | None = None


class BackNoteBody(Body):
    note: str = Field("", max_length=300)
    version: int | None = None


class BackReasonBody(Body):
    reason: str = Field("", max_length=300)
    version: int | None = None


class SendBackBody(Body):
    carrier: str = Field("", max_length=80)
    tracking_number: str = Field("", max_length=80)
    version: int | None = None


class CreditBody(Body):
    credit: Number
    credit_note: str = Field("", max_length=80)
    version: int | None = None


class InsteadLineBody(Body):
    line: int = Field(ge=1, le=100_000)
    quantity: Number
    lot: str = Field("", max_length=80)
    bin: str = Field("", max_length=64)


class InsteadBody(Body):
    """What came instead; without lines all that is still to come."""

    lines: list[InsteadLineBody] | None = Field(None, max_length=500)
    delivery_note: str = Field("", max_length=80)
    received_on: date | None = None
    version: int | None = None


class RejectBody(Body):
    """What becomes of rejected goods of a line; ``amount`` is the supplier's credit for what is taken at less."""

    line: int = Field(ge=1, le=100_000)
    scrap: Number = Decimal(0)
    rework: Number = Decimal(0)
    reduce: Number = Decimal(0)
    amount: Number | None = None
    bin: str = Field("", max_length=64)
    note: str = Field("", max_length=300)


class RejectsBody(Body):
    lines: list[RejectBody] = Field(min_length=1, max_length=4000)
    version: int | None = None


class PurchaseReturnOut(Out):
    number: str
    state: str
    version: int
    supplier: str
    supplier_name: str
    warehouse: str
    settlement: str
    credit: Number | None
    credit_note: str
    worth: Number | None
    currency: str
    carrier: str
    tracking_number: str
    contact: str
    note: str
    decision_note: str
    posted_on: date | None
    promised_on: date | None
    replace_on: date | None
    late_days: int | None
    created_at: datetime
    created_by: str
    orders: list[str]
    receipts: list[str]


class SentBackLineOut(Out):
    line: int
    line_id: int
    order: str
    order_line: int
    receipt: str
    receipt_line: int
    product: str
    product_name: str
    unit: str
    rejected: bool
    reason: str
    note: str
    lot: str
    bin: str
    quantity: Number
    replaced: Number
    worth: Number | None


class PurchaseReturnDetailOut(PurchaseReturnOut):
    lines: list[SentBackLineOut]
    came: list[str]


class PurchaseReturnPageOut(Out):
    items: list[PurchaseReturnOut]
    after: str


class RejectOut(Out):
    receipt: str
    line: int
    order_number: str
    order_line: int
    product: str
    product_name: str
    supplier: str
    warehouse: str
    lot: str
    received_on: date
    rejects: Number
    accepted: Number


class RejectPageOut(Out):
    items: list[RejectOut]


@router.get(
    "/purchase-returns",
    response={200: PurchaseReturnPageOut, **REFUSALS},
    summary="Returns to suppliers, newest first",
)
def list_purchase_returns(
    request: HttpRequest,
    state: str = "all",
    supplier: str = "",
    warehouse: str = "",
    order: str = "",
    receipt: str = "",
    q: str = "",
    view: Literal["", "replacing", "late"] = "",
    limit: int = 50,
    after: str = "",
) -> Any:
    """``state``: open, all, or one state; ``q``: a number, a supplier or a product; ``view``: what is to be replaced,
    or should have been by now.
    """
    wanted = queries.ReturnFilter(state, supplier, warehouse, order, receipt, q, view)
    page = queries.return_list(caller(request), wanted, after=after, limit=limit)
    return {"items": [_shown(row) for row in page.items], "after": page.after}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "orders": row["orders"].split(), "receipts": row["receipts"].split()}


@router.post("/purchase-returns", response={201: DoneOut, **REFUSALS}, summary="Put goods on a return to the supplier")
def create_purchase_return(request: HttpRequest, body: PurchaseReturnBody) -> Any:
    lines = [BackIn(e.receipt, e.line, e.quantity, e.reason, e.rejected, e.bin, e.note) for e in body.lines]
    result = commands.create_return(
        actor=caller(request),
        lines=lines,
        settlement=body.settlement,
        contact=body.contact,
        note=body.note,
        replace_on=body.replace_on,
        approve=body.approve,
    )
    return Status(201, done(result))


@router.get(
    "/purchase-returns/{number}",
    response={200: PurchaseReturnDetailOut, **REFUSALS},
    summary="A return to a supplier with its lines",
)
def get_purchase_return(request: HttpRequest, number: str) -> Any:
    found = queries.return_detail(caller(request), number)
    lines = [{**line, "order": line["order_number"], "line_id": line["id"]} for line in found["lines"]]
    return {**_shown(found), "lines": lines, "came": [row["number"] for row in found["came"]]}


@router.put(
    "/purchase-returns/{number}",
    response={200: DoneOut, **REFUSALS},
    summary="Change a return whose goods have not left",
)
def update_purchase_return(request: HttpRequest, number: str, body: ChangedReturnBody) -> Any:
    """Replaces header and lines; an approved return becomes a draft again."""
    lines = tuple(
        ReturnDraftLine(e.receipt, e.line, e.quantity, e.reason, e.rejected, e.bin, e.note, e.id) for e in body.lines
    )
    draft = ReturnDraft(body.settlement, body.contact, body.note, body.replace_on, lines)
    return done(commands.update_return(actor=caller(request), number=number, draft=draft, version=body.version))


@router.post(
    "/purchase-returns/{number}/promise",
    response={200: DoneOut, **REFUSALS},
    summary="When the supplier says that the replacement comes",
)
def promise_replacement(request: HttpRequest, number: str, body: ReplacementDayBody) -> Any:
    return done(commands.promise_replacement(actor=caller(request), number=number, **given(body)))


@router.get(
    "/purchase-returns/{number}/pdf",
    response={200: None, 202: None, **REFUSALS},
    summary="The return note on paper",
    openapi_extra=prints.DESCRIBED,
)
def get_purchase_return_pdf(request: HttpRequest, number: str, language: str = "") -> Any:
    return prints.for_program(caller(request), RETURN, [number], language=language)


@router.post("/purchase-returns/{number}/approve", response={200: DoneOut, **REFUSALS}, summary="Let a return go")
def approve_purchase_return(request: HttpRequest, number: str, body: BackNoteBody | None = None) -> Any:
    asked = body or BackNoteBody()
    return done(commands.approve_return(actor=caller(request), number=number, note=asked.note, version=asked.version))


@router.post("/purchase-returns/{number}/cancel", response={200: DoneOut, **REFUSALS}, summary="Take a return back")
def cancel_purchase_return(request: HttpRequest, number: str, body: BackReasonBody | None = None) -> Any:
    asked = body or BackReasonBody()
    result = commands.cancel_return(actor=caller(request), number=number, reason=asked.reason, version=asked.version)
    return done(result)


@router.post("/purchase-returns/{number}/post", response={200: DoneOut, **REFUSALS}, summary="The goods leave")
def post_purchase_return(request: HttpRequest, number: str, body: SendBackBody | None = None) -> Any:
    asked = body or SendBackBody()
    return done(commands.post_return(actor=caller(request), number=number, **asked.model_dump()))


@router.post("/purchase-returns/{number}/reverse", response={200: DoneOut, **REFUSALS}, summary="It left by mistake")
def reverse_purchase_return(request: HttpRequest, number: str, body: BackReasonBody) -> Any:
    result = commands.reverse_return(actor=caller(request), number=number, reason=body.reason, version=body.version)
    return done(result)


@router.post("/purchase-returns/{number}/credit", response={200: DoneOut, **REFUSALS}, summary="The supplier's credit")
def credit_purchase_return(request: HttpRequest, number: str, body: CreditBody) -> Any:
    return done(commands.credit_return(actor=caller(request), number=number, **given(body)))


@router.post(
    "/purchase-returns/{number}/replacement",
    response={201: DoneOut, **REFUSALS},
    summary="Book what came instead",
)
def receive_replacement(request: HttpRequest, number: str, body: InsteadBody | None = None) -> Any:
    asked = body or InsteadBody()
    lines = None if asked.lines is None else [InsteadIn(e.line, e.quantity, e.lot, e.bin) for e in asked.lines]
    result = commands.receive_replacement(
        actor=caller(request),
        number=number,
        lines=lines,
        delivery_note=asked.delivery_note,
        received_on=asked.received_on,
        version=asked.version,
    )
    return Status(201, done(result))


@router.get("/rejects", response={200: RejectPageOut, **REFUSALS}, summary="Rejected goods with nothing done yet")
def list_rejects(request: HttpRequest, supplier: str = "", warehouse: str = "", q: str = "") -> Any:
    return {"items": queries.rejects(caller(request), supplier=supplier, warehouse=warehouse, q=q)}


@router.post(
    "/receipts/{number}/rejects", response={200: DoneOut, **REFUSALS}, summary="Say what becomes of rejected goods"
)
def settle_rejects(request: HttpRequest, number: str, body: RejectsBody) -> Any:
    lines = [RejectIn(**given(entry)) for entry in body.lines]
    return done(commands.settle_rejects(actor=caller(request), number=number, lines=lines, version=body.version))


@router.post(
    "/inspections/{number}/concede",
    response={200: DoneOut, **REFUSALS},
    summary="Accept goods by concession, as was asked for",
)
def concede_goods(request: HttpRequest, number: str, body: BackNoteBody | None = None) -> Any:
    asked = body or BackNoteBody()
    return done(commands.concede_goods(actor=caller(request), number=number, note=asked.note, version=asked.version))
