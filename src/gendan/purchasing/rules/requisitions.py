"""How an order line's quantity is shared among the requisition lines that asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal

from gendan.purchasing.rules.merging import plain_number

ZERO = Decimal(0)
SMALLEST = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class RequestIn:
    """A requisition line as it is asked for; ``product``, ``unit`` and ``supplier`` (a wish) are codes.

    ``id`` is the line's own in a draft, None while it is new.
    """

    product: str
    quantity: Decimal
    unit: str = ""
    required_on: date | None = None
    supplier: str = ""
    note: str = ""
    id: int | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.product

    def words(self) -> str:
        """The whole line in short."""
        return f"{self.product} × {plain_number(self.quantity)}"


@dataclass(frozen=True, slots=True)
class RequestDraft:
    """What people can change of a requisition that was not approved yet."""

    warehouse: str
    required_on: date | None = None
    reason: str = ""
    lines: tuple[RequestIn, ...] = ()


def moved_along(old: date | None, draft: RequestDraft) -> RequestDraft:
    """A draft whose lines with the header's ``old`` date have its new one; a date that was removed stays on them."""
    if old is None or draft.required_on is None:
        return draft
    new = draft.required_on
    lines = (replace(line, required_on=new) if line.required_on == old else line for line in draft.lines)
    return replace(draft, lines=tuple(lines))


@dataclass(frozen=True, slots=True)
class Pick:
    """A requisition line to be ordered: without ``quantity`` all that is open, without ``supplier`` the wished one.

    Quantity and price are in the requisition line's unit; without one the price list, else the last price, decides.
    """

    requisition: str
    line: int
    quantity: Decimal | None = None
    supplier: str = ""
    unit_price: Decimal | None = None
    required_on: date | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """An allocation; ``quantity`` and ``released`` are in the requisition line's unit of ``factor`` stock units.

    ``open`` is what the requisition line still lacks an order for.
    """

    id: int
    order_line_id: int
    requisition_line_id: int
    quantity: Decimal
    released: Decimal
    factor: Decimal
    open: Decimal


def give_back(shares: Sequence[Share], kept: Decimal) -> dict[int, Decimal]:
    """What each share loses when only ``kept`` stock units of the order line remain: the oldest keep theirs."""
    left = kept
    lost: dict[int, Decimal] = {}
    for share in shares:
        covered = min(share.quantity, (left / share.factor).quantize(SMALLEST, ROUND_DOWN))
        left = max(left - covered * share.factor, ZERO)
        if covered < share.quantity:
            lost[share.id] = share.quantity - covered
    return lost


def take_again(shares: Sequence[Share], room: Decimal, open_of: dict[int, Decimal]) -> dict[int, Decimal]:
    """What each share gets back of what it released.

    As far as the order line has ``room`` (stock units) and the requisition line is still open: ``open_of``, by
    requisition line, is lowered as it is used.
    """
    gained: dict[int, Decimal] = {}
    for share in shares:
        fits = (room / share.factor).quantize(SMALLEST, ROUND_DOWN)
        possible = min(share.released, open_of[share.requisition_line_id], fits)
        if possible > 0:
            gained[share.id] = possible
            open_of[share.requisition_line_id] -= possible
            room -= possible * share.factor
    return gained
