"""Asking carriers by the clock. Their services are called here and nowhere else, outside any transaction."""

from __future__ import annotations

import logging
import time

from django.utils import timezone
from procrastinate.contrib.django import app

from gendan.carriers import commands, queue
from gendan.carriers.adapters import ADAPTERS, Adapter, Failed
from gendan.carriers.queue import Due
from gendan.carriers.rules import Update
from gendan.kernel.errors import AppError

log = logging.getLogger("gendan.carriers")
AT_ONCE = 20
SECONDS = 50  # of a run; what is left is due in the next one


@app.periodic(cron="* * * * *")
@app.task(name="carriers.poll", queue="upkeep", queueing_lock="carriers.poll", lock="carriers.poll")
def poll(timestamp: int) -> None:
    """Ask about every parcel that is due, then say of which nothing was heard for too long."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and (batch := queue.claim(AT_ONCE)):
        for due in batch:
            ask(due)
    for actor in queue.companies_with_silence():
        commands.mark_silent(actor=actor, at=timezone.now())


def ask(due: Due) -> None:
    """Ask one carrier about its due parcels and write what it says."""
    adapter = ADAPTERS.get(due.adapter)
    if adapter is None:
        return
    if due.account.push_url and adapter.pushes:
        _subscribe(adapter, due)
    ids = {parcel.tracking_number: parcel.id for parcel in due.parcels}
    problems: dict[int, str] = {}
    news: set[int] = set()
    try:
        for answer in adapter.poll(due.account, due.parcels, timezone.now()):
            id_ = ids[answer.tracking_number]
            if isinstance(answer, Failed):
                problems[id_] = answer.problem
            elif _take(due, answer):
                news.add(id_)
    except Exception:  # what one carrier answers must not keep the others from being asked
        log.exception("asking %s (company %s) failed", due.carrier, due.company_id)
        problems = {**dict.fromkeys(set(ids.values()) - news, "unreadable"), **problems}
    queue.checked(due, problems, news)


def _subscribe(adapter: Adapter, due: Due) -> None:
    """Have the carrier push what happens to those that it does not know of; it is tried again with the next check."""
    done = []
    for parcel in due.parcels:
        if parcel.id in due.to_subscribe:
            problem = adapter.subscribe(due.account, parcel)
            if not problem:
                done.append(parcel.id)
            elif problem in {"unreachable", "refused"}:
                break  # so it will answer for the others
    queue.subscribed(done)


def _take(due: Due, update: Update) -> bool:
    try:
        done = commands.take_update(
            actor=due.actor,
            carrier=due.carrier,
            tracking_number=update.tracking_number,
            scans=update.scans,
            status=update.status,
            expected_on=update.expected_on,
            signed_by=update.signed_by,
        )
    except AppError as refused:  # its documents are being changed: it is asked again
        log.warning("news of %s %s were not taken: %s", due.carrier, update.tracking_number, refused)
        return False
    return bool(done.data["new"])
