"""Bulk saving under /api/v1: any registered resource, up to 10,000 rows, a result per row."""

from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from gendan.integrations.commands import save_bulk
from gendan.kernel.api import Body, Out, ProblemOut, caller
from gendan.kernel.bulk import MAX_ROWS, ROW_NUMBER

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
    outcomes = save_bulk(caller(request), resource, rows, atomic=atomic)
    counts: dict[str, int] = {}
    for outcome in outcomes:
        counts[outcome.status] = counts.get(outcome.status, 0) + 1
    return {
        "results": [{**outcome.as_dict(), "row": number} for number, outcome in enumerate(outcomes, 1)],
        "counts": counts,
    }
