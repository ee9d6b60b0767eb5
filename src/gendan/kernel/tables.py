"""Set-based writes: any number of rows in one statement, columns passed as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gendan.kernel import db
from gendan.kernel.search import SEARCH_SQL

Types = Mapping[str, str]
Values = Sequence[Mapping[str, Any]]


def _source(types: Types, rows: Values) -> tuple[str, list[list[Any]]]:
    """``unnest(…) AS v(columns)`` and its parameters; the type ``search`` is text that becomes a tsvector."""
    arrays = ", ".join(f"%s::{'text' if kind == 'search' else kind}[]" for kind in types.values())
    return f"unnest({arrays}) AS v({', '.join(types)})", [[row[name] for row in rows] for name in types]


def _value(name: str, kind: str) -> str:
    return SEARCH_SQL.replace("%s", f"v.{name}") if kind == "search" else f"v.{name}"


def insert(table: str, types: Types, rows: Values, *, conflict: str = "", returning: str = "id") -> list[db.Row]:
    """Insert all rows in one statement; what ``returning`` names, of the rows that were inserted.

    ``types`` maps column to PostgreSQL type; ``search`` stands for a tsvector given as search words.
    """
    if not rows:
        return []
    source, params = _source(types, rows)
    values = ", ".join(_value(name, kind) for name, kind in types.items())
    return db.rows(
        f"INSERT INTO {table} ({', '.join(types)}) SELECT {values} FROM {source} {conflict} RETURNING {returning}",
        params,
    )


def update(table: str, types: Types, rows: Values, *, extra: str = "") -> int:
    """Update all rows by ``id`` in one statement; ``extra`` is further SQL of the SET list."""
    if not rows:
        return 0
    source, params = _source({"id": "bigint", **types}, rows)
    sets = [f"{name} = {_value(name, kind)}" for name, kind in types.items()]
    return db.execute(
        f"UPDATE {table} SET {', '.join([*sets, *([extra] if extra else [])])} FROM {source} WHERE {table}.id = v.id",
        params,
    )
