"""Looking by the clock, company by company: what events touched, what time brings, what nobody answers."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone
from procrastinate.contrib.django import app

from gendan.alerts.bulk import deal_with_many as deal_with_many
from gendan.alerts.commands import mind_answers, mind_urges, read_events, scan
from gendan.alerts.queries.due import Company, companies, due_rules, stirred
from gendan.alerts.remedies.tasks import send_urge as send_urge
from gendan.alerts.trying import try_rule as try_rule

log = logging.getLogger("gendan.alerts")
SECONDS = 50  # of a run; what is left is due in the next one


@app.periodic(cron="* * * * *")
@app.task(name="alerts.look", queue="upkeep", queueing_lock="alerts.look", lock="alerts.look")
def look(timestamp: int) -> None:
    """Look in every company, as far as a minute goes."""
    end = time.monotonic() + SECONDS
    for company in companies():
        if time.monotonic() > end:
            return
        look_in(company, end)


@app.periodic(cron="* * * * * */2")
@app.task(name="alerts.hear", queue="upkeep", queueing_lock="alerts.hear", lock="alerts.hear")
def hear(timestamp: int) -> None:
    """Look at what events touched: somebody may be waiting for it."""
    for company in stirred():
        with _alone(company, "its events"):
            read_events(actor=company.actor, last=company.last)


def look_in(company: Company, end: float) -> None:
    """Events first: somebody waits for them. Then each rule that is due, by itself, so that none holds long."""
    with _alone(company, "its events"):
        read_events(actor=company.actor, last=company.last)
    for code in due_rules(company, timezone.now()):
        if time.monotonic() > end:
            return
        with _alone(company, code):
            scan(actor=company.actor, rules=[code])
    with _alone(company, "what nobody answered"):
        mind_answers(actor=company.actor)
        mind_urges(actor=company.actor)


@contextmanager
def _alone(company: Company, what: str) -> Iterator[None]:
    """What fails, for whatever reason, keeps neither the other rules nor the other companies from being looked at."""
    try:
        yield
    except Exception:
        log.exception("looking for exceptions in company %s failed: %s", company.id, what)
