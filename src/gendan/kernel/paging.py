"""Lists page by key: the next page starts after the last row seen, whatever was added meanwhile."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from gendan.kernel.errors import Invalid

T = TypeVar("T")
DEFAULT_LIMIT, MAX_LIMIT = 50, 1000
NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows and the cursor of the next page ("" at the end)."""

    items: list[T]
    after: str = ""


def encode(key: Sequence[Any]) -> str:
    """A cursor for a key of strings, numbers, dates."""
    return base64.urlsafe_b64encode(json.dumps(list(key), default=str).encode()).decode().rstrip("=")


def decode(cursor: str | None, size: int) -> list[Any] | None:
    """The key in a cursor; None for no cursor; Invalid for one that was not made by ``encode``."""
    if not cursor:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(key, list) and len(key) == size and all(isinstance(part, str | int | None) for part in key):
            return key
    except (ValueError, RecursionError):
        pass
    raise Invalid({"after": "after"})


def newest_before(cursor: str | None) -> int:
    """The id below which a page of a list with the newest first begins; above all ids without a cursor."""
    key = decode(cursor, 1)
    return NEWEST if key is None else as_id(key[0])


def as_id(part: object) -> int:
    """A part of a cursor that is an id; Invalid when it cannot be one."""
    if not isinstance(part, int) or isinstance(part, bool) or not 0 <= part < NEWEST:
        raise Invalid({"after": "after"})
    return part


def limited(limit: int | None) -> int:
    """A page size within bounds."""
    return max(1, min(limit or DEFAULT_LIMIT, MAX_LIMIT))


def cut(rows: list[T], limit: int, key: Callable[[T], Sequence[Any]]) -> Page[T]:
    """A page from ``limit + 1`` rows that were asked for."""
    if len(rows) <= limit:
        return Page(rows)
    kept = rows[:limit]
    return Page(kept, encode(key(kept[-1])))
