"""Pages of import and export."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.integrations import commands
from gendan.integrations.exports import name_of
from gendan.integrations.files import write
from gendan.integrations.files.guess import guess
from gendan.integrations.files.load import counts_text, load
from gendan.integrations.files.read import Table, check_rows, check_size, open_table
from gendan.integrations.history.load import is_allowed
from gendan.integrations.history.mapping import available, load_mapping
from gendan.integrations.uploads import Upload, token_of, upload_of
from gendan.kernel import files, jobs
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import RESOURCES, Resource, resource_named
from gendan.kernel.errors import Invalid
from gendan.kernel.exports import excel, note
from gendan.kernel.http import actor_of, redirect_to

IMPORT = "integrations.import_file"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHECKED = 1_000
SAMPLE = 5


@require_GET
def import_page(request: HttpRequest) -> HttpResponse:
    """Choose what to import, get a template, upload a file; export; the last imports."""
    actor = actor_of(request)
    actor.must(IMPORT)
    offered = [
        (r.name, str(r.label), r.may_save(actor), r.export is not None and actor.may(r.view_permission))
        for r in RESOURCES.values()
        if r.columns
    ]
    context = {
        "mappings": _mappings(actor),
        "offered": offered,
        "importable": [(name, label) for name, label, may_import, _may_export in offered if may_import],
        "chosen": request.GET.get("resource", "products"),
        "jobs": [job for job in jobs.jobs_of(actor, False).items if job.kind in {"import", "history"}][:10],
    }
    return render(request, "integrations/import_page.html", context)


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Keep the file and go on to the preview."""
    actor = actor_of(request)
    actor.must(IMPORT)
    resource = resource_named(request.POST.get("resource", ""))
    resource.must_save(actor)
    given = request.FILES.get("file")
    if given is None:
        raise Invalid({"file": _("请选择一个文件")})
    check_size(given.size or 0)
    stored = files.store(given.chunks())
    name = (given.name or "")[:120]
    check_rows(open_table(files.path_of(stored.sha256), name), name)
    asked = {column: request.POST.get(f"given_{column}", "").strip()[:64] for column in resource.whole}
    whole = {column: value for column, value in asked.items() if value}
    token = token_of(Upload(actor.company_id, actor.user_id or 0, resource.name, name, stored.sha256, whole))
    return redirect_to(request, reverse("integrations:import_preview", args=[token]))


def _mappings(actor: Actor) -> list[tuple[str, str]]:
    found = [load_mapping(name) for name in available()]
    return [(mapping.name, mapping.title or mapping.name) for mapping in found if is_allowed(actor, mapping)]


@require_POST
def history(request: HttpRequest) -> HttpResponse:
    """Keep an order history and start its import."""
    actor = actor_of(request)
    actor.must("integrations.import_history")
    given = request.FILES.get("history")
    if given is None:
        raise Invalid({"history": _("请选择一个文件")})
    check_size(given.size or 0)
    stored = files.store(given.chunks())
    done = commands.start_history(
        actor=actor,
        name=(given.name or "")[:120],
        sha256=stored.sha256,
        mapping=request.POST.get("mapping", ""),
    )
    return redirect_to(request, reverse("kernel:job", args=[done.id]))


@require_http_methods(["GET", "POST"])
def import_preview(request: HttpRequest, token: str) -> HttpResponse:
    """What the columns mean and what would become of the rows; POST starts the check of all rows or the import."""
    actor = actor_of(request)
    actor.must(IMPORT)
    found = upload_of(actor, token)
    resource = resource_named(found.resource)
    resource.must_save(actor)
    table = open_table(found.path, found.name)
    mapping = _mapping(request, actor, resource, table)
    if request.method == "POST":
        done = commands.import_file(
            actor=actor, upload=found, mapping=mapping, dry_run=request.POST.get("then") == "check"
        )
        return redirect_to(request, reverse("kernel:job", args=[done.id]))
    return render(request, "integrations/import_preview.html", _preview(actor, resource, table, mapping, found, token))


