"""What a rule of a company's own finds now, as a piece for the statement of its look."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gendan.alerts.queries.finders import COLUMNS
from gendan.alerts.queries.own import FACTS, FROM_JSON, as_found, candidates, found
from gendan.alerts.rules.rule import Rule
from gendan.flow.queries.conditions import BrokenExpression, value
from gendan.flow.queries.people import Calendar, Directory
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step

PERSON = COLUMNS.index("person_id")


@step
def found_now(
    actor: Actor,
    rule: Rule,
    now: datetime,
    calendar: Calendar,
    directory: Directory,
    documents: Sequence[str] | None,
) -> tuple[str, dict[str, Any]]:
    """See FROM_JSON; one statement, whatever there is to judge. The rule's lock is held: see steps.scan.

    Errors: RuleTooSlow.
    """
    assert rule.own is not None
    today = now.astimezone(actor.zone).date()
    sql, params = candidates(rule.own, today, calendar, narrow=documents is not None)
    params |= {"company": actor.company_id, "today": today, "now": now, "zone": actor.timezone}
    if documents is not None:
        params["documents"] = list(documents)
    rows = found(rule.own, sql, params)
    source = next((word.value for word in rule.owner if word.by == "expression"), "")
    if source:
        rows = [(*row[:PERSON], _person(source, row[FACTS], directory), *row[PERSON + 1 :]) for row in rows]
    return FROM_JSON, {"found": as_found(rule.own, rows)}


def _person(source: str, facts: str, directory: Directory) -> int | None:
    """The active person whose user name an expression gives, or the first of several."""
    try:
        names = value(source, json.loads(facts, parse_int=float))
    except BrokenExpression:
        return None
    for name in [names] if isinstance(names, str) else names if isinstance(names, list | tuple) else ():
        person = directory.by_username(name) if isinstance(name, str) else None
        if person is not None:
            return person.id
    return None
