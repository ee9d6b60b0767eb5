"""What roles narrow their holders to, and what there is to choose from."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from gendan.accounts import rules
from gendan.accounts.queries.roles import VIEW
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound

# What a scope can be narrowed to, as (code, name); the context that knows it registers in ``ready()``.
CHOICES: dict[str, Callable[[Actor], list[tuple[str, str]]]] = {}


def role_scope(actor: Actor, code: str) -> dict[str, Any]:
    """What the holders of a role see: ``documents`` per context, lists of codes that are empty for everything."""
    actor.must(VIEW)
    found = db.row(
        "SELECT id, name, version, scope::text FROM accounts_role WHERE company_id = %s AND code = %s",
        [actor.company_id, code],
    )
    if found is None:
        raise NotFound(what=code)
    scope = json.loads(found[3])
    return {
        "id": found[0],
        "code": code,
        "name": found[1],
        "version": found[2],
        "documents": {context: scope.get("documents", {}).get(context, "all") for context in rules.NARROWED[:3]},
        **{name: scope.get(name, []) for name in rules.LISTS},
        "is_narrowed": bool(scope),
    }
