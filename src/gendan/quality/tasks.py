"""Overdue answers to corrective actions are told of by the clock, company by company."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gendan.quality import commands
from gendan.quality.queries.due import companies_with_overdue


@app.periodic(cron="37 * * * *")
@app.task(name="quality.remind", queue="upkeep", queueing_lock="quality.remind", lock="quality.remind")
def remind(timestamp: int) -> None:
    """Tell who sees to corrective actions which answers are overdue."""
    for actor in companies_with_overdue():
        commands.remind_actions(actor=actor, day=actor.today())
