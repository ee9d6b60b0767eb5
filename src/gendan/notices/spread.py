"""From what people are told in the product to what is sent: for each notice and channel that its person chose, one row.

A notice is read when its transaction is visible; the cursor moves to the oldest transaction that still runs, so that
nothing that commits late is missed, and what is read again is already there (told_once_per_channel).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from gendan.kernel import db
from gendan.kernel.notices import NOTICE_LABELS

MOST_LATE = "2 days"  # what is older is not sent any more
MUTED = (
    "EXISTS (SELECT 1 FROM notices_mute m WHERE m.company_id = n.company_id AND m.user_id = n.user_id"
    " AND ((m.kind = n.kind AND m.kind <> '')"
    " OR (m.subject_kind = n.subject_kind AND m.subject_number = n.subject_number AND m.kind = '')))"
)
_COMPANIES = "SELECT id FROM accounts_company ORDER BY id"
MAKE_CURSOR = "INSERT INTO notices_cursor (company_id) VALUES (%s::bigint) ON CONFLICT DO NOTHING"
# A restored database may count its transactions from the beginning: then the cursor does, too.
_LOCK = """
SELECT (CASE WHEN c.xact > pg_snapshot_xmax(s) THEN '0'::xid8 ELSE c.xact END)::text, pg_snapshot_xmin(s)::text
FROM notices_cursor c, pg_current_snapshot() s WHERE c.company_id = %s::bigint FOR UPDATE OF c SKIP LOCKED
"""
_MOVE = "UPDATE notices_cursor SET xact = %s::text::xid8 WHERE company_id = %s::bigint"
# What each person of a new notice chose for its kind, with the times in the company's zone.
_CHOSEN = f"""
WITH chosen AS MATERIALIZED (
 SELECT n.id, n.company_id, n.user_id, u.name, n.kind, n.text, n.subject_kind, n.subject_number, n.severe, n.why, n.at,
  n.xact, a.timezone, coalesce(p.kinds -> n.kind, d.kinds -> n.kind, d.kinds -> '*', '{{}}') AS modes,
  CASE WHEN p.own_times THEN p.quiet_from ELSE d.quiet_from END AS quiet_from,
  CASE WHEN p.own_times THEN p.quiet_to ELSE d.quiet_to END AS quiet_to,
  coalesce(CASE WHEN p.own_times THEN p.digest_at ELSE d.digest_at END, '09:00') AS digest_at,
  now() AT TIME ZONE a.timezone AS here
 FROM kernel_notice n
 JOIN accounts_company a ON a.id = n.company_id
 JOIN accounts_user u ON u.id = n.user_id AND u.is_active
 JOIN accounts_membership k ON k.company_id = n.company_id AND k.user_id = n.user_id AND k.is_active
 LEFT JOIN notices_preference p ON p.company_id = n.company_id AND p.user_id = n.user_id
 LEFT JOIN notices_policy d ON d.company_id = n.company_id
 WHERE n.company_id = %(company)s::bigint AND n.xact >= %(after)s::text::xid8 AND n.read_at IS NULL
  AND n.at > now() - interval '{MOST_LATE}' AND n.kind = ANY(%(kinds)s::text[]) AND NOT {MUTED}),
sent AS (
 SELECT x.*, c.id AS channel_id, c.shared, x.modes ->> c.code AS mode
 FROM chosen x JOIN notices_channel c ON c.company_id = x.company_id AND c.is_active
 WHERE x.modes ->> c.code IN ('now', 'digest'))
"""
_QUIET = (
    "quiet_from IS NOT NULL AND quiet_to IS NOT NULL AND CASE WHEN quiet_from < quiet_to"
    " THEN here::time >= quiet_from AND here::time < quiet_to"
    " ELSE here::time >= quiet_from OR here::time < quiet_to END"
)


def _next(clock: str) -> str:
    """The next moment at which it is that late in the company."""
    return (
        f"((here::date + {clock} + CASE WHEN here::time < {clock} THEN interval '0' ELSE interval '1 day' END)"
        " AT TIME ZONE timezone)"
    )


_PERSONAL = f"""{_CHOSEN}
INSERT INTO notices_delivery (company_id, channel_id, key, user_id, people, notice_id, kind, text, subject_kind,
 subject_number, severe, why, state, due_at)
SELECT company_id, channel_id, 'n' || id, user_id, name, id, kind, text, subject_kind, subject_number, severe, why,
 CASE WHEN severe OR (mode = 'now' AND NOT ({_QUIET})) THEN 'waiting' ELSE 'held' END,
 CASE WHEN severe OR (mode = 'now' AND NOT ({_QUIET})) THEN now()
  WHEN mode = 'now' THEN {_next("quiet_to")} ELSE {_next("digest_at")} END
