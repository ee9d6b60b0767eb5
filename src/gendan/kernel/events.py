"""The append-only log that timeline, audit, live pages and later notices read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import _jsonable
from gendan.kernel.unit import step


@dataclass(frozen=True, slots=True)
class Subject:
    """The object that an event is about; ``number`` is what users call it."""

    kind: str
    id: int
    number: str

    @property
    def ref(self) -> str:
        return f"{self.kind}:{self.number}"


@step
def record(type: str, subject: Subject, actor: Actor, refs: Iterable[str] = (), **data: Any) -> None:
    """Write one event. ``refs`` are the other objects concerned, as ``kind:number``."""
    db.execute(
        "INSERT INTO kernel_event (company_id, user_id, via, type, subject_kind, subject_id, subject_number, refs, data)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s::text[], %s::jsonb)",
        [
            actor.company_id,
            actor.user_id,
            actor.via,
            type,
            subject.kind,
            subject.id,
            subject.number,
            [subject.ref, *refs],
            json.dumps(_jsonable(data)),
        ],
    )


@step
def record_many(
    type: str, actor: Actor, entries: Sequence[tuple[Subject, dict[str, Any]]], at: Sequence[Any] | None = None
) -> None:
    """Write one event of the same type per subject, in one statement."""
    db.execute(
        "INSERT INTO kernel_event (company_id, user_id, via, type, subject_kind, subject_id, subject_number, refs, data)"
        " SELECT %s::bigint, %s::bigint, %s, %s, kind, id, number, ARRAY[kind || ':' || number], data::jsonb"
        " FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[]) AS t(kind, id, number, data)",
        [
            actor.company_id,
            actor.user_id,
            actor.via,
            type,
            [s.kind for s, _ in entries],
            [s.id for s, _ in entries],
            [s.number for s, _ in entries],
            [json.dumps(_jsonable(data)) for _, data in entries],
        ],
    )


def timeline(actor: Actor, subjects: Sequence[tuple[str, int]], limit: int = 100) -> list[dict[str, Any]]:
    """Events and comments of the given (kind, id) objects, newest first, in one statement.

    Each entry has ``what`` (event|comment), ``type``, ``at``, ``user`` (name or ""), ``via``, ``number``, ``data``, ``text``.
    """
    kinds, ids = [kind for kind, _ in subjects], [id_ for _, id_ in subjects]
    return db.dicts(
        "WITH wanted AS (SELECT * FROM unnest(%(kinds)s::text[], %(ids)s::bigint[]) AS w(kind, id)),"
        " entries AS ("
        "  SELECT 'event' AS what, e.id, e.type, e.at, e.user_id, e.via, e.subject_kind AS kind,"
        "   e.subject_number AS number, e.data, '' AS text"
        "  FROM wanted w JOIN kernel_event e ON e.subject_kind = w.kind AND e.subject_id = w.id"
        "  WHERE e.company_id = %(company)s"
        "  UNION ALL"
        "  SELECT 'comment', c.id, 'kernel.commented', c.at, c.user_id, 'page', c.subject_kind, '', '{}'::jsonb, c.text"
        "  FROM wanted w JOIN kernel_comment c ON c.subject_kind = w.kind AND c.subject_id = w.id"
        "  WHERE c.company_id = %(company)s)"
        " SELECT n.*, coalesce(u.name, '') AS user FROM entries n LEFT JOIN accounts_user u ON u.id = n.user_id"
        " ORDER BY n.at DESC, n.what, n.id DESC LIMIT %(limit)s",
        {"kinds": kinds, "ids": ids, "company": actor.company_id, "limit": limit},
    )
