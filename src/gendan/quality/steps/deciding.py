"""Inspections follow what is decided of goods; the document that they came in with is locked before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.unit import step
from gendan.quality.errors import LotFailed, NoWish, ResultsMissing
from gendan.quality.rules.inspection import ZERO, failed, missing, verdict
from gendan.quality.steps.locking import LockedInspection, LockedLine, lock, lock_of


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of a quantity of a source's line. ``conceded`` is part of ``accepted``; ``sorted``: every item
    was looked at, so that good ones may be accepted of a lot whose sample was bad.
    """

    source_line: int
    accepted: Decimal
    rejected: Decimal
    conceded: Decimal = ZERO
    sorted: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Amended:
    """How the counters of a source's line changed afterwards: rework, or accepted at a lower price."""

    source_line: int
    accepted: Decimal = ZERO
    rejected: Decimal = ZERO
    conceded: Decimal = ZERO


_WRITE = """
WITH lines AS (
 UPDATE quality_inspectionline l SET accepted = t.accepted, rejected = t.rejected, conceded = t.conceded,
  wished = least(l.wished, t.quantity - t.accepted - t.rejected), verdict = t.verdict, passed = t.passed,
  sorted = t.sorted, note = CASE WHEN t.note = '' THEN l.note ELSE t.note END, inspected_by_id = %(user)s::bigint,
  inspected_at = now()
 FROM unnest(%(ids)s::bigint[], %(quantities)s::numeric[], %(accepted)s::numeric[], %(rejected)s::numeric[],
  %(conceded)s::numeric[], %(verdicts)s::text[], %(passed)s::boolean[], %(sorted)s::boolean[], %(notes)s::text[])
  AS t(id, quantity, accepted, rejected, conceded, verdict, passed, sorted, note) WHERE l.id = t.id)
UPDATE quality_inspection SET state = %(state)s::text, version = version + 1, updated_at = now(),
 decided_at = CASE WHEN %(state)s::text = 'done' THEN now() END,
 wish_reason = CASE WHEN %(state)s::text = 'done' THEN '' ELSE wish_reason END
WHERE id = %(id)s::bigint
"""


@step
def decide(actor: Actor, source: Subject, decided: Sequence[Decided]) -> Subject | None:
    """Check what was decided against what was found, and write it; the inspection, if there is one.

    Errors: ResultsMissing, LotFailed.
    """
    found = lock_of(actor, source)
    if found is None:
        return None
    lines = {line.source_line: line for line in found.lines}
    touched: dict[int, LockedLine] = {}
    notes: dict[int, str] = {}
    for entry in decided:
        line = lines.get(entry.source_line)
        if line is None:
            continue
        _check(found, line, entry)
        line.accepted += entry.accepted
        line.rejected += entry.rejected
        line.conceded += entry.conceded
        line.sorted = line.sorted or entry.sorted
        touched[line.id] = line
        if entry.note:
            notes[line.id] = entry.note[:300]
    if touched:
        _write(actor, found, list(touched.values()), notes)
    return found.subject


def _check(found: LockedInspection, line: LockedLine, entry: Decided) -> None:
    """A lot is accepted when what had to be looked at was, and the sample allows it."""
    if entry.accepted == 0:
        return
    names = missing(line.checks, line.known)
    if line.method == "aql" and line.defective is None:
        names.append("Ac / Re")
    if line.needs_photo:
        names.append(_("照片"))
    if names:
        raise ResultsMissing(number=found.number, line=line.line_no, names="、".join(names))
    if failed(line) and entry.accepted > entry.conceded and not entry.sorted:
        raise LotFailed(number=found.number, line=line.line_no, defective=line.defective, reject=line.reject)


def _write(actor: Actor, found: LockedInspection, lines: Sequence[LockedLine], notes: dict[int, str]) -> None:
    for line in lines:
        if line.passed is None and line.waiting == 0:
            line.passed = not failed(line) if line.method == "aql" else line.rejected == 0
    state = "open" if any(line.waiting > 0 for line in found.lines) else "done"
    db.later(
        _WRITE,
        {
            "id": found.id,
            "state": state,
            "user": actor.user_id,
            "ids": db.array(line.id for line in lines),
            "quantities": db.array(line.quantity for line in lines),
            "accepted": db.array(line.accepted for line in lines),
            "rejected": db.array(line.rejected for line in lines),
            "conceded": db.array(line.conceded for line in lines),
            "verdicts": [verdict(line.quantity, line.accepted, line.rejected, line.conceded) for line in lines],
            "passed": [line.passed for line in lines],
            "sorted": [line.sorted for line in lines],
            "notes": [notes.get(line.id, "") for line in lines],
        },
    )


@step
def amend(actor: Actor, source: Subject, amended: Sequence[Amended]) -> Subject | None:
    """Follow what became of rejected goods; what the lot's sample said stays (a lot shown again says nothing new)."""
    found = lock_of(actor, source)
    if found is None:
        return None
    lines = {line.source_line: line for line in found.lines}
    touched: dict[int, LockedLine] = {}
    for entry in amended:
        if (line := lines.get(entry.source_line)) is None:
            continue
        line.accepted += entry.accepted
        line.rejected += entry.rejected
        line.conceded += entry.conceded
        touched[line.id] = line
    if touched:
        _write(actor, found, list(touched.values()), {})
    return found.subject


@step
def wishes(actor: Actor, number: str, version: int | None = None) -> tuple[LockedInspection, list[LockedLine]]:
    """The inspection and the lines of which something is wished to be accepted by concession. Errors: NotFound, Stale,
    NoWish.
    """
    found = lock(actor, number, version)
    wished = [line for line in found.lines if line.wished > 0]
    if not wished:
        raise NoWish(number=number)
    return found, wished


@step
def cancel(actor: Actor, source: Subject) -> None:
    """What came in went out again as if it had never come: its lots say nothing of the supplier any more."""
    db.later(
        "WITH gone AS (UPDATE quality_inspection SET state = 'cancelled', version = version + 1, updated_at = now()"
        " WHERE company_id = %(company)s::bigint AND source_kind = %(kind)s::text AND source_id = %(source)s::bigint"
        " RETURNING id)"
        " UPDATE quality_inspectionline l SET passed = NULL, skipped = false, wished = 0 FROM gone"
        " WHERE l.inspection_id = gone.id",
        {"company": actor.company_id, "kind": source.kind, "source": source.id},
    )
