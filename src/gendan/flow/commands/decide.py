"""Decide about a document that one is asked about: approve, reject, send back; take one's own document back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gendan.flow.errors import NotEarlier, NotSubmitter, ReasonNeeded
from gendan.flow.queries.standing import Running
from gendan.flow.queries.tasks import place_of
from gendan.flow.rules.path import earlier
from gendan.flow.steps import engine, gate, writing
from gendan.flow.steps.writing import Outcome
from gendan.kernel import duties
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command

MOST = 300


@command("flow.approve_task", _("同意"), permission="")
def approve_task(*, actor: Actor, task_id: int, note: str = "") -> Done:
    """Approve what one is asked about; the document is approved when the whole approval ends.

    Errors: NotFound, NothingRuns, NotAsked, DutiesMixed, and what the document's own approval refuses.
    """
    run = _opened(actor, task_id)
    duties.check(actor, "approve", run.document.kind, [run.document.number])
    note = note.strip()[:MOST]
    return _settled(actor, run, engine.decide(actor, run, "approved", note, task_id), note)


@command("flow.reject_task", _("驳回"), permission="")
def reject_task(*, actor: Actor, task_id: int, reason: str = "") -> Done:
    """Say no, with a reason; the document goes back rejected unless others can still let it pass.

    Errors: NotFound, NothingRuns, NotAsked, ReasonNeeded.
    """
    run, reason = _opened(actor, task_id), _reason(reason)
    return _settled(actor, run, engine.decide(actor, run, "rejected", reason, task_id), reason)


@command("flow.send_back_task", pgettext_lazy("approval", "退回"), permission="")
def send_back_task(*, actor: Actor, task_id: int, to: str = "", reason: str = "") -> Done:
    """Send back to an earlier node (its key), whose people decide anew; without one, to the submitter.

    Errors: NotFound, NothingRuns, NotAsked, ReasonNeeded, NotEarlier.
    """
    run, reason = _opened(actor, task_id), _reason(reason)
    visited = {task.key for task in run.tasks}
    if to and to not in {node.key for node in earlier(run.definition, run.key, sorted(visited))}:
        raise NotEarlier(number=run.document.number, node=to)
    return _settled(actor, run, engine.decide(actor, run, "sent_back", reason, task_id, to), reason)


@command("flow.withdraw_approval", _("撤回审批"), permission="")
def withdraw_approval(*, actor: Actor, kind: str, number: str, transition: str = "submit", reason: str = "") -> Done:
    """Take one's own document back from approval, to change it. Errors: NotFound, NothingRuns, NotSubmitter."""
    run = gate.opened(actor, kind, number, transition)
    if actor.user_id is None or run.submitter_id != actor.user_id:
        raise NotSubmitter(number=number, submitter=run.directory.name(run.submitter_id))
    writing.end(actor, kind, run.document.id, "withdrawn", reason, transition)
    record("flow.withdrawn", run.document, actor, [f"inbox:{task.user_id}" for task in run.waiting if task.user_id])
    state = run.subject.ended(actor, number, "withdrawn", reason.strip()[:MOST])
    return Done(kind, run.document.id, number, state, data={"approval": "withdrawn"})


def _opened(actor: Actor, task_id: int) -> Running:
    return gate.opened(actor, *place_of(actor, task_id))


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ReasonNeeded()
    return reason.strip()[:MOST]


def _settled(actor: Actor, run: Running, outcome: Outcome, note: str) -> Done:
    state = gate.finish(actor, run, outcome, note)
    return Done(run.document.kind, run.document.id, run.document.number, state, data={"approval": outcome.state})
