"""Roles follow their templates: a newer version of the program gives those that nobody changed its new rights.

A role knows what its template gave it (``given``). While it still holds exactly that, it is the program's; once
somebody changed it, it is the company's, and the page of the role tells the administrator which rights are new.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from django.db import transaction

from gendan.accounts.roles import TEMPLATES
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject, record

RENEWED = "accounts.role_renewed"
_RENEW = """
WITH t AS (SELECT * FROM jsonb_to_recordset(%s::jsonb) AS t(code text, permissions text[])),
old AS (
 SELECT r.id, r.permissions FROM accounts_role r JOIN t ON t.code = r.code
 WHERE r.given <> '{}' AND r.given @> r.permissions AND r.permissions @> r.given
  AND NOT (t.permissions @> r.given AND r.given @> t.permissions) FOR UPDATE OF r)
UPDATE accounts_role r SET permissions = t.permissions, given = t.permissions, version = version + 1
FROM old, t WHERE r.id = old.id AND t.code = r.code
RETURNING r.company_id, r.id, r.code, old.permissions, r.permissions
"""


def template_of(code: str) -> tuple[str, ...] | None:
    """The rights that a role of this code starts with today; None for a company's own."""
    return next((t.permissions for t in TEMPLATES if t.code == code), None)


def offered(code: str, given: Collection[str], held: Collection[str]) -> list[str]:
    """The rights that are new in the template of a changed role since its company looked at it last."""
    if not given or "*" in held:
        return []
    return sorted(set(template_of(code) or ()) - set(given) - set(held))


def renew_roles() -> int:
    """Give the roles that nobody changed the rights of today's templates; how many that were. Two statements."""
    templates = [{"code": t.code, "permissions": sorted(set(t.permissions))} for t in TEMPLATES]
    with transaction.atomic():
        renewed = db.rows(_RENEW, [json.dumps(templates)])
        for company_id, role_id, code, before, after in renewed:
            changes = {"permissions": [sorted(set(before) - set(after)), sorted(set(after) - set(before))]}
            actor = Actor(company_id, None, "gendan", frozenset(), via="cli")
            record(RENEWED, Subject("role", role_id, code), actor, changes=changes)
    return len(renewed)
