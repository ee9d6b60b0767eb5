"""Two people at one document: what only one of them changed is kept, what both changed differently is a conflict.

A draft is a frozen dataclass with ``lines``, themselves frozen dataclasses with an ``id`` (None while new), a ``name``
and ``words()``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, Protocol, TypeVar, cast


class Line(Protocol):
    """A line of a draft."""

    @property
    def id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    def words(self) -> str:
        """The whole line in short."""
        ...


class Draft(Protocol):
    """What people change together."""

    @property
    def lines(self) -> Sequence[Line]: ...


D = TypeVar("D", bound=Draft)
L = TypeVar("L", bound=Line)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field (``note``, ``lines.3.quantity``, ``lines.3`` for a whole line) that both changed, with both values."""

    field: str
    yours: Any
    theirs: Any


def header_of(draft: Draft) -> list[str]:
    """The names of a draft's own fields."""
    return [f.name for f in fields(cast(Any, draft)) if f.name != "lines"]


def _cells(line: Line) -> list[str]:
    return [f.name for f in fields(cast(Any, line)) if f.name != "id"]


def merge(base: D, mine: D, theirs: D) -> tuple[D, list[Conflict]]:
    """Mine, with what only they changed since ``base``; the conflicts, in which the merged draft keeps mine."""
    conflicts: list[Conflict] = []
    values, clashes = _merge_fields(header_of(mine), base, mine, theirs)
    conflicts += [Conflict(name, getattr(mine, name), getattr(theirs, name)) for name in clashes]
    before, now = _by_id(base.lines), _by_id(theirs.lines)
    kept: list[Line] = []
    for line in mine.lines:
        if line.id is None or line.id not in before:
            kept.append(_new(line) if line.id not in now else line)
            continue
        old, new = before[line.id], now.get(line.id)
        place = f"lines.{len(kept)}"
        if new is None:
            if line == old:
                continue
            conflicts.append(Conflict(place, line.words(), None))
            kept.append(_new(line))
            continue
        changed, clashes = _merge_fields(_cells(line), old, line, new)
        conflicts += [Conflict(f"{place}.{name}", getattr(line, name), getattr(new, name)) for name in clashes]
        kept.append(replace(cast(Any, line), **changed))
    mine_ids = {line.id for line in mine.lines}
    for id_, new in now.items():
        if id_ in mine_ids:
            continue
        if id_ not in before:
            kept.append(new)
        elif new != before[id_]:
            conflicts.append(Conflict(f"lines.{len(kept)}", None, new.words()))
            kept.append(new)
    return cast(D, replace(cast(Any, mine), **values, lines=tuple(kept))), conflicts


def _new(line: Line) -> Line:
    return cast(Line, replace(cast(Any, line), id=None))


def _merge_fields(names: Iterable[str], base: Any, mine: Any, theirs: Any) -> tuple[dict[str, Any], list[str]]:
    """The merged values, and the names that both changed differently."""
    values, clashes = {}, []
    for name in names:
        old, my, their = getattr(base, name), getattr(mine, name), getattr(theirs, name)
        values[name] = their if my == old else my
        if old not in (my, their) and my != their:
            clashes.append(name)
    return values, clashes


def _by_id(lines: Iterable[Line]) -> dict[int, Line]:
    return {line.id: line for line in lines if line.id is not None}


def unique_ids(lines: Iterable[L]) -> tuple[L, ...]:
    """The lines with each id once: a duplicated row of the grid is a new line."""
    seen: set[int] = set()
    found = []
    for line in lines:
        if line.id is not None and line.id in seen:
            line = cast(L, _new(line))
        elif line.id is not None:
            seen.add(line.id)
        found.append(line)
    return tuple(found)


def changes(before: Draft, after: Draft) -> list[list[str]]:
    """[field, before, after] of everything that differs; the field of a line begins with the line's name."""
    found = [
        [name, _text(getattr(before, name)), _text(getattr(after, name))]
        for name in header_of(after)
        if getattr(before, name) != getattr(after, name)
    ]
    old = _by_id(before.lines)
    for line in after.lines:
        if line.id is None or line.id not in old:
            found.append(["line", "", line.words()])
            continue
        was = old.pop(line.id)
        for name in _cells(line):
            if getattr(was, name) != getattr(line, name):
                found.append([f"{was.name} {name}", _text(getattr(was, name)), _text(getattr(line, name))])
    found += [["line", line.words(), ""] for line in old.values()]
    return found


def plain_number(value: Decimal) -> str:
    """A decimal without trailing zeros."""
    return f"{value.normalize():f}"


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain_number(value)
    return "" if value is None else str(value)
