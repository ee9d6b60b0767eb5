"""Lists as Excel files: a short one at once, a long one by the worker, with progress and a notice when it is there.

A context registers an ``Export`` for each list in ``ready()``; its page answers ``?export=xlsx`` with ``excel(…)``.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gendan.kernel import events, jobs, notices, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, plain
from gendan.kernel.events import Subject
from gendan.kernel.http import redirect_to
from gendan.kernel.models import Job

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DIRECT = 5_000  # rows that are written while the browser waits
SHEET = 1_048_575  # rows of a sheet below its heading
EXACT_DIGITS = 15  # more is rounded by spreadsheets, so such numbers are written as text
TASK = "kernel.export"
KIND = "export"
NOT_ASKED = ("export", "format", "after")  # parts of an address that narrow nothing
Row = Mapping[str, Any]
Filters = Mapping[str, str]
Columns = Sequence[tuple[str, str | Promise]]


class TooManyRowsForExcel(AppError):
    status = 422
    message = gettext_lazy("超过了 Excel 一张表的 %(most)s 行，请缩小筛选范围后再导出。")


class ColumnsNotSeenAnyMore(AppError):
    status = 403
    message = gettext_lazy("这个文件里有您现在无权查看的列，请重新导出。")


@dataclass(frozen=True, slots=True)
class Export:
    """A list that can be taken away: its rows for filters (as a page's address has them), and how they are written.

    ``rows`` asks for the permission; ``columns`` are key of the row and heading, what the actor may see.
    """

    name: str
    label: str | Promise
    rows: Callable[[Actor, Filters], Iterator[Row]]
    columns: Callable[[Actor], Columns] | None = None
    write: Callable[[Path, Actor, Iterable[Row]], object] | None = None

    def keys(self, actor: Actor) -> list[str]:
        """The columns that the actor may see."""
        return [key for key, _label in self.columns(actor)] if self.columns is not None else []

    def save(self, path: Path, actor: Actor, rows: Iterable[Row]) -> None:
        """Write the rows as a workbook."""
        if self.write is not None:
            self.write(path, actor, rows)
        elif self.columns is not None:
            write_sheet(path, str(self.label), self.columns(actor), rows, actor)


EXPORTS: dict[str, Export] = {}


def register(export: Export) -> None:
    """Offer a list as an Excel file."""
    EXPORTS[export.name] = export


def excel(request: HttpRequest, actor: Actor, name: str, filters: Filters) -> HttpResponse | FileResponse:
    """The list as a download, or the page of the job that makes it when it is long."""
    export = EXPORTS[name]
    rows = export.rows(actor, filters)
    first = list(islice(rows, DIRECT + 1))
    if len(first) <= DIRECT:
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
            export.save(Path(file.name), actor, first)
            # what is open stays readable after its name is gone
            opened = Path(file.name).open("rb")  # noqa: SIM115  (the response closes it)
        note(actor, name, filters, len(first))
        return FileResponse(opened, as_attachment=True, filename=_filename(export, actor), content_type=XLSX)
    title = _("导出%(label)s") % {"label": export.label}
    job = jobs.start(actor, KIND, title, TASK, export=name, filters=dict(filters), language=translation.get_language())
    return redirect_to(request, reverse("kernel:job", args=[job.pk]))


@jobs.job_task(TASK, repeatable=True)
def export_list(run: jobs.JobRun) -> dict[str, Any]:
    """Write a long list in the worker and tell who asked for it."""
    export, actor = EXPORTS[run.args["export"]], run.actor
    with translation.override(run.args["language"] or actor.language):
        count = 0

        def counted() -> Iterator[Row]:
            nonlocal count
            for count, row in enumerate(export.rows(actor, run.args["filters"]), 1):
                if count > SHEET:
                    raise TooManyRowsForExcel(most=SHEET)
                if count % 200 == 0:
                    run.progress(count, None, _("已写 %(n)s 行") % {"n": f"{count:,}"})
                    run.check_cancelled()
                yield row

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "export.xlsx"
            export.save(path, actor, counted())
            with path.open("rb") as file:
                kept = run.keep_file(_filename(export, actor), XLSX, file)
        text = _("%(label)s已导出，共 %(n)s 行。") % {"label": export.label, "n": f"{count:,}"}
        subject = Subject("job", run.id, str(run.id))
        with transaction.atomic():
            _record(actor, subject, export.name, run.args["filters"], count)
            notices.notify(actor.company_id, [actor.user_id or 0], "export", text, subject)
    return {"text": text, "file": kept, "columns": export.keys(actor)}


def csv_answer(actor: Actor, name: str, columns: Columns, rows: Iterable[Row], filters: Filters) -> HttpResponseBase:
    """Rows as a CSV file that Excel opens right: byte order mark, no formulas, constant memory."""
    keys = [key for key, _label in columns]

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield "\ufeff" + str(writer.writerow([str(label) for _key, label in columns]))
        for row in rows:
            yield str(writer.writerow([_cell(row.get(key), actor) for key in keys]))

    note(actor, name, filters)
    short = name.rpartition(".")[2]
    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{short}-{actor.today():%Y%m%d}.csv"'},
    )


class _Echo:
    """A file that gives back what is written to it, for csv.writer in a stream."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


def _cell(value: Any, actor: Actor) -> str:
    if isinstance(value, datetime):
        return value.astimezone(actor.zone).strftime("%Y-%m-%d %H:%M:%S")
    text = "" if value is None else str(plain(value))
    return f"'{text}" if isinstance(value, str) and text[:1] in "=+-@\t\r" and text else text


def note(actor: Actor, name: str, filters: Filters, rows: int | None = None) -> None:
    """Put into the log that somebody has taken a list away, and what of it."""
    with transaction.atomic():
        _record(actor, Subject("list", 0, name), name, filters, rows)


def _record(actor: Actor, subject: Subject, name: str, filters: Filters, rows: int | None) -> None:
    asked = {key: str(value)[:80] for key, value in filters.items() if value and key not in NOT_ASKED}
    events.record("kernel.list_exported", subject, actor, list=name, rows=rows, filters=asked)


def _remark(data: Mapping[str, Any]) -> str:
    """Which list, how many rows, by what it was narrowed."""
    found = EXPORTS.get(str(data.get("list", "")))
    parts = [str(found.label) if found else str(data.get("list", ""))]
    if data.get("rows") is not None:
        parts.append(_("%(n)s 行") % {"n": f"{data['rows']:,}"})
    asked = data.get("filters")
    parts += [f"{key}={value}" for key, value in asked.items()] if isinstance(asked, dict) else []
    return " · ".join(parts)


timeline.REMARKS["kernel.list_exported"] = _remark


def ask_again(actor: Actor, job: Job) -> None:
    """Refuse a finished export to who may not read the list any more, or not all the columns that were written."""
    export = EXPORTS[job.args["export"]]
    next(iter(export.rows(actor, job.args["filters"])), None)
    if not set(job.result.get("columns", ())) <= set(export.keys(actor)):
        raise ColumnsNotSeenAnyMore()


notices.NOTICE_LABELS["export"] = gettext_lazy("导出完成")
notices.NOTICE_LINKS["export"] = ("kernel:job_file", gettext_lazy("下载"))


def write_sheet(path: Path, title: str, columns: Columns, rows: Iterable[Row], actor: Actor) -> None:
    """A workbook of one sheet; no text is ever taken for a formula, times are the company's."""
    plain = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, plain) as book:
        bold = book.add_format({"bold": True})
        formats = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        sheet = book.add_worksheet("".join(" " if sign in "[]:*?/\\" else sign for sign in title)[:31])
        sheet.set_column(0, len(columns) - 1, 14)
        sheet.freeze_panes(1, 1)
        for at, (_key, label) in enumerate(columns):
            sheet.write_string(0, at, str(label), bold)
        for number, row in enumerate(rows, 1):
            for at, (key, _label) in enumerate(columns):
                value: Any = row.get(key)  # stock by product has no warehouse, stock by warehouse no bin
                if isinstance(value, datetime):
                    local = value.astimezone(actor.zone).replace(tzinfo=None)
                    sheet.write_datetime(number, at, local, formats[datetime])
                elif isinstance(value, date):
                    sheet.write_datetime(number, at, value, formats[date])
                elif _is_exact(value):
                    sheet.write_number(number, at, float(value))
                elif value is not None and value != "":
                    sheet.write_string(number, at, str(value))


def _is_exact(value: Any) -> bool:
    if isinstance(value, Decimal):
        return len(value.normalize().as_tuple().digits) <= EXACT_DIGITS
    return isinstance(value, int) and not isinstance(value, bool)


def _filename(export: Export, actor: Actor) -> str:
    return f"{export.label} {actor.today():%Y-%m-%d}.xlsx"


def all_pages(ask: Callable[[str | None], Any]) -> Iterator[dict[str, Any]]:
    """Every row of a list that is read page by page, so that memory stays flat."""
    page = ask(None)
    yield from page.items
    while page.after:
        page = ask(page.after)
        yield from page.items
