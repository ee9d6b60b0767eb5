"""Letters to suppliers who are asked; documents of suppliers that end."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gendan.kernel.jobs import QUEUE
from gendan.kernel.wall import within
from gendan.sourcing import commands, letter
from gendan.sourcing.commands.sending import LETTER
from gendan.sourcing.queries.contracts import companies_with_ends
from gendan.sourcing.queries.papers import companies_to_remind

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4, retry_exceptions=[letter.NotSent])


@app.task(name=LETTER, queue=QUEUE, retry=AGAIN)
def send_letter(company_id: int, invitation_id: int) -> None:
    """Send the letter with the link to a supplier."""
    with within(company_id):
        letter.send(company_id, invitation_id)


@app.periodic(cron="23 * * * *")
@app.task(name="sourcing.mind_papers", queue="upkeep", queueing_lock="sourcing.mind_papers")
def mind_papers(timestamp: int) -> None:
    """Tell people which documents of suppliers end soon, company by company."""
    for actor in companies_to_remind():
        commands.mind_papers(actor=actor)


@app.periodic(cron="7 * * * *")
@app.task(name="sourcing.end_contracts", queue="upkeep", queueing_lock="sourcing.end_contracts")
def end_contracts(timestamp: int) -> None:
    """End contracts whose last day is over, company by company."""
    for actor in companies_with_ends():
        commands.end_contracts(actor=actor)
