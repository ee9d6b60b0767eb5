"""What programs send about change orders."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from gendan.kernel.api import Body, Number


class ChangedLineBody(Body):
    """A line as it shall be; ``line`` is its number now, without it the line is new. What is not given stays."""

    line: int | None = Field(None, ge=1, le=100_000)
    product: str | None = Field(None, max_length=64)
    quantity: Number | None = None
    unit: str | None = Field(None, max_length=64)
    unit_price: Number | None = None
    discount: Number | None = None
    tax: str | None = Field(None, max_length=64)
    required_on: date | None = None
    requested_on: date | None = None
    note: str | None = Field(None, max_length=300)
    description: str | None = Field(None, max_length=300)


class ContentBody(Body):
    """What shall be different; what is not given stays. ``remove`` are numbers of lines to be taken out (cancelled to
    what has moved); lines that are not named stay. ``required_on`` is for purchase orders, ``requested_on``,
    ``ship_to`` and ``back_order`` for sales orders.
    """

    warehouse: str | None = Field(None, max_length=64)
    payment_terms: str | None = Field(None, max_length=200)
    note: str | None = Field(None, max_length=4000)
    supplier_reference: str | None = Field(None, max_length=80)
    customer_reference: str | None = Field(None, max_length=80)
    ship_to: str | None = Field(None, max_length=64)
    requested_on: date | None = None
    back_order: Literal["partial", "complete", "line"] | None = None
    lines: list[ChangedLineBody] = Field(default_factory=list, max_length=2000)
    remove: list[int] = Field(default_factory=list, max_length=2000)


class ChangeBody(ContentBody):
    """``origin``: who asks for it; ``agreed``: the partner has agreed already; ``submit``: it goes on at once."""

    reason: str = Field("", max_length=300)
    origin: Literal["own", "partner"] | None = None
    agreed: bool = False
    submit: bool = True


class CounterBody(ContentBody):
    note_of_partner: str = Field("", max_length=300)
    version: int | None = None


class ChangeVerbBody(Body):
    """The version that the caller saw; with another one the verb is refused."""

    version: int | None = None


class ChangeNoteBody(ChangeVerbBody):
    note: str = Field("", max_length=300)


class ChangeReasonBody(ChangeVerbBody):
    reason: str = Field("", max_length=300)


class UpdateBody(ContentBody):
    """What is not given stays as drafted; new lines replace those that were drafted. The change is a draft then."""

    reason: str | None = Field(None, max_length=300)
    origin: Literal["own", "partner"] | None = None
    agreed: bool = False
    version: int | None = None
