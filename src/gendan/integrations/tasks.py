"""Imports that run in the worker."""

from __future__ import annotations

import pickle
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from gendan.integrations.commands import HISTORY_TASK, TASK
from gendan.integrations.errors import HistoryUnreadable, ImportGone
from gendan.integrations.files.load import Loaded, counts_text, load
from gendan.integrations.files.read import open_table
from gendan.integrations.files.write import write_rejected
from gendan.integrations.history.load import load_history
from gendan.integrations.history.mapping import load_mapping
from gendan.integrations.history.report import not_taken, told
from gendan.integrations.history.source import HistoryFileError
from gendan.kernel import files
from gendan.kernel.bulk import resource_named
from gendan.kernel.jobs import JobRun, job_task

SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@job_task(TASK, repeatable=True)
def import_file(run: JobRun) -> dict[str, Any]:
    """Save the rows of a file; what was saved stays when the job is cancelled, and saving it again changes nothing."""
    resource, dry_run = resource_named(run.args["resource"]), run.args["dry_run"]
    mapping = {int(position): name for position, name in run.args["mapping"].items()}
    path = files.path_of(run.args["sha256"])
    if not path.exists():
        raise ImportGone()
    table = open_table(path, run.args["name"])
    total = sum(1 for _row in table.rows())
    actor = replace(run.actor, via="import")
    counts: Counter[str] = Counter()
    run.progress(0, total)
    with tempfile.TemporaryFile() as file:
        rejected = Rejected(file)
        for portion in load(actor, resource, table, mapping, given=run.args.get("given"), dry_run=dry_run):
            counts.update(loaded.outcome.status for loaded in portion)
            rejected.keep(portion)
            run.progress(sum(counts.values()), total)
            run.check_cancelled()
        return _result(run, table.headers, counts, rejected, dry_run)


class Rejected:
    """The rows that were not taken, on disk: a file may be wrong in every line, and memory stays flat."""

    def __init__(self, file: IO[bytes]) -> None:
        self.count = 0
        self.first: list[dict[str, Any]] = []
        self._file = file

    def keep(self, portion: Iterable[Loaded]) -> None:
        """Keep those of a portion that failed."""
        for loaded in portion:
            if loaded.outcome.status == "failed":
                self.count += 1
                if len(self.first) < SHOWN:
                    self.first.append({"line": loaded.number, "text": loaded.problem})
                pickle.dump((loaded.cells, loaded.problem), self._file)

    def rows(self) -> Iterator[tuple[list[Any], str]]:
        """(cells, problem) of each."""
        self._file.seek(0)
        for _row in range(self.count):
            yield pickle.load(self._file)


@job_task(HISTORY_TASK, repeatable=True)
def import_history_file(run: JobRun) -> dict[str, Any]:
    """Bring an order history in; cancelling keeps what was written, and running it again does only what is missing."""
    path = files.path_of(run.args["sha256"])
    if not path.exists():
        raise ImportGone()
    mapping = load_mapping(run.args["mapping"])

    def progress(done: int, total: int) -> None:
        run.progress(done, total)
        run.check_cancelled()

    run.progress(0, None, _("正在读取文件…"))
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.csv"
        try:
            summary = load_history(actor=run.actor, path=path, mapping=mapping, report=report, progress=progress)
        except HistoryFileError as problem:
            title = mapping.title or mapping.name
            raise HistoryUnreadable(name=run.args["name"], mapping=title, why=str(problem)) from problem
        with report.open("rb") as file:
            kept = run.keep_file(f"{_('导入报告')} {Path(run.args['name']).stem}.csv", "text/csv; charset=utf-8", file)
        return {**told(summary), "rows": not_taken(report, SHOWN), "file": kept}


def _result(run: JobRun, headers: list[str], counts: Counter[str], rejected: Rejected, dry_run: bool) -> dict[str, Any]:
    text = _("检查完成，没有写入任何数据。") if dry_run else _("导入完成。")
    if rejected.count:
        text += _("%(n)s 行有问题，可下载改正后再次导入。") % {"n": rejected.count}
    result: dict[str, Any] = {
        "text": text,
        "counts": counts_text(counts, dry_run),
        "rows": rejected.first,
    }
    if rejected.count:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rejected.xlsx"
            write_rejected(path, headers, rejected.rows())
            with path.open("rb") as file:
                name = _("有问题的行") + f" {Path(run.args['name']).stem}.xlsx"
                result["file"] = run.keep_file(name, XLSX, file)
    return result
