"""Tamper evidence: events sealed in batches into one chain of hashes (docs/decisions/0023-sealed-events.md).

Nothing here locks anything: a batch is made of what can change no more, by the worker, after the fact.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.verify import Difference, check

BATCH = 1000
FIRST = -(2**63)
PAUSE = 1.0  # seconds; an id is drawn a moment before its transaction gets a number
PATIENCE = 5.0  # seconds to wait for transactions that were running; else the next run seals
AT_ONCE = 100  # seals that are proven in one statement
NAMED = 100  # rows of a broken seal that are named

# All columns in binary form with types and lengths: no setting of the server and no way of writing changes it.
_HASH = (
    "sha256(record_send(ROW(e.id, e.company_id, e.at, e.user_id, e.via, e.address, e.type, e.subject_kind,"
    " e.subject_id, e.subject_number, e.refs, e.data)))"
)
_DIGEST = (
    "sha256({previous} || int8send({number}) || int8send({after}) || int8send({last})"
    " || coalesce(string_agg(r.hash, ''::bytea ORDER BY r.id), ''::bytea))"
)
_SEAL = f"""
WITH r AS MATERIALIZED (
 SELECT e.id, {_HASH} AS hash FROM kernel_event e
 WHERE e.id > %(after)s::bigint AND e.id <= %(upto)s::bigint ORDER BY e.id LIMIT %(most)s),
made AS (
 SELECT max(r.id) AS last, count(*) AS count, array_agg(r.id ORDER BY r.id) AS ids,
  string_agg(substring(r.hash FOR 4), ''::bytea ORDER BY r.id) AS prints,
  string_agg(r.hash, ''::bytea ORDER BY r.id) AS hashes FROM r)
INSERT INTO kernel_seal (number, after_id, last_id, count, ids, prints, previous, digest)
SELECT %(number)s::bigint, %(after)s::bigint, last, count, ids, prints, %(previous)s::bytea,
 sha256(%(previous)s::bytea || int8send(%(number)s::bigint) || int8send(%(after)s::bigint) || int8send(last) || hashes)
FROM made WHERE count > 0
ON CONFLICT DO NOTHING RETURNING number, last_id, digest, count
"""
_PROVE = f"""
WITH s AS MATERIALIZED (SELECT * FROM kernel_seal WHERE number > %s::bigint ORDER BY number LIMIT {AT_ONCE})
SELECT s.number, s.after_id, s.last_id, s.previous, s.digest, s.digest = found.digest AND s.count = found.count
 AND s.ids IS NOT DISTINCT FROM found.ids AND s.prints IS NOT DISTINCT FROM found.prints
FROM s CROSS JOIN LATERAL (
 SELECT count(*) AS count, array_agg(r.id ORDER BY r.id) AS ids,
  string_agg(substring(r.hash FOR 4), ''::bytea ORDER BY r.id) AS prints,
  {_DIGEST.format(previous="s.previous", number="s.number", after="s.after_id", last="s.last_id")} AS digest
 FROM (SELECT e.id, {_HASH} AS hash FROM kernel_event e WHERE e.id > s.after_id AND e.id <= s.last_id) AS r
) AS found
ORDER BY s.number
"""
_ROWS = f"""
WITH s AS (SELECT ids, prints, after_id, last_id FROM kernel_seal WHERE number = %s::bigint),
sealed AS (SELECT id, substring(s.prints FROM (nr::int - 1) * 4 + 1 FOR 4) AS print
 FROM s, unnest(s.ids) WITH ORDINALITY AS t(id, nr)),
there AS (SELECT e.id, substring({_HASH} FOR 4) AS print, e.type, e.subject_kind || ':' || e.subject_number AS about
 FROM s, kernel_event e WHERE e.id > s.after_id AND e.id <= s.last_id)
SELECT coalesce(sealed.id, there.id), there.type, there.about,
 CASE WHEN there.id IS NULL THEN 'removed' WHEN sealed.id IS NULL THEN 'inserted' ELSE 'changed' END
FROM sealed FULL JOIN there ON there.id = sealed.id
WHERE sealed.print IS DISTINCT FROM there.print ORDER BY 1 LIMIT {NAMED}
"""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain; who has noted its hash can prove later that everything up to it is as it was."""

    number: int
    last_id: int
    digest: str
    at: datetime


def head() -> Head | None:
    """The newest seal."""
    found = db.row("SELECT number, last_id, encode(digest, 'hex'), at FROM kernel_seal ORDER BY number DESC LIMIT 1")
    return Head(*found) if found else None


def is_in_chain(digest: str) -> bool:
    """Whether a hash that was noted is one of the chain's."""
    return db.row("SELECT 1 FROM kernel_seal WHERE encode(digest, 'hex') = %s::text", [digest.lower()]) is not None


def settled_id(pause: float = PAUSE, patience: float = PATIENCE) -> int | None:
    """An id up to which no event can come any more; None while transactions run on that may still bring one.

    Ids come from a sequence and are committed in another order. So: the highest id that is visible; then wait until
    every transaction that was running afterwards has ended. What an id was drawn for before is then committed or gone.
    """
    found = db.row("SELECT max(id) FROM kernel_event")
    if found is None or found[0] is None:
        return None
    time.sleep(pause)
    running = db.row("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    assert running is not None
    deadline = time.monotonic() + patience
    while True:
        oldest = db.row("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        assert oldest is not None
        if oldest[0] >= running[0]:
            return int(found[0])
        if time.monotonic() > deadline:
            return None
        time.sleep(0.1)


def seal(upto: int) -> int:
    """Seal what is not sealed up to an id, batch by batch; how many events. Two at once do not seal twice."""
    last = db.row("SELECT number, last_id, digest FROM kernel_seal ORDER BY number DESC LIMIT 1")
    number, after, previous = last or (0, FIRST, b"")
    total = 0
    while True:
        made = db.row(
            _SEAL,
            {"number": number + 1, "after": after, "upto": upto, "most": BATCH, "previous": bytes(previous)},
        )
        if made is None:
            return total
        number, after, previous, count = made
        total += count


def seal_settled() -> int:
    """What the worker does every minute."""
    upto = settled_id()
    return seal(upto) if upto is not None else 0


@check("kernel.event_seals", _("审计日志与封存时一致"))
def broken(company_id: int | None = None) -> Iterator[Difference]:
    """Every seal that does not fit its events or the seal before it; the chain is one, of all companies."""
    number, last_id, digest = 0, FIRST, b""
    while True:
        found = db.rows(_PROVE, [number])
        for nr, after, last, previous, own, is_right in found:
            if nr != number + 1:
                yield Difference(f"seal {number + 1}", "present", "removed")
            elif after != last_id or bytes(previous) != digest:
                yield Difference(f"seal {nr}", "follows the seal before it", "chain broken")
            if not is_right:
                yield from _of_seal(nr)
            number, last_id, digest = nr, last, bytes(own)
        if len(found) < AT_ONCE:
            return


def _of_seal(number: int) -> Iterator[Difference]:
    """The events that make a seal wrong; the seal itself where none does."""
    found: list[tuple[Any, ...]] = db.rows(_ROWS, [number])
    for id_, type_, about, what in found:
        yield Difference(" ".join(filter(None, (f"event {id_}", type_, about))), f"as in seal {number}", what)
    if not found:
        yield Difference(f"seal {number}", "as made", "changed")
