"""The audit log for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from gendan.kernel.api import Out, caller
from gendan.kernel.audit import queries

router = Router()
TAGS = ["audit"]


class FieldChangeOut(Out):
    field: str
    before: str
    after: str


class EventOut(Out):
    """``via``: page, api, import, job, cli, portal (customers), supplier or device; ``address``: IP address, "" where
    there was none.
    """

    id: int
    at: datetime
    username: str
    user: str
    via: str
    address: str
    type: str
    label: str
    kind: str
    number: str
    changes: list[FieldChangeOut]
    remark: str
    refs: list[str]
    told: str


class EventsOut(Out):
    items: list[EventOut]
    after: str


@router.get("/audit", response=EventsOut, tags=TAGS, summary="Who did what, when, from where")
def audit(
    request: HttpRequest,
    person: str = "",
    number: str = "",
    kind: str = "",
    type: str = "",  # noqa: A002 - what the log calls it
    area: str = "",
    via: str = "",
    since: date | None = None,
    until: date | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> Any:
    """Events, newest first: by person (user name), object (``number``, ``kind``), ``type`` or ``area``, days."""
    asked = queries.Asked(person.strip(), number.strip(), kind, type, area, via, since, until)
    page = queries.events_of(caller(request), asked, limit, after)
    items = [
        {**row, "changes": [dict(zip(("field", "before", "after"), change, strict=True)) for change in row["changes"]]}
        for row in page.items
    ]
    return {"items": items, "after": page.after}
