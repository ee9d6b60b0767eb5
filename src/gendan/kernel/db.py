"""Plain SQL where the ORM would cost a statement per row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.db import connection

Params = Sequence[Any] | Mapping[str, Any]
Row = tuple[Any, ...]


def rows(sql: str, params: Params = ()) -> list[Row]:
    """All rows of a statement as tuples."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cast("list[Row]", cursor.fetchall())


def row(sql: str, params: Params = ()) -> Row | None:
    """The first row, or None."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cast("Row | None", cursor.fetchone())


def dicts(sql: str, params: Params = ()) -> list[dict[str, Any]]:
    """All rows as dictionaries keyed by column name."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def execute(sql: str, params: Params = ()) -> int:
    """Run a statement; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)
