"""How often something may be asked in a minute, and how much may be brought in a day: for doors that are open to
everybody. Counted in the database, so that all web processes count together.
"""

from __future__ import annotations

from gendan.kernel import db

MINUTE, DAY = 60, 86_400
# One statement, which commits by itself; a name whose time is over begins anew.
_TAKE = """
INSERT INTO kernel_limit AS l (name, used, ends)
VALUES (%(name)s::text, %(amount)s::bigint, now() + make_interval(secs => %(seconds)s::int))
ON CONFLICT (name) DO UPDATE SET used = CASE WHEN l.ends <= now() THEN 0 ELSE l.used END + excluded.used,
 ends = CASE WHEN l.ends <= now() THEN excluded.ends ELSE l.ends END
WHERE CASE WHEN l.ends <= now() THEN 0 ELSE l.used END + excluded.used <= %(limit)s::bigint
RETURNING used
"""


def too_many(name: str, limit: int) -> bool:
    """Count one more of ``name``; whether that is more than ``limit`` in a minute."""
    return not _take(name, 1, limit, MINUTE)


def spend(name: str, amount: int, limit: int) -> bool:
    """Take ``amount`` out of the ``limit`` that ``name`` has for a day; False, and nothing taken, when less is left."""
    return _take(name, amount, limit, DAY)


def used_up(name: str, limit: int, seconds: int) -> bool:
    """Count one more of ``name``; whether that is more than ``limit`` within ``seconds`` of the first."""
    return not _take(name, 1, limit, seconds)


def clear(name: str) -> None:
    """Begin anew with ``name``."""
    db.execute("DELETE FROM kernel_limit WHERE name = %s::text", [name[:300]])


def _take(name: str, amount: int, limit: int, seconds: int) -> bool:
    if amount > limit:
        return False
    asked = {"name": name[:300], "amount": amount, "limit": limit, "seconds": seconds}
    return db.row(_TAKE, asked) is not None


def forget() -> None:
    """Drop the counts whose time is over."""
    db.execute("DELETE FROM kernel_limit WHERE ends <= now()")
