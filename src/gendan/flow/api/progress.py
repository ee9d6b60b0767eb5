"""How the approval of one document goes, for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from pydantic import Field

from gendan.flow.api.router import REFUSALS, router
from gendan.flow.errors import NothingRuns
from gendan.flow.queries.asked import about
from gendan.flow.queries.progress import progress
from gendan.flow.subjects import subject_of
from gendan.kernel import subjects
from gendan.kernel.api import Number, Out, caller


class AskedOut(Out):
    """Somebody at a node. ``state``: of their task; empty where they are foreseen."""

    name: str
    state: str
    note: str
    at: datetime | None
    due_at: datetime | None
    late: bool


class StepOut(Out):
    """A node on the way. ``tone``: done, bad, now or later (foreseen); ``since``: when it was entered."""

    key: str
    name: str
    type: str
    tone: str
    since: datetime | None
    people: list[AskedOut]


class PartOut(Out):
    """A document of the same partner and author within some days: perhaps one that was split."""

    number: str
    on: date | None = None
    amount: Number | None = None


class MayOut(Out):
    """What the caller may do: ``task_id`` 0: they are not asked. ``back_to``: keys of nodes to send back to."""

    task_id: int
    instead_of: str
    back_to: list[str]
    urge: list[int]
    withdraw: bool


class ApprovalProgressOut(Out):
    kind: str
    number: str
    transition: str
    flow: str
    version: int
    state: str
    submitter: str
    started_at: datetime
    ended_at: datetime | None
    note: str
    steps: list[StepOut]
    mine: MayOut
    split_with: list[PartOut]
    joint_amount: Number | None
    facts: dict[str, Any] = Field(description="What is judged; without prices for who may not see them")


@router.get(
    "/approvals/{kind}/{number}",
    response={200: ApprovalProgressOut, **REFUSALS},
    summary="How a document's approval goes: who decided, who is asked, who is foreseen",
)
def document_approval(request: HttpRequest, kind: str, number: str) -> Any:
    """The latest approval of a document, for who sees it or is asked about it; ``kind`` is po, requisition, so or
    another that a flow guards.
    """
    actor = caller(request)
    subject_of(kind)  # only what a flow can guard
    judged = about(actor, kind, number)
    if judged is None or not judged.concerned:
        subjects.find(actor, kind, number)
    found = progress(actor, kind, judged.document_id) if judged else None
    if found is None or judged is None:
        raise NothingRuns(number=number)
    parts = [{**part, "amount": part.get("amount")} for part in found.split_with]
    return {
        **{name: getattr(found, name, None) for name in ApprovalProgressOut.model_fields},
        "steps": [StepOut.model_validate(step) for step in found.steps],
        "mine": {
            "task_id": found.mine.task_id,
            "instead_of": found.mine.instead_of,
            "back_to": [key for key, _name in found.mine.back_to],
            "urge": found.mine.urge,
            "withdraw": found.mine.withdraw,
        },
        "split_with": parts,
        "joint_amount": found.joint,
        "facts": judged.told(actor),
    }
