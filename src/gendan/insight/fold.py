"""Fold what changed into the sums; the figures stay what they are."""

from __future__ import annotations

from gendan.kernel import db

CHUNK = 50_000
_FOLD = """
WITH taken AS (
 DELETE FROM insight_{partner}change WHERE id IN (SELECT id FROM insight_{partner}change ORDER BY id LIMIT %s
  FOR UPDATE SKIP LOCKED)
 RETURNING company_id, {partner}_id, month, lines, on_time, unmeasured, late_days),
summed AS (
 INSERT INTO insight_{partner}month AS m (company_id, {partner}_id, month, lines, on_time, unmeasured, late_days)
 SELECT company_id, {partner}_id, month, sum(lines), sum(on_time), sum(unmeasured), sum(late_days)
 FROM taken GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
 ON CONFLICT (company_id, {partner}_id, month) DO UPDATE SET lines = m.lines + excluded.lines,
  on_time = m.on_time + excluded.on_time, unmeasured = m.unmeasured + excluded.unmeasured,
  late_days = m.late_days + excluded.late_days)
SELECT count(*) FROM taken
"""


def fold() -> int:
    """Fold all changes there are; how many. Two at once take different ones."""
    return sum(_fold(_FOLD.format(partner=partner)) for partner in ("supplier", "customer"))


def _fold(statement: str) -> int:
    done = 0
    while True:
        row = db.row(statement, [CHUNK])
        taken = int(row[0]) if row else 0
        done += taken
        if taken < CHUNK:
            return done