def _mapping(request: HttpRequest, actor: Actor, resource: Resource, table: Table) -> dict[int, str]:
    """What the user chose (``c0=code``), else what the headers say."""
    columns = resource.file_columns(actor)
    known = {column.name for column in columns}
    asked = request.POST if request.method == "POST" else request.GET
    if not any(name.startswith("c") and name[1:].isdigit() for name in asked):
        return guess(table.headers, columns)
    chosen: dict[int, str] = {}
    for position in range(len(table.headers)):
        name = asked.get(f"c{position}", "")
        if name in known:
            if name in chosen.values():
                raise Invalid({f"c{position}": _("同一个字段不能对应两列")})
            chosen[position] = name
    return chosen


def _preview(
    actor: Actor, resource: Resource, table: Table, mapping: dict[int, str], found: Upload, token: str
) -> dict[str, Any]:
    columns = resource.file_columns(actor)
    known = {*mapping.values(), *found.given}
    missing = [str(c.label) for c in columns if c.required and c.name not in known]
    loaded = []
    if not missing:
        parts = load(actor, resource, table, mapping, given=found.given, dry_run=True, limit=CHECKED)
        loaded = [row for part in parts for row in part]
    samples: list[list[Any]] = []
    for _number, cells in table.rows():
        samples.append(cells)
        if len(samples) == SAMPLE:
            break
    counts: dict[str, int] = {}
    for row in loaded:
        counts[row.outcome.status] = counts.get(row.outcome.status, 0) + 1
    return {
        "resource": resource,
        "upload": found,
        "token": token,
        "fields": [
            {
                "position": position,
                "header": header or _("第 %(n)s 列") % {"n": position + 1},
                "samples": [_sample(cells[position]) for cells in samples if position < len(cells) and cells[position]][
                    :3
                ],
                "chosen": mapping.get(position, ""),
            }
            for position, header in enumerate(table.headers)
        ],
        "options": [("", _("不导入")), *((c.name, f"{c.label}{' *' if c.required else ''}") for c in columns)],
        "missing": missing,
        "given": [(str(c.label), found.given[c.name]) for c in columns if c.name in found.given],
        "counts": counts_text(counts, True),
        "problems": [{"line": row.number, "text": row.problem} for row in loaded if row.outcome.status == "failed"][
            :100
        ],
        "checked": len(loaded),
        "capped": len(loaded) >= CHECKED,
    }


def _sample(cell: Any) -> str:
    """A cell as its spreadsheet shows it: whole numbers without «.0», days without midnight."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).removesuffix(" 00:00:00")


@require_GET
def template(request: HttpRequest, resource: str) -> HttpResponse | FileResponse:
    """An empty Excel file to be filled in."""
    actor = actor_of(request)
    found = resource_named(resource)
    found.must_save(actor)
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        write.write_template(Path(file.name), found, found.file_columns(actor))
        return _download(Path(file.name).open("rb"), f"{found.label} {_('导入模板')}.xlsx")


@require_GET
def export(request: HttpRequest, resource: str) -> HttpResponse | FileResponse | StreamingHttpResponse:
    """All rows that match, as Excel or CSV."""
    actor = actor_of(request)
    found = resource_named(resource)
    if found.export is None:
        return HttpResponse(status=404)
    actor.must(found.view_permission)
    filters = {name: str(value) for name, value in request.GET.items() if name != "format"}
    if request.GET.get("format") == "csv":
        name = f"{found.label} {actor.today():%Y-%m-%d}"
        note(actor, name_of(found), filters)
        chunks: Iterator[bytes] = write.csv_chunks(found.file_columns(actor), found.export(actor, filters))
        response = StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = _disposition(f"{name}.csv")
        return response
    return excel(request, actor, name_of(found), filters)


def _download(file: BinaryIO, name: str) -> FileResponse:
    """The file stays readable after its name is gone."""
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _disposition(name: str) -> str:
    return content_disposition_header(True, name) or "attachment"
