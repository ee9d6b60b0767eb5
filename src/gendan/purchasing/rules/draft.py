"""Two people at one draft: what only one of them changed is kept, what both changed differently is a conflict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line of a draft as the form shows it; ``id`` is the line's own, None while it is new."""

    product: str
    quantity: Decimal
    unit_price: Decimal | None = None
    unit: str = ""
    required_on: date | None = None
    discount: Decimal = ZERO
    tax: str = ""
    note: str = ""
    description: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person can change of a draft."""

    supplier: str
    warehouse: str
    currency: str = ""
    ordered_on: date | None = None
    tax_included: bool = True
    supplier_reference: str = ""
    note: str = ""
    lines: tuple[DraftLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field (``note``, ``lines.3.quantity``, ``lines.3`` for a whole line) that both changed, with both values."""

    field: str
    yours: Any
    theirs: Any


HEADER = tuple(f.name for f in fields(Draft) if f.name != "lines")
LINE = tuple(f.name for f in fields(DraftLine) if f.name != "id")


def merge(base: Draft, mine: Draft, theirs: Draft) -> tuple[Draft, list[Conflict]]:
    """Mine, with what only they changed since ``base``; the conflicts, in which the merged draft keeps mine."""
    conflicts: list[Conflict] = []
    values, clashes = _merge_fields(HEADER, base, mine, theirs)
    conflicts += [Conflict(name, getattr(mine, name), getattr(theirs, name)) for name in clashes]
    before, now = _by_id(base.lines), _by_id(theirs.lines)
    kept: list[DraftLine] = []
    for line in mine.lines:
        if line.id is None or line.id not in before:
            kept.append(replace(line, id=None) if line.id not in now else line)
            continue
        old, new = before[line.id], now.get(line.id)
        place = f"lines.{len(kept)}"
        if new is None:
            if line == old:
                continue
            conflicts.append(Conflict(place, _words(line), None))
            kept.append(replace(line, id=None))
            continue
        changes, clashes = _merge_fields(LINE, old, line, new)
        conflicts += [Conflict(f"{place}.{name}", getattr(line, name), getattr(new, name)) for name in clashes]
        kept.append(replace(line, **changes))
    mine_ids = {line.id for line in mine.lines}
    for id_, new in now.items():
        if id_ in mine_ids:
            continue
        if id_ not in before:
            kept.append(new)
        elif new != before[id_]:
            conflicts.append(Conflict(f"lines.{len(kept)}", None, _words(new)))
            kept.append(new)
    return replace(mine, **values, lines=tuple(kept)), conflicts


def _merge_fields(names: Iterable[str], base: Any, mine: Any, theirs: Any) -> tuple[dict[str, Any], list[str]]:
    """The merged values, and the names that both changed differently."""
    values, clashes = {}, []
    for name in names:
        old, my, their = getattr(base, name), getattr(mine, name), getattr(theirs, name)
        values[name] = their if my == old else my
        if old not in (my, their) and my != their:
            clashes.append(name)
    return values, clashes


def _by_id(lines: Iterable[DraftLine]) -> dict[int, DraftLine]:
    return {line.id: line for line in lines if line.id is not None}


def _words(line: DraftLine) -> str:
    return f"{line.product} × {line.quantity.normalize():f}"


def unique_ids(lines: Iterable[DraftLine]) -> tuple[DraftLine, ...]:
    """The lines with each id once: a duplicated row of the grid is a new line."""
    seen: set[int] = set()
    found = []
    for line in lines:
        if line.id is not None and line.id in seen:
            line = replace(line, id=None)
        elif line.id is not None:
            seen.add(line.id)
        found.append(line)
    return tuple(found)


def changes(before: Draft, after: Draft) -> list[list[str]]:
    """[field, before, after] of everything that differs, lines by their product."""
    found = [
        [name, _text(getattr(before, name)), _text(getattr(after, name))]
        for name in HEADER
        if getattr(before, name) != getattr(after, name)
    ]
    old = _by_id(before.lines)
    for line in after.lines:
        if line.id is None or line.id not in old:
            found.append(["line", "", _words(line)])
            continue
        was = old.pop(line.id)
        for name in LINE:
            if getattr(was, name) != getattr(line, name):
                found.append([f"{was.product} {name}", _text(getattr(was, name)), _text(getattr(line, name))])
    found += [["line", _words(line), ""] for line in old.values()]
    return found


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)
