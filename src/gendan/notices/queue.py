"""What is to be sent now, and what became of it. Nothing is sent twice: who takes a row marks it before sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from gendan.kernel import db
from gendan.notices.rules import pause_after

LEASE = "10 minutes"
_CLAIM = f"""
WITH taken AS (
 SELECT id FROM notices_delivery WHERE company_id = %(company)s::bigint AND state = 'waiting' AND due_at <= now()
 ORDER BY due_at, id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
UPDATE notices_delivery d SET state = 'sending', attempts = d.attempts + 1, due_at = now() + interval '{LEASE}'
FROM taken t WHERE d.id = t.id RETURNING d.id
"""
_TAKEN = """
SELECT d.id, d.attempts, d.kind, d.text, d.subject_kind, d.subject_number, d.severe, d.why, d.count, d.people,
 d.user_id, c.id, c.code, c.means, c.sealed, c.is_active, coalesce(u.language, ''), coalesce(u.email, ''),
 coalesce(u.phone, ''), coalesce(u.username, ''), coalesce(p.addresses ->> c.code, ''), a.name, a.timezone,
 d.user_id IS NULL OR (u.is_active AND k.is_active), d.address, d.title, d.body, d.company_id
FROM notices_delivery d JOIN notices_channel c ON c.id = d.channel_id
JOIN accounts_company a ON a.id = d.company_id
LEFT JOIN accounts_user u ON u.id = d.user_id
LEFT JOIN accounts_membership k ON k.company_id = d.company_id AND k.user_id = d.user_id
LEFT JOIN notices_preference p ON p.company_id = d.company_id AND p.user_id = d.user_id
WHERE d.id = ANY(%s::bigint[]) ORDER BY d.id
"""
_INSIDE = """
SELECT i.within_id, i.kind, i.text, i.subject_kind, i.subject_number, i.severe FROM (
 SELECT d.*, row_number() OVER (PARTITION BY d.within_id ORDER BY d.severe DESC, d.id DESC) AS place
 FROM notices_delivery d WHERE d.within_id = ANY(%s::bigint[])) AS i
WHERE i.place <= %s::int ORDER BY i.within_id, i.place
"""
_SETTLE = """
UPDATE notices_delivery d SET state = t.state, problem = t.problem, detail = t.detail, due_at = t.due_at,
 sent_at = CASE WHEN t.state = 'sent' THEN now() ELSE d.sent_at END
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::timestamptz[])
 AS t(id, state, problem, detail, due_at)
WHERE d.id = t.id AND d.state = 'sending'
"""
_PUT_BACK = """
UPDATE notices_delivery SET state = 'waiting', attempts = attempts - 1, due_at = now()
WHERE id = ANY(%s::bigint[]) AND state = 'sending'
"""
_INTERRUPTED = """
UPDATE notices_delivery SET state = 'failed', problem = 'interrupted'
WHERE company_id = %s::bigint AND state = 'sending' AND due_at < now()
"""
SHOWN_IN_DIGEST = 50


@dataclass(frozen=True, slots=True)
class Inside:
    """One notice within a digest."""

    kind: str
    text: str
    subject_kind: str
    subject_number: str
    severe: bool


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be sent, with all that its channel needs of its person."""

    id: int
    attempts: int
    kind: str
    text: str
    subject_kind: str
    subject_number: str
    severe: bool
    why: str
    count: int
    people: str
    user_id: int | None
    channel_id: int
    channel: str
    means: str
    sealed: str
    is_active: bool
    language: str
    email: str
    phone: str
    username: str
    own_address: str
    company: str
    zone: str
    is_there: bool
    address: str
    title: str
    body: str
    company_id: int
    inside: tuple[Inside, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message: nothing wrong, or a problem, after which another attempt may help."""

    id: int
    attempts: int
    problem: str = ""
    detail: str = ""
    again: bool = False
    skipped: bool = False


def claim(company_id: int, most: int) -> list[Message]:
    """Take messages that are due; nobody else has them from now on."""
    ids = [id_ for (id_,) in db.rows(_CLAIM, {"company": company_id, "most": most})]
    if not ids:
        return []
    rows = db.rows(_TAKEN, [db.array(ids)])
    digests = [row[0] for row in rows if row[2] == "digest"]
    inside: dict[int, list[Inside]] = {}
    if digests:
        for within, *one in db.rows(_INSIDE, [db.array(digests), SHOWN_IN_DIGEST]):
            inside.setdefault(within, []).append(Inside(*one))
    return [replace(message, inside=tuple(inside.get(message.id, ()))) for message in (Message(*row) for row in rows)]


def settle(outcomes: Sequence[Outcome]) -> None:
    """Write down what became of messages; one that may be tried again waits longer each time."""
    if not outcomes:
        return
    now = timezone.now()
    states, problems, dues = [], [], []
    for outcome in outcomes:
        state, problem, due = _after(outcome, now)
        states.append(state)
        problems.append(problem)
        dues.append(due.isoformat())
    ids, details = db.array(outcome.id for outcome in outcomes), [outcome.detail[:300] for outcome in outcomes]
    db.execute(_SETTLE, [ids, states, problems, details, dues])


def _after(outcome: Outcome, now: datetime) -> tuple[str, str, datetime]:
    if not outcome.problem:
        return "sent", "", now
    if outcome.skipped:
        return "skipped", outcome.problem, now
    pause = pause_after(outcome.attempts) if outcome.again else None
    return ("waiting", outcome.problem, now + pause) if pause else ("failed", outcome.problem, now)


def put_back(ids: Sequence[int]) -> None:
    """Messages that were taken and not tried: they wait as before."""
    db.execute(_PUT_BACK, [db.array(ids)])


def give_up_interrupted(company_id: int) -> None:
    """What its sender did not finish may have arrived: it is not sent again by itself."""
    db.execute(_INTERRUPTED, [company_id])
