"""Letters to suppliers who are asked."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gendan.kernel.jobs import QUEUE
from gendan.kernel.wall import within
from gendan.sourcing import letter
from gendan.sourcing.commands.sending import LETTER

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4, retry_exceptions=[letter.NotSent])


@app.task(name=LETTER, queue=QUEUE, retry=AGAIN)
def send_letter(company_id: int, invitation_id: int) -> None:
    """Send the letter with the link to a supplier."""
    with within(company_id):
        letter.send(company_id, invitation_id)
