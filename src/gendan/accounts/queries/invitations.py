"""Invitations, as those who sent them and those who got them see them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from gendan.accounts.models import Invitation, User
from gendan.accounts.queries.roles import VIEW
from gendan.kernel import db, wall
from gendan.kernel.actor import Actor

DAYS = 30  # an invitation is open so long
OPEN = f"i.state = 'pending' AND i.created_at > now() - interval '{DAYS} days'"


def is_open(invited: Invitation) -> bool:
    """Whether it can still be accepted or declined."""
    return invited.state == "pending" and invited.created_at > timezone.now() - timedelta(days=DAYS)


def invitations(actor: Actor) -> list[dict[str, Any]]:
    """What the company has offered and what became of it lately. Never who is behind a name."""
    actor.must(VIEW)
    return db.dicts(
        f"SELECT i.id, i.username, i.created_at, coalesce(b.name, '') AS invited_by,"
        f" CASE WHEN i.state = 'pending' AND NOT ({OPEN}) THEN 'expired' ELSE i.state END AS state,"
        " ARRAY(SELECT r.code FROM accounts_invitation_roles ir JOIN accounts_role r ON r.id = ir.role_id"
        "  WHERE ir.invitation_id = i.id ORDER BY r.id) AS roles,"
        " ARRAY(SELECT r.name FROM accounts_invitation_roles ir JOIN accounts_role r ON r.id = ir.role_id"
        "  WHERE ir.invitation_id = i.id ORDER BY r.id) AS role_names"
        " FROM accounts_invitation i LEFT JOIN accounts_user b ON b.id = i.invited_by_id"
        " WHERE i.company_id = %s AND (i.state = 'pending'"
        f"  OR i.state = 'declined' AND i.answered_at > now() - interval '{DAYS} days')"
        " ORDER BY i.id DESC LIMIT 100",
        [actor.company_id],
    )


_OWN = f"""
SELECT i.id, c.name AS company, coalesce(b.name, '') AS invited_by, i.created_at,
 ARRAY(SELECT r.name FROM accounts_invitation_roles ir JOIN accounts_role r ON r.id = ir.role_id
  WHERE ir.invitation_id = i.id ORDER BY r.id) AS role_names
FROM accounts_invitation i JOIN accounts_company c ON c.id = i.company_id
LEFT JOIN accounts_user b ON b.id = i.invited_by_id
WHERE i.user_id = %s AND {OPEN} ORDER BY i.id
"""


def own_invitations(user_id: int) -> list[dict[str, Any]]:
    """The open offers made to somebody, with what they would be there."""
    with wall.within(None):
        return db.dicts(_OWN, [user_id])


def is_invited(user_id: int) -> bool:
    """Whether an offer waits for somebody's answer."""
    with wall.within(None):
        found = db.row(f"SELECT 1 FROM accounts_invitation i WHERE i.user_id = %s AND {OPEN} LIMIT 1", [user_id])
    return found is not None


def home_of(user: User) -> int | None:
    """The company in which somebody worked last, or any; None for who works nowhere."""
    with wall.within(None):
        found = db.row(
            "SELECT company_id FROM accounts_membership WHERE user_id = %s AND is_active"
            " ORDER BY company_id = %s DESC, company_id LIMIT 1",
            [user.pk, user.last_company_id or 0],
        )
    return int(found[0]) if found else None
