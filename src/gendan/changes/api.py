"""Change orders for programs: list, one, what is done to them; the versions of orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from pydantic import Field

from gendan.changes import commands
from gendan.changes.bodies import (
    ChangeBody,
    ChangedLineBody,
    ChangeNoteBody,
    ChangeReasonBody,
    ChangeVerbBody,
    ContentBody,
    CounterBody,
    UpdateBody,
)
from gendan.changes.queries import answers, change_detail, change_list, compare_versions, shown, versions_of
from gendan.changes.rules import Content, Diff, merge
from gendan.changes.targets import target_of
from gendan.flow.bodies import PassedOut
from gendan.kernel.actor import Actor
from gendan.kernel.api import Body, DoneOut, Number, Out, ProblemOut, caller, done
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import Done

router = Router(tags=["changes"])
REFUSALS: Any = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 409: ProblemOut, 422: ProblemOut}


class CellOut(Out):
    field: str
    before: str
    after: str


class DiffOut(Out):
    """What differs of the header, or of a line that was added, removed or changed."""

    kind: str
    line: int | None
    product: str
    product_name: str
    cells: list[CellOut]


class ChangeRowOut(Out):
    number: str
    state: str
    version: int
    order_kind: str
    order_number: str
    partner: str
    partner_name: str
    origin: str
    reason: str
    amount_before: Number | None
    amount: Number | None
    created_at: datetime
    submitted_at: datetime | None
    sent_at: datetime | None
    answered_at: datetime | None
    applied_at: datetime | None
    revision: int | None


class AnswersOut(Out):
    """How many of the last changes partners answered, after how many hours on average and in the middle."""

    count: int
    average: Number | None
    middle: Number | None


class ChangesOut(Out):
    items: list[ChangeRowOut]
    after: str | None
    answers: AnswersOut


class ChangeProposalOut(Out):
    round: int
    origin: str
    note: str
    at: datetime
    user: str
    diffs: list[DiffOut]


class ChangeOut(ChangeRowOut):
    must_agree: bool
    agreed: bool
    blocked: str
    doubts: list[str]
    passed_by: PassedOut | None
    decision_note: str
    base_version: int
    base: dict[str, Any]
    content: dict[str, Any]
    diffs: list[DiffOut]
    proposals: list[ChangeProposalOut]


class DocumentVersionOut(Out):
    revision: int
    at: datetime | None
    user: str
    change: str
    reason: str
    content: dict[str, Any]


class ChangeQuery(Body):
    state: str = ""
    kind: Literal["", "po", "so"] = ""
    order: str = ""
    partner: str = ""
    limit: int | None = Field(None, ge=1, le=200)
    after: str | None = None


@router.get("/changes", response={200: ChangesOut, **REFUSALS}, summary="Change orders, and how fast partners answer")
def list_changes(request: HttpRequest, wanted: Annotated[ChangeQuery, Query()]) -> Any:
    actor = caller(request)
    given = wanted.model_dump(exclude={"state"})
    page = change_list(actor, wanted.state, **given)
    return {"items": page.items, "after": page.after, "answers": answers(actor, wanted.kind, wanted.partner)}


@router.get("/changes/{number}", response={200: ChangeOut, **REFUSALS}, summary="One change order, before and after")
def get_change(request: HttpRequest, number: str) -> Any:
    change = change_detail(caller(request), number)
    change["diffs"] = [_diff(diff) for diff in change["diffs"]]
    for proposal in change["proposals"]:
        proposal["diffs"] = [_diff(diff) for diff in proposal["diffs"]]
    return change


def _diff(diff: Diff) -> dict[str, Any]:
    cells = [{"field": name, "before": before, "after": after} for name, before, after in diff.cells]
    return {
        "kind": diff.kind,
        "line": diff.line,
        "product": diff.product,
        "product_name": diff.product_name,
        "cells": cells,
    }


@router.post(
    "/purchase-orders/{number}/changes",
    response={201: DoneOut, **REFUSALS},
    summary="Change an approved purchase order by a change order",
)
def change_purchase_order(request: HttpRequest, number: str, body: ChangeBody) -> Any:
    return _create(request, "po", number, body)


@router.post(
    "/sales-orders/{number}/changes",
    response={201: DoneOut, **REFUSALS},
    summary="Change a reviewed sales order by a change order",
)
def change_sales_order(request: HttpRequest, number: str, body: ChangeBody) -> Any:
    return _create(request, "so", number, body)


def _create(request: HttpRequest, kind: str, number: str, body: ChangeBody) -> Any:
    actor = caller(request)
    actor.must("changes.create_change")
    actor.must(target_of(kind).edit)
    found = commands.create_change(
        actor=actor,
        kind=kind,
        order=number,
        content=_content(actor, kind, number, body),
        reason=body.reason,
        origin=body.origin or "",
        agreed=body.agreed,
        submit=body.submit,
    )
    return Status(201, done(found))


HEADER = frozenset(ContentBody.model_fields) - {"lines", "remove"}


def _content(actor: Actor, kind: str, number: str, body: ContentBody, base: Content | None = None) -> Content:
    """The whole order as it shall be: what is not given stays as it is now (or as in ``base``).

    Errors: Invalid, for what the order does not have.
    """
    now = base or target_of(kind).read(actor, number).content
    if problems := _misplaced(number, body, now):
        raise Invalid(problems)
    header = {name: getattr(body, name) for name in HEADER if name in body.model_fields_set}
    changed = {line.line: line for line in body.lines if line.line is not None}
    gone = set(body.remove)
    lines = [
        {**line, **_cells(changed[line["line"]])} if line["line"] in changed else line
        for line in now["lines"]
        if line["line"] not in gone
    ]
    lines += [{"id": None, **_cells(line)} for line in body.lines if line.line is None]
    return {**now, **header, "lines": lines}


def _misplaced(number: str, body: ContentBody, now: Content) -> dict[str, str]:
    """What names a field or a line that the order does not have, or a line more than once."""
    problems: dict[str, str] = {
        name: _("%(number)s 没有这一项。") % {"number": number}
        for name in sorted(HEADER)
        if name in body.model_fields_set and name not in now
    }
    known = {line["line"] for line in now["lines"]}
    cells = {name for line in now["lines"] for name in line}
    seen: set[int] = set()
    for n, line in enumerate(body.lines):
        for name in sorted(line.model_fields_set - {"line"} - cells):
            problems[f"lines.{n}.{name}"] = _("%(number)s 没有这一项。") % {"number": number}
        if line.line is not None:
            problems |= _misnamed(f"lines.{n}.line", number, line.line, known, seen)
    for n, one in enumerate(body.remove):
        problems |= _misnamed(f"remove.{n}", number, one, known, seen)
    return problems


def _misnamed(place: str, number: str, line: int, known: set[int], seen: set[int]) -> dict[str, str]:
    if line not in known:
        return {place: _("%(number)s 没有第 %(line)s 行。") % {"number": number, "line": line}}
    if line in seen:
        return {place: _("第 %(line)s 行写了不止一次。") % {"line": line}}
    seen.add(line)
    return {}


def _cells(line: ChangedLineBody) -> dict[str, Any]:
    return {name: getattr(line, name) for name in line.model_fields_set - {"line"}}


_ANSWERS: Any = {200: DoneOut, **REFUSALS}


def _run(run: Callable[..., Done], request: HttpRequest, number: str, body: ChangeVerbBody) -> Any:
    return done(run(actor=caller(request), number=number, **body.model_dump()))


@router.patch("/changes/{number}", response=_ANSWERS, summary="Correct a draft, or a blocked change")
def update_change(request: HttpRequest, number: str, body: UpdateBody) -> Any:
    actor = caller(request)
    actor.must("changes.create_change")
    change = change_detail(actor, number)
    kind, order = change["order_kind"], change["order_number"]
    now = shown(actor, target_of(kind), target_of(kind).read(actor, order).content)
    drafted, _clashes = merge(change["base"], change["content"], now)
    if any(line.line is None for line in body.lines):
        drafted["lines"] = [line for line in drafted["lines"] if line["id"] is not None]
    found = commands.update_change(
        actor=actor,
        number=number,
        content=_content(actor, kind, order, body, drafted),
        reason=change["reason"] if body.reason is None else body.reason,
        origin=body.origin or change["origin"],
        agreed=body.agreed,
        opened=now,
        version=body.version,
    )
    return done(found)


@router.post(
    "/changes/{number}/submit", response=_ANSWERS, summary="Send a draft, or a change that could not apply, on its way"
)
def submit_change(request: HttpRequest, number: str, body: ChangeVerbBody | None = None) -> Any:
    return _run(commands.submit_change, request, number, body or ChangeVerbBody())


@router.post("/changes/{number}/approve", response=_ANSWERS, summary="Approve a change order")
def approve_change(request: HttpRequest, number: str, body: ChangeNoteBody | None = None) -> Any:
    return _run(commands.approve_change, request, number, body or ChangeNoteBody())


@router.post("/changes/{number}/reject", response=_ANSWERS, summary="Reject a change order that waits for approval")
def reject_change(request: HttpRequest, number: str, body: ChangeReasonBody | None = None) -> Any:
    return _run(commands.reject_change, request, number, body or ChangeReasonBody())


@router.post("/changes/{number}/withdraw", response=_ANSWERS, summary="Take back a change that was not applied")
def withdraw_change(request: HttpRequest, number: str, body: ChangeReasonBody | None = None) -> Any:
    return _run(commands.withdraw_change, request, number, body or ChangeReasonBody())


@router.post("/changes/{number}/accept", response=_ANSWERS, summary="Record that the partner agrees; it applies")
def accept_change(request: HttpRequest, number: str, body: ChangeNoteBody | None = None) -> Any:
    return _run(commands.accept_change, request, number, body or ChangeNoteBody())


@router.post("/changes/{number}/refuse", response=_ANSWERS, summary="Record that the partner does not agree")
def refuse_change(request: HttpRequest, number: str, body: ChangeReasonBody | None = None) -> Any:
    return _run(commands.refuse_change, request, number, body or ChangeReasonBody())


@router.post("/changes/{number}/apply", response=_ANSWERS, summary="Apply an agreed change that something stood before")
def apply_change(request: HttpRequest, number: str, body: ChangeVerbBody | None = None) -> Any:
    return _run(commands.apply_change, request, number, body or ChangeVerbBody())


@router.post("/changes/{number}/counter", response=_ANSWERS, summary="Record what the partner agrees to instead")
def counter_change(request: HttpRequest, number: str, body: CounterBody) -> Any:
    actor = caller(request)
    actor.must("changes.answer_change")
    change = change_detail(actor, number)
    content = _content(actor, change["order_kind"], change["order_number"], body, change["content"])
    found = commands.counter_change(
        actor=actor, number=number, content=content, note=body.note_of_partner, version=body.version
    )
    return done(found)


_VERSIONS: Any = {200: list[DocumentVersionOut], **REFUSALS}
_DIFFS: Any = {200: list[DiffOut], **REFUSALS}


@router.get("/purchase-orders/{number}/versions", response=_VERSIONS, summary="Every version of a purchase order")
def purchase_order_versions(request: HttpRequest, number: str) -> Any:
    return versions_of(caller(request), "po", number)


@router.get("/sales-orders/{number}/versions", response=_VERSIONS, summary="Every version of a sales order")
def sales_order_versions(request: HttpRequest, number: str) -> Any:
    return versions_of(caller(request), "so", number)


@router.get(
    "/purchase-orders/{number}/versions/compare", response=_DIFFS, summary="What differs between two versions (a, b)"
)
def compare_purchase_order(request: HttpRequest, number: str, a: int = 1, b: int = 1) -> Any:
    return [_diff(diff) for diff in compare_versions(caller(request), "po", number, a, b)]


@router.get(
    "/sales-orders/{number}/versions/compare", response=_DIFFS, summary="What differs between two versions (a, b)"
)
def compare_sales_order(request: HttpRequest, number: str, a: int = 1, b: int = 1) -> Any:
    return [_diff(diff) for diff in compare_versions(caller(request), "so", number, a, b)]
