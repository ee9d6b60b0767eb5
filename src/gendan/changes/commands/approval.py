"""Approve or reject a change order, also where a flow ends."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.changes import steps
from gendan.changes.commands.shared import approved, ask, concerned, done, flows, locked
from gendan.changes.errors import ReasonNeeded, SomebodyElse
from gendan.changes.models import ChangeOrder, Proposal
from gendan.changes.permissions import APPROVE
from gendan.changes.targets import Order, Target
from gendan.flow import steps as flow
from gendan.flow.queries.standing import running
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command

PASS, REJECT = _("审批变更单"), _("驳回变更单")
PENDING = frozenset({"pending_approval"})


@command("changes.approve_change", PASS)
def approve_change(*, actor: Actor, number: str, note: str = "", version: int | None = None) -> Done:
    """Approve a change within the actor's amount limit; it goes to the partner, or applies. What stands in its way by
    now is kept with it (state approved). Errors: NotFound, Stale, WrongState, AmountLimitExceeded.
    """
    target, found, change = locked(actor, number, version, target_permission="approve")
    change.must_be(set(PENDING), PASS)
    rows = _running(actor, number)
    if not rows:
        _check_not_own(actor, target, change)
    if flow.approves(actor, "co", number, rows, target.approve, change.amount, note):
        go_on(actor, target, found, change, note)
    return done(change)


@command("changes.reject_change", REJECT, permission=APPROVE)
def reject_change(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Reject a change that waits for approval. Errors: NotFound, Stale, WrongState, ReasonNeeded."""
    _target, found, change = locked(actor, number, version, target_permission="approve")
    change.must_be(set(PENDING), REJECT)
    if not reason.strip():
        raise ReasonNeeded()
    if flow.rejects(actor, "co", number, _running(actor, number), reason.strip()):
        reject_locked(actor, found, change, reason)
    return done(change)


def go_on(actor: Actor, target: Target, found: Order, change: ChangeOrder, note: str) -> None:
    """A locked change about which nobody of ours has to be asked any more: it goes to the partner, or applies."""
    approved(actor, change, note)
    record("changes.change_approved", change.subject, actor, concerned(found), note=note)
    if change.must_agree and not change.agreed:
        ask(actor, target, found, change, PASS)
        return
    steps.apply_or_say_why(actor, target, found, change)


def reject_locked(actor: Actor, found: Order, change: ChangeOrder, reason: str) -> None:
    """Reject a locked change; nobody has to be asked any more."""
    change.move_to("rejected", REJECT, decision_note=reason.strip()[:300])
    record("changes.change_rejected", change.subject, actor, concerned(found), reason=reason)


def return_locked(actor: Actor, found: Order, change: ChangeOrder, note: str, *, told: bool = True) -> None:
    """Send a locked change back to its author, as a draft; ``told``: nobody has said so yet."""
    change.move_to("draft", REJECT, decision_note=note.strip()[:300])
    if told:
        record("changes.change_returned", change.subject, actor, concerned(found), reason=note)


def _running(actor: Actor, number: str) -> list[db.Row]:
    return db.rows(*running(actor, "co", number))


def _check_not_own(actor: Actor, target: Target, change: ChangeOrder) -> None:
    """Where a flow approves such orders, who makes an order dearer does not approve that, too. Errors: SomebodyElse."""
    if round(change.amount, 2) <= round(change.amount_before, 2) or flows(actor, target) != (False, True):
        return
    last = Proposal.objects.filter(change_id=change.pk).order_by("-round").values_list("user_id", flat=True).first()
    if actor.user_id in {change.submitted_by_id, last}:
        raise SomebodyElse(order=change.order_number, number=change.number)
