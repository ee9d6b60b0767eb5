"""Bring a history into the product: masters, then the orders, through the same commands that pages and API call.

Everything carries the key that the history knows it by, so that a second run, or a run after one that was killed, does
only what is missing. What a rule refuses is reported with its line and does not stop the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from gendan.integrations.history.group import HistoryOrder, Sorter
from gendan.integrations.history.known import Context
from gendan.integrations.history.mapping import HistoryMapping
from gendan.integrations.history.masters import Masters, save_masters
from gendan.integrations.history.orders import NEEDED, Written, write_orders
from gendan.integrations.history.parse import read
from gendan.integrations.history.records import Reason
from gendan.integrations.history.report import REASONS, ReportFile, Summary
from gendan.integrations.history.sales import BATCH as SALES_BATCH
from gendan.integrations.history.sales import NEEDED as NEEDED_FOR_SALES
from gendan.integrations.history.sales import open_stock, write_sales
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError

Progress = Callable[[int, int], None]
BATCH = 50


class UnlimitedApprovalNeeded(AppError):
    status = 403
    message = _("导入历史订单需要没有金额上限的审批权限，请由管理员执行。")


class ImportRunning(AppError):
    message = _("「%(name)s」的历史订单正在导入，请等它结束。")


def load_history(
    *, actor: Actor, path: Path, mapping: HistoryMapping, report: Path | None = None, progress: Progress | None = None
) -> Summary:
    """Import a file; ``progress`` is told (lines done, lines in all). The summary counts, ``report`` (CSV) explains.

    Errors: Forbidden, UnlimitedApprovalNeeded, ImportRunning; HistoryFileError when the file as a whole cannot be read.
    """
    check_allowed(actor, mapping)
    actor = replace(actor, via="import", idempotency_key=None)
    started = time.monotonic()
    masters = Masters()
    with _alone(actor, mapping.source), Sorter() as sorter, ReportFile(report) as file, _commits_in_background():
        sorter.add(masters.watch(read(path, mapping)))
        summary = Summary(sorter.tally)
        for rejected in sorter.rejected():
            file.rejected(rejected)
            summary.reasons[rejected.reason] += 1
            summary.example(f"#{rejected.row} {rejected.column}: {REASONS[rejected.reason]} {rejected.value}")
        made = save_masters(actor=actor, mapping=mapping, masters=masters).data
        summary.written.update(made["made"])
        context = Context(actor, mapping.source, made["partners"], made["products"], mapping.settled)
        write, size = write_orders, BATCH
        if mapping.kind == "sales":
            write, size = write_sales, SALES_BATCH
            summary.written["openings"] = open_stock(context, sorter.orders())
        done, orders, batches = 0, sorter.orders(), count(1)
        while batch := list(islice(orders, size)):
            _count(write(context, batch), batch, summary, file)
            _keep_plans_good(next(batches))
            done += sum(len(order.lines) for order in batch)
            if progress:
                progress(done, sorter.tally.taken)
    summary.seconds = time.monotonic() - started
    return summary


def check_allowed(actor: Actor, mapping: HistoryMapping) -> None:
    """Refuse who may not do all that an import does: Forbidden, UnlimitedApprovalNeeded."""
    for permission in needed(mapping):
        actor.must(permission)
    if actor.amount_limit is not None:
        raise UnlimitedApprovalNeeded()


def is_allowed(actor: Actor, mapping: HistoryMapping) -> bool:
    """Whether the page offers it."""
    return actor.amount_limit is None and all(actor.may(permission) for permission in needed(mapping))


def needed(mapping: HistoryMapping) -> tuple[str, ...]:
    """The permissions of all that an import does."""
    return NEEDED_FOR_SALES if mapping.kind == "sales" else NEEDED


def _count(written: Written, batch: list[HistoryOrder], summary: Summary, file: ReportFile) -> None:
    """Count and report what became of a batch."""
    summary.written.update(written.counts)
    summary.refused += len(written.refused)
    for line, text in written.refused:
        summary.reasons[Reason.REFUSED] += 1
        summary.example(f"#{line.row} {line.order_key}: {text}")
        file.refused(line, text)
    for order in batch:
        for line, remark in order.remarks:
            summary.remarks[remark.kind] += 1
            file.remark(line, remark)
    for line, remark in written.remarks:
        summary.remarks[remark.kind] += 1
        file.remark(line, remark)


def _keep_plans_good(batches: int) -> None:
    """Count the tables anew after 1, 4, 16, 64 … batches: plans made for empty ones look through all rows each time."""
    if batches & (batches - 1) == 0 and batches.bit_length() % 2:
        db.execute("ANALYZE")


@contextmanager
def _alone(actor: Actor, name: str) -> Iterator[None]:
    """Refuse while the same history is being imported into the same company; ends with the connection at the latest."""
    key = [f"history:{actor.company_id}:{name}"]
    taken = db.row("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key)
    if taken != (True,):
        raise ImportRunning(name=name)
    try:
        yield
    finally:
        db.row("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


@contextmanager
def _commits_in_background() -> Iterator[None]:
    """Let commits not wait for the disk: what a crash loses, running the import again does again."""
    db.execute("SET synchronous_commit TO off")
    try:
        yield
    finally:
        db.execute("RESET synchronous_commit")
