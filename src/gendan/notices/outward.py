"""On which occasions customers and suppliers can be told; the contexts that know them declare them here.

An occasion names the events after which it may have come, and finds for those events whom to tell what. Whether a
company tells, through which channel and in which language, are its rows (Outward); nothing is told by default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils.functional import Promise

Text = str | Promise
LINES_TOLD = 20


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that an occasion asked for."""

    id: int
    type: str
    kind: str
    document_id: int
    number: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One message to one partner. ``key`` says what it tells: it is not told again, whatever happens later."""

    key: str
    partner_id: int
    kind: str
    number: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Variable:
    """What a template may name, with what stands for it in the preview."""

    name: str
    label: Text
    sample: Text


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to: what it is about, the person (or ""), the e-mail address (or "" where it goes to a phone)."""

    told: Told
    person: str
    email: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """``find`` answers for a company's events, in its language, with a number of statements that does not grow.

    ``links`` gives each recipient, in their language, the address of their own page, as the variable ``link``.
    """

    code: str
    label: Text
    audience: Literal["customer", "supplier"]
    events: tuple[str, ...]
    variables: tuple[Variable, ...]
    title: Text
    body: Text
    find: Callable[[int, Sequence[Happened]], list[Told]]
    links: Callable[[int, str, Sequence[Recipient]], list[str]] | None = None

    @property
    def kind(self) -> str:
        """Its name among kinds of messages."""
        return f"out.{self.code}"


OCCASIONS: dict[str, Occasion] = {}


def declare(occasion: Occasion) -> None:
    """Let companies choose to tell on an occasion."""
    OCCASIONS[occasion.code] = occasion


def day(value: date | None) -> str:
    """A day as outsiders read it."""
    return value.isoformat() if value else "—"


def listed(lines: Sequence[str]) -> str:
    """Lines of a document, the first of many."""
    shown = list(lines[:LINES_TOLD])
    if len(lines) > LINES_TOLD:
        shown.append(f"… +{len(lines) - LINES_TOLD}")
    return "\n".join(shown)
