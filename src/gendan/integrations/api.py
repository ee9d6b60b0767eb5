"""Bulk saving under /api/v1: any registered resource, up to 10,000 rows, a result per row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from gendan.integrations.commands import save_bulk
from gendan.kernel.actor import Actor
from gendan.kernel.api import Body, Out, ProblemOut, caller
from gendan.kernel.bulk import MAX_ROWS, ROW_NUMBER, Outcome, resource_named
from gendan.kernel.strict import is_plain

router = Router(tags=["bulk"])


class BulkIn(Body):
    """Rows as the resource's own POST takes them."""

    rows: list[dict[str, Any]] = Field(min_length=1, max_length=MAX_ROWS)


class BulkRowOut(Out):
    """What became of a row: created, updated, unchanged, failed or (with atomic) skipped."""

    row: int
    status: str
    key: str
    errors: dict[str, str] = {}


class BulkOut(Out):
    """Results in the order of the rows, and how many of each."""

    results: list[BulkRowOut]
    counts: dict[str, int]


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PLAIN: dict[str, Callable[[str], object]] = {
    "number": is_plain,
    "integer": is_plain,
    "date": _DAY.fullmatch,
}


def _saved(actor: Actor, resource: str, rows: list[dict[str, Any]], *, atomic: bool) -> list[Outcome]:
    """Save the rows that say numbers and days as programs write them, and report the others."""
    kinds = {column.name: _PLAIN[column.kind] for column in resource_named(resource).columns if column.kind in _PLAIN}
    problems = [_unreadable(kinds, row) for row in rows]
    if not any(problems):
        return save_bulk(actor, resource, rows, atomic=atomic)
    resource_named(resource).must_save(actor)
    good = [row for row, wrong in zip(rows, problems, strict=True) if not wrong]
    saved = iter(save_bulk(actor, resource, good) if good and not atomic else ())
    skipped = Outcome(0, "skipped")
    return [Outcome(0, "failed", errors=wrong) if wrong else next(saved, skipped) for wrong in problems]


def _unreadable(kinds: Mapping[str, Callable[[str], object]], row: Mapping[str, Any]) -> dict[str, str]:
    """What of a row is not written as programs write it: 1200.5 and 2026-12-01."""
    return {
        name: _("应写成 1200.5、2026-12-01 这样")
        for name, is_good in kinds.items()
        if isinstance(value := row.get(name), str) and value and not is_good(value)
    }


@router.post(
    "/bulk/{resource}",
    response={200: BulkOut, frozenset({400, 401, 403, 404, 409, 422}): ProblemOut},
    operation_id="save_bulk",
    summary="Save many rows",
)
def bulk(request: HttpRequest, resource: str, body: BulkIn | list[dict[str, Any]], atomic: bool = False) -> Any:
    """Save the valid rows and report the others; with ``atomic=true`` all or none."""
    rows = body.rows if isinstance(body, BulkIn) else body
    rows = [{name: value for name, value in row.items() if name != ROW_NUMBER} for row in rows]
    outcomes = _saved(caller(request), resource, rows, atomic=atomic)
    counts: dict[str, int] = {}
    for outcome in outcomes:
        counts[outcome.status] = counts.get(outcome.status, 0) + 1
    return {
        "results": [{**outcome.as_dict(), "row": number} for number, outcome in enumerate(outcomes, 1)],
        "counts": counts,
    }
