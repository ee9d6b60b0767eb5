"""What programs send about inquiries."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from pydantic import Field

from gendan.kernel.api import Body, Number
from gendan.sourcing.rules.draft import InquiryDraft
from gendan.sourcing.rules.inquiry import MAX_LINES, AnswerLineIn, BreakIn, LineIn, SourceIn, SupplierIn


class InquirySourceBody(Body):
    """A quantity that is asked for a requisition line, in its unit."""

    requisition: str = Field(max_length=32)
    line: int = Field(ge=1, le=100_000)
    quantity: Number


class InquiryLineBody(Body):
    """What is asked for; ``target_price`` is the budget without tax in company currency."""

    product: str = Field(max_length=64)
    quantity: Number
    unit: str = Field("", max_length=64)
    required_on: date | None = None
    target_price: Number | None = None
    note: str = Field("", max_length=300)
    warehouse: str = Field("", max_length=64)
    sources: list[InquirySourceBody] = Field([], max_length=200)

    def line(self) -> LineIn:
        sources = tuple(SourceIn(s.requisition, s.line, s.quantity) for s in self.sources)
        return LineIn(
            self.product, self.quantity, self.unit, self.required_on, self.target_price, self.note, self.warehouse,
            sources,
        )  # fmt: skip


class InquirySupplierBody(Body):
    """Who is asked; without an address the main contact's, without a language by country."""

    supplier: str = Field(max_length=64)
    email: str = Field("", max_length=254)
    recipient: str = Field("", max_length=120)
    language: str = Field("", max_length=8)


class InquiryBody(Body):
    """An inquiry; ``sealed`` needs ``closes_at``, and nobody sees answers before."""

    warehouse: str = Field(max_length=64)
    title: str = Field("", max_length=120)
    closes_at: datetime | None = None
    sealed: bool = False
    note: str = Field("", max_length=4000)
    lines: list[InquiryLineBody] = Field(max_length=MAX_LINES)
    suppliers: list[InquirySupplierBody] = Field([], max_length=50)

    def draft(self) -> InquiryDraft:
        return InquiryDraft(
            self.warehouse,
            self.title,
            self.closes_at,
            self.sealed,
            self.note,
            tuple(line.line() for line in self.lines),
            tuple(SupplierIn(**one.model_dump()) for one in self.suppliers),
        )


class InquiryChangeBody(InquiryBody):
    version: int | None = None


class InquiryVersionBody(Body):
    version: int | None = None


class InquiryReasonBody(InquiryVersionBody):
    reason: str = Field("", max_length=300)


class InquiryClosingBody(InquiryVersionBody):
    closes_at: datetime


class InquiryInviteBody(InquirySupplierBody):
    version: int | None = None


class InquiryBreakBody(Body):
    from_quantity: Number = Decimal(0)
    price: Number


class InquiryAnswerLineBody(Body):
    """An offer for a line (``prices``, at least one), or none (``no_quote`` with the reason in ``note``)."""

    line: int = Field(ge=1, le=100_000)
    prices: list[InquiryBreakBody] = Field([], max_length=20)
    tax_rate: Number | None = None
    delivery_days: int | None = Field(None, ge=0, le=1000)
    minimum: Number = Decimal(0)
    pack: Number = Decimal(0)
    substitute: str = Field("", max_length=200)
    note: str = Field("", max_length=300)
    no_quote: bool = False

    def answer(self) -> AnswerLineIn:
        prices = tuple(BreakIn(one.from_quantity, one.price) for one in self.prices)
        return AnswerLineIn(
            self.line, prices, self.tax_rate, self.delivery_days, self.minimum, self.pack, self.substitute, self.note,
            self.no_quote,
        )  # fmt: skip


class InquiryAnswerBody(Body):
    """A supplier's whole answer; every one is kept, the last counts."""

    currency: str = Field("", max_length=3)
    tax_included: bool = True
    freight: Number = Decimal(0)
    valid_to: date | None = None
    note: str = Field("", max_length=1000)
    lines: list[InquiryAnswerLineBody] = Field(max_length=MAX_LINES)


class InquiryAwardLineBody(Body):
    line: int = Field(ge=1, le=100_000)
    supplier: str = Field(max_length=64)
    quantity: Number


class InquiryAwardBody(InquiryVersionBody):
    """Quantities of lines for suppliers; ``submit``: their orders are submitted, else drafts."""

    awards: list[InquiryAwardLineBody] = Field(max_length=5000)
    submit: bool = False
