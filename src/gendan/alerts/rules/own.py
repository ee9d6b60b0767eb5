"""A rule that a company wrote itself: what it looks at, when, on what condition. Pure: no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

TriggerKind = Literal["state", "date", "event"]
TRIGGERS: tuple[TriggerKind, ...] = ("state", "date", "event")
PREFIX = "own-"
MOST_OFFSET = 730


@dataclass(frozen=True, slots=True)
class Trigger:
    """When it looks at something: always while it is open (state); from a day on that lies ``offset`` days after a date
    ``field`` of it, or before (working days with ``working``); once one of ``events`` happened to it.
    """

    kind: TriggerKind = "state"
    field: str = ""
    offset: int = 0
    working: bool = False
    events: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "field": self.field,
            "offset": self.offset,
            "working": self.working,
            "events": list(self.events),
        }


@dataclass(frozen=True, slots=True)
class Own:
    """``condition`` is CEL on the facts of the subject, "" for any; ``message`` may name facts in braces."""

    name: str
    subject: str
    trigger: Trigger
    condition: str = ""
    message: str = ""


def trigger_from(found: Mapping[str, Any]) -> Trigger:
    """A trigger as it is stored."""
    kind = found.get("kind")
    return Trigger(
        kind if kind in TRIGGERS else "state",
        str(found.get("field") or ""),
        int(found.get("offset") or 0),
        bool(found.get("working")),
        tuple(str(event) for event in found.get("events") or ()),
    )


def latest(trigger: Trigger, today: date, works: Callable[[date], bool]) -> date:
    """The latest date of the trigger's field for which its day has come by ``today``.

    Offset 3: three (working) days after the date, or later; −2: from two (working) days before it on.
    """
    if not trigger.working:
        return today - timedelta(days=trigger.offset)
    day, count = today, 0
    if trigger.offset > 0:
        while count < trigger.offset:
            count += works(day)
            day -= timedelta(days=1)
        return day
    while trigger.offset:
        following = day + timedelta(days=1)
        count += works(following)
        if count > -trigger.offset:
            break
        day = following
    return day
