"""Saving rows from outside; each resource brings its own command."""

from __future__ import annotations

from collections.abc import Sequence

from gendan.integrations.errors import NoRows, TooManyRows
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import MAX_ROWS, Outcome, Row, resource_named


def save_bulk(actor: Actor, resource: str, rows: Sequence[Row], *, atomic: bool = False) -> list[Outcome]:
    """Save the rows of a resource: valid ones are saved, the others reported; ``atomic`` is all or nothing."""
    found = resource_named(resource)
    actor.must(found.permission)
    if not rows:
        raise NoRows()
    if len(rows) > MAX_ROWS:
        raise TooManyRows(max=MAX_ROWS, found=len(rows))
    return found.save(actor, rows, atomic=atomic, dry_run=False)
