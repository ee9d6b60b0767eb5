"""Rows of a file on their way to a resource: mapped, read, saved or only checked, in portions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from gendan.integrations.files.cells import value_of
from gendan.integrations.files.read import Cells, Table
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import ROW_NUMBER, Outcome, Resource
from gendan.kernel.values import BadValue, is_empty

PORTION = 2_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one row of the file."""

    number: int
    cells: Cells
    outcome: Outcome
    problem: str


def load(
    actor: Actor,
    resource: Resource,
    table: Table,
    mapping: Mapping[int, str],
    *,
    given: Mapping[str, str] | None = None,
    dry_run: bool,
    limit: int | None = None,
) -> Iterator[list[Loaded]]:
    """Save (or only check) the rows of a file, portion by portion; each portion is a transaction of its own.

    ``given`` are values for cells that a row leaves empty or the file does not have, by column.
    """
    whole = given or {}
    portion: list[tuple[int, Cells]] = []
    position = next((at for at, name in mapping.items() if name == resource.together), None)

    def document(cells: Cells) -> Any:
        return cells[position] if position is not None and position < len(cells) else None

    for number, cells in islice(table.rows(), limit):
        full = len(portion) >= PORTION
        if full and (position is None or document(cells) != document(portion[-1][1])):
            yield _save(actor, resource, portion, mapping, whole, dry_run)
            portion = []
        portion.append((number, cells))
    if portion:
        yield _save(actor, resource, portion, mapping, whole, dry_run)


def _save(
    actor: Actor,
    resource: Resource,
    portion: list[tuple[int, Cells]],
    mapping: Mapping[int, str],
    given: Mapping[str, str],
    dry_run: bool,
) -> list[Loaded]:
    columns = {column.name: column for column in resource.columns}
    rows: list[dict[str, Any]] = []
    unreadable: list[dict[str, str]] = []
    for number, cells in portion:
        row: dict[str, Any] = {ROW_NUMBER: number}
        wrong: dict[str, str] = {}
        for position, name in mapping.items():
            try:
                row[name] = value_of(columns[name], cells[position] if position < len(cells) else None)
            except BadValue as error:
                wrong[name] = error.text
        row |= {name: value for name, value in given.items() if is_empty(row.get(name))}
        rows.append(row)
        unreadable.append(wrong)
    _refuse_documents(resource.together, rows, unreadable)
    good = [n for n, wrong in enumerate(unreadable) if not wrong]
    saved = resource.save(actor, [rows[n] for n in good], atomic=False, dry_run=dry_run) if good else []
    outcomes = dict(zip(good, saved, strict=True))
    labels = {column.name: str(column.label) for column in resource.columns}
    found = []
    for n, (number, cells) in enumerate(portion):
        outcome = outcomes.get(n) or Outcome(number, "failed", errors=unreadable[n])
        found.append(Loaded(number, cells, outcome, _problem(outcome, labels)))
    return found


def _refuse_documents(together: str, rows: list[dict[str, Any]], unreadable: list[dict[str, str]]) -> None:
    """A document of which one row cannot be read is not saved without it."""
    broken = {rows[n].get(together) for n, wrong in enumerate(unreadable) if wrong} if together else set()
    for n, wrong in enumerate(unreadable):
        if not wrong and together and rows[n].get(together) in broken:
            wrong[together] = _("同一单据的其他行有误，本行未保存")


def _problem(outcome: Outcome, labels: Mapping[str, str]) -> str:
    """The reasons in one sentence, with the columns as the user knows them."""
    parts = []
    for name, text in outcome.errors.items():
        label = labels.get(name, "")
        parts.append(f"{label}：{text}" if label and label not in text else text)
    return "；".join(parts)


def counts_text(counts: Mapping[str, int], dry_run: bool) -> dict[str, int]:
    """The figures of a result with labels for people, in a fixed order."""
    labels = {
        "created": _("将新建") if dry_run else _("新建"),
        "updated": _("将更新") if dry_run else _("更新"),
        "unchanged": _("无变化"),
        "failed": _("有问题"),
    }
    return {label: counts.get(name, 0) for name, label in labels.items()}
