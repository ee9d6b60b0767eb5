"""Companies and the people in them."""

from __future__ import annotations

from typing import Any

from gendan.accounts.queries.invitations import OPEN
from gendan.accounts.queries.roles import VIEW
from gendan.kernel import db, wall
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.paging import Page, cut, decode, limited

_MEMBER = """
SELECT m.id AS membership_id, m.version, m.is_active, m.joined_at, u.id, u.username, u.name, u.email, u.phone,
 u.language, u.last_login, coalesce(s.username, '') AS superior, coalesce(s.name, '') AS superior_name,
 EXISTS (SELECT 1 FROM mfa_authenticator a WHERE a.user_id = u.id AND a.type = 'totp') AS second_factor,
 coalesce(d.code, '') AS department, coalesce(d.name, '') AS department_name,
 ARRAY(SELECT r.code FROM accounts_membership_roles mr JOIN accounts_role r ON r.id = mr.role_id
  WHERE mr.membership_id = m.id ORDER BY r.id) AS roles,
 ARRAY(SELECT r.name FROM accounts_membership_roles mr JOIN accounts_role r ON r.id = mr.role_id
  WHERE mr.membership_id = m.id ORDER BY r.id) AS role_names
FROM accounts_membership m
JOIN accounts_user u ON u.id = m.user_id
LEFT JOIN accounts_user s ON s.id = m.superior_id
LEFT JOIN accounts_department d ON d.id = m.department_id
WHERE m.company_id = %(company)s
"""


def members(
    actor: Actor,
    q: str = "",
    active: bool | None = None,
    role: str = "",
    department: str = "",
    limit: int | None = None,
    after: str | None = None,
) -> Page[dict[str, Any]]:
    """The company's people by user name."""
    actor.must(VIEW)
    size, key = limited(limit), decode(after, 1)
    found = db.dicts(
        _MEMBER + " AND (%(q)s::text = ''"
        "  OR position(lower(%(q)s::text) IN lower(u.username || ' ' || u.name || ' ' || u.email)) > 0)"
        " AND (%(active)s::boolean IS NULL OR m.is_active = %(active)s::boolean)"
        " AND (%(role)s::text = '' OR EXISTS (SELECT 1 FROM accounts_membership_roles mr JOIN accounts_role r"
        "  ON r.id = mr.role_id WHERE mr.membership_id = m.id AND r.code = %(role)s::text))"
        " AND (%(department)s::text = '' OR d.code = %(department)s::text)"
        " AND (%(after)s::text IS NULL OR lower(u.username) > %(after)s::text)"
        " ORDER BY lower(u.username) LIMIT %(limit)s",
        {
            "company": actor.company_id,
            "q": q.strip(),
            "active": active,
            "role": role,
            "department": department,
            "after": key[0] if key else None,
            "limit": size + 1,
        },
    )
    return cut([_shown(row) for row in found], size, lambda row: [row["username"].lower()])


def member(actor: Actor, username: str) -> dict[str, Any]:
    """One of the company's people."""
    actor.must(VIEW)
    found = db.dicts(
        _MEMBER + " AND lower(u.username) = lower(%(username)s::text)",
        {"company": actor.company_id, "username": username},
    )
    if not found:
        raise NotFound(what=username)
    return _shown(found[0])


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "state": "active" if row["is_active"] else "inactive", "role_text": "、".join(row["role_names"])}


def people_like(actor: Actor, text: str, limit: int = 8) -> list[dict[str, str]]:
    """Active colleagues whose name or user name begins with or contains a text; everybody may mention everybody."""
    found = db.rows(
        "SELECT u.username, coalesce(nullif(u.name, ''), u.username) FROM accounts_membership m"
        " JOIN accounts_user u ON u.id = m.user_id"
        " WHERE m.company_id = %s AND m.is_active AND u.is_active"
        " AND position(lower(%s::text) IN lower(u.username || ' ' || u.name)) > 0"
        " ORDER BY position(lower(%s::text) IN lower(u.username || ' ' || u.name)), u.username LIMIT %s",
        [actor.company_id, text, text, limit],
    )
    return [{"value": username, "label": name, "spec": f"@{username}"} for username, name in found]


_COMPANIES = f"""
SELECT c.code, c.name, c.id = %s AS current,
 (SELECT count(*) FROM accounts_invitation i WHERE i.user_id = m.user_id AND {OPEN}) AS invitations
FROM accounts_membership m
JOIN accounts_company c ON c.id = m.company_id WHERE m.user_id = %s AND m.is_active ORDER BY c.code
"""


def companies_of(actor: Actor) -> list[dict[str, Any]]:
    """The companies that the actor's user may work in; each row says how many invitations to others wait."""
    with wall.within(None):
        return db.dicts(_COMPANIES, [actor.company_id, actor.user_id])


def company_of(actor: Actor) -> dict[str, Any]:
    """The settings of the actor's company."""
    found = db.dicts(
        "SELECT code, name, currency, timezone, over_tolerance, under_tolerance, use_confirmation, version,"
        " address, phone, tax_id, logo <> '' AS has_logo, print_language, gs1_prefix"
        " FROM accounts_company WHERE id = %s",
        [actor.company_id],
    )
    return found[0]


def profile(actor: Actor) -> dict[str, Any]:
    """The actor's own account."""
    found = db.dicts(
        "SELECT u.id, u.username, u.name, u.email, u.phone, u.language, c.code AS company, c.name AS company_name"
        " FROM accounts_user u, accounts_company c WHERE u.id = %s AND c.id = %s",
        [actor.user_id, actor.company_id],
    )
    if not found:
        raise NotFound(what=actor.name)
    return found[0]
