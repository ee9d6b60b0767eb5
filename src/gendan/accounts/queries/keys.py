"""API keys as administrators see them: never the key itself."""

from __future__ import annotations

from typing import Any

from gendan.accounts.queries.roles import VIEW
from gendan.kernel import db
from gendan.kernel.actor import Actor


def api_keys(actor: Actor) -> list[dict[str, Any]]:
    """The company's keys, those that work first."""
    actor.must(VIEW)
    return db.dicts(
        "SELECT k.id, k.name, k.hint, k.created_at, k.expires_at, k.revoked_at, k.last_used_at,"
        " u.username, u.name AS user,"
        " CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked' WHEN k.expires_at <= now() THEN 'expired'"
        "  ELSE 'active' END AS state"
        " FROM accounts_apikey k JOIN accounts_user u ON u.id = k.user_id"
        " WHERE k.company_id = %s ORDER BY k.revoked_at IS NOT NULL, k.id DESC LIMIT 500",
        [actor.company_id],
    )
