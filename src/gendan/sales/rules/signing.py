"""What a customer accepted of a delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class SignIn:
    """What became of a line of a delivery, in its unit: ``refused`` goes back with a return, ``short`` never came.

    Without ``signed`` the rest was accepted.
    """

    line: int
    signed: Decimal | None = None
    refused: Decimal = ZERO
    short: Decimal = ZERO
    reason: str = ""


class Sent(Protocol):
    """A line of a delivery."""

    @property
    def line_no(self) -> int: ...
    @property
    def quantity(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is written of a line."""

    signed: Decimal
    refused: Decimal
    short: Decimal
    reason: str

    @property
    def total(self) -> Decimal:
        return self.signed + self.refused + self.short


def verdicts(lines: Sequence[Sent], given: Sequence[SignIn] | None) -> Mapping[int, Verdict]:
    """By line number; what is not named was accepted in full."""
    named = {entry.line: entry for entry in given or ()}
    found = {}
    for line in lines:
        entry = named.get(line.line_no) or SignIn(line.line_no)
        signed = line.quantity - entry.refused - entry.short if entry.signed is None else entry.signed
        found[line.line_no] = Verdict(signed, entry.refused, entry.short, entry.reason.strip()[:300])
    return found


def state_of(found: Mapping[int, Verdict]) -> str:
    """Refused is a delivery of which nothing was accepted."""
    return "signed" if any(verdict.signed for verdict in found.values()) else "refused"
