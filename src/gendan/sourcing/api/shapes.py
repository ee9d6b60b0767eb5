"""What programs are told about inquiries."""

from __future__ import annotations

from datetime import date, datetime

from gendan.kernel.api import Number, Out


class InquiryOut(Out):
    """An inquiry in a list; money is in company currency, null for who may not see prices."""

    number: str
    state: str
    version: int
    title: str
    warehouse: str
    buyer: str
    closes_at: datetime | None
    sealed: bool
    sent_at: datetime | None
    created_at: datetime


class InquiryListOut(InquiryOut):
    lines: int
    suppliers: int
    answers: int
    awarded: Number | None
    saving: Number | None


class InquiriesOut(Out):
    items: list[InquiryListOut]
    after: str


class InquiryLineOut(Out):
    line: int
    product: str
    product_name: str
    unit: str
    warehouse: str
    quantity: Number
    awarded: Number
    open: Number
    required_on: date | None
    target_price: Number | None
    last_price: Number | None
    note: str


class InquiryInvitedOut(Out):
    """A supplier who is asked; ``answers`` counts the versions of the answer."""

    supplier: str
    supplier_name: str
    email: str
    recipient: str
    language: str
    invited_at: datetime | None
    sent_at: datetime | None
    problem: str
    seen_at: datetime | None
    answers: int
    answered_at: datetime | None
    declined: bool
    late: bool | None


class InquiryAwardOut(Out):
    line: int
    supplier: str
    quantity: Number
    currency: str
    unit_price: Number | None
    net_price: Number | None
    landed_price: Number | None
    last_price: Number | None
    average_price: Number | None
    order: str


class InquiryDetailOut(InquiryOut):
    note: str
    sealed_now: bool
    close_reason: str
    awarded_amount: Number | None
    saving: Number | None
    saving_average: Number | None
    saving_target: Number | None
    lines: list[InquiryLineOut]
    suppliers: list[InquiryInvitedOut]
    awards: list[InquiryAwardOut]


class InquiryLinkOut(Out):
    supplier: str
    url: str
    expires_at: datetime


class InquiryCostOut(Out):
    """The parts of a landed price, per unit; see the guide."""

    price: Number
    tax_rate: Number
    net: Number
    rate: Number
    value: Number
    freight: Number
    duty_percent: Number
    duty: Number
    landed: Number


class InquiryOfferOut(Out):
    line: int
    supplier: str
    quoted: bool
    currency: str
    delivery_days: int | None
    minimum: Number
    substitute: str
    note: str
    late: bool
    expired: bool
    cost: InquiryCostOut | None
    best_price: bool
    best_date: bool
    score: Number | None


class InquiryShareOut(Out):
    line: int
    supplier: str
    quantity: Number
    landed: Number
    cost: Number


class InquiryProposalOut(Out):
    """``way`` is price, date, score or split; ``left`` are lines of which some quantity has no fitting offer."""

    way: str
    cost: Number
    shares: list[InquiryShareOut]
    left: list[int]


class InquiryComparisonOut(Out):
    offers: list[InquiryOfferOut]
    proposals: list[InquiryProposalOut]
