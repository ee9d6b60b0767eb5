"""My day: four lists, each with an honest count and its first rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext

from gendan.kernel.actor import Actor

FIRST = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do or to know."""

    title: str
    note: str
    url: str
    on: date | None = None
    days_late: int = 0
    state: str = ""
    state_label: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one kind within a list, with the page that shows them all."""

    title: str
    count: int
    rows: list[Row]
    url: str = ""
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """One of the four lists."""

    key: str
    title: str
    icon: str
    clear: str
    live: str
    parts: list[Part] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many in all."""
        return sum(part.count for part in self.parts)

    @property
    def capped(self) -> bool:
        """Whether there are more than were counted."""
        return any(part.capped for part in self.parts)


def my_day(actor: Actor) -> list[Box]:
    """The four lists of the start page."""
    return [
        Box("todo", gettext("待我处理"), "inbox", gettext("没有等您处理的事。"), "list:pr list:po list:sc", []),
        Box(
            "alerts",
            gettext("异常"),
            "alert-triangle",
            gettext("没有异常：所有明细都在承诺之内。"),
            "list:po list:asn",
            [],
        ),
        Box("today", gettext("今日"), "calendar", gettext("今天没有预计到货。"), "list:po list:asn", []),
        Box("waiting", gettext("等待他人"), "clock", gettext("没有在等别人。"), "list:po list:pr", []),
    ]
