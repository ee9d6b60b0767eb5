"""A day promised to a customer, as it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PromiseIn:
    """A day for an order line; ``reason`` (else that of all) is needed where the line has a promise already."""

    line: int
    promised_on: date
    reason: str = ""
