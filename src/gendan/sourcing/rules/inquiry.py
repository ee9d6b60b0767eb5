"""What an inquiry, an answer and an award are asked for with; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)
MAX_LINES, MAX_SUPPLIERS, MAX_BREAKS = 500, 50, 8
LINK_DAYS = 60  # a link opens so many days beyond the closing date
# What a supplier may do by a link, whatever else there is.
ANSWER = "sourcing.answer_inquiry"
LINK_PERMISSIONS = frozenset({ANSWER})


@dataclass(frozen=True, slots=True)
class SourceIn:
    """A quantity that is asked for a requisition line."""

    requisition: str
    line: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class LineIn:
    """A line of an inquiry; ``product``, ``unit`` are codes, ``sources`` the requisition lines that it serves (in the
    line's unit, which is theirs). ``target_price`` is the budget without tax in company currency. ``warehouse`` empty
    is the inquiry's.
    """

    product: str
    quantity: Decimal
    unit: str = ""
    required_on: date | None = None
    target_price: Decimal | None = None
    note: str = ""
    warehouse: str = ""
    sources: tuple[SourceIn, ...] = ()


@dataclass(frozen=True, slots=True)
class SupplierIn:
    """Who is asked; without an address the main contact's."""

    supplier: str
    email: str = ""
    recipient: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class BreakIn:
    """A price from a quantity on."""

    from_quantity: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class AnswerLineIn:
    """What a supplier offers for a line (``prices``), or why nothing (``no_quote`` with a ``note``)."""

    line: int
    prices: tuple[BreakIn, ...] = ()
    tax_rate: Decimal | None = None
    delivery_days: int | None = None
    minimum: Decimal = ZERO
    pack: Decimal = ZERO
    substitute: str = ""
    note: str = ""
    no_quote: bool = False


@dataclass(frozen=True, slots=True)
class AwardIn:
    """A quantity of a line for a supplier."""

    line: int
    supplier: str
    quantity: Decimal


def state_of(sent: bool, answered: bool, lines: Iterable[tuple[Decimal, Decimal]], closed: bool) -> str:
    """The state that follows from what happened; ``lines`` are (quantity, awarded)."""
    if closed:
        return "closed"
    known = list(lines)
    if known and all(awarded >= quantity for quantity, awarded in known):
        return "awarded"
    return "answered" if answered else "sent" if sent else "draft"


def price_for(prices: Sequence[tuple[Decimal, Decimal]], quantity: Decimal) -> Decimal | None:
    """The price of the highest break that a quantity reaches; below all of them the first one's."""
    if not prices:
        return None
    ordered = sorted(prices)
    reached = [price for start, price in ordered if start <= quantity]
    return reached[-1] if reached else ordered[0][1]


def base_price(prices: Sequence[tuple[str, str]]) -> str:
    """The price that holds from the first piece on, as a field shows it."""
    return next((_plain(price) for start, price in prices if not Decimal(start)), "")


def breaks_text(prices: Sequence[tuple[str, str]]) -> str:
    """The further prices as a field shows them and reads them again: 500=1.8; 1000=1.75."""
    return "; ".join(f"{_plain(start)}={_plain(price)}" for start, price in prices if Decimal(start))


def _plain(text: str) -> str:
    found = f"{Decimal(text):f}"
    return found.rstrip("0").rstrip(".") if "." in found else found
