"""Writes of remedies, inside a command."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gendan.alerts.models import Case
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import as_json
from gendan.kernel.unit import step

_INSERT = """
INSERT INTO alerts_remedy (company_id, case_id, code, state, values, effect, documents, urge_id, key, user_id)
SELECT %(company)s::bigint, x.id, %(code)s::text, %(state)s::text, %(values)s::jsonb, %(effect)s::jsonb,
 %(documents)s::jsonb, %(urge)s::bigint, %(key)s::text, %(user)s::bigint FROM unnest(%(cases)s::bigint[]) AS x(id)
RETURNING id
"""
_TAKEN_UP = """
UPDATE alerts_case SET state = CASE WHEN state = 'open' THEN 'in_progress' ELSE state END,
 answered_at = coalesce(answered_at, now()), version = version + 1, updated_at = now(),
 owner_id = coalesce(owner_id, %s::bigint)
WHERE id = ANY(%s::bigint[]) AND is_open
"""


def written(value: Any) -> str:
    """As JSON: days and numbers as texts."""
    return json.dumps(value, default=as_json, ensure_ascii=False)


@step
def insert_done(
    actor: Actor,
    cases: Sequence[int],
    code: str,
    values: Mapping[str, Any],
    effect: Mapping[str, Any],
    documents: Sequence[str] = (),
    *,
    state: str = "done",
    urge: int | None = None,
    key: str | None = None,
) -> list[int]:
    """Write down what was done about cases; one statement."""
    params = {
        "company": actor.company_id,
        "cases": db.array(cases),
        "code": code,
        "state": state,
        "values": written(values),
        "effect": written(effect),
        "documents": written(list(documents)),
        "urge": urge,
        "key": key,
        "user": actor.user_id,
    }
    return [row[0] for row in db.rows(_INSERT, params)]


@step
def take_up(actor: Actor, cases: Sequence[int]) -> None:
    """Open cases about which something was done are in progress; one statement."""
    db.later(_TAKEN_UP, [actor.user_id, db.array(cases)])


@step
def lock_cases(actor: Actor, numbers: Sequence[str]) -> list[Case]:
    """Cases, locked in the order of their ids."""
    found = Case.objects.select_for_update(no_key=True).filter(company_id=actor.company_id, number__in=numbers)
    return list(found.order_by("id"))
