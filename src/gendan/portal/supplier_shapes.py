"""Bodies and answers of the API for suppliers' own programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from gendan.kernel.api import Body, Number, Out


class SupplierMeOut(Out):
    """Whose key it is, and what it may do: answer, ship, money, statement, people."""

    company: str
    supplier: str
    supplier_name: str
    name: str
    language: str
    rights: list[str]


class SupplierOrderRow(Out):
    """``where``: new, countered, asked, confirmed, done or closed, as the supplier's page calls it."""

    number: str
    ordered_on: date
    currency: str
    warehouse: str
    where: str
    lines: int
    open_lines: int
    unanswered: int
    due_on: date | None
    late: bool


class SupplierOrdersOut(Out):
    items: list[SupplierOrderRow]


class SupplierLineRow(Out):
    """``seen`` is handed back with an answer: a line that was changed since is asked again. The price is null without
    the right to see it.
    """

    order: str
    line: int
    product: str
    supplier_code: str
    product_name: str
    specification: str
    unit_name: str
    quantity: Number
    unit_price: Number | None
    currency: str
    required_on: date | None
    promised_on: date | None
    due_on: date | None
    late: bool
    confirmed: Number
    refused: Number
    shipped: Number
    received: Number
    to_ship: Number
    unanswered: bool
    warehouse: str
    seen: str


class SupplierLinesOut(Out):
    items: list[SupplierLineRow]
    after: str


class SupplierOrderLineOut(Out):
    """``said``: what was promised or refused of it so far (kind, quantity, promised_on, note)."""

    line: int
    product: str
    supplier_code: str
    product_name: str
    specification: str
    unit_name: str
    quantity: Number
    unit_price: Number | None
    required_on: date | None
    confirmed: Number
    refused: Number
    shipped: Number
    received: Number
    accepted: Number
    rejected: Number
    returned: Number
    to_ship: Number
    seen: str
    said: list[dict[str, Any]]


class SupplierChangeAsked(Out):
    """A change that the company asks for, in words; ``version`` is handed back with the answer."""

    number: str
    version: int
    diffs: list[str]


class SupplierOrderOut(Out):
    number: str
    state: str
    version: int
    ordered_on: date
    currency: str
    gross: Number | None
    payment_terms: str
    warehouse: str
    address: str
    buyer: str
    note: str
    lines: list[SupplierOrderLineOut]
    changes_asked: list[SupplierChangeAsked]
    shipments: list[dict[str, Any]]
    receipts: list[dict[str, Any]]


class SupplierPartIn(Body):
    """A quantity by a day; what is left out is as ordered."""

    quantity: Number | None = None
    on: date | None = None


class SupplierLineAnswerIn(Body):
    line: int = Field(ge=1, le=32767)
    kind: Literal["accept", "change", "substitute", "refuse"]
    parts: list[SupplierPartIn] = Field(default=[], max_length=12)
    price: Number | None = None
    product: str = Field("", max_length=64)
    text: str = Field("", max_length=300)
    note: str = Field("", max_length=300)
    seen: str = Field("", max_length=64)


class SupplierAnswerBody(Body):
    """Without ``lines`` everything that is not answered is accepted as ordered."""

    lines: list[SupplierLineAnswerIn] | None = Field(None, max_length=2000)
    note: str = Field("", max_length=500)


class SupplierOrderAnswerIn(Body):
    number: str = Field(max_length=32)
    lines: list[SupplierLineAnswerIn] = Field(min_length=1, max_length=2000)
    note: str = Field("", max_length=500)


class SupplierAnswersBody(Body):
    """Answers to many orders: all are taken, or none. ``dry_run`` only says what would become of them."""

    orders: list[SupplierOrderAnswerIn] = Field(min_length=1, max_length=500)
    dry_run: bool = False


class SupplierAnswered(Out):
    number: str
    state: str
    taken: int
    countered: int
    outdated: list[int]
    change: str


class SupplierAnsweredOut(Out):
    items: list[SupplierAnswered]


class SupplierVerdictBody(Body):
    version: int | None = None
    reason: str = Field("", max_length=300)


class SupplierShipLineIn(Body):
    """``boxes``: the numbers of the boxes that it is in, «3» or «1-4»."""

    order: str = Field(max_length=32)
    line: int = Field(ge=1, le=32767)
    quantity: Number
    lot: str = Field("", max_length=80)
    expires_on: date | None = None
    boxes: str = Field("", max_length=60)


class SupplierShipmentIn(Body):
    """Lines of one or several orders to one warehouse; without ``shipped_on`` it is announced, not yet on its way."""

    lines: list[SupplierShipLineIn] = Field(min_length=1, max_length=1000)
    carrier: str = Field("", max_length=80)
    tracking_number: str = Field("", max_length=80)
    reference: str = Field("", max_length=80)
    shipped_on: date | None = None
    expected_on: date | None = None
    packages: int | None = None
    weight: Number | None = None
    note: str = Field("", max_length=300)


class SupplierShipmentsBody(Body):
    """Shipments: all are announced, or none. ``dry_run`` only says whether they could be."""

    shipments: list[SupplierShipmentIn] = Field(min_length=1, max_length=100)
    dry_run: bool = False


class SupplierShipped(Out):
    number: str
    state: str
    orders: list[str]


class SupplierShippedOut(Out):
    items: list[SupplierShipped]


class SupplierDispatchBody(Body):
    carrier: str = Field("", max_length=80)
    tracking_number: str = Field("", max_length=80)


class SupplierProgressLineIn(Body):
    line: int = Field(ge=1, le=32767)
    percent: int | None = Field(None, ge=0, le=100)
    step: str = Field("", max_length=80)
    note: str = Field("", max_length=300)


class SupplierProgressBody(Body):
    lines: list[SupplierProgressLineIn] = Field(min_length=1, max_length=2000)


class SupplierReceiptRow(Out):
    """A received quantity; ``amount`` only with the right to see prices."""

    received_on: date
    number: str
    delivery_note: str
    order_number: str
    line: int
    product_name: str
    unit_name: str
    currency: str
    quantity: Number
    accepted: Number
    rejected: Number
    amount: Number | None


class SupplierStatementOut(Out):
    month: str
    items: list[SupplierReceiptRow]


class SupplierInquiryRow(Out):
    """An inquiry that can be answered at ``url``."""

    number: str
    title: str
    closes_at: datetime | None
    answers: int
    url: str


class SupplierInquiriesOut(Out):
    items: list[SupplierInquiryRow]
