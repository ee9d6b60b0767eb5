"""Which documents events touched since the last time, for one company; nobody who commits late is missed.

Ids are given before commit, so a lower id may become visible after a higher one. What was visible the last time is
known exactly by the snapshot that was taken then; ``floor`` only keeps the search short: every id up to it is settled.
It moves to an id that was visible when a mark was set, once all transactions that were running then have ended. (A
snapshot does not tell of the transaction that takes it, so that one is asked for by name.)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step

_BEGIN = """
INSERT INTO alerts_cursor (company_id, floor, highest, mark_id, snapshot, at)
SELECT %(company)s::bigint, m.id, m.id, m.id, pg_current_snapshot()::text, now()
FROM (SELECT coalesce(%(last)s::bigint, max(id), 0) AS id FROM kernel_event WHERE company_id = %(company)s::bigint
 AND %(last)s::bigint IS NULL) m ON CONFLICT DO NOTHING RETURNING id
"""
_LOCK = """
SELECT floor, highest, mark_id, mark_xact, snapshot FROM alerts_cursor WHERE company_id = %s::bigint
FOR UPDATE SKIP LOCKED
"""
_READ = """
WITH s AS (SELECT pg_current_snapshot() AS now), e AS (
 SELECT e.id, e.type, e.refs FROM kernel_event e
 WHERE e.company_id = %(company)s::bigint AND e.id > %(floor)s::bigint
  AND (NOT pg_visible_in_snapshot(e.xact, %(snapshot)s::pg_snapshot)
   OR e.xact = pg_current_xact_id_if_assigned()))
SELECT s.now::text, pg_snapshot_xmin(s.now)::text::bigint, pg_snapshot_xmax(s.now)::text::bigint,
 (SELECT max(id) FROM e), (SELECT count(*) FROM e),
 (SELECT coalesce(array_agg(DISTINCT r.ref), '{}') FROM e CROSS JOIN LATERAL unnest(e.refs) AS r(ref)
  WHERE e.type NOT LIKE 'alerts.%%' AND split_part(r.ref, ':', 1) = ANY(%(kinds)s::text[])) FROM s
"""
_MOVE = """
UPDATE alerts_cursor SET floor = %s::bigint, highest = %s::bigint, mark_id = %s::bigint, mark_xact = %s::bigint,
 snapshot = %s::text, at = now() WHERE company_id = %s::bigint
"""


@dataclass(frozen=True, slots=True)
class Touched:
    """What events touched, by kind; ``begun``: the log is read from now on, everything has to be looked at once."""

    documents: Mapping[str, list[str]] = field(default_factory=dict)
    events: int = 0
    begun: bool = False


@step
def advance(actor: Actor, kinds: Collection[str], last: int | None = None) -> Touched:
    """Read on; nothing when somebody else reads this moment. At most three statements.

    ``last``: the highest id that was visible in the log of all companies a moment ago, which a company's own view does
    not tell: without it the search of a company where nothing happens would become long.
    """
    found = db.row(_LOCK, [actor.company_id])
    if found is None:
        return Touched(begun=db.row(_BEGIN, {"company": actor.company_id, "last": last}) is not None)
    floor, highest, mark_id, mark_xact, snapshot = found
    asked = {"company": actor.company_id, "floor": floor, "snapshot": snapshot, "kinds": sorted(kinds)}
    row = db.row(_READ, asked)
    assert row is not None
    now, oldest, following, newest, events, refs = row
    if mark_xact is not None and oldest >= mark_xact:
        floor, mark_xact = mark_id, None
    if mark_xact is None and highest > floor:
        # The highest id of the time before: an id may be drawn a moment before its transaction gets its number.
        mark_id, mark_xact = highest, following
    highest = max(highest, newest or 0, last or 0)
    db.later(_MOVE, [floor, highest, mark_id, mark_xact, now, actor.company_id])
    documents: dict[str, list[str]] = {}
    for ref in refs:
        kind, _colon, number = ref.partition(":")
        documents.setdefault(kind, []).append(number)
    return Touched(documents, events)
