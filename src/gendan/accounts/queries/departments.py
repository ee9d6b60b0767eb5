"""The company's departments, and who stands above whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gendan.accounts.queries.roles import VIEW
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound

_DEPARTMENTS = """
WITH RECURSIVE tree AS (
 SELECT d.*, 0 AS depth, ARRAY[d.code::text] AS path FROM accounts_department d
 WHERE d.company_id = %(company)s AND d.parent_id IS NULL
 UNION ALL
 SELECT d.*, t.depth + 1, t.path || d.code::text FROM tree t JOIN accounts_department d ON d.parent_id = t.id)
SELECT t.id, t.code, t.name, t.depth, t.version, coalesce(p.code, '') AS parent, coalesce(p.name, '') AS parent_name,
 coalesce(h.username, '') AS head, coalesce(h.name, '') AS head_name,
 (SELECT count(*) FROM accounts_membership m WHERE m.department_id = t.id AND m.is_active) AS people
FROM tree t
LEFT JOIN accounts_department p ON p.id = t.parent_id
LEFT JOIN accounts_user h ON h.id = t.head_id
WHERE %(code)s::text IS NULL OR t.code = %(code)s::text
ORDER BY t.path
"""

# Who was shut out is passed over: their own superior stands in, on the same level.
_SUPERIORS = """
WITH RECURSIVE above AS (
 SELECT m.user_id AS person, m.superior_id AS id, 1 AS hop, 0 AS passed, NULL::bigint AS found
 FROM accounts_membership m
 WHERE m.company_id = %(company)s AND m.user_id = ANY (%(people)s::bigint[]) AND m.superior_id IS NOT NULL
 UNION ALL
 SELECT a.person, m.superior_id, a.hop + 1, a.passed + s.works::integer, CASE WHEN s.works THEN a.id END
 FROM above a
 JOIN accounts_membership m ON m.company_id = %(company)s AND m.user_id = a.id
 JOIN accounts_user u ON u.id = a.id
 CROSS JOIN LATERAL (SELECT m.is_active AND u.is_active AS works) s
 WHERE a.hop <= 50 AND a.passed < %(levels)s)
SELECT person, found FROM above WHERE passed = %(levels)s AND found IS NOT NULL
"""

# The nearest department, from one's own upwards, that somebody else leads who is there.
_HEADS = """
WITH RECURSIVE above AS (
 SELECT m.user_id AS person, d.parent_id, d.head_id, 1 AS hop
 FROM accounts_membership m JOIN accounts_department d ON d.id = m.department_id
 WHERE m.company_id = %(company)s AND m.user_id = ANY (%(people)s::bigint[])
 UNION ALL
 SELECT a.person, d.parent_id, d.head_id, a.hop + 1 FROM above a JOIN accounts_department d ON d.id = a.parent_id
 WHERE a.hop <= 50)
SELECT DISTINCT ON (a.person) a.person, a.head_id FROM above a
JOIN accounts_membership m ON m.company_id = %(company)s AND m.user_id = a.head_id AND m.is_active
JOIN accounts_user u ON u.id = a.head_id AND u.is_active
WHERE a.head_id <> a.person ORDER BY a.person, a.hop
"""


def departments(actor: Actor) -> list[dict[str, Any]]:
    """The company's departments, each above those that are below it, with its ``depth``."""
    actor.must(VIEW)
    return db.dicts(_DEPARTMENTS, {"company": actor.company_id, "code": None})


def department(actor: Actor, code: str) -> dict[str, Any]:
    """One department."""
    actor.must(VIEW)
    found = db.dicts(_DEPARTMENTS, {"company": actor.company_id, "code": code})
    if not found:
        raise NotFound(what=code)
    return found[0]


def superiors_of(company_id: int, people: Iterable[int], levels: int = 1) -> dict[int, int]:
    """Per user id the superior so many levels up (1: the direct one); who has none is not in it.
    Only active ones count."""
    given = {"company": company_id, "people": list(people), "levels": levels}
    return dict(db.rows(_SUPERIORS, given))


def heads_of(company_id: int, people: Iterable[int]) -> dict[int, int]:
    """Per user id the head of their department. For who leads it themselves, and where nobody does, the head of the
    nearest department above; who has none is not in it."""
    return dict(db.rows(_HEADS, {"company": company_id, "people": list(people)}))
