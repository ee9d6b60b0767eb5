"""Cases for programs: the list by rank, groups of one cause, one case, and what can be done with it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from pydantic import Field

from gendan.alerts import commands
from gendan.alerts.api.router import ANSWERS, REFUSALS, router
from gendan.alerts.queries.cases import Wanted, case_counts, case_detail, case_groups, case_list
from gendan.kernel.api import Body, Number, Out, caller, done

Severity = Literal["", "low", "medium", "high"]


class CaseOut(Out):
    """``text``: what is wrong, in the asker's language; ``facts``: the evidence. ``amount`` in company currency, null:
    none, or not to be seen. ``days``: how late. ``owner``: a user name.
    """

    number: str
    state: str
    version: int
    rule: str
    rule_name: str
    severity: str
    text: str
    cause: str
    document_kind: str
    document_number: str
    line_no: int | None
    partner: str | None
    product: str | None
    warehouse: str | None
    due_on: date | None
    days: int
    amount: Number | None
    currency: str
    customers: int
    facts: dict[str, Any]
    rank: int
    owner: str
    opened_at: datetime
    times: int
    answer_by: datetime | None
    answered_at: datetime | None
    escalations: int
    snoozed_until: date | None
    closed_at: datetime | None
    closed_how: str
    reason: str


class CasesOut(Out):
    items: list[CaseOut]
    after: str


class GroupOut(Out):
    """Cases of one cause. ``number``: one of them."""

    rule: str
    rule_name: str
    cause: str
    severity: str
    cases: int
    documents: int
    days: int
    amount: Number | None
    customers: int
    rank: int
    partner: str | None
    product: str | None
    number: str


class GroupsOut(Out):
    items: list[GroupOut]


class CaseCountsOut(Out):
    """Of open cases; at most 1000 are counted (``capped``)."""

    all: int
    mine: int
    capped: bool
    states: dict[str, int]
    severities: dict[str, int]
    rules: dict[str, int]


class CaseNoteIn(Body):
    note: str = Field("", max_length=300)
    version: int | None = None


class CaseReasonIn(Body):
    """``wrong``: the rule was mistaken; it counts in its measuring."""

    wrong: bool = False
    reason: str = Field(max_length=300)
    version: int | None = None


class AssignIn(CaseNoteIn):
    """``to``: a user name."""

    to: str = Field(max_length=150)


class SnoozeIn(CaseNoteIn):
    until: date


@router.get("/cases", response={200: CasesOut, **REFUSALS}, summary="Exceptions, those that matter most first")
def cases(
    request: HttpRequest,
    state: str = "",
    rule: str = "",
    severity: Severity = "",
    owner: str = "",
    partner: str = "",
    product: str = "",
    warehouse: str = "",
    document: str = "",
    cause: str = "",
    snoozed: bool = False,
    limit: int = 50,
    after: str = "",
) -> Any:
    """``state``: open (also what is in progress; the default), all, or one of them. ``snoozed``: those put off, too."""
    wanted = Wanted(state, rule, severity, owner, partner, product, warehouse, document, cause, snoozed)
    page = case_list(caller(request), wanted, limit, after)
    return CasesOut.model_validate({"items": page.items, "after": page.after})


@router.get(
    "/cases/groups", response={200: GroupsOut, **REFUSALS}, summary="Open exceptions, those of one cause as one"
)
def groups(request: HttpRequest, rule: str = "", severity: Severity = "", owner: str = "") -> Any:
    found = case_groups(caller(request), Wanted(rule=rule, severity=severity, owner=owner))
    return GroupsOut.model_validate({"items": found})


@router.get("/cases/count", response={200: CaseCountsOut, **REFUSALS}, summary="How many exceptions are open")
def count(request: HttpRequest) -> Any:
    return CaseCountsOut.model_validate(case_counts(caller(request)))


@router.get("/cases/{number}", response={200: CaseOut, **REFUSALS}, summary="One exception")
def case(request: HttpRequest, number: str) -> Any:
    return CaseOut.model_validate(case_detail(caller(request), number))


@router.post("/cases/{number}/take", response=ANSWERS, summary="Take it up; it becomes one's own")
def take_case(request: HttpRequest, number: str, body: CaseNoteIn | None = None) -> Any:
    version = body.version if body else None
    return done(commands.take_case(actor=caller(request), number=number, version=version))


@router.post("/cases/{number}/assign", response=ANSWERS, summary="Hand it to a colleague")
def assign_case(request: HttpRequest, number: str, body: AssignIn) -> Any:
    given = {"to": body.to, "note": body.note, "version": body.version}
    return done(commands.assign_case(actor=caller(request), number=number, **given))  # type: ignore[arg-type]


@router.post("/cases/{number}/snooze", response=ANSWERS, summary="Put it off until a day")
def snooze_case(request: HttpRequest, number: str, body: SnoozeIn) -> Any:
    actor = caller(request)
    return done(
        commands.snooze_case(actor=actor, number=number, until=body.until, note=body.note, version=body.version)
    )


@router.post("/cases/{number}/resolve", response=ANSWERS, summary="Say that what had to be done is done")
def resolve_case(request: HttpRequest, number: str, body: CaseNoteIn | None = None) -> Any:
    given = body or CaseNoteIn.model_construct(note="", version=None)
    actor = caller(request)
    return done(commands.resolve_case(actor=actor, number=number, note=given.note, version=given.version))


@router.post("/cases/{number}/dismiss", response=ANSWERS, summary="Say that it is none, and why")
def dismiss_case(request: HttpRequest, number: str, body: CaseReasonIn) -> Any:
    actor = caller(request)
    return done(
        commands.dismiss_case(actor=actor, number=number, reason=body.reason, wrong=body.wrong, version=body.version)
    )


@router.post("/cases/{number}/escalate", response=ANSWERS, summary="Give it to the superior of its owner")
def escalate_case(request: HttpRequest, number: str, body: CaseNoteIn | None = None) -> Any:
    given = body or CaseNoteIn.model_construct(note="", version=None)
    actor = caller(request)
    return done(commands.escalate_case(actor=actor, number=number, note=given.note, version=given.version))


@router.post("/cases/{number}/reopen", response=ANSWERS, summary="Put it back to what has to be done")
def reopen_case(request: HttpRequest, number: str, body: CaseNoteIn | None = None) -> Any:
    given = body or CaseNoteIn.model_construct(note="", version=None)
    actor = caller(request)
    return done(commands.reopen_case(actor=actor, number=number, note=given.note, version=given.version))
