"""What the worker does for remedies."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gendan.alerts.commands.urging import SEND
from gendan.alerts.remedies import letter
from gendan.kernel.jobs import QUEUE
from gendan.kernel.wall import within

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4, retry_exceptions=[letter.NotSent])


@app.task(name=SEND, queue=QUEUE, retry=AGAIN)
def send_urge(company_id: int, urge_id: int) -> None:
    """Send the message to a supplier who is urged."""
    with within(company_id):
        letter.send(company_id, urge_id)
