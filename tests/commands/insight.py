"""Situations of scorecards."""

from __future__ import annotations

from gendan.insight import commands

from .scenario import Arguments, World, scenario


@scenario("insight.set_scorecard", own="the terms are of the actor's company")
def set_scorecard(world: World) -> Arguments:
    commands.set_scorecard(actor=world.admin, values={"least": 40})
    return {"values": {"shown": True, "measures": {"papers": {"weight": 0}}}}
