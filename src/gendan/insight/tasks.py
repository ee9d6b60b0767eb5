"""Upkeep of the figures by the clock."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gendan.insight import fold


@app.periodic(cron="*/5 * * * *")
@app.task(name="insight.fold", queue="upkeep", queueing_lock="insight.fold")
def fold_changes(timestamp: int) -> None:
    """Keep what the figures have to add up short."""
    fold.fold()
