"""What another system answered to a flow that waits for it. The worker calls this; nobody else has to."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from gendan.flow.errors import NothingRuns
from gendan.flow.queries.due import MIND
from gendan.flow.queries.standing import Running, TaskRow
from gendan.flow.rules.assignees import fall_back
from gendan.flow.rules.definition import Webhook
from gendan.flow.rules.plan import NewTask
from gendan.flow.steps import engine, gate, writing
from gendan.flow.steps.writing import Change, Outcome
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command


@command("flow.settle_webhook", _("外部系统答复后继续审批"), permission=MIND)
def settle_webhook(
    *, actor: Actor, kind: str, number: str, transition: str = "submit", answered: bool = True, problem: str = ""
) -> Done:
    """Go on when the other system took it; where it did not, people decide in its place.

    Errors: NotFound, NothingRuns (it does not wait for another system any more).
    """
    run = gate.opened(actor, kind, number, transition)
    task = next((one for one in run.waiting if one.kind == "webhook"), None)
    if task is None:
        raise NothingRuns(number=number)
    outcome = _answered(actor, run, task) if answered else _failed(actor, run, task, problem[:300])
    state = gate.finish(actor, run, outcome)
    return Done(kind, run.document.id, number, state, data={"approval": outcome.state})


def _answered(actor: Actor, run: Running, task: TaskRow) -> Outcome:
    node = engine.node_of(run)
    record("flow.webhook_answered", run.document, actor, node=node.name or node.key)
    tasks = [replace(one, state="done") if one.id == task.id else one for one in run.at_node]
    return engine.move_on(actor, run, [Change(task.id, "done")], tasks)


def _failed(actor: Actor, run: Running, task: TaskRow, problem: str) -> Outcome:
    """Ask the node's fallback, at last the administrators, at the same node."""
    node = engine.node_of(run)
    rules = (*(node.fallback if isinstance(node, Webhook) else ()), *run.definition.fallback)
    people = fall_back(rules, run.directory, run.facts, run.submitter_id)
    tasks = [NewTask(node.key, "approve", id_, source=by, note=problem) for id_, by in people]
    changes = [Change(task.id, "dropped", problem)]
    outcome = Outcome("running", run.key, run.round, changes=changes, tasks=tasks)
    writing.change(actor, run, outcome)
    names = "、".join(run.directory.name(id_) for id_, _by in people)
    refs = [f"inbox:{id_}" for id_, _by in people]
    record("flow.webhook_failed", run.document, actor, refs, node=node.name or node.key, people=names, problem=problem)
    return outcome
