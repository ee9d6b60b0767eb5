"""How people are told of a rule's cases: through what, when not, how often again, and who when nobody answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from gendan.alerts.rules.word import Word

MOST_STEPS = 5
LONGEST = Decimal(2000)  # working hours
# Who can stand on a step of the ladder: above the owner, or somebody named.
LADDER_WORDS = frozenset({"superior", "head", "role", "person"})


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the ladder: after how many working hours without an answer, and to whom."""

    hours: Decimal
    to: Word


@dataclass(frozen=True, slots=True)
class Reminding:
    """``channels`` are told beside what each person chose. ``repeat_hours``: the owner is told again after as many
    working hours without an answer; 0, and nobody is reminded. Between the quiet hours nothing of the rule is sent but
    in the product. ``ladder`` is what happens when nobody answers; empty: after the rule's hours, to the superior.
    """

    channels: tuple[str, ...] = ()
    repeat_hours: Decimal = Decimal(0)
    quiet_from: time | None = None
    quiet_to: time | None = None
    ladder: tuple[Step, ...] = ()

    def quiet_until(self, now: datetime) -> datetime | None:
        """When the quiet hours end that hold now (a moment in the company's zone); None: they do not hold."""
        if self.quiet_from is None or self.quiet_to is None or self.quiet_from == self.quiet_to:
            return None
        clock = now.time()
        if self.quiet_from < self.quiet_to:
            quiet = self.quiet_from <= clock < self.quiet_to
        else:
            quiet = clock >= self.quiet_from or clock < self.quiet_to
        if not quiet:
            return None
        end = datetime.combine(now.date(), self.quiet_to, now.tzinfo)
        return end if end > now else end + timedelta(days=1)

    def as_json(self) -> dict[str, Any]:
        return {
            "channels": list(self.channels),
            "repeat_hours": str(self.repeat_hours),
            "quiet_from": f"{self.quiet_from:%H:%M}" if self.quiet_from else "",
            "quiet_to": f"{self.quiet_to:%H:%M}" if self.quiet_to else "",
            "ladder": [[str(step.hours), step.to.by, step.to.value] for step in self.ladder],
        }


def reminding_from(found: Mapping[str, Any]) -> Reminding:
    """What is stored."""
    return Reminding(
        tuple(found.get("channels") or ()),
        Decimal(found.get("repeat_hours") or 0),
        _clock(found.get("quiet_from")),
        _clock(found.get("quiet_to")),
        tuple(Step(Decimal(hours), Word(by, value)) for hours, by, value in found.get("ladder") or ()),
    )


def _clock(text: Any) -> time | None:
    return time.fromisoformat(text) if text else None
