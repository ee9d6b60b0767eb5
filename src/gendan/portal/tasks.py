"""Letters to people of suppliers; sessions that are over are dropped."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gendan.kernel import db
from gendan.kernel.jobs import QUEUE
from gendan.kernel.wall import within
from gendan.portal import letter
from gendan.portal.steps.people import LETTER

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4, retry_exceptions=[letter.NotSent])


@app.task(name=LETTER, queue=QUEUE, retry=AGAIN)
def send_invitation(company_id: int, person_id: int, sealed: str, kind: str) -> None:
    """Send the letter with the link to choose a password by."""
    with within(company_id):
        letter.send(company_id, person_id, sealed, kind)


@app.periodic(cron="41 3 * * *")
@app.task(name="portal.drop_sessions", queue="upkeep", queueing_lock="portal.drop_sessions")
def drop_sessions(timestamp: int) -> None:
    """Forget browsers in which people of suppliers are not signed in any more."""
    with within(None):
        db.execute("DELETE FROM portal_suppliersession WHERE ends_at < now()")
