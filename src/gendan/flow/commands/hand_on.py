"""Let others decide, or decide with them: transfer, delegate once, add a signer; urge who is asked; read what one was
told.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.flow.errors import AlreadyAsked, NotFoundHere, OwnDocument, UrgedAlready
from gendan.flow.queries.standing import Running, TaskRow
from gendan.flow.queries.tasks import place_of, unknown
from gendan.flow.rules.definition import Approve
from gendan.flow.rules.plan import NewTask
from gendan.flow.steps import engine, gate, writing
from gendan.flow.steps.standing_in import Landed, instead_text, tell_stand_ins
from gendan.flow.steps.writing import Added, Change, Outcome
from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command

MOST_SIGNERS = 20
URGED = "urged"
notices.NOTICE_LABELS[URGED] = _("催您审批")


@command("flow.transfer_task", _("转交审批"), permission="")
def transfer_task(*, actor: Actor, task_id: int, to: str, note: str = "") -> Done:
    """Hand one's task to somebody else (user name), who decides instead.

    Errors: NotFound, NothingRuns, NotAsked, NotFoundHere, AlreadyAsked, OwnDocument.
    """
    run, task = _own(actor, task_id)
    person = _new_person(run, to)
    db.later(
        "UPDATE flow_task SET user_id = %s::bigint, handed_by_id = %s::bigint, stand_in_id = NULL, urged_at = NULL,"
        " source = 'transferred' WHERE id = %s::bigint",
        [person, actor.user_id, task.id],
    )
    names = {"people": run.directory.name(person), "node": _name(run), "note": note.strip()[:300]}
    record("flow.task_transferred", run.document, actor, _inbox(task.user_id, person), **names)
    _tell(actor, run, person)
    return _done(run)


@command("flow.delegate_task", _("委托审批"), permission="")
def delegate_task(*, actor: Actor, task_id: int, to: str, note: str = "") -> Done:
    """Let somebody else decide this one in one's name; both may, who comes first does.

    Errors: NotFound, NothingRuns, NotAsked, NotFoundHere, AlreadyAsked, OwnDocument.
    """
    run, task = _own(actor, task_id)
    person = _new_person(run, to)
    db.later("UPDATE flow_task SET stand_in_id = %s::bigint WHERE id = %s::bigint", [person, task.id])
    names = {"people": run.directory.name(person), "node": _name(run), "note": note.strip()[:300]}
    record("flow.task_delegated", run.document, actor, _inbox(task.user_id, person), **names)
    _tell(actor, run, person, task.user_id)
    return _done(run)


@command("flow.add_signer", _("加签"), permission="")
def add_signer(*, actor: Actor, task_id: int, people: Sequence[str], side: str = "before", note: str = "") -> Done:
    """Ask others (user names) beside oneself: ``before`` one's own decision, or ``after`` it. All of them must agree.

    Errors: NotFound, NothingRuns, NotAsked, NotFoundHere, AlreadyAsked, OwnDocument, Invalid.
    """
    if side not in {"before", "after"}:
        raise Invalid({"side": "side: before | after"})
    if not 0 < len(people) <= MOST_SIGNERS:
        raise Invalid({"people": _now("请选择 1–%(most)s 个人。") % {"most": MOST_SIGNERS}})
    run, task = _own(actor, task_id)
    ids = list(dict.fromkeys(_new_person(run, name) for name in people))
    node = engine.node_of(run)
    hours = node.deadline.hours if isinstance(node, Approve) and node.deadline else None
    state = "waiting" if side == "before" else "later"
    added = [Added(NewTask(run.key, "approve", id_, state, task.place, "added", hours), task.id, side) for id_ in ids]
    changes = [Change(task.id, "later")] if side == "before" else []
    writing.change(actor, run, Outcome("running", run.key, run.round, changes=changes, added=added))
    names = {"people": "、".join(run.directory.name(id_) for id_ in ids), "side": side, "note": note.strip()[:300]}
    record("flow.signer_added", run.document, actor, _inbox(task.user_id, *ids), node=_name(run), **names)
    return _done(run)


@command("flow.urge_task", _("催办"), permission="")
def urge_task(*, actor: Actor, task_id: int) -> Done:
    """Remind who is asked, once an hour: the submitter may, and who may see the document.

    Errors: NotFound, NothingRuns, Forbidden, UrgedAlready.
    """
    run = gate.opened(actor, *place_of(actor, task_id))
    if actor.user_id is None or run.submitter_id != actor.user_id:
        actor.must(run.subject.permission)
        if not engine.sees(actor, run):
            raise unknown(task_id)
    task = next((one for one in run.waiting if one.id == task_id and one.kind == "approve"), None)
    if task is None:
        raise NotFound(what=_now("%(number)s 的这项审批") % {"number": run.document.number})
    if not db.execute(
        "UPDATE flow_task SET urged_at = now() WHERE id = %s::bigint"
        " AND (urged_at IS NULL OR urged_at < now() - interval '1 hour')",
        [task.id],
    ):
        raise UrgedAlready(number=run.document.number, people=run.directory.name(task.user_id))
    told = [id_ for id_ in (task.user_id, task.stand_in_id) if id_ is not None]
    text = _now("%(who)s 催您审批 %(number)s") % {"who": actor.name, "number": run.document.number}
    notices.notify(actor.company_id, told, URGED, text, run.document)
    record("flow.urged", run.document, actor, _inbox(*told), people=run.directory.name(task.user_id))
    return _done(run)


@command("flow.read_task", _("已阅"), permission="")
def read_task(*, actor: Actor, task_id: int) -> Done:
    """Say that one has read what one was told of. Errors: NotFound."""
    found = db.row(
        "UPDATE flow_task t SET state = 'done', decided_at = coalesce(t.decided_at, now()), acted_by_id = t.user_id"
        " FROM flow_instance i WHERE t.id = %s::bigint AND t.company_id = %s::bigint AND t.user_id = %s::bigint"
        " AND t.kind = 'inform' AND i.id = t.instance_id RETURNING i.kind, i.document_id, i.number",
        [task_id, actor.company_id, actor.user_id],
    )
    if found is None:
        raise NotFound(what=_now("这条抄送"))
    return Done(found[0], found[1], found[2])


def _own(actor: Actor, task_id: int) -> tuple[Running, TaskRow]:
    run = gate.opened(actor, *place_of(actor, task_id))
    return run, engine.own_task(actor, run, task_id)


def _new_person(run: Running, username: str) -> int:
    """Somebody who is not asked at this node yet, and may be. Errors: NotFoundHere, AlreadyAsked, OwnDocument."""
    person = run.directory.by_username(username)
    if person is None:
        raise NotFoundHere(username=username)
    if any(person.id in {task.user_id, task.stand_in_id} for task in run.at_node if task.is_open):
        raise AlreadyAsked(people=run.directory.name(person.id), number=run.document.number)
    node = engine.node_of(run)
    own = isinstance(node, Approve) and (node.own or run.definition.own) == "allow"
    if person.id == run.submitter_id and not own:
        raise OwnDocument(people=run.directory.name(person.id), number=run.document.number)
    return person.id


def _tell(actor: Actor, run: Running, person: int, instead_of: int | None = None) -> None:
    number, submitter = run.document.number, run.directory.name(run.submitter_id)
    text = writing.asked_text(number, submitter)
    if instead_of is not None:
        text = instead_text(number, submitter, run.directory.name(instead_of))
    notices.notify_each(actor.company_id, writing.ASKED, [(person, text, run.document)])
    if instead_of is None:
        tell_stand_ins(actor, writing.ASKED, [Landed(person, run.submitter_id, submitter, run.document)])


def _name(run: Running) -> str:
    node = engine.node_of(run)
    return node.name or node.key


def _inbox(*people: int | None) -> list[str]:
    return [f"inbox:{id_}" for id_ in people if id_ is not None]


def _done(run: Running) -> Done:
    return Done(run.document.kind, run.document.id, run.document.number, data={"approval": "running"})
