"""Upkeep that the worker does by the clock."""

from __future__ import annotations

import time
from itertools import islice

from asgiref.sync import sync_to_async
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import Status

from gendan.kernel import db, files, jobs, limits
from gendan.kernel.audit import seals

KEEP_IDEMPOTENCY_DAYS = 30
KEEP_QUEUE_HOURS = 72
KEEP_FILE_DAYS = 30
FILES_AT_ONCE = 10_000
STALLED_SECONDS = 30
UNUSED = """
WITH job AS (
    SELECT args, result FROM kernel_job
    WHERE finished_at IS NULL OR finished_at > now() - make_interval(days => %(days)s::int)
)
SELECT unnest(%(some)s::text[])
EXCEPT SELECT sha256::text FROM kernel_attachment
EXCEPT SELECT logo::text FROM accounts_company
EXCEPT SELECT args ->> 'sha256' FROM job
EXCEPT SELECT result -> 'file' ->> 'sha256' FROM job
"""


@app.periodic(cron="17 3 * * *")
@app.task(name="kernel.forget_idempotency", queue="upkeep", queueing_lock="kernel.forget_idempotency")
def forget_idempotency(timestamp: int) -> None:
    """Delete the answers kept for repeated requests when nobody repeats them any more."""
    db.execute("DELETE FROM kernel_idempotency WHERE at < now() - make_interval(days => %s)", [KEEP_IDEMPOTENCY_DAYS])


@app.periodic(cron="23 3 * * *")
@app.task(name="kernel.forget_queue", queue="upkeep", queueing_lock="kernel.forget_queue", pass_context=True)
async def forget_queue(context: JobContext, timestamp: int) -> None:
    """Delete finished entries of the queue; what users see of their jobs is kept elsewhere."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEEP_QUEUE_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


@app.periodic(cron="7 * * * *")
@app.task(name="kernel.forget_limits", queue="upkeep", queueing_lock="kernel.forget_limits")
def forget_limits(timestamp: int) -> None:
    """Delete the counts of asking whose time is over."""
    limits.forget()


@app.periodic(cron="41 3 * * *")
@app.task(name="kernel.forget_files", queue="upkeep", queueing_lock="kernel.forget_files")
def forget_files(timestamp: int) -> None:
    """Delete the contents that nothing refers to any more: exports, reports and uploads of long ago.

    What an attachment has is kept for ever, a removed one's, too: its document tells of it.
    """
    moment = time.time() - KEEP_FILE_DAYS * 24 * 3600
    old = files.untouched_since(moment)
    while some := list(islice(old, FILES_AT_ONCE)):
        for (sha256,) in db.rows(UNUSED, {"some": some, "days": KEEP_FILE_DAYS}):
            files.remove(sha256, moment)
    files.remove_drafts(moment)


@app.periodic(cron="* * * * *")
@app.task(name="kernel.seal_events", queue="upkeep", queueing_lock="kernel.seal_events")
def seal_events(timestamp: int) -> None:
    """Seal the events that can change no more."""
    seals.seal_settled()


@app.periodic(cron="* * * * *")
@app.task(name="kernel.rescue_jobs", queue="upkeep", queueing_lock="kernel.rescue_jobs", pass_context=True)
async def rescue_jobs(context: JobContext, timestamp: int) -> None:
    """Find the work of workers that were killed: start it again if it can be repeated, else say that it stopped. Say it
    of work, too, that no worker of this version knows.
    """
    manager = context.app.job_manager
    await sync_to_async(jobs.give_up_unknown)()
    for queued in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        if queued.id == context.job.id:
            continue
        if await sync_to_async(_may_repeat)(queued):
            await manager.retry_job(queued)
        else:
            await manager.finish_job(queued, Status.FAILED, delete_job=False)


def _may_repeat(queued: QueuedJob) -> bool:
    """Whether to start it again; the job's own row is brought to the state that goes with the answer."""
    task = jobs.TASKS.get(queued.task_name)
    if task is None:  # upkeep has a queueing lock: it comes again by the clock, and may be waiting already
        return queued.queueing_lock is None and queued.attempts < jobs.MAX_ATTEMPTS
    job_id = int(queued.task_kwargs["job_id"])  # type: ignore[arg-type]
    if task.repeatable and queued.attempts < jobs.MAX_ATTEMPTS:
        jobs.wait_again(job_id)
        return True
    jobs.give_up(job_id)
    return False
