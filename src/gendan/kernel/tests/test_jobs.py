"""Long work: queued with its transaction, run by a real worker, shown, cancelled, found again after a crash."""

import io
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import TaskNotFound

from gendan.accounts.models import Company, Membership
from gendan.accounts.tests.make import make_actor
from gendan.kernel import db, files, jobs, tasks
from gendan.kernel.errors import WrongState
from gendan.kernel.jobs import JobRun
from gendan.kernel.models import Attachment, Job
from gendan.kernel.tests.work import run_waiting_jobs, worker_connector

pytestmark = pytest.mark.django_db(transaction=True)

SEEN: list[Any] = []
BOTH = Barrier(2, timeout=60)


def count_to(run: JobRun) -> dict[str, Any]:
    for number in range(1, run.args["n"] + 1):
        run.check_cancelled()
        run.progress(number, run.args["n"], f"row {number}")
    SEEN.append(run.actor)
    return {"text": "counted", "counts": {"rows": run.args["n"]}}


def refuse(run: JobRun) -> dict[str, Any]:
    raise WrongState(number="PO-1", state="草稿", action="入库")


def break_down(run: JobRun) -> dict[str, Any]:
    raise ZeroDivisionError


def work_in_a_transaction(run: JobRun) -> dict[str, Any]:
    with transaction.atomic():
        run.progress(1, 2, "half")
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT done, total, message FROM kernel_job WHERE id = %s", [run.id])
            SEEN.append(cursor.fetchone())
        other.close()
    return {}


def cancel_myself(run: JobRun) -> dict[str, Any]:
    Job.objects.filter(pk=run.id).update(cancel_requested=True)
    run.progress(1, 1)
    run.check_cancelled()
    return {"text": "not reached"}


def make_file(run: JobRun) -> dict[str, Any]:
    return {"file": run.keep_file("a.csv", "text/csv", io.BytesIO(b"a,b\n"))}


def wait_for_the_other(run: JobRun) -> dict[str, Any]:
    BOTH.wait(timeout=10)
    return {}


@pytest.fixture(autouse=True)
def _test_tasks() -> Iterator[None]:
    """Tasks of these tests, known to the queue for as long as they run."""
    for function in (count_to, refuse, break_down, work_in_a_transaction, cancel_myself, make_file, wait_for_the_other):
        jobs.job_task(f"test.{function.__name__}")(function)
    jobs.job_task("test.repeatable", repeatable=True)(count_to)
    yield
    for name in [name for name in jobs.TASKS if name.startswith("test.")]:
        del jobs.TASKS[name], app.tasks[name]
    SEEN.clear()


def ran(name: str, **args: Any) -> Job:
    job = jobs.start(make_actor(), "test", "A test", name, **args)
    run_waiting_jobs()
    job.refresh_from_db()
    return job


def test_a_job_runs_for_its_actor_and_keeps_its_result():
    job = ran("test.count_to", n=3)
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    assert job.result == {"text": "counted", "counts": {"rows": 3}}
    assert job.message == "counted"
    assert job.started_at
    assert job.finished_at
    assert (SEEN[0].user_id, SEEN[0].company_id, SEEN[0].via) == (job.user_id, job.company_id, "job")


def test_two_long_jobs_run_at_the_same_time_in_one_worker():
    actor = make_actor()
    started = [jobs.start(actor, "test", "A test", "test.wait_for_the_other") for _ in range(2)]
    run_waiting_jobs()
    assert list(Job.objects.filter(pk__in=[job.pk for job in started]).values_list("state", flat=True)) == ["done"] * 2


def test_what_went_well_leaves_the_queue_at_once():
    ran("test.count_to", n=1)
    ran("test.refuse")  # the queue did its part: that the job was refused stands with the job
    assert db.rows("SELECT status::text FROM procrastinate_jobs") == []


def test_what_broke_leaves_the_queue_after_three_days():
    for days in (4, 2):
        job = killed("test.count_to")
        rescue()
        db.execute(
            "UPDATE procrastinate_events SET at = now() - make_interval(days => %s)"
            " WHERE job_id = (SELECT id FROM procrastinate_jobs WHERE (args->>'job_id')::int = %s)",
            [days, job.pk],
        )
    upkeep(tasks.forget_queue)
    assert db.rows("SELECT (args->>'job_id')::int, status::text FROM procrastinate_jobs") == [(job.pk, "failed")]
    assert Job.objects.count() == 2


def test_a_job_rolls_back_with_the_transaction_that_started_it():
    actor = make_actor()
    with transaction.atomic():
        jobs.start(actor, "test", "A test", "test.count_to", n=1)
        transaction.set_rollback(True)
    run_waiting_jobs()
    assert not Job.objects.exists()
    assert SEEN == []


def test_an_unknown_task_is_refused_when_it_is_started():
    with pytest.raises(TaskNotFound):
        jobs.start(make_actor(), "test", "A test", "test.nothing")
    assert not Job.objects.exists()


def test_a_refusal_is_the_message_of_the_failed_job():
    job = ran("test.refuse")
    assert job.state == "failed"
    assert "PO-1 当前状态为「草稿」" in job.message
    assert job.result["problem"]["code"] == "kernel.WrongState"


def test_an_unexpected_error_fails_the_job_and_tells_no_details(caplog):
    job = ran("test.break_down")
    assert job.state == "failed"
    assert str(job.pk) in job.message
    assert "ZeroDivision" not in job.message
    assert "ZeroDivisionError" in caplog.text


def test_progress_is_seen_by_others_while_a_transaction_is_open():
    assert ran("test.work_in_a_transaction").state == "done"
    assert SEEN == [(1, 2, "half")]


