"""Situations of exceptions for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from gendan.alerts import commands
from gendan.alerts.models import Case
from gendan.kernel.actor import Actor

ZONE = ZoneInfo("Asia/Shanghai")


def at(day: date | str, hour: int = 10) -> datetime:
    """A moment of a day in the company."""
    return datetime.combine(date.fromisoformat(str(day)), time(hour), ZONE)


def scan(actor: Actor, day: date | str, *rules: str) -> dict[str, Any]:
    """What a look on that day came to."""
    return commands.scan(actor=actor, rules=rules or None, now=at(day)).data


def cases(actor: Actor, rule: str, *states: str) -> list[Case]:
    """The cases of a rule, in these states, by key."""
    found = Case.objects.filter(company_id=actor.company_id, rule=rule).order_by("key")
    return list(found.filter(state__in=states) if states else found)


def days_of(found: Sequence[Case]) -> list[int]:
    """How late each is."""
    return [case.days for case in found]
