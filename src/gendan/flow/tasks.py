"""Deadlines of approvals by the clock; other systems that flows tell."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from gendan.flow import outgoing
from gendan.flow.commands import deadlines
from gendan.flow.queries import due
from gendan.flow.steps.outside import WEBHOOK
from gendan.kernel.errors import AppError
from gendan.kernel.jobs import QUEUE

log = logging.getLogger("gendan.flow")
AT_ONCE = 20_000


@app.periodic(cron="* * * * *")
@app.task(name="flow.mind_deadlines", queue="upkeep", queueing_lock="flow.mind_deadlines")
def mind_deadlines(timestamp: int) -> None:
    """Do what the nodes say of every deadline that has passed; two workers at once share the work."""
    for found in due.due(AT_ONCE):
        if found.remind or found.escalate:
            deadlines.mind_deadlines(actor=found.actor, remind=found.remind, escalate=found.escalate)
        for one in found.single:
            try:
                deadlines.settle_deadline(
                    actor=found.actor,
                    kind=one.kind,
                    number=one.number,
                    task_id=one.task_id,
                    transition=one.transition,
                )
            except AppError as refused:  # decided meanwhile, or the document cannot: the others go on
                log.warning("the deadline of %s %s was not settled: %s", one.kind, one.number, refused)


@app.task(name=WEBHOOK, queue=QUEUE)
def call_webhook(company_id: int, kind: str, transition: str, number: str) -> None:
    """Tell another system about a document in approval."""
    outgoing.call(company_id, kind, transition, number)


@app.periodic(cron="*/10 * * * *")
@app.task(name="flow.call_webhooks_again", queue="upkeep", queueing_lock="flow.call_webhooks_again")
def call_webhooks_again(timestamp: int) -> None:
    """Tell again where a worker was killed on the way."""
    for company_id, kind, transition, number in outgoing.left_behind(20):
        outgoing.call(company_id, kind, transition, number)