def test_a_job_stops_where_it_checks_after_somebody_asked():
    job = ran("test.cancel_myself")
    assert job.state == "cancelled"
    assert "已按要求停止" in job.message


def test_a_job_cancelled_while_it_waits_never_runs():
    job = jobs.start(make_actor(), "test", "A test", "test.count_to", n=1)
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    run_waiting_jobs()
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert SEEN == []


def test_a_job_of_somebody_who_was_disabled_meanwhile_is_not_run():
    actor = make_actor()
    job = jobs.start(actor, "test", "A test", "test.count_to", n=1)
    Membership.objects.filter(user_id=actor.user_id or 0).update(is_active=False)
    run_waiting_jobs()
    job.refresh_from_db()
    assert job.state == "failed"
    assert SEEN == []


def test_a_file_that_a_job_makes_is_kept_by_its_hash():
    kept = ran("test.make_file").result["file"]
    assert files.path_of(kept["sha256"]).read_bytes() == b"a,b\n"
    assert kept["size"] == 4


def killed(name: str, attempts: int = 1) -> Job:
    """A job as a killed worker leaves it: running, in the queue marked as being done by nobody."""
    job = jobs.start(make_actor(), "test", "A test", name, n=1)
    Job.objects.filter(pk=job.pk).update(state="running", done=5)
    db.execute(
        "UPDATE procrastinate_jobs SET status = 'doing', attempts = %s WHERE (args->>'job_id')::int = %s",
        [attempts, job.pk],
    )
    return job


def upkeep(task: Any) -> None:
    """What the worker does by the clock, now."""
    with app.replace_connector(worker_connector()) as worker:
        context: Any = SimpleNamespace(app=worker, job=SimpleNamespace(id=0))

        async def run() -> None:
            async with worker.open_async():
                await task.func(context, 0)

        async_to_sync(run)()


def rescue() -> None:
    upkeep(tasks.rescue_jobs)


def test_the_job_of_a_killed_worker_is_called_failed_when_it_cannot_be_repeated():
    job = killed("test.count_to")
    rescue()
    run_waiting_jobs()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "意外终止" in job.message
    assert SEEN == []


def test_the_job_of_a_killed_worker_starts_again_when_it_can_be_repeated():
    job = killed("test.repeatable")
    rescue()
    run_waiting_jobs()
    job.refresh_from_db()
    assert job.state == "done"
    assert len(SEEN) == 1


def test_a_job_that_kills_its_worker_again_and_again_is_given_up():
    job = killed("test.repeatable", attempts=3)
    rescue()
    job.refresh_from_db()
    assert job.state == "failed"


def test_a_job_that_runs_in_a_living_worker_is_left_alone():
    job = killed("test.count_to")
    db.execute(
        "WITH w AS (INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id)"
        " UPDATE procrastinate_jobs SET worker_id = w.id FROM w"
    )
    rescue()
    job.refresh_from_db()
    assert job.state == "running"


def test_upkeep_of_a_killed_worker_comes_again_by_the_clock():
    app.configure_task("kernel.rescue_jobs", queueing_lock="kernel.rescue_jobs").defer(timestamp=1)
    db.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    app.configure_task("kernel.rescue_jobs", queueing_lock="kernel.rescue_jobs").defer(timestamp=2)
    rescue()
    assert sorted(db.rows("SELECT status::text FROM procrastinate_jobs")) == [("failed",), ("todo",)]


def test_old_idempotency_answers_are_forgotten():
    for key, days in (("old", 31), ("new", 29)):
        db.execute(
            "INSERT INTO kernel_idempotency (company_id, user_id, key, command, fingerprint, result, at)"
            " VALUES (1, 1, %s, 'x', ''::bytea, '[]'::jsonb, now() - make_interval(days => %s))",
            [key, days],
        )
    tasks.forget_idempotency.func(0)
    assert db.rows("SELECT key FROM kernel_idempotency") == [("new",)]


def test_contents_that_nothing_refers_to_any_more_are_removed(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    names = ("attached", "unfinished", "recent", "old", "nothing", "stored again")
    kept = {name: files.store([name.encode()]).sha256 for name in names}
    draft = tmp_path / "draft-x"
    draft.touch()
    long_ago = time.time() - (tasks.KEEP_FILE_DAYS + 1) * 24 * 3600
    for path in (draft, *(files.path_of(sha256) for sha256 in kept.values())):
        os.utime(path, (long_ago, long_ago))
    files.store([b"stored again"])
    actor = make_actor()
    company = Company.objects.get(pk=actor.company_id)
    Attachment.objects.create(
        company_id=company.pk,
        user_id=actor.user_id or 0,
        subject_kind="po",
        subject_id=1,
        size=1,
        sha256=kept["attached"],
    )
    Job.objects.create(company=company, kind="x", title="X", args={"sha256": kept["unfinished"]})
    for name, days in (("recent", 1), ("old", tasks.KEEP_FILE_DAYS + 1)):
        result = {"file": {"sha256": kept[name]}}
        ended = timezone.now() - timedelta(days=days)
        Job.objects.create(company=company, kind="x", title="X", state="done", result=result, finished_at=ended)
    tasks.forget_files.func(0)
    left = {name for name, sha256 in kept.items() if files.path_of(sha256).exists()}
    assert left == {"attached", "unfinished", "recent", "stored again"}
    assert not draft.exists()


def test_a_job_whose_task_nobody_knows_is_called_failed():
    job = killed("test.count_to")
    db.execute("UPDATE kernel_job SET state = 'waiting'")
    db.execute("UPDATE procrastinate_jobs SET status = 'failed', task_name = 'test.of_another_version'")
    rescue()
    job.refresh_from_db()
    assert (job.state, "不认识" in job.message) == ("failed", True)
