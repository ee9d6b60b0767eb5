"""The promise ledger: append revisions, read the first schedule of lines that were split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step
from gendan.purchasing.rules.promises import Part, next_due
from gendan.purchasing.steps.order import LockedLine

_MEASURES = """
SELECT p.order_line_id, p.quantity, p.promised_on FROM purchasing_promise p
WHERE p.order_line_id = ANY(%s::bigint[]) AND p.kind = 'promise' AND p.revision =
 (SELECT coalesce(max(q.revision) FILTER (WHERE q.source = 'agreed'), min(q.revision)) FROM purchasing_promise q
  WHERE q.order_line_id = p.order_line_id AND q.kind = 'promise')
ORDER BY p.order_line_id, p.id
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger."""

    order_line_id: int
    revision: int
    kind: str
    source: str
    quantity: Decimal
    promised_on: date | None
    note: str = ""


@step
def append(actor: Actor, entries: Sequence[Entry]) -> None:
    """Write ledger rows in one statement."""
    if entries:
        db.later(
            "INSERT INTO purchasing_promise (order_line_id, revision, kind, source, quantity, promised_on, note, "
            "user_id)"
            " SELECT t.*, %s::bigint FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::numeric[],"
            " %s::date[], %s::text[]) AS t",
            [
                actor.user_id,
                db.array(e.order_line_id for e in entries),
                db.array(e.revision for e in entries),
                [e.kind for e in entries],
                [e.source for e in entries],
                db.array(e.quantity for e in entries),
                db.array(e.promised_on for e in entries),
                [e.note for e in entries],
            ],
        )


@step
def refresh_due(lines: Sequence[LockedLine]) -> None:
    """Set each line's due_on from its first schedule and what was received; one statement, and only if a line was
    split or revised.
    """
    split = [line.id for line in lines if _needs_ledger(line)]
    schedules = first_schedules(split) if split else {}
    for line in lines:
        if _needs_ledger(line):
            parts = schedules.get(line.id, [])
        elif line.promised_on:
            parts = [Part(min(line.confirmed or line.quantity, line.quantity), line.promised_on)]
        else:
            parts = []
        line.due_on = next_due(parts, line.received, line.required_on)


def _needs_ledger(line: LockedLine) -> bool:
    return line.promise_parts > 1 or line.promise_revision > 1


def first_schedules(line_ids: Sequence[int]) -> dict[int, list[Part]]:
    """The parts of the promise that each line is measured by: the first, or the last that we asked for ourselves."""
    found: dict[int, list[Part]] = defaultdict(list)
    for line_id, quantity, promised_on in db.rows(_MEASURES, [list(line_ids)]):
        found[line_id].append(Part(quantity, promised_on))
    return found
