"""Master data offered to import, export and the bulk API, from the same declarations that pages and API use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gendan.catalog import commands, queries
from gendan.catalog.steps.master import SPECS, Spec
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import Outcome, Resource, Row, register


def _saver(name: str) -> Callable[..., list[Outcome]]:
    def save(actor: Actor, rows: Sequence[Row], *, atomic: bool, dry_run: bool) -> list[Outcome]:
        done = commands.save_rows(actor=actor, resource=name, rows=list(rows), atomic=atomic, dry_run=dry_run)
        return [Outcome(**outcome) for outcome in done.data["outcomes"]]

    return save


def _exporter(name: str) -> Callable[[Actor, Mapping[str, str]], Iterator[dict[str, Any]]]:
    def export(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        return queries.every(actor, name, filters)

    return export


def _offer(spec: Spec) -> None:
    register(
        Resource(
            spec.resource,
            spec.label,
            _saver(spec.resource),
            spec.permission,
            spec.columns,
            queries.view_of(spec.resource),
            _exporter(spec.resource),
        )
    )


for _spec in SPECS.values():
    _offer(_spec)
