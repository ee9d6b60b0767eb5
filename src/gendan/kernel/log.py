"""Writing the event log, together with the stored answer of an idempotent request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import as_json


@dataclass(frozen=True, slots=True)
class Subject:
    """The object that an event is about; ``number`` is what users call it."""

    kind: str
    id: int
    number: str

    @property
    def ref(self) -> str:
        return f"{self.kind}:{self.number}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to be written: its type, its subject, other objects concerned (``kind:number``), its details."""

    type: str
    subject: Subject
    refs: tuple[str, ...] = ()
    data: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a repetition of an idempotent request is answered with."""

    command: str
    fingerprint: bytes
    result: str


_JSON = json.JSONEncoder(default=as_json)
_WRITE = """
WITH answer AS (
 INSERT INTO kernel_idempotency (company_id, user_id, key, command, fingerprint, result, at)
 SELECT %(company)s::bigint, coalesce(%(user)s::bigint, 0), %(key)s::text, %(command)s::text, %(fingerprint)s::bytea,
  %(result)s::jsonb, now() WHERE %(command)s::text IS NOT NULL)
INSERT INTO kernel_event (company_id, user_id, via, address, type, subject_kind, subject_id, subject_number, refs, data)
SELECT %(company)s::bigint, %(user)s::bigint, %(via)s::text, %(address)s::inet, type, kind, id, number,
 string_to_array(refs, E'\\n'), data::jsonb
FROM unnest(%(types)s::text[], %(kinds)s::text[], %(ids)s::bigint[], %(numbers)s::text[], %(refs)s::text[],
 %(data)s::text[]) AS t(type, kind, id, number, refs, data)
"""


def write(actor: Actor, entries: Sequence[Entry], answer: Answer | None = None) -> None:
    """Write events, and the answer under the actor's idempotency key, in one statement."""
    if not entries and answer is None:
        return
    # who acts behind a link has no account: the name that was given is all that tells who it was
    who = {"who": actor.name} if actor.via in {"portal", "supplier"} else {}
    db.later(
        _WRITE,
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "via": actor.via,
            "address": actor.address,
            "key": actor.idempotency_key,
            "command": answer.command if answer else None,
            "fingerprint": answer.fingerprint if answer else None,
            "result": answer.result if answer else None,
            "types": [e.type for e in entries],
            "kinds": [e.subject.kind for e in entries],
            "ids": db.array(e.subject.id for e in entries),
            "numbers": [e.subject.number for e in entries],
            "refs": ["\n".join((e.subject.ref, *e.refs)) for e in entries],
            "data": [_JSON.encode({**(e.data or {}), **who}) for e in entries],
        },
    )
