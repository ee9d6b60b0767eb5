"""Draft a change order, change the draft, send it on its way, take it back."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gendan.changes import steps
from gendan.changes.commands.shared import Given, concerned, decide, done, locked, tried_now, wanted_of
from gendan.changes.errors import NotByChange
from gendan.changes.models import ChangeOrder
from gendan.changes.permissions import CREATE
from gendan.changes.rules import Content, compare, merge
from gendan.changes.targets import Order, Target, target_of
from gendan.flow import steps as flow
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command

NEW, UPDATE, SUBMIT, WITHDRAW = _("起草变更单"), _("修改变更单"), _("提交变更单"), _("撤回变更单")
CORRECTABLE = {"draft", "approved"}
_SENT = [
    "amount_before",
    "amount",
    "must_agree",
    "doubts",
    "blocked",
    "findings",
    "submitted_at",
    "submitted_by_id",
]


@command("changes.create_change", NEW)
def create_change(
    *,
    actor: Actor,
    kind: str,
    order: str,
    content: Given,
    reason: str = "",
    origin: str = "",
    agreed: bool = False,
    opened: Given | None = None,
    submit: bool = False,
) -> Done:
    """Draft what is to become of an approved order (``kind`` po or so); ``content`` is the whole order as it shall be.

    ``opened`` is what the form was opened with: what others changed since is taken over, what both touched is refused.
    ``origin`` says who asks for it (own, partner); ``agreed`` that the partner has agreed already. With ``submit`` it
    goes on as submit_change does.
    Errors: NotFound, Forbidden, NotByChange, ChangedSince, NothingChanged, Invalid, BelowMoved; submitting's.
    """
    target = target_of(kind)
    actor.must(target.edit)
    found = target.lock(actor, order)
    if not found.live:
        raise NotByChange(number=order, state=found.state_label)
    origin = origin or target.origin
    if origin not in ChangeOrder.Origin.values:
        raise Invalid({"origin": "origin: own | partner"})
    wanted = wanted_of(actor, target, found, content, opened)
    plan = target.plan(actor, found, wanted)
    diffs = compare(found.content, wanted)
    change = steps.insert_change(
        actor,
        target,
        found,
        wanted,
        reason=reason.strip()[:300],
        origin=origin,
        agreed=agreed or origin == "partner",
        must_agree=steps.agreement_needed(found, diffs, origin),
        amount=plan.amount,
    )
    named = (found.subject.ref, *steps.refs_of(found, diffs))
    record("changes.change_created", change.subject, actor, named, reason=reason, order=order)
    if submit:
        _submit(actor, target, found, change)
    return done(change)


@command("changes.update_change", UPDATE, permission=CREATE)
def update_change(
    *,
    actor: Actor,
    number: str,
    content: Given,
    reason: str = "",
    origin: str = "",
    agreed: bool = False,
    opened: Given | None = None,
    version: int | None = None,
) -> Done:
    """Change a draft, or a change that could not apply, which becomes a draft again; its base becomes the order as it
    stands. ``opened``: the order as it was when the form was opened. Errors: as create_change, WrongState, Stale.
    """
    target, found, change = locked(actor, number, version)
    change.must_be(CORRECTABLE, UPDATE)
    if not found.live:
        raise NotByChange(number=found.subject.number, state=found.state_label)
    wanted = _rewritten(actor, target, found, change, content, opened)
    origin = origin or change.origin
    if origin not in ChangeOrder.Origin.values:
        raise Invalid({"origin": "origin: own | partner"})
    plan = target.plan(actor, found, wanted)
    diffs = compare(found.content, wanted)
    before = change.content
    written = {
        "base": found.content,
        "base_version": found.version,
        "content": wanted,
        "reason": reason.strip()[:300],
        "origin": origin,
        "agreed": agreed or origin == "partner",
        "must_agree": steps.agreement_needed(found, diffs, origin),
        "amount_before": found.amount,
        "amount": plan.amount,
        "proposals": change.proposals + 1,
        "blocked": "",
        "findings": [],
    }
    if change.state == "draft":
        change.touch(**written)
    else:
        change.move_to("draft", UPDATE, **written)
    steps.propose(actor, change, origin, change.reason)
    told = steps.as_told(target, compare(before, wanted))
    record("changes.change_updated", change.subject, actor, (found.subject.ref,), changes=told)
    return done(change)


@command("changes.submit_change", SUBMIT, permission=CREATE)
def submit_change(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Send a draft on its way, or once more a change that could not apply. It is tried first, so that what stands in
    its way is refused now. It applies at once when nobody else has to be asked and the partner need not be; else it
    waits for that.

    Errors: NotFound, Stale, WrongState, ChangedSince, NotByChange, BelowMoved, and what the order's context refuses.
    """
    target, found, change = locked(actor, number, version)
    change.must_be(CORRECTABLE, SUBMIT)
    _submit(actor, target, found, change)
    return done(change)


@command("changes.withdraw_change", WITHDRAW, permission=CREATE)
def withdraw_change(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Take back a change that has not been applied. Errors: NotFound, Stale, WrongState."""
    _target, found, change = locked(actor, number, version)
    change.must_be({"draft", "pending_approval", "approved", "awaiting_partner"}, WITHDRAW)
    flow.withdrawn(actor, change.subject)
    change.move_to("withdrawn", WITHDRAW, decision_note=reason.strip()[:300])
    record("changes.change_withdrawn", change.subject, actor, concerned(found), reason=reason)
    return done(change)


def _rewritten(
    actor: Actor, target: Target, found: Order, change: ChangeOrder, content: Given, opened: Given | None
) -> Content:
    """The draft as somebody writes it anew, against its own base, or as the form showed it: over the order as it is."""
    if opened is None:
        return wanted_of(actor, target, found, content, change.base, change.content, kept=True)
    drafted, _clashes = merge(change.base, change.content, found.content)
    return wanted_of(actor, target, found, content, opened, drafted)


def _submit(actor: Actor, target: Target, found: Order, change: ChangeOrder) -> None:
    tried, found, own_flow = tried_now(actor, target, found, change)
    change.amount_before, change.amount = found.amount, tried.plan.amount
    change.must_agree = steps.agreement_needed(found, tried.diffs, change.origin)
    change.doubts = list(tried.written.doubts)
    change.blocked, change.findings = "", []
    change.submitted_at, change.submitted_by_id = timezone.now(), actor.user_id
    change.save(update_fields=_SENT)
    told = steps.as_told(target, tried.diffs)
    named = (found.subject.ref, *steps.refs_of(found, tried.diffs))
    record("changes.change_submitted", change.subject, actor, named, changes=told, reason=change.reason)
    decide(actor, target, found, change, SUBMIT, tried, own_flow=own_flow)
