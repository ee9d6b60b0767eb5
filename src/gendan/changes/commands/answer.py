"""Record what the partner says to a change order; apply what everybody agreed to."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gendan.changes import steps
from gendan.changes.commands.shared import Given, concerned, decide, done, locked, tried_now, wanted_of
from gendan.changes.errors import ReasonNeeded
from gendan.changes.models import ChangeOrder
from gendan.changes.permissions import ANSWER, CREATE
from gendan.changes.rules import compare
from gendan.changes.targets import Order
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command

ACCEPT, REFUSE, COUNTER, APPLY = _("登记对方答复变更"), _("登记对方不同意变更"), _("登记对方另一方案"), _("使变更生效")
AWAITING = frozenset({"awaiting_partner"})


@command("changes.accept_change", ACCEPT, permission=ANSWER)
def accept_change(*, actor: Actor, number: str, note: str = "", version: int | None = None) -> Done:
    """Record that the partner agrees; the change applies. What stands in its way by now is kept with it (approved).

    Errors: NotFound, Stale, WrongState.
    """
    target, found, change = locked(actor, number, version)
    change.must_be(set(AWAITING), ACCEPT)
    change.touch(agreed=True, answered_at=timezone.now(), decision_note=note.strip()[:300])
    record("changes.change_accepted", change.subject, actor, concerned(found), note=note)
    steps.apply_or_say_why(actor, target, found, change)
    return done(change)


@command("changes.refuse_change", REFUSE, permission=ANSWER)
def refuse_change(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Record that the partner does not agree. Errors: NotFound, Stale, WrongState, ReasonNeeded."""
    _target, found, change = locked(actor, number, version)
    change.must_be(set(AWAITING), REFUSE)
    change.answered_at = timezone.now()
    change.save(update_fields=["answered_at"])
    _end(actor, found, change, "rejected", REFUSE, reason, "changes.change_refused")
    return done(change)


@command("changes.counter_change", COUNTER, permission=ANSWER)
def counter_change(*, actor: Actor, number: str, content: Given, note: str = "", version: int | None = None) -> Done:
    """Record that the partner agrees to something else: ``content`` is the whole order as the partner would have it.
    It applies at once when the actor may approve its amount, else it waits for approval.

    Errors: NotFound, Stale, WrongState, Invalid, NothingChanged, ChangedSince, BelowMoved.
    """
    target, found, change = locked(actor, number, version)
    change.must_be(set(AWAITING), COUNTER)
    wanted = wanted_of(actor, target, found, content, change.base, change.content, kept=True)
    change.base, change.content, change.agreed = found.content, wanted, True
    change.proposals += 1
    tried, found, own_flow = tried_now(actor, target, found, change)
    change.touch(
        base=found.content,
        base_version=found.version,
        content=wanted,
        agreed=True,
        must_agree=False,
        proposals=change.proposals,
        answered_at=timezone.now(),
        amount_before=found.amount,
        amount=tried.plan.amount,
        doubts=list(tried.written.doubts),
    )
    steps.propose(actor, change, "partner", note)
    told = steps.as_told(target, compare(found.content, wanted))
    record("changes.change_countered", change.subject, actor, concerned(found), note=note, changes=told)
    decide(actor, target, found, change, COUNTER, tried, own_flow=own_flow)
    return done(change)


@command("changes.apply_change", APPLY, permission=CREATE)
def apply_change(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Apply a change on which everybody agreed and that something stood in the way of.

    Errors: NotFound, Stale, WrongState, ChangedSince, NotByChange, BelowMoved, BeyondApproval, NotLookedAt, and what
    the order's context refuses.
    """
    target, found, change = locked(actor, number, version)
    change.must_be({"approved"}, APPLY)
    steps.apply(actor, target, found, change)
    return done(change)


def _end(actor: Actor, found: Order, change: ChangeOrder, state: str, action: Any, reason: str, happened: str) -> None:
    if not reason.strip():
        raise ReasonNeeded()
    change.move_to(state, action, decision_note=reason.strip()[:300])
    record(happened, change.subject, actor, concerned(found), reason=reason)
