"""What happens when a deadline has passed. The worker calls these by the clock; nobody else has to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from gendan.flow.errors import NothingRuns
from gendan.flow.queries.due import MIND, then_of
from gendan.flow.queries.standing import Running, TaskRow
from gendan.flow.steps import deadlines, engine, gate
from gendan.flow.steps.writing import Change, Outcome
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command


@command(MIND, _("处理到期的审批"))
def mind_deadlines(*, actor: Actor, remind: Sequence[int] = (), escalate: Sequence[int] = ()) -> Done:
    """Remind those who were asked (by task), ask superiors instead; tasks that are not due are left as they are.

    Who has nobody above is reminded. Ten statements, however many tasks.
    """
    late = deadlines.locked(actor, [*remind, *escalate])
    wanted = set(escalate)
    stuck = deadlines.escalate(actor, [task for task in late if task.id in wanted])
    deadlines.remind(actor, [*(task for task in late if task.id not in wanted), *stuck])
    moved = len([task for task in late if task.id in wanted]) - len(stuck)
    return Done("flow", actor.company_id, "deadlines", data={"escalated": moved, "reminded": len(late) - moved})


@command("flow.settle_deadline", _("审批到期后放行或退回"), permission=MIND)
def settle_deadline(*, actor: Actor, kind: str, number: str, task_id: int, transition: str = "submit") -> Done:
    """Let a document pass a node whose time is over, send it back, or go on after a wait, as the node says.

    Errors: NotFound, NothingRuns (the task is not open any more).
    """
    run = gate.opened(actor, kind, number, transition)
    task = next((task for task in run.waiting if task.id == task_id), None)
    if task is None:
        raise NothingRuns(number=number)
    outcome = _settled(actor, run, task)
    state = gate.finish(actor, run, outcome, outcome.note)
    return Done(kind, run.document.id, number, state, data={"approval": outcome.state})


def _settled(actor: Actor, run: Running, task: TaskRow) -> Outcome:
    then = then_of(run.definition, task.key)
    refs = [f"inbox:{one.user_id}" for one in run.waiting if one.user_id]
    if task.kind == "wait":
        others = [replace(one, state="done") if one.id == task.id else one for one in run.at_node]
        return engine.move_on(actor, run, [Change(task.id, "done")], others)
    names = {"node": engine.node_of(run).name or task.key, "instead_of": run.directory.name(task.user_id)}
    if then == "send_back":
        record("flow.sent_back_by_deadline", run.document, actor, refs, **names)
        return engine.go_back(actor, run, Change(task.id, "sent_back"), "", str(_("审批超过期限，自动退回")))
    record("flow.passed_by_deadline", run.document, actor, refs, **names)
    return engine.take(actor, run, Change(task.id, "passed"))
