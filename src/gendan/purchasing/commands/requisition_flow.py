"""A requisition's way through approval, and its end."""

from __future__ import annotations

from decimal import Decimal

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.flow.queries.standing import running
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Entry, record, record_all
from gendan.kernel.unit import Done, command
from gendan.purchasing.errors import ReasonRequired
from gendan.purchasing.models import Requisition
from gendan.purchasing.steps import pegs, request

SUBMIT, APPROVE, REJECT = _("提交采购申请"), _("审批采购申请"), _("驳回采购申请")
WITHDRAW, CANCEL = _("撤回采购申请"), _("取消采购申请")
KIND = Requisition.KIND
OPEN = {"draft", "pending_approval", "rejected", "approved", "partly_ordered"}


@command("purchasing.submit_requisition", SUBMIT)
def submit_requisition(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Send to approval; approved at once if the actor may approve the estimate. Errors: NotFound, Stale, WrongState."""
    return send(actor, Requisition.lock(actor, number, version))


def send(actor: Actor, found: Requisition) -> Done:
    """Submit a locked requisition; the amount is estimated from supplier prices."""
    found.must_be({"draft", "rejected"}, SUBMIT)
    amount, has_flow = request.estimate(actor, found.pk)
    passed = flow.passes(actor, KIND, found.number) if has_flow else None
    own = not has_flow and flow.submit(actor, "purchasing.approve_requisition", amount).approved
    state = "approved" if passed or own else "pending_approval"
    decided_by = actor.user_id if own else None
    found.move_to(state, SUBMIT, submitted_at=Now(), decided_by_id=decided_by, decision_note="")
    told = {"amount": amount}
    happened = [Entry("purchasing.requisition_submitted", found.subject, (), told)]
    if own:
        happened.append(Entry("purchasing.requisition_approved", found.subject, (), told))
    if passed:
        happened.append(Entry("purchasing.requisition_passed", found.subject, (), {**told, **passed.told}))
    record_all(actor, happened)
    return _done(found)


@command("purchasing.approve_requisition", APPROVE)
def approve_requisition(*, actor: Actor, number: str, version: int | None = None, note: str = "") -> Done:
    """Approve within the actor's amount limit; where an approval runs, as one who is asked in it.

    Errors: NotFound, Stale, WrongState, AmountLimitExceeded, NotAsked.
    """
    found = Requisition.lock(actor, number, version)
    found.must_be({"pending_approval"}, APPROVE)
    amount, rows = request.estimate_beside(actor, found.pk, running(actor, KIND, found.number))
    if not flow.approves(actor, KIND, found.number, rows, "purchasing.approve_requisition", amount, note):
        return _done(found)
    return approve_found(actor, found, note, amount)


def approve_found(actor: Actor, found: Requisition, note: str, amount: Decimal | None = None) -> Done:
    """Approve a locked requisition about which nobody has to be asked any more."""
    found.move_to("approved", APPROVE, decided_by_id=actor.user_id, decision_note=note[:300])
    told = {"note": note} if amount is None else {"note": note, "amount": amount}
    record("purchasing.requisition_approved", found.subject, actor, **told)
    return _done(found)


@command("purchasing.reject_requisition", REJECT)
def reject_requisition(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Refuse with a reason; the requester may change it and submit it again. What waited for it is told.

    Where an approval runs, only who is asked in it; among several it may go on. Errors: NotFound, Stale, WrongState,
    ReasonRequired, NotAsked.
    """
    found = Requisition.lock(actor, number, version)
    found.must_be({"pending_approval"}, REJECT)
    if not reason.strip():
        raise ReasonRequired()
    if not flow.rejects(actor, KIND, number, db.rows(*running(actor, KIND, number)), reason.strip()):
        return _done(found)
    return reject_found(actor, found, reason)


def reject_found(actor: Actor, found: Requisition, reason: str) -> Done:
    """Refuse a locked requisition; nobody has to be asked any more. What waited for it is told."""
    found.move_to("rejected", REJECT, decided_by_id=actor.user_id, decision_note=reason.strip()[:300])
    lines = db.rows("SELECT id FROM purchasing_requisitionline WHERE requisition_id = %s::bigint", [found.pk])
    pegs.requested_less(actor, [id_ for (id_,) in lines])
    record("purchasing.requisition_rejected", found.subject, actor, reason=reason)
    return _done(found)


@command("purchasing.withdraw_requisition", WITHDRAW, permission="purchasing.submit_requisition")
def withdraw_requisition(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Take it back from approval. Errors: NotFound, Stale, WrongState."""
    found = Requisition.lock(actor, number, version)
    found.must_be({"pending_approval"}, WITHDRAW)
    flow.withdrawn(actor, found.subject)
    found.move_to("draft", WITHDRAW, submitted_at=None)
    record("purchasing.requisition_withdrawn", found.subject, actor)
    return _done(found)


def return_found(actor: Actor, found: Requisition, note: str, *, told: bool = True) -> Done:
    """Give a locked requisition back to its requester, who may change it; what waits for it goes on waiting. ``told``:
    nobody has said so yet.
    """
    found.move_to("draft", REJECT, submitted_at=None, decision_note=note.strip()[:300])
    if told:
        record("purchasing.requisition_sent_back", found.subject, actor, reason=note)
    return _done(found)


@command("purchasing.cancel_requisition", CANCEL)
def cancel_requisition(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Cancel what is not ordered yet; what is on orders stays there (cancel those, if need be).

    Errors: NotFound, Stale, WrongState.
    """
    found = Requisition.lock(actor, number, version)
    found.must_be(OPEN, CANCEL)
    if found.state == "pending_approval":
        flow.gone(actor, found.subject, reason.strip())
    ordered = db.rows(
        "UPDATE purchasing_requisitionline SET cancelled = quantity - ordered WHERE requisition_id = %s::bigint"
        " RETURNING id, ordered",
        [found.pk],
    )
    pegs.requested_less(actor, [id_ for id_, _ordered in ordered])
    found.move_to(
        "ordered" if any(q for _id, q in ordered) else "cancelled", CANCEL, decision_note=reason.strip()[:300]
    )
    record("purchasing.requisition_cancelled", found.subject, actor, reason=reason)
    return _done(found)


def _done(found: Requisition) -> Done:
    return Done("requisition", found.pk, found.number, found.state, found.version)
