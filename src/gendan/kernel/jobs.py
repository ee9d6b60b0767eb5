"""Long work: a row that shows its progress, can be cancelled and keeps its result; the work itself runs in the worker.

A context declares what can be done in its ``tasks.py``::

    @job_task("integrations.import_file")
    def import_file(run: JobRun) -> dict[str, Any]:
        for number, row in enumerate(rows(run.args["file"])):
            run.check_cancelled()
            run.progress(number, total, "…")
        return {"text": "…", "counts": {"新建": 3}}

and starts it with ``jobs.start(actor, kind, title, "integrations.import_file", file=…)``. What the page shows of a
result: ``text`` (a sentence), ``counts`` (label → figure, or pairs of them in their order), ``remarks`` (sentences),
``rows`` ([{"line", "text"}], what was not taken and why), ``links`` ([{"text", "url"}]), ``file`` (from
``JobRun.keep_file``).
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from gendan.kernel import db, files, wall
from gendan.kernel.actor import Actor, Via
from gendan.kernel.errors import AppError, LookingOnly, NotFound, WrongState
from gendan.kernel.models import Job
from gendan.kernel.paging import Page, cut, decode, limited
from gendan.kernel.unit import Done, command, view_permission

log = logging.getLogger("gendan.jobs")
QUEUE = "work"
MAX_ATTEMPTS = 3
WRITE_EVERY = 0.3  # seconds between two writes of the progress
VIEW_ALL = view_permission("kernel.view_jobs", gettext_lazy("查看所有人的后台任务"))

# Accounts registers here how an actor is found again from user and company.
ACTOR_BUILDERS: list[Callable[[int, int, Via], Actor | None]] = []


class JobCancelled(Exception):
    """Somebody asked for the job to stop."""


class OthersFile(AppError):
    status = 403
    message = gettext_lazy("这个文件只有发起任务的人可以下载，请他下载后交给您，或自己重新发起。")


@dataclass(frozen=True, slots=True)
class JobTask:
    """What a job can run. ``repeatable``: it may start again from the beginning after its worker was killed."""

    name: str
    run: Callable[[JobRun], dict[str, Any] | None]
    repeatable: bool


TASKS: dict[str, JobTask] = {}


def job_task(
    name: str, *, repeatable: bool = False
) -> Callable[[Callable[[JobRun], dict[str, Any] | None]], Callable[[JobRun], dict[str, Any] | None]]:
    """Declare a function of a JobRun as long work under a name that never changes, so that files may move."""

    def declare(fn: Callable[[JobRun], dict[str, Any] | None]) -> Callable[[JobRun], dict[str, Any] | None]:
        TASKS[name] = JobTask(name, fn, repeatable)

        @app.task(name=name, queue=QUEUE)
        def work(job_id: int) -> None:
            execute(job_id, name)

        return fn

    return declare


def start(actor: Actor, kind: str, title: str | Promise, task: str, **args: Any) -> Job:
    """Put long work into the queue, in the caller's transaction if there is one: it rolls back with it."""
    if actor.looking_as:  # the worker would act with the person's own rights
        raise LookingOnly(role=actor.looking_as)
    with transaction.atomic():
        job = Job.objects.create(
            company_id=actor.company_id, user_id=actor.user_id, kind=kind, title=str(title)[:200], args=args
        )
        app.configure_task(task, allow_unknown=False).defer(job_id=job.pk)
    return job


@dataclass
class JobRun:
    """A job while it runs, as its function sees it."""

    id: int
    kind: str
    title: str
    args: dict[str, Any]
    actor: Actor
    _cancelled: bool = False
    _written: float = 0.0
    _message: str = ""
    _side: BaseDatabaseWrapper | None = field(default=None, repr=False)

    def progress(self, done: int, total: int | None = None, message: str | Promise = "") -> None:
        """Show how far it is. Cheap enough to be called for every row: it writes a few times a second."""
        now = time.monotonic()
        if now - self._written < WRITE_EVERY and done != total:
            return
        self._written = now
        self._message = str(message)[:500]
        found = self._query(
            "UPDATE kernel_job SET done = %s, total = coalesce(%s::int, total), message = %s WHERE id = %s"
            " RETURNING cancel_requested",
            [done, total, self._message, self.id],
        )
        self._cancelled = self._cancelled or bool(found and found[0])

    def check_cancelled(self) -> None:
        """Leave the job with JobCancelled when somebody asked for it; call it where stopping leaves things whole."""
        now = time.monotonic()
        if not self._cancelled and now - self._written >= WRITE_EVERY:
            self._written = now
            found = self._query("SELECT cancel_requested FROM kernel_job WHERE id = %s", [self.id])
            self._cancelled = bool(found and found[0])
        if self._cancelled:
            raise JobCancelled

    def keep_file(self, name: str, media_type: str, file: BinaryIO) -> dict[str, Any]:
        """Store a file that the job made; returned under ``file`` of the result it is offered for download."""
        stored = files.store_file(file)
        return {"name": name, "media_type": media_type, "sha256": stored.sha256, "size": stored.size}

    def close(self) -> None:
        """Give back what the run holds."""
        if self._side is not None:
            self._side.close()
            self._side = None

    def _query(self, sql: str, params: list[Any]) -> tuple[Any, ...] | None:
        """Inside a transaction on a connection of its own, so that others see the progress at once."""
        if not any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
            return db.row(sql, params)
        if self._side is None:
            self._side = connection.copy()
        with self._side.cursor() as cursor:
            cursor.execute(sql, params)
            found: tuple[Any, ...] | None = cursor.fetchone()
            return found


