"""The append-only log that timeline, audit, live pages and later notices read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.log import Entry, Subject, write
from gendan.kernel.unit import PENDING, step

__all__ = ["Entry", "Subject", "record", "record_all", "timeline"]


SILENT = {"kernel.commented", "kernel.file_downloaded"}  # told otherwise, or by the audit only


@step
def record(
    type: str,  # noqa: A002 - the word for what is recorded
    subject: Subject,
    actor: Actor,
    refs: Iterable[str] = (),
    **data: Any,
) -> None:
    """Write one event. ``refs`` are the other objects concerned, as ``kind:number``."""
    record_all(actor, [Entry(type, subject, tuple(refs), data)])


@step
def record_all(actor: Actor, entries: Sequence[Entry]) -> None:
    """Write several events in one statement; those of a command are written together at its end."""
    pending = PENDING.get()
    if pending is not None and pending.actor is actor:
        pending.entries.extend(entries)
    else:
        write(actor, entries)


def timeline(actor: Actor, subjects: Sequence[tuple[str, int]], limit: int = 100) -> list[dict[str, Any]]:
    """Events and comments of the given (kind, id) objects, newest first, in one statement.

    Each entry has ``what`` (event|comment), ``type``, ``at``, ``user`` (the name, also of who came without an account,
    or ""), ``via``, ``kind``, ``number``, ``data``, ``text``.
    """
    kinds, ids = [kind for kind, _ in subjects], [id_ for _, id_ in subjects]
    entries = db.dicts(
        "WITH wanted AS (SELECT * FROM unnest(%(kinds)s::text[], %(ids)s::bigint[]) AS w(kind, id)),"
        " entries AS ("
        "  SELECT 'event' AS what, e.id, e.type, e.at, e.user_id, e.via, e.subject_kind AS kind,"
        "   e.subject_number AS number, e.data, '' AS text"
        "  FROM wanted w JOIN kernel_event e ON e.subject_kind = w.kind AND e.subject_id = w.id"
        "  WHERE e.company_id = %(company)s AND e.type <> ALL(%(silent)s::text[])"
        "  UNION ALL"
        "  SELECT 'comment', c.id, 'kernel.commented', c.at, c.user_id, 'page', c.subject_kind, '', '{}'::jsonb, c.text"
        "  FROM wanted w JOIN kernel_comment c ON c.subject_kind = w.kind AND c.subject_id = w.id"
        "  WHERE c.company_id = %(company)s)"
        " SELECT n.*, coalesce(u.name, n.data ->> 'who', '') AS user"
        " FROM entries n LEFT JOIN accounts_user u ON u.id = n.user_id"
        " ORDER BY n.at DESC, n.what, n.id DESC LIMIT %(limit)s",
        {"kinds": kinds, "ids": ids, "company": actor.company_id, "limit": limit, "silent": sorted(SILENT)},
    )
    return [{**entry, "data": json.loads(entry["data"])} for entry in entries]
