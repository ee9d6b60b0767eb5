"""Sending notices on by the clock."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from procrastinate.contrib.django import app

from gendan.kernel import wall
from gendan.kernel.actor import Actor
from gendan.notices import commands, partners, sending, spread
from gendan.notices.labels import TEST

log = logging.getLogger("gendan.notices")
SECONDS = 50.0  # of a run; what is left is due in the next one


@app.periodic(cron="* * * * * */15")
@app.task(name="notices.send", queue="upkeep", queueing_lock="notices.send", lock="notices.send")
def send(timestamp: int) -> None:
    """Make messages of what people were told, and send what is due, company by company."""
    end = time.monotonic() + SECONDS
    for company_id in spread.companies():
        with _alone(company_id, "notices"):
            run(company_id, max(1.0, end - time.monotonic()))


def run(company_id: int, seconds: float = SECONDS) -> int:
    """Spread, release and send what is due in one company; how many messages were tried."""
    with wall.within(company_id):
        spread.spread(company_id)
        with _alone(company_id, "messages to partners"):
            partners.tell(company_id)
        spread.release(company_id)
        tried = sending.send_due(company_id, seconds)
        if tests := [message.id for message in tried if message.kind == TEST]:
            system = Actor(company_id, None, "", frozenset({commands.SEND}), via="job")
            commands.report_tests(actor=system, ids=tests)
    return len(tried)


@contextmanager
def _alone(company_id: int, what: str) -> Iterator[None]:
    """What fails, for whatever reason, keeps no other company, and none of the company's own notices, waiting."""
    try:
        yield
    except Exception:
        log.exception("sending in company %s failed: %s", company_id, what)
