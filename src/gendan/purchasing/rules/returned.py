"""What goes back to suppliers, and what comes instead; all quantities in the order line's unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Protocol

from gendan.purchasing.rules.merging import plain_number

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class BackIn:
    """A quantity of a receipt's line that goes back, and why: of what was ``rejected``, else of what was accepted, out
    of ``bin`` (empty: where the receipt put it).
    """

    receipt: str
    line: int
    quantity: Decimal
    reason: str
    rejected: bool = True
    bin: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReturnDraftLine:
    """A line of a return as its form shows it; ``bin`` is empty for what was rejected, ``id`` None while it is new."""

    receipt: str
    line: int
    quantity: Decimal
    cause: str
    rejected: bool = True
    bin: str = ""
    note: str = ""
    id: int | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.receipt}#{self.line}"

    def words(self) -> str:
        """The whole line in short."""
        return f"{self.name} × {plain_number(self.quantity)}"

    def asked(self) -> BackIn:
        """What it asks for."""
        return BackIn(self.receipt, self.line, self.quantity, self.cause, self.rejected, self.bin, self.note)


@dataclass(frozen=True, slots=True)
class ReturnDraft:
    """What people can change of a return before goods left; ``wanted`` is its settlement."""

    wanted: str = "replace"
    contact: str = ""
    note: str = ""
    replace_on: date | None = None
    lines: tuple[ReturnDraftLine, ...] = ()


@dataclass(frozen=True, slots=True)
class InsteadIn:
    """A quantity of a return's line that the supplier sent instead."""

    line: int
    quantity: Decimal
    lot: str = ""
    bin: str = ""


class Back(Protocol):
    """What the rules need to know of a line that goes back."""

    @property
    def quantity(self) -> Decimal: ...
    @property
    def replaced(self) -> Decimal: ...
    @property
    def ordered(self) -> Decimal: ...
    @property
    def gross(self) -> Decimal: ...


def to_replace(line: Back) -> Decimal:
    """What is still to come instead."""
    return line.quantity - line.replaced


def worth(quantity: Decimal, ordered: Decimal, gross: Decimal, minor_units: int) -> Decimal:
    """What a quantity of an order's line cost, tax and all, never rounded up."""
    return (gross * quantity / ordered).quantize(Decimal(1).scaleb(-minor_units), ROUND_DOWN)
