"""Saving rows from outside; each resource brings its own command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gendan.integrations.errors import ColumnsMissing, HistoryUnreadable, ImportGone, NoRows, TooManyRows
from gendan.integrations.files.read import open_table
from gendan.integrations.history.load import check_allowed
from gendan.integrations.history.mapping import available, load_mapping
from gendan.integrations.history.source import HistoryFileError, check_header
from gendan.integrations.history.source import rows as history_rows
from gendan.integrations.uploads import Upload
from gendan.kernel import files, jobs
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import MAX_ROWS, Outcome, Row, resource_named
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import Done, command

TASK = "integrations.import_file"
HISTORY_TASK = "integrations.import_history_file"


def save_bulk(actor: Actor, resource: str, rows: Sequence[Row], *, atomic: bool = False) -> list[Outcome]:
    """Save the rows of a resource: valid ones are saved, the others reported; ``atomic`` is all or nothing."""
    found = resource_named(resource)
    found.must_save(actor)
    if not rows:
        raise NoRows()
    if len(rows) > MAX_ROWS:
        raise TooManyRows(max=MAX_ROWS, found=len(rows))
    return found.save(actor, rows, atomic=atomic, dry_run=False)


@command("integrations.import_file", gettext_lazy("导入文件"))
def import_file(*, actor: Actor, upload: Upload, mapping: Mapping[int, str], dry_run: bool = False) -> Done:
    """Start the import of an uploaded file (or only its check) as a job; the mapping says what each column means.

    Errors: Forbidden, ImportGone (somebody else's upload), ColumnsMissing.
    """
    resource = resource_named(upload.resource)
    resource.must_save(actor)
    if not upload.is_of(actor):
        raise ImportGone()
    given = {*mapping.values(), *upload.given}
    missing = [str(c.label) for c in resource.file_columns(actor) if c.required and c.name not in given]
    if missing:
        raise ColumnsMissing(columns="、".join(missing))
    title = _("检查%(label)s") if dry_run else _("导入%(label)s")
    job = jobs.start(
        actor,
        "import",
        f"{title % {'label': resource.label}} · {upload.name}",
        TASK,
        resource=upload.resource,
        name=upload.name,
        sha256=upload.sha256,
        mapping={str(position): name for position, name in mapping.items()},
        given=dict(upload.given),
        dry_run=dry_run,
    )
    return Done("job", job.pk, str(job.pk))


@command("integrations.start_history", gettext_lazy("导入历史订单"), permission="integrations.import_history")
def start_history(*, actor: Actor, name: str, sha256: str, mapping: str) -> Done:
    """Start the import of a stored order history as a job, by a mapping that ships.

    Errors: Forbidden, UnlimitedApprovalNeeded, Invalid (mapping), HistoryUnreadable, FileUnreadable, FileEmpty.
    """
    if mapping not in available():
        raise Invalid({"mapping": _("请选择一个对应关系")})
    check_allowed(actor, load_mapping(mapping))
    path = files.path_of(sha256)
    open_table(path, name)
    found = load_mapping(mapping)
    try:
        check_header(next(history_rows(path, found), (0, []))[1], found)
    except HistoryFileError as problem:
        raise HistoryUnreadable(name=name, mapping=found.title or mapping, why=str(problem)) from problem
    title = f"{_('导入历史订单')} · {name}"
    job = jobs.start(actor, "history", title, HISTORY_TASK, name=name, sha256=sha256, mapping=mapping)
    return Done("job", job.pk, str(job.pk))
