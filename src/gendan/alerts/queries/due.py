"""Which companies have to be looked at, and by which rules. No locks: what is done looks again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gendan.alerts.permissions import MIND, SCAN
from gendan.alerts.queries.rules import rules_of
from gendan.kernel import db
from gendan.kernel.actor import Actor

EVERY = timedelta(minutes=15)  # a full look at what changes as time passes or without an event
_COMPANIES = "SELECT id, timezone, (SELECT max(id) FROM kernel_event) FROM accounts_company ORDER BY id"
# Where something happened that was not read yet. What commits late with a lower id is found by the look of the minute.
_STIRRED = """
SELECT k.id, k.timezone, m.id FROM accounts_company k JOIN alerts_cursor c ON c.company_id = k.id
CROSS JOIN (SELECT max(id) AS id FROM kernel_event) m
WHERE m.id > c.highest AND EXISTS (SELECT 1 FROM kernel_event e WHERE e.id > c.highest AND e.company_id = k.id)
"""
_LOOKED = "SELECT rule, at, day FROM alerts_scan WHERE company_id = %s::bigint"


@dataclass(frozen=True, slots=True)
class Company:
    """A company, and who looks in it: nobody of its people."""

    id: int
    zone: str
    last: int | None = None  # the highest id in the event log

    @property
    def actor(self) -> Actor:
        return Actor(self.id, None, "", frozenset({SCAN, MIND}), via="job", timezone=self.zone)


def companies() -> list[Company]:
    """Every company."""
    return [Company(*row) for row in db.rows(_COMPANIES)]


def stirred() -> list[Company]:
    """The companies in which something happened; one statement."""
    return [Company(*row) for row in db.rows(_STIRRED)]


def due_rules(company: Company, now: datetime) -> list[str]:
    """The rules whose full look is due: never done, done on another day, or longer ago than their time."""
    today = now.astimezone(ZoneInfo(company.zone)).date()
    looked = {rule: (at, day) for rule, at, day in db.rows(_LOOKED, [company.id])}
    return [
        code
        for code, rule in rules_of(company.id).items()
        if not rule.resting
        and (code not in looked or looked[code][1] != today or (not rule.daily and now - looked[code][0] >= EVERY))
    ]