FROM sent WHERE NOT shared ORDER BY id, channel_id ON CONFLICT (channel_id, key) DO NOTHING
"""
# A place for all is told once what several people are told by one transaction. It has no quiet hours of its own.
_SHARED = f"""{_CHOSEN}
INSERT INTO notices_delivery (company_id, channel_id, key, people, notice_id, kind, text, subject_kind, subject_number,
 severe, why, state, due_at)
SELECT company_id, channel_id, 's' || md5(concat_ws(E'\\n', xact::text, kind, subject_kind, subject_number, text)),
 left(string_agg(DISTINCT name, '、' ORDER BY name), 200), min(id), kind, text, subject_kind, subject_number,
 bool_or(severe), '',
 CASE WHEN bool_or(severe OR mode = 'now') THEN 'waiting' ELSE 'held' END,
 CASE WHEN bool_or(severe OR mode = 'now') THEN now() ELSE min({_next("digest_at")}) END
FROM sent WHERE shared GROUP BY company_id, channel_id, xact, kind, text, subject_kind, subject_number
ON CONFLICT (channel_id, key) DO NOTHING
"""
# What was read in the product meanwhile is not told again.
_HELD = """
SELECT d.id, d.channel_id, d.user_id,
 d.user_id IS NOT NULL AND EXISTS (SELECT 1 FROM kernel_notice n WHERE n.id = d.notice_id AND n.read_at IS NOT NULL)
FROM notices_delivery d WHERE d.company_id = %s::bigint AND d.state = 'held' AND d.due_at <= now()
ORDER BY d.id FOR UPDATE OF d SKIP LOCKED
"""
_BUNDLE = """
INSERT INTO notices_delivery (company_id, channel_id, key, user_id, people, kind, text, count, due_at)
SELECT %(company)s::bigint, t.channel, t.key, nullif(t.person, 0), coalesce(u.name, ''), 'digest', '', t.count, now()
FROM unnest(%(channels)s::bigint[], %(keys)s::text[], %(people)s::bigint[], %(counts)s::int[])
 AS t(channel, key, person, count) LEFT JOIN accounts_user u ON u.id = t.person RETURNING key, channel_id, id
"""
_LET_GO = """
UPDATE notices_delivery d SET within_id = nullif(t.within, 0), state = t.state, due_at = now(),
 problem = CASE t.state WHEN 'skipped' THEN 'read' ELSE '' END
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS t(id, within, state) WHERE d.id = t.id
"""


def companies() -> list[int]:
    """All companies; work across them goes one by one."""
    return [company for (company,) in db.rows(_COMPANIES)]


def spread(company_id: int) -> int:
    """Make deliveries of what is new in a company; how many. Of two at once, one does it."""
    db.execute(MAKE_CURSOR, [company_id])
    with transaction.atomic():
        found = db.row(_LOCK, [company_id])
        if found is None:
            return 0
        after, upto = found
        asked = {"company": company_id, "after": after, "kinds": list(NOTICE_LABELS)}
        made = db.execute(_PERSONAL, asked) + db.execute(_SHARED, asked)
        db.execute(_MOVE, [upto, company_id])
    return made


def release(company_id: int) -> int:
    """Let go what was held back until now: several of one person as one message; how many notices. Three statements;
    none joins what the planner may take for few to what it may take for few.
    """
    with transaction.atomic():
        held = db.rows(_HELD, [company_id])
        if not held:
            return 0
        groups: dict[tuple[int, int], list[int]] = {}
        for id_, channel, user, was_read in held:
            if not was_read:
                groups.setdefault((channel, user or 0), []).append(id_)
        bundles = {place: ids for place, ids in groups.items() if len(ids) > 1}
        digests = _bundle(company_id, bundles) if bundles else {}
        within = {id_: digests[place] for place, ids in bundles.items() for id_ in ids}
        states = ["skipped" if row[3] else "bundled" if row[0] in within else "waiting" for row in held]
        ids = [row[0] for row in held]
        db.execute(_LET_GO, [db.array(ids), db.array(within.get(id_, 0) for id_ in ids), states])
    return len(held)


def _bundle(company_id: int, bundles: Mapping[tuple[int, int], Sequence[int]]) -> dict[tuple[int, int], int]:
    """A message for each person and channel with several; its id."""
    keys = {(channel, f"d{ids[0]}"): (channel, person) for (channel, person), ids in bundles.items()}
    made = db.rows(
        _BUNDLE,
        {
            "company": company_id,
            "channels": db.array(channel for channel, _person in bundles),
            "keys": [f"d{ids[0]}" for ids in bundles.values()],
            "people": db.array(person for _channel, person in bundles),
            "counts": db.array(len(ids) for ids in bundles.values()),
        },
    )
    return {keys[channel, key]: id_ for key, channel, id_ in made}
