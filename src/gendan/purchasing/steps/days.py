"""Which days documents may name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.values import EARLIEST, Days

IMPORTED = date(1970, 1, 1)  # what other systems kept may be old


def days_of(actor: Actor) -> Days:
    """The days that somebody may write."""
    return Days.around(actor.today(), IMPORTED if actor.via == "import" else EARLIEST)


def day_problems(actor: Actor, named: Mapping[str, date | None]) -> dict[str, str]:
    """What is wrong with each field whose day is absurd."""
    days = days_of(actor)
    return {name: problem for name, day in named.items() if (problem := days.problem(day))}


def check_days(actor: Actor, named: Mapping[str, date | None]) -> None:
    """Invalid names each field whose day is absurd."""
    if problems := day_problems(actor, named):
        raise Invalid(problems)
