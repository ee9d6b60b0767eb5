"""Cursors of the lists here, checked before they reach the database."""

from __future__ import annotations

from datetime import date

from gendan.kernel import paging
from gendan.kernel.errors import Invalid


def id_after(after: str | None) -> int | None:
    """The id after which a list by id goes on."""
    key = paging.decode(after, 1)
    if key is None:
        return None
    return paging.as_id(key[0])


def due_after(after: str | None) -> tuple[date | None, int] | None:
    """The due date and id after which a list by due date goes on."""
    key = paging.decode(after, 2)
    if key is None:
        return None
    try:
        return (date.fromisoformat(key[0]) if key[0] is not None else None), paging.as_id(key[1])
    except (TypeError, ValueError):
        raise Invalid({"after": "after"}) from None
