"""How a company scores its suppliers: the terms in force, and those before."""

from __future__ import annotations

import json
from typing import Any

from gendan.insight.permissions import VIEW
from gendan.insight.rules.scoring import Terms, terms_from
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound

Row = dict[str, Any]
_TERMS = """
SELECT version, definition::text FROM insight_scorecardterms WHERE company_id = %s::bigint
 AND (%s::int IS NULL OR version = %s::int) ORDER BY version DESC LIMIT 1
"""
_VERSIONS = """
SELECT t.version, t.definition::text AS definition, t.at, coalesce(u.name, '') AS person
FROM insight_scorecardterms t LEFT JOIN accounts_user u ON u.id = t.user_id
WHERE t.company_id = %s::bigint ORDER BY t.version DESC LIMIT 200
"""


def terms_of(company_id: int, version: int | None = None) -> tuple[Terms, int]:
    """The terms in force (or of a version) and their version; 0: what every company starts with. Errors: NotFound."""
    found = db.row(_TERMS, [company_id, version, version]) if version != 0 else None
    if found is None:
        if version:
            raise NotFound(what=f"v{version}")
        return Terms(), 0
    return terms_from(json.loads(found[1])), found[0]


def versions(actor: Actor) -> list[Row]:
    """Every version with who set it and when, the newest first; ``changes`` says what it changed."""
    actor.must(VIEW)
    found = db.dicts(_VERSIONS, [actor.company_id])
    held = [flat(terms_from(json.loads(row.pop("definition")))) for row in found] + [flat(Terms())]
    for n, row in enumerate(found):
        before, after = held[n + 1], held[n]
        row["changes"] = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    return found


def flat(terms: Terms) -> Row:
    """Terms by their single values, to compare them."""
    found: Row = {}
    for name, value in terms.as_json().items():
        if not isinstance(value, dict):
            found[name] = value
            continue
        for key, part in value.items():
            found |= (
                {f"{key}.{at}": one for at, one in part.items()} if isinstance(part, dict) else {f"{name}.{key}": part}
            )
    return found
