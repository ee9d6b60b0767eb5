"""Saving what somebody opened before others saved: merged by field, or refused with both values."""

from __future__ import annotations

from typing import Any

from gendan.kernel import db
from gendan.kernel.errors import Stale
from gendan.kernel.events import Subject
from gendan.kernel.unit import step
from gendan.purchasing.errors import DraftChanged
from gendan.purchasing.rules.merging import D, changes, merge


@step
def merged(subject: Subject, current: int, seen: int | None, base: D | None, mine: D, now: D) -> D:
    """``mine`` with what others changed since ``base`` (what the form was opened with, in the version ``seen``).

    Errors: Stale (another version without a base), DraftChanged (both changed the same).
    """
    if seen is None or seen == current:
        return mine
    if base is None:
        raise Stale(number=subject.number, current=current, seen=seen)
    found, conflicts = merge(base, mine, now)
    if not conflicts:
        return found
    by = _last_editor(subject)
    listed: list[dict[str, Any]] = [
        {"field": c.field, "yours": c.yours, "theirs": c.theirs, "by": by} for c in conflicts
    ]
    error = DraftChanged(number=subject.number, current=current, seen=seen, by=by, count=len(listed), conflicts=listed)
    error.merged, error.theirs = found, now
    raise error


def taken_over(current: int, seen: int | None, base: D | None, now: D) -> list[list[str]]:
    """What others changed while the form was open: [field, before, after], as an answer tells it."""
    return changes(base, now)[:50] if base is not None and seen not in (None, current) else []


def _last_editor(subject: Subject) -> str:
    found = db.row(
        "SELECT u.name FROM kernel_event e JOIN accounts_user u ON u.id = e.user_id"
        " WHERE e.subject_kind = %s AND e.subject_id = %s ORDER BY e.id DESC LIMIT 1",
        [subject.kind, subject.id],
    )
    return str(found[0]) if found else ""
