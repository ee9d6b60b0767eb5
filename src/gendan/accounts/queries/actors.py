"""Who is it: the actor behind a session or an API key, in one statement each."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest

from gendan.accounts.rules import AUDIT, AUDIT_WITHIN, EVERYTHING, WHOLE, scope_of
from gendan.kernel import db, fields
from gendan.kernel.actor import Actor, Via
from gendan.kernel.api import KEY_RESOLVERS
from gendan.kernel.comments import PEOPLE_FINDERS, Person
from gendan.kernel.http import LOOKING, RESOLVERS
from gendan.kernel.jobs import ACTOR_BUILDERS

_ACTOR = """
SELECT m.company_id, u.id, u.name, u.language, c.timezone, r.permissions, r.amount_limit, r.id,
 r.scope::text, r.field_rights::text, c.duties::text{more}
FROM {source}
JOIN accounts_user u ON u.id = m.user_id AND u.is_active
JOIN accounts_company c ON c.id = m.company_id
{roles}
{join}WHERE m.is_active AND {condition}
"""
_OWN_ROLES = (
    "LEFT JOIN accounts_membership_roles mr ON mr.membership_id = m.id LEFT JOIN accounts_role r ON r.id = mr.role_id"
)
_BY_KEY = _ACTOR.format(
    roles=_OWN_ROLES,
    more=", i.command, i.fingerprint, i.result::text,"
    " k.last_used_at IS NULL OR k.last_used_at < now() - interval '10 minutes'",
    join="LEFT JOIN kernel_idempotency i ON i.company_id = m.company_id AND i.user_id = u.id AND i.key = %s::text\n",
    source="accounts_apikey k JOIN accounts_membership m ON m.company_id = k.company_id AND m.user_id = k.user_id",
    condition="k.digest = %s AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())",
)
_BY_USER = _ACTOR.format(
    roles=_OWN_ROLES,
    more=", r.second_factor AND NOT EXISTS"
    " (SELECT 1 FROM mfa_authenticator a WHERE a.user_id = u.id AND a.type = 'totp')",
    join="",
    source="accounts_membership m",
    condition="m.user_id = %s AND (%s::bigint IS NULL OR m.company_id = %s::bigint)",
)

# Somebody who may look as others do, with the rights of one role in place of their own.
_AS_ROLE = _ACTOR.format(
    roles="JOIN accounts_role r ON r.company_id = m.company_id AND r.code = %s",
    more=", r.name",
    join="",
    source="accounts_membership m",
    condition="m.user_id = %s AND m.company_id = %s AND EXISTS (SELECT 1 FROM accounts_membership_roles mr"
    " JOIN accounts_role own ON own.id = mr.role_id WHERE mr.membership_id = m.id"
    " AND own.permissions && ARRAY['*', 'accounts.look_as_role'])",
)
WIDTH = 11  # columns of the above before those that only one of them has


def digest_of(key: str) -> bytes:
    """What is stored of an API key: SHA-256 suffices, since keys are 32 random bytes."""
    return hashlib.sha256(key.encode()).digest()


def actor_by_key(key: str, idempotency_key: str | None = None) -> Actor | None:
    """The actor of an API key; None when the key is unknown, revoked, expired or its user was disabled.

    The stored answer to ``idempotency_key`` comes with it, in the same statement.
    """
    digest = digest_of(key)
    found = db.rows(_BY_KEY, [idempotency_key, digest])
    if found and found[0][WIDTH + 3]:
        db.execute("UPDATE accounts_apikey SET last_used_at = now() WHERE digest = %s", [digest])
    actor = _merge([row[:WIDTH] for row in found], "api")
    if actor is None or idempotency_key is None:
        return actor
    earlier = found[0][WIDTH : WIDTH + 3] if found[0][WIDTH] is not None else None
    return replace(actor, idempotency_key=idempotency_key, looked_up=True, earlier=earlier)


def actor_by_user(user_id: int, company_id: int | None, via: Via = "page") -> Actor | None:
    """A user in a company (the first of the user's companies when None)."""
    found = db.rows(_BY_USER, [user_id, company_id, company_id])
    actor = _merge([row[:WIDTH] for row in found], via)
    if actor is None or via != "page" or not any(row[WIDTH] for row in found if row[0] == actor.company_id):
        return actor
    return replace(actor, second_factor_due=True)


def actor_as_role(user_id: int, company_id: int, code: str) -> Actor | None:
    """Somebody who looks at the product as a role does; None when they may not, or there is no such role any more."""
    found = db.rows(_AS_ROLE, [code, user_id, company_id])
    actor = _merge([row[:WIDTH] for row in found], "page")
    return replace(actor, looking_as=found[0][WIDTH]) if actor is not None else None


def actor_by_codes(company: str, username: str, via: Via = "cli") -> Actor | None:
    """A user in a company, by the names that people use."""
    found = db.row(
        "SELECT u.id, c.id FROM accounts_user u, accounts_company c WHERE u.username = %s AND c.code = %s",
        [username, company],
    )
    return actor_by_user(found[0], found[1], via) if found else None


def installation(company: str) -> Actor | None:
    """Who acts when the person at the server's command line does: nobody of the company, with every right."""
    found = db.row("SELECT id, timezone FROM accounts_company WHERE code = %s", [company])
    if found is None:
        return None
    return Actor(found[0], None, "gendan", frozenset({EVERYTHING}), None, "cli", timezone=found[1])


def members_named_in(company_id: int, text: str) -> list[Person]:
    """Active members whose user name or name follows an @ in the text."""
    found = db.rows(
        "SELECT u.id, u.username, u.name FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id"
        " WHERE m.company_id = %s AND m.is_active AND u.is_active"
        " AND (position('@' || lower(u.username) IN lower(%s::text)) > 0"
        " OR (u.name <> '' AND position('@' || lower(u.name) IN lower(%s::text)) > 0))",
        [company_id, text, text],
    )
    return [Person(*row) for row in found]


def _merge(rows: list[tuple[Any, ...]], via: Via) -> Actor | None:
    """One actor from one row per role: permissions add up, the highest limit counts, an empty limit is unlimited."""
    if not rows:
        return None
    company_id, user_id, name, language, zone = rows[0][:5]
    rows = [row for row in rows if row[0] == company_id]
    permissions: set[str] = set()
    limit: Decimal | None = Decimal(0)
    narrowed = False
    told = False
    for *_who, held, amount, role, seen, said, _duties in rows:
        if role is None:
            continue
        told = told or said != "[]"
        permissions.update(held)
        limit = None if limit is None or amount is None else max(limit, amount)
        narrowed = narrowed or seen != "{}"
    duties = tuple(json.loads(rows[0][10]).items()) if rows[0][10] != "{}" else ()
    scope = scope_of([(row[7], row[5], row[8]) for row in rows]) if narrowed else None
    rights, taken = fields.resolve([(row[5], row[9]) for row in rows]) if told else ((), frozenset())
    granted = frozenset(permissions - taken - WHOLE if scope or rights or taken else permissions)
    if scope and not rights and not taken and AUDIT in permissions:
        granted |= {AUDIT_WITHIN}
    return Actor(
        company_id, user_id, name, granted, limit, via, language, zone, scope=scope, duties=duties, fields=rights
    )


def actor_of_session(request: HttpRequest) -> Actor | None:
    """The signed-in user in the company chosen in the session."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    company_id = request.session.get("company_id") or user.last_company_id
    actor = actor_by_user(user.pk, company_id) or actor_by_user(user.pk, None)
    if actor is None:
        logout(request)  # works nowhere any more; the sign-in page would send a signed-in user back here
        return None
    if asked := request.session.get(LOOKING):
        company_id, code = asked
        seen = actor_as_role(user.pk, company_id, code) if company_id == actor.company_id else None
        if seen is not None:
            return replace(seen, second_factor_due=actor.second_factor_due)
        del request.session[LOOKING]
    return actor


RESOLVERS.append(actor_of_session)
KEY_RESOLVERS.append(actor_by_key)
ACTOR_BUILDERS.append(actor_by_user)
PEOPLE_FINDERS.append(members_named_in)
