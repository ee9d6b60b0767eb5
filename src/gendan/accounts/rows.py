"""Rows of people and departments on their way in: read, told apart, and what becomes of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from gendan.kernel.bulk import MAX_ROWS, ROW_NUMBER, Column, Outcome, Row, Status
from gendan.kernel.errors import AppError, Invalid
from gendan.kernel.unit import Done
from gendan.kernel.values import BadValue, is_empty

KEPT = ("flag", "choice")  # an empty cell says neither yes nor no: nobody is let in again by it


@dataclass(slots=True)
class Line:
    """One row: what it gives, what it changes (field → before and after), what is wrong with it."""

    number: int
    key: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    changes: dict[str, list[Any]] = field(default_factory=dict)
    is_new: bool = False
    id: int | None = None

    @property
    def is_good(self) -> bool:
        return not self.errors

    def refuse(self, error: AppError | None) -> None:
        """The row is not taken, for this reason; the first that was found stays."""
        if error is not None:
            self.errors.setdefault("", str(error))


def read(columns: Sequence[Column], rows: Sequence[Row]) -> list[Line]:
    """The rows, each with what is wrong in itself; no two of the same key."""
    if len(rows) > MAX_ROWS:
        raise Invalid({"rows": _("一次最多 %(max)s 行。") % {"max": MAX_ROWS}})
    known = {column.name: column for column in columns}
    key, first, lines = columns[0], dict[str, int](), list[Line]()
    for number, row in enumerate(rows, 1):
        line = Line(row.get(ROW_NUMBER, number))
        for name, value in row.items():
            if name == ROW_NUMBER or (is_empty(value) and name in known and known[name].kind in KEPT):
                continue
            try:
                line.given[str(name)] = known[name].read(value)
            except KeyError:
                line.errors[str(name)] = _("没有名为「%(name)s」的字段") % {"name": name}
            except BadValue as error:
                line.errors[str(name)] = error.text
        line.key = str(line.given.get(key.name, ""))
        if not line.key:
            line.errors.setdefault(key.name, _("「%(label)s」必填") % {"label": key.label})
        elif (earlier := first.setdefault(line.key.lower(), line.number)) != line.number:
            line.errors[key.name] = _("与第 %(row)s 行重复") % {"row": earlier}
        lines.append(line)
    return lines


def complete(line: Line, columns: Sequence[Column]) -> None:
    """What a new row leaves out: its default, or it is missing."""
    for column in columns:
        if column.name not in line.given:
            if column.required:
                line.errors.setdefault(column.name, _("「%(label)s」必填") % {"label": column.label})
            else:
                line.given[column.name] = column.default


def good(lines: Iterable[Line]) -> list[Line]:
    """Those that nothing is wrong with so far."""
    return [line for line in lines if line.is_good]


def to_write(lines: Sequence[Line], atomic: bool, dry_run: bool) -> list[Line]:
    """Those that are new or changed; none if only the effect is asked for, or one of all is wrong."""
    if dry_run or (atomic and any(not line.is_good for line in lines)):
        return []
    return [line for line in good(lines) if line.is_new or line.changes]


def answer(kind: str, lines: Sequence[Line], atomic: bool) -> Done:
    """What became of each row."""
    skipped = atomic and any(not line.is_good for line in lines)

    def status(line: Line) -> Status:
        if not line.is_good:
            return "failed"
        if skipped:
            return "skipped"
        return "created" if line.is_new else "updated" if line.changes else "unchanged"

    outcomes = [Outcome(line.number, status(line), line.key, line.id, line.errors) for line in lines]
    return Done(kind, 0, "", data={"outcomes": [{**outcome.as_dict(), "id": outcome.id} for outcome in outcomes]})


def outcomes(done: Done) -> list[Outcome]:
    """The answer of such a command, row by row."""
    return [Outcome(**found) for found in done.data["outcomes"]]
