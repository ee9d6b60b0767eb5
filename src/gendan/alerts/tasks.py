"""Looking by the clock, company by company: what events touched, what time brings, what nobody answers."""

from __future__ import annotations

import logging
import time

from django.db import OperationalError
from django.utils import timezone
from procrastinate.contrib.django import app

from gendan.alerts.commands import mind_answers, mind_urges, read_events, scan
from gendan.alerts.queries.due import Company, companies, due_rules, stirred
from gendan.alerts.remedies.tasks import send_urge as send_urge
from gendan.alerts.trying import try_rule as try_rule
from gendan.kernel.errors import AppError

log = logging.getLogger("gendan.alerts")
SECONDS = 50  # of a run; what is left is due in the next one


@app.periodic(cron="* * * * *")
@app.task(name="alerts.look", queue="upkeep", queueing_lock="alerts.look", lock="alerts.look")
def look(timestamp: int) -> None:
    """Look in every company, as far as a minute goes; one that fails does not keep the others waiting."""
    end = time.monotonic() + SECONDS
    for company in companies():
        if time.monotonic() > end:
            return
        try:
            look_in(company, end)
        except (AppError, OperationalError):
            log.exception("looking for exceptions in company %s failed", company.id)


@app.periodic(cron="* * * * * */2")
@app.task(name="alerts.hear", queue="upkeep", queueing_lock="alerts.hear", lock="alerts.hear")
def hear(timestamp: int) -> None:
    """Look at what events touched: somebody may be waiting for it."""
    for company in stirred():
        try:
            read_events(actor=company.actor, last=company.last)
        except (AppError, OperationalError):
            log.exception("reading the events of company %s failed", company.id)


def look_in(company: Company, end: float) -> None:
    """Events first: somebody waits for them. Then each rule that is due, by itself, so that none holds long."""
    read_events(actor=company.actor, last=company.last)
    for code in due_rules(company, timezone.now()):
        if time.monotonic() > end:
            return
        scan(actor=company.actor, rules=[code])
    mind_answers(actor=company.actor)
    mind_urges(actor=company.actor)