def actor_for(user_id: int | None, company_id: int, via: Via = "job") -> Actor | None:
    """The person for whom a job runs, with the permissions held now."""
    if user_id is None:
        return None
    return next((found for build in ACTOR_BUILDERS if (found := build(user_id, company_id, via)) is not None), None)


def execute(job_id: int, name: str) -> None:
    """Run a waiting job to its end; the row says what became of it. A job that does not wait any more is left alone."""
    found = db.row(
        "UPDATE kernel_job SET state = 'running', started_at = now() WHERE id = %s AND state = 'waiting'"
        " RETURNING kind, title, args::text, user_id, company_id, cancel_requested",
        [job_id],
    )
    if found is None:
        return
    kind, title, args, user_id, company_id, cancelled = found
    actor = actor_for(user_id, company_id)
    if cancelled:
        _finish(job_id, Job.State.CANCELLED)
        return
    if actor is None:
        _finish(job_id, Job.State.FAILED, _("发起任务的用户已停用，任务没有执行。"))
        return
    run = JobRun(job_id, kind, title, json.loads(args), actor)
    with translation.override(actor.language), timezone.override(actor.zone), wall.within(actor.company_id):
        try:
            result = TASKS[name].run(run)
        except JobCancelled:
            _finish(job_id, Job.State.CANCELLED, _("已按要求停止，停止之前完成的部分已保留。"))
        except AppError as error:
            _finish(job_id, Job.State.FAILED, str(error), {"problem": error.as_dict()})
        except Exception:
            log.exception("job %s (%s) failed", job_id, name)
            _finish(
                job_id, Job.State.FAILED, _("程序出错，已记录在日志中（任务 %(id)s），请联系管理员。") % {"id": job_id}
            )
        else:
            _finish(job_id, Job.State.DONE, str((result or {}).get("text", "")), result)
        finally:
            run.close()


def _finish(job_id: int, state: Job.State, message: str = "", result: dict[str, Any] | None = None) -> None:
    db.execute(
        "UPDATE kernel_job SET state = %s, message = %s, result = %s::jsonb, finished_at = now(),"
        " done = CASE WHEN %s THEN coalesce(total, done) ELSE done END WHERE id = %s",
        [state.value, message[:500], json.dumps(result or {}, default=str), state == Job.State.DONE, job_id],
    )


@command("kernel.cancel_job", gettext_lazy("取消后台任务"), permission="")
def cancel_job(*, actor: Actor, job_id: int) -> Done:
    """Ask a job to stop: at once while it waits, at the next safe place while it runs."""
    job = visible_job(actor, job_id)
    row = db.row(
        "UPDATE kernel_job SET cancel_requested = true,"
        " state = CASE state WHEN 'waiting' THEN 'cancelled' ELSE state END,"
        " finished_at = CASE state WHEN 'waiting' THEN now() END"
        " WHERE id = %s AND state IN ('waiting', 'running') RETURNING state",
        [job.pk],
    )
    if row is None:
        job.refresh_from_db()
        raise WrongState(number=job.title, state=job.get_state_display(), action=_("取消"))
    return Done("job", job.pk, str(job.pk), row[0])


def visible_job(actor: Actor, job_id: int) -> Job:
    """A job of the company: one's own, or anybody's with the permission."""
    job = Job.objects.filter(pk=job_id, company_id=actor.company_id).first()
    if job is None:
        raise NotFound(what=_("任务 %(id)s") % {"id": job_id})
    if job.user_id != actor.user_id:
        actor.must(VIEW_ALL)
    return job


def jobs_of(actor: Actor, everybody: bool = False, limit: int | None = None, after: str | None = None) -> Page[Job]:
    """One's own jobs, or everybody's in the company, newest first."""
    if everybody:
        actor.must(VIEW_ALL)
    size, key = limited(limit), decode(after, 1)
    found = Job.objects.filter(company_id=actor.company_id).select_related("user").order_by("-pk")
    if not everybody:
        found = found.filter(user_id=actor.user_id or 0)
    if key:
        found = found.filter(pk__lt=key[0])
    return cut(list(found[: size + 1]), size, lambda job: [job.pk])


_UNKNOWN = """
SELECT j.id FROM kernel_job j JOIN procrastinate_jobs q ON (q.args ->> 'job_id')::bigint = j.id
WHERE j.state = 'waiting' AND q.status = 'failed' AND q.task_name <> ALL(%s::text[])
"""


def give_up(job_id: int) -> None:
    """Say of a job whose worker was killed that it stopped halfway."""
    _finish(
        job_id,
        Job.State.FAILED,
        _("执行任务的进程意外终止，任务中断；中断之前完成的部分已保留。请检查后重新发起。"),
    )


def give_up_unknown() -> None:
    """Say of jobs that wait for a task which the workers do not know (another version put them there) that nobody will
    do them: the queue has failed them, their own rows still wait.
    """
    for (job_id,) in db.rows(_UNKNOWN, [sorted(TASKS)]):
        _finish(job_id, Job.State.FAILED, _("当前版本的程序不认识这个任务，没有执行。请重新发起。"))


def wait_again(job_id: int) -> None:
    """Let a job whose worker was killed start again."""
    db.execute("UPDATE kernel_job SET state = 'waiting', done = 0 WHERE id = %s AND state = 'running'", [job_id])
