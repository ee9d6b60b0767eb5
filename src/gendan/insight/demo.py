"""The demonstration company shows suppliers their own scorecards."""

from __future__ import annotations

from collections.abc import Mapping

from gendan.insight import commands
from gendan.kernel.actor import Actor


def tell(people: Mapping[str, Actor]) -> None:
    """One change of the terms, so that there is a version to look at."""
    commands.set_scorecard(actor=people["manager"], values={"shown": True})
