"""The engine: begins an approval, takes decisions, and moves on to whoever is next.

What a decision means is worked out by the pure rules; here it is applied to a locked approval and written.
Lock order: document → approval → tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gendan.flow.errors import NotAsked
from gendan.flow.queries.standing import Published, Running, TaskRow
from gendan.flow.queries.tasks import unknown
from gendan.flow.rules.definition import AnyNode, Approve, Branch
from gendan.flow.rules.path import at
from gendan.flow.rules.plan import NewTask, Plan, enter, plan
from gendan.flow.rules.votes import outcome as outcome_of
from gendan.flow.rules.votes import turns
from gendan.flow.steps import outside, writing
from gendan.flow.steps.writing import Change, Outcome
from gendan.kernel import scope
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import step


@step
def begin(actor: Actor, found: Published) -> Outcome:
    """Start the approval of a document that is being submitted; it may be approved at once, when nobody is needed."""
    made = plan(found.definition, "", found.facts, found.directory, actor.user_id)
    outcome = Outcome("running" if made.stop else "approved", made.key, 1, tasks=made.tasks)
    writing.begin(actor, found, outcome, actor.user_id)
    told = {"flow": found.name}
    if parts := found.facts.get("split_with"):
        told["split_with"] = "、".join(str(part["number"]) for part in parts)
    record("flow.started", found.document, actor, _refs(made.tasks), **told)
    _tell(actor, found, made)
    return outcome


@step
def decide(
    actor: Actor, run: Running, verdict: str, note: str = "", task_id: int | None = None, to: str = ""
) -> Outcome:
    """Decide one's own task (or that of somebody one stands in for): ``approved``, ``rejected`` or ``sent_back``, the
    latter to the node ``to``, "" being the submitter.

    The state of the outcome says what becomes of the document: running, approved, rejected or sent_back.
    Errors: NotAsked.
    """
    task = own_task(actor, run, task_id)
    node = node_of(run)
    names = {"node": node.name or node.key, "note": note}
    if task.user_id != actor.user_id:
        names["instead_of"] = run.directory.name(task.user_id)
    refs = [f"inbox:{one.user_id}" for one in run.waiting if one.user_id]
    if verdict == "sent_back" and to:
        names["to"] = at(run.definition, to).name or to
    record(f"flow.task_{verdict}", run.document, actor, refs, **names)
    mine = Change(task.id, verdict, note, actor.user_id)
    if verdict == "sent_back":
        return go_back(actor, run, mine, to, note)
    return take(actor, run, mine)


def take(actor: Actor, run: Running, mine: Change) -> Outcome:
    """Apply a decision about one task, and what follows from it for the node, the flow, and the people in it."""
    tasks = [replace(task, state=mine.state) if task.id == mine.id else task for task in run.at_node]
    mode, need = _mode(run, tasks)
    votes = [task.vote for task in tasks if task.kind == "approve"]
    verdict = outcome_of(mode, need, votes)
    others = [task for task in tasks if task.is_open and task.kind == "approve"]
    if verdict == "":
        hours = _hours(run)
        changed = [Change(id_, state, hours=hours) for id_, state in turns(mode, votes).items()]
        outcome = Outcome("running", run.key, run.round, changes=[mine, *changed])
        writing.change(actor, run, outcome)
        return outcome
    dropped = [Change(task.id, "dropped") for task in others]
    if verdict == "rejected":
        outcome = Outcome("rejected", run.key, run.round, mine.note, [mine, *dropped])
        writing.change(actor, run, outcome)
        return outcome
    return move_on(actor, run, [mine, *dropped], tasks)


def move_on(actor: Actor, run: Running, changes: Sequence[Change], tasks: Sequence[TaskRow]) -> Outcome:
    """Go on behind the node where the flow stands, to the next that somebody has to decide, or to its end."""
    made = plan(run.definition, run.key, run.facts, run.directory, run.submitter_id, _decided(run, tasks))
    outcome = Outcome(
        "running" if made.stop else "approved",
        made.key or run.key,
        run.round + 1,
        changes=list(changes),
        tasks=made.tasks,
    )
    writing.change(actor, run, outcome)
    _tell(actor, run, made)
    if outcome.state == "approved":
        record("flow.passed", run.document, actor, flow=run.name)
    return outcome


def go_back(actor: Actor, run: Running, mine: Change, to: str, note: str) -> Outcome:
    """Back to the submitter, which ends the approval, or to a node, whose people decide anew."""
    dropped = [Change(task.id, "dropped") for task in run.at_node if task.is_open and task.id != mine.id]
    if not to:
        outcome = Outcome("sent_back", run.key, run.round, note, [mine, *dropped])
        writing.change(actor, run, outcome)
        return outcome
    node = at(run.definition, to)
    assert isinstance(node, Approve)
    tasks = enter(run.definition, node, run.facts, run.directory, run.submitter_id)
    outcome = Outcome("running", to, run.round + 1, note, [mine, *dropped], tasks)
    writing.change(actor, run, outcome)
    _asked(actor, run, node, tasks)
    return outcome


def own_task(actor: Actor, run: Running, task_id: int | None = None) -> TaskRow:
    """The task that the actor may decide: their own, else one of somebody for whom they stand in.

    Nobody stands in for another to approve what they submitted themselves. Errors: NotAsked, or NotFound for who may
    not even see the document.
    """
    node = node_of(run)
    own_allowed = isinstance(node, Approve) and (node.own or run.definition.own) == "allow"
    mine, for_others = [], []
    for task in run.waiting:
        if task.kind != "approve" or task_id not in {None, task.id} or actor.user_id is None:
            continue
        if task.user_id == actor.user_id:
            mine.append(task)
        elif actor.user_id == run.submitter_id and not own_allowed:
            continue
        elif actor.user_id == task.stand_in_id or task.user_id in run.stands_for:
            for_others.append(task)
    for task in (*mine, *for_others):
        return task
    if task_id is not None and not sees(actor, run):
        raise unknown(task_id)
    raise NotAsked(number=run.document.number, people="、".join(dict.fromkeys(run.asked)) or "—", flow=run.name)


def sees(actor: Actor, run: Running) -> bool:
    """Whether somebody who is not asked may know of the approval: its submitter, and who sees the document."""
    number = run.document.number
    own = actor.user_id is not None and actor.user_id == run.submitter_id
    return own or (actor.may(run.subject.permission) and number in scope.numbers_seen(actor, [number]))


def node_of(run: Running) -> AnyNode:
    """Where an approval stands."""
    return at(run.definition, run.key)


def _hours(run: Running) -> float | None:
    node = node_of(run)
    return node.deadline.hours if isinstance(node, Approve) and node.deadline else None


def _mode(run: Running, tasks: Sequence[TaskRow]) -> tuple[str, int]:
    """How the people of a node decide together; of those who stand in for nobody one is enough."""
    node = node_of(run)
    base = [task for task in tasks if task.parent_id is None and task.kind == "approve"]
    if not isinstance(node, Approve) or all(task.source == "fallback" for task in base):
        return "one", 1
    return node.mode, node.need


def _decided(run: Running, tasks: Sequence[TaskRow]) -> set[int]:
    """Who has approved since the flow was last sent back."""
    every = [*(task for task in run.tasks if task.round != run.round), *tasks]
    back = max((task.round for task in every if task.state == "sent_back"), default=0)
    return {
        person
        for task in every
        if task.round > back and task.state == "approved"
        for person in (task.user_id, task.acted_by_id)
        if person is not None
    }


def _tell(actor: Actor, found: Published | Running, made: Plan) -> None:
    """Do and record what a plan brings beside its tasks: fields, people informed, nodes passed over, who is next."""
    for node, given in made.sets:
        outside.set_field(actor, found, node, given)
    for skipped in made.skipped:
        record("flow.skipped", found.document, actor, node=skipped.name or skipped.key)
    informed = [task for task in made.tasks if task.kind == "inform"]
    if informed:
        names = "、".join(found.directory.name(task.user) for task in informed)
        record("flow.informed", found.document, actor, _refs(informed), people=names)
    if made.stop:
        stopped = [task for task in made.tasks if task.kind != "inform"]
        _asked(actor, found, made.stop.node, stopped, made.stop.problem if isinstance(made.stop.node, Branch) else "")
        if any(task.kind == "webhook" for task in stopped):
            outside.call(actor, found)


def _asked(
    actor: Actor, found: Published | Running, node: AnyNode, tasks: Sequence[NewTask], problem: str = ""
) -> None:
    """Record who is next."""
    now = [task for task in tasks if task.state == "waiting" and task.user]
    told: dict[str, Any] = {"node": node.name or node.key}
    if now:
        told["people"] = "、".join(found.directory.name(task.user) for task in now)
    if problem:
        told["problem"] = problem
    record("flow.asked", found.document, actor, _refs(now), **told)


def _refs(tasks: Sequence[NewTask]) -> list[str]:
    """What makes the to-do lists of people live."""
    return [f"inbox:{task.user}" for task in tasks if task.user]
