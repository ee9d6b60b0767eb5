"""My approvals for programs: lists, and the decisions on a task."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from pydantic import Field

from gendan.flow import commands
from gendan.flow.api.router import REFUSALS, router
from gendan.flow.queries.inbox import Wanted, inbox, todo_counts
from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done

View = Literal["todo", "handled", "sent", "copied"]


class ApprovalOut(Out):
    """``parts``: documents with which it may be one that was split, ``joint_amount``: what all of it comes to."""

    """``id``: the task (in ``sent``: the approval). ``amount`` in the company's currency; null: none, or not to be
    seen. ``state``: of the task; ``approval``: of the whole. ``instead_of``: whose task it is, if not one's own.
    """

    id: int
    kind: str
    number: str
    partner: str
    amount: Number | None
    currency: str
    submitter: str
    node: str
    at: datetime
    due_at: datetime | None
    hours_late: int
    urged: bool
    state: str
    approval: str
    instead_of: str
    note: str
    waiting_for: str
    parts: list[str]
    joint_amount: Number | None


class ApprovalsOut(Out):
    items: list[ApprovalOut]
    after: str


class KindCountOut(Out):
    kind: str
    count: int


class ApprovalCountsOut(Out):
    all: int
    overdue: int
    kinds: list[KindCountOut]


class TaskNoteIn(Body):
    note: str = Field("", max_length=300)


class TaskReasonIn(Body):
    reason: str = Field(max_length=300)


class SendBackIn(TaskReasonIn):
    """``to``: the key of an earlier node; empty: the submitter."""

    to: str = Field("", max_length=40)


class ToIn(TaskNoteIn):
    """``to``: a user name."""

    to: str = Field(max_length=150)


class SignersIn(TaskNoteIn):
    """User names. ``side``: before or after one's own decision."""

    people: list[str]
    side: Literal["before", "after"] = "before"


@router.get("/approvals", response={200: ApprovalsOut, **REFUSALS}, summary="My approvals, newest first")
def approvals(
    request: HttpRequest, view: View = "todo", kind: str = "", q: str = "", limit: int = 50, after: str = ""
) -> Any:
    page = inbox(caller(request), Wanted(view, kind, q), limit, after)
    return ApprovalsOut.model_validate({"items": page.items, "after": page.after})


@router.get("/approvals/count", response={200: ApprovalCountsOut, **REFUSALS}, summary="How much waits for me")
def approval_count(request: HttpRequest) -> Any:
    counts = todo_counts(caller(request))
    kinds = [{"kind": kind, "count": count} for kind, _label, count in counts.kinds]
    return ApprovalCountsOut.model_validate({"all": counts.all, "overdue": counts.overdue, "kinds": kinds})


_ANSWERS: dict[Any, Any] = {200: DoneOut, **REFUSALS}


@router.post("/approval-tasks/{task_id}/approve", response=_ANSWERS, summary="Approve")
def approve_task(request: HttpRequest, task_id: int, body: TaskNoteIn | None = None) -> Any:
    return done(commands.approve_task(actor=caller(request), task_id=task_id, note=body.note if body else ""))


@router.post("/approval-tasks/{task_id}/reject", response=_ANSWERS, summary="Reject, with a reason")
def reject_task(request: HttpRequest, task_id: int, body: TaskReasonIn) -> Any:
    return done(commands.reject_task(actor=caller(request), task_id=task_id, reason=body.reason))


@router.post("/approval-tasks/{task_id}/send-back", response=_ANSWERS, summary="Send back to a node or the submitter")
def send_back_task(request: HttpRequest, task_id: int, body: SendBackIn) -> Any:
    return done(commands.send_back_task(actor=caller(request), task_id=task_id, to=body.to, reason=body.reason))


@router.post("/approval-tasks/{task_id}/transfer", response=_ANSWERS, summary="Hand to somebody else")
def transfer_task(request: HttpRequest, task_id: int, body: ToIn) -> Any:
    return done(commands.transfer_task(actor=caller(request), task_id=task_id, to=body.to, note=body.note))


@router.post("/approval-tasks/{task_id}/delegate", response=_ANSWERS, summary="Let somebody decide this one instead")
def delegate_task(request: HttpRequest, task_id: int, body: ToIn) -> Any:
    return done(commands.delegate_task(actor=caller(request), task_id=task_id, to=body.to, note=body.note))


@router.post("/approval-tasks/{task_id}/signers", response=_ANSWERS, summary="Ask others beside oneself")
def add_signer(request: HttpRequest, task_id: int, body: SignersIn) -> Any:
    actor = caller(request)
    return done(commands.add_signer(actor=actor, task_id=task_id, people=body.people, side=body.side, note=body.note))


@router.post("/approval-tasks/{task_id}/urge", response=_ANSWERS, summary="Remind who is asked")
def urge_task(request: HttpRequest, task_id: int) -> Any:
    return done(commands.urge_task(actor=caller(request), task_id=task_id))


@router.post("/approval-tasks/{task_id}/read", response=_ANSWERS, summary="Say that one has read what one was told of")
def read_task(request: HttpRequest, task_id: int) -> Any:
    return done(commands.read_task(actor=caller(request), task_id=task_id))


@router.post("/approvals/{kind}/{number}/withdraw", response=_ANSWERS, summary="Take one's own document back")
def withdraw_approval(request: HttpRequest, kind: str, number: str) -> Any:
    return done(commands.withdraw_approval(actor=caller(request), kind=kind, number=number))
