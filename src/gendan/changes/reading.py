"""Contents as people and programs give them, in the one way in which contents are written (rules.text)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from gendan.changes.rules import Content, text
from gendan.kernel.errors import Invalid
from gendan.kernel.values import BadValue, is_empty, to_date, to_number, to_text

Reader = Callable[[Any], Any]
Readers = Mapping[str, Reader]


def words(length: int) -> Reader:
    """Reads text of at most so many signs."""
    return lambda value: to_text(value, length)


def percent(value: Any) -> Decimal:
    """Reads a discount."""
    return to_number(value, 3, 6)


LINE: Readers = {
    "product": words(64),
    "quantity": to_number,
    "unit": words(64),
    "unit_price": to_number,
    "discount": percent,
    "tax": words(64),
    "note": words(300),
    "description": words(300),
}
DAY: Reader = to_date


def clean(given: Mapping[str, Any], now: Content, header: Readers, line: Readers) -> Content:
    """A given content; fields of the header that are not given stay as they are, unknown ones are left out. A line of
    another product or unit than the one whose id it has is a new one. Errors: Invalid (by field).
    """
    problems: dict[str, str] = {}
    found: Content = {}
    for name, read in header.items():
        found[name] = _read(given[name], read, name, problems) if name in given else now[name]
    known = {row["id"]: row for row in now["lines"]}
    lines, seen = [], set()
    rows = given.get("lines")
    for n, row in enumerate(rows if isinstance(rows, list | tuple) else []):
        if not isinstance(row, Mapping):
            continue
        cells = {name: _read(row.get(name), read, f"lines.{n}.{name}", problems) for name, read in line.items()}
        old = known.get(row.get("id")) if isinstance(row.get("id"), int) else None
        if old is not None:
            cells["unit"] = cells["unit"] or old["unit"]
        if old is None or old["id"] in seen or (cells["product"], cells["unit"]) != (old["product"], old["unit"]):
            names = {"product_name": str(row.get("product_name") or "")[:200], "unit_name": ""}
            lines.append({"id": None, "line": None, **names, **cells})
            continue
        seen.add(old["id"])
        names = {name: old[name] for name in ("id", "line", "product_name", "unit_name")}
        if "discount" in cells:
            cells["discount"] = cells["discount"] or "0"
        lines.append({**names, **cells})
    if problems:
        raise Invalid({**problems})
    return {**found, "lines": lines}


def _read(value: Any, read: Reader, place: str, problems: dict[str, str]) -> str:
    if is_empty(value):
        return ""
    try:
        return text(read(value))
    except BadValue as bad:
        problems[place] = bad.text
        return ""
