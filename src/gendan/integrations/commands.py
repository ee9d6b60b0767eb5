"""Saving rows from outside; each resource brings its own command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gendan.integrations.errors import ColumnsMissing, NoRows, TooManyRows
from gendan.integrations.uploads import Upload
from gendan.kernel import jobs
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import MAX_ROWS, Outcome, Row, resource_named
from gendan.kernel.unit import Done, command

TASK = "integrations.import_file"


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
    """Start the import of an uploaded file (or only its check) as a job; the mapping says what each column means."""
    resource = resource_named(upload.resource)
    resource.must_save(actor)
    given = set(mapping.values())
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
        dry_run=dry_run,
    )
    return Done("job", job.pk, str(job.pk))
