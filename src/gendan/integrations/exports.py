"""Master data and whatever else can be imported, as Excel files that an import reads back unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.functional import Promise

from gendan.integrations.files.write import write_workbook
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import RESOURCES, Resource
from gendan.kernel.exports import Export, register

Row = Mapping[str, Any]


def export_of(resource: Resource) -> Export:
    """A resource as a list that can be taken away."""

    def rows(actor: Actor, filters: Mapping[str, str]) -> Iterator[Row]:
        actor.must(resource.view_permission)
        return iter(resource.export(actor, filters)) if resource.export else iter(())

    def write(path: Path, actor: Actor, found: Iterable[Row]) -> int:
        return write_workbook(path, resource.file_columns(actor), found)

    def columns(actor: Actor) -> list[tuple[str, str | Promise]]:
        return [(column.name, column.label) for column in resource.file_columns(actor)]

    return Export(name_of(resource), resource.label, rows, columns, write)


def name_of(resource: Resource) -> str:
    """How the export of a resource is called in jobs."""
    return f"integrations.{resource.name}"


for _resource in RESOURCES.values():
    if _resource.export is not None:
        register(export_of(_resource))
