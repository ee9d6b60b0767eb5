"""What a device asks and is answered, the same for receiving, putting away, picking and counting."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from gendan.kernel.errors import decimal_text
from gendan.kernel.values import BadValue, to_integer, to_number

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that was done on a device. ``key`` is its own name of it: it is done once, however often it comes.

    ``work`` is what it belongs to (a delivery by the device's name, a document's number, a warehouse). ``do`` is scan,
    undo, book, unbook or drop.
    """

    key: str
    mode: str
    work: str
    do: str = "scan"
    code: str = ""
    place: str = ""
    quantity: Decimal | None = None
    lot: str = ""
    expires_on: date | None = None
    order: str = ""
    over: bool = False
    new: bool = False
    line: int | None = None
    target: str = ""
    scans: int | None = None
    note: str = ""
    at: datetime | None = None


@dataclass(slots=True)
class Answer:
    """What became of it. ``undo``: what the device sends to take it back, within a few seconds or from the list."""

    said: str
    did: str = "counted"
    place: str | None = None
    goto: str = ""
    undo: Row | None = None
    data: Row = field(default_factory=dict)

    def as_dict(self) -> Row:
        """For JSON."""
        return asdict(self)


class Unreadable(Exception):
    """An operation that no device of ours sends."""


TEXTS = {"key": 64, "mode": 12, "work": 64, "do": 8, "code": 200, "place": 64, "lot": 80, "order": 32, "target": 64}
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
HIGHEST = {"line": 100_000, "scans": 1_000_000}


def operation(given: Any) -> Operation:
    """Read one operation of a request. Unreadable."""
    if not isinstance(given, dict):
        raise Unreadable
    found: Row = {}
    for name, longest in {**TEXTS, "note": 80}.items():
        value = given.get(name, "scan" if name == "do" else "")
        if not isinstance(value, str) or len(value) > longest or _UNWRITABLE.search(value):
            raise Unreadable
        found[name] = value
    try:
        if given.get("quantity") not in (None, ""):
            found["quantity"] = to_number(str(given["quantity"]))
        if given.get("expires_on"):
            found["expires_on"] = date.fromisoformat(str(given["expires_on"]))
        if given.get("at"):
            found["at"] = moment(datetime.fromisoformat(str(given["at"])))
        for name, highest in HIGHEST.items():
            if given.get(name) is not None:
                found[name] = to_integer(given[name], high=highest)
    except (BadValue, ValueError) as error:
        raise Unreadable from error
    if not found["key"] or not found["mode"]:
        raise Unreadable
    return Operation(**found, over=given.get("over") is True, new=given.get("new") is True)


def moment(at: datetime) -> datetime:
    """When something was done by the device's clock, which may be wrong, but is a time. ValueError."""
    if at.tzinfo is None:
        raise ValueError("without a time zone")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("beyond the calendar") from error


def shown(value: Decimal) -> str:
    """A quantity as devices show it."""
    return decimal_text(value)
