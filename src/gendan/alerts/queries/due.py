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
_COMPANIES = "SELECT id, timezone FROM accounts_company ORDER BY id"
_LOOKED = "SELECT rule, at, day FROM alerts_scan WHERE company_id = %s::bigint"


@dataclass(frozen=True, slots=True)
class Company:
    """A company, and who looks in it: nobody of its people."""

    id: int
    zone: str

    @property
    def actor(self) -> Actor:
        return Actor(self.id, None, "", frozenset({SCAN, MIND}), via="job", timezone=self.zone)


def companies() -> list[Company]:
    """Every company."""
    return [Company(*row) for row in db.rows(_COMPANIES)]


def due_rules(company: Company, now: datetime) -> list[str]:
    """The rules whose full look is due: never done, done on another day, or longer ago than their time."""
    today = now.astimezone(ZoneInfo(company.zone)).date()
    looked = {rule: (at, day) for rule, at, day in db.rows(_LOOKED, [company.id])}
    return [
        code
        for code, rule in rules_of(company.id).items()
        if code not in looked or looked[code][1] != today or (not rule.daily and now - looked[code][0] >= EVERY)
    ]
