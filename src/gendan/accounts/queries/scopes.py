"""What roles narrow their holders to, and what there is to choose from."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gendan.accounts import rules
from gendan.accounts.queries.roles import VIEW
from gendan.kernel import db, fields
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


@dataclass(frozen=True, slots=True)
class FieldRight:
    """What a role says of a field; ``mode`` "" is nothing, no ``states`` are all."""

    kind: str
    field: str
    mode: str
    states: tuple[str, ...] = ()


def field_rights(actor: Actor) -> dict[str, list[FieldRight]]:
    """What every role of the company says of single fields; by the role's code."""
    actor.must(VIEW)
    found = db.rows(
        "SELECT code, field_rights::text FROM accounts_role WHERE company_id = %s ORDER BY id", [actor.company_id]
    )
    return {
        code: [FieldRight(kind, name, mode, tuple(states)) for kind, name, mode, states in json.loads(said)]
        for code, said in found
    }


def settable_fields() -> list[fields.Field]:
    """Every field that a role can say something of, by kind."""
    return list(fields.FIELDS.values())
