"""Draft a change order, send it to approval, decide, record the partner's answer, apply it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gendan.changes import steps
from gendan.changes.errors import ChangedSince, NotByChange, NothingChanged, ReasonNeeded, SomebodyElse
from gendan.changes.models import ChangeOrder, Proposal
from gendan.changes.permissions import ANSWER, APPROVE, CREATE
from gendan.changes.queries import hidden
from gendan.changes.rules import Content, compare, merge, unhide
from gendan.changes.targets import Order, Target, target_of
from gendan.flow import steps as flow
from gendan.flow.queries.standing import HAS_FLOW, running
from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Entry, record
from gendan.kernel.unit import Done, command

NEW, UPDATE, SUBMIT, WITHDRAW = _("起草变更单"), _("修改变更单"), _("提交变更单"), _("撤回变更单")
PASS, REJECT = _("审批变更单"), _("驳回变更单")
ACCEPT, REFUSE, COUNTER, APPLY = _("登记对方答复变更"), _("登记对方不同意变更"), _("登记对方另一方案"), _("使变更生效")
PENDING, AWAITING = frozenset({"pending_approval"}), frozenset({"awaiting_partner"})
Given = Mapping[str, Any]


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
    wanted = _wanted(actor, target, found, content, opened)
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
    refs = (found.subject.ref, *steps.refs_of(found, diffs))
    record("changes.change_created", change.subject, actor, refs, reason=reason, order=order)
    if submit:
        _submit(actor, target, found, change)
    return _done(change)


@command("changes.update_change", UPDATE, permission=CREATE)
def update_change(
    *,
    actor: Actor,
    number: str,
    content: Given,
    reason: str = "",
    origin: str = "",
    agreed: bool = False,
    version: int | None = None,
) -> Done:
    """Change a draft; its base becomes the order as it stands. Errors: as create_change, WrongState, Stale."""
    target, found, change = _locked(actor, number, version)
    change.must_be({"draft"}, UPDATE)
    if not found.live:
        raise NotByChange(number=found.subject.number, state=found.state_label)
    wanted = _wanted(actor, target, found, content, change.base, change.content)
    origin = origin or change.origin
    if origin not in ChangeOrder.Origin.values:
        raise Invalid({"origin": "origin: own | partner"})
    plan = target.plan(actor, found, wanted)
    diffs = compare(found.content, wanted)
    before = change.content
    change.touch(
        base=found.content,
        base_version=found.version,
        content=wanted,
        reason=reason.strip()[:300],
        origin=origin,
        agreed=agreed or origin == "partner",
        must_agree=steps.agreement_needed(found, diffs, origin),
        amount_before=found.amount,
        amount=plan.amount,
        proposals=change.proposals + 1,
    )
    steps.propose(actor, change, origin, change.reason)
    told = steps.as_told(target, compare(before, wanted))
    record("changes.change_updated", change.subject, actor, (found.subject.ref,), changes=told)
    return _done(change)


@command("changes.submit_change", SUBMIT, permission=CREATE)
def submit_change(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Send a draft on its way. It is tried first, so that what stands in its way is refused now. It applies at once
    when the actor may approve the order's new amount and the partner need not be asked; else it waits for that.

    Errors: NotFound, Stale, WrongState, ChangedSince, NotByChange, BelowMoved, and what the order's context refuses.
    """
    target, found, change = _locked(actor, number, version)
    change.must_be({"draft"}, SUBMIT)
    _submit(actor, target, found, change)
    return _done(change)


@command("changes.approve_change", PASS)
def approve_change(*, actor: Actor, number: str, note: str = "", version: int | None = None) -> Done:
    """Approve a change within the actor's amount limit; it goes to the partner, or applies. What stands in its way by
    now is kept with it (state approved). Errors: NotFound, Stale, WrongState, AmountLimitExceeded.
    """
    target, found, change = _locked(actor, number, version, target_permission="approve")
    change.must_be(set(PENDING), PASS)
    rows = _running(actor, number)
    if not rows:
        _check_not_own(actor, target, change)
    if flow.approves(actor, "co", number, rows, target.approve, change.amount, note):
        go_on(actor, target, found, change, note)
    return _done(change)


@command("changes.reject_change", REJECT, permission=APPROVE)
def reject_change(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Reject a change that waits for approval. Errors: NotFound, Stale, WrongState, ReasonNeeded."""
    _target, found, change = _locked(actor, number, version, target_permission="approve")
    change.must_be(set(PENDING), REJECT)
    if not reason.strip():
        raise ReasonNeeded()
    if flow.rejects(actor, "co", number, _running(actor, number), reason.strip()):
        reject_locked(actor, found, change, reason)
    return _done(change)


@command("changes.withdraw_change", WITHDRAW, permission=CREATE)
def withdraw_change(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Take back a change that has not been applied. Errors: NotFound, Stale, WrongState."""
    _target, found, change = _locked(actor, number, version)
    change.must_be({"draft", "pending_approval", "approved", "awaiting_partner"}, WITHDRAW)
    flow.withdrawn(actor, change.subject)
    change.move_to("withdrawn", WITHDRAW, decision_note=reason.strip()[:300])
    record("changes.change_withdrawn", change.subject, actor, _refs(found), reason=reason)
    return _done(change)


@command("changes.accept_change", ACCEPT, permission=ANSWER)
def accept_change(*, actor: Actor, number: str, note: str = "", version: int | None = None) -> Done:
    """Record that the partner agrees; the change applies. What stands in its way by now is kept with it (approved).

    Errors: NotFound, Stale, WrongState.
    """
    target, found, change = _locked(actor, number, version)
    change.must_be(set(AWAITING), ACCEPT)
    change.touch(agreed=True, answered_at=timezone.now(), decision_note=note.strip()[:300])
    record("changes.change_accepted", change.subject, actor, _refs(found), note=note)
    steps.apply_or_say_why(actor, target, found, change)
    return _done(change)


@command("changes.refuse_change", REFUSE, permission=ANSWER)
def refuse_change(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Record that the partner does not agree. Errors: NotFound, Stale, WrongState, ReasonNeeded."""
    _target, found, change = _locked(actor, number, version)
    change.must_be(set(AWAITING), REFUSE)
    change.answered_at = timezone.now()
    change.save(update_fields=["answered_at"])
    _end(actor, found, change, "rejected", REFUSE, reason, "changes.change_refused")
    return _done(change)


@command("changes.counter_change", COUNTER, permission=ANSWER)
def counter_change(*, actor: Actor, number: str, content: Given, note: str = "", version: int | None = None) -> Done:
    """Record that the partner agrees to something else: ``content`` is the whole order as the partner would have it.
    It applies at once when the actor may approve its amount, else it waits for approval.

    Errors: NotFound, Stale, WrongState, Invalid, NothingChanged, ChangedSince, BelowMoved.
    """
    target, found, change = _locked(actor, number, version)
    change.must_be(set(AWAITING), COUNTER)
    wanted = _wanted(actor, target, found, content, change.base, change.content)
    change.base, change.content, change.agreed = found.content, wanted, True
    change.proposals += 1
    tried, found = steps.trial(actor, target, found, change)
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
    record("changes.change_countered", change.subject, actor, _refs(found), note=note, changes=told)
    _decide(actor, target, found, change, COUNTER)
    return _done(change)


@command("changes.apply_change", APPLY, permission=CREATE)
def apply_change(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Apply a change on which everybody agreed and that something stood in the way of.

    Errors: NotFound, Stale, WrongState, ChangedSince, NotByChange, BelowMoved, BeyondApproval, NotLookedAt, and what
    the order's context refuses.
    """
    target, found, change = _locked(actor, number, version)
    change.must_be({"approved"}, APPLY)
    steps.apply(actor, target, found, change)
    return _done(change)


def _locked(
    actor: Actor, number: str, version: int | None, target_permission: str = "edit"
) -> tuple[Target, Order, ChangeOrder]:
    target, found, change = steps.lock_change(actor, number, version)
    actor.must(target.approve if target_permission == "approve" else target.edit)
    return target, found, change


def _wanted(
    actor: Actor, target: Target, found: Order, content: Given, base: Given | None, drafted: Content | None = None
) -> Content:
    """A content that somebody gives, as the order shall be: what others changed since ``base`` is taken over, and what
    the actor does not see stays as it is, or as it was ``drafted``.
    """
    wanted, opened = target.clean(content, found.content), target.clean(base, found.content) if base else found.content
    if names := hidden(actor, target):
        wanted = unhide(wanted, _over(drafted, found.content), names)
        opened = opened if drafted else unhide(opened, found.content, names)
    told = {"changes": steps.as_written(target, compare(drafted or opened, wanted))}
    fields.check_written(actor, [Entry(target.event, found.subject, (), told)])
    if base is not None:
        wanted, clashes = merge(opened, wanted, found.content)
        if clashes:
            raise ChangedSince(number=found.subject.number, changes=steps.in_words(clashes), touched=clashes)
    if not compare(found.content, wanted):
        raise NothingChanged(number=found.subject.number)
    return wanted


def _over(drafted: Content | None, now: Content) -> Content:
    """What was drafted, with the lines that it takes out as they are."""
    if drafted is None:
        return now
    ids = {line["id"] for line in drafted["lines"]}
    return {**drafted, "lines": [*drafted["lines"], *(line for line in now["lines"] if line["id"] not in ids)]}


def _submit(actor: Actor, target: Target, found: Order, change: ChangeOrder) -> None:
    tried, found = steps.trial(actor, target, found, change)
    change.amount_before, change.amount = found.amount, tried.plan.amount
    change.must_agree = steps.agreement_needed(found, tried.diffs, change.origin)
    change.doubts = list(tried.written.doubts)
    change.submitted_at, change.submitted_by_id = timezone.now(), actor.user_id
    change.save(update_fields=["amount_before", "amount", "must_agree", "doubts", "submitted_at", "submitted_by_id"])
    told = steps.as_told(target, tried.diffs)
    refs = (found.subject.ref, *steps.refs_of(found, tried.diffs))
    record("changes.change_submitted", change.subject, actor, refs, changes=told, reason=change.reason)
    _decide(actor, target, found, change, SUBMIT)


def _decide(actor: Actor, target: Target, found: Order, change: ChangeOrder, action: Any) -> None:
    """Approved at once if the actor may approve the new amount and nothing has to be looked at; else it waits.

    Where a flow approves such orders and none their changes, who makes an order dearer does not approve that, too.
    """
    has_flow, order_has_flow = _flows(actor, target)
    if has_flow:
        passed = flow.passes(actor, "co", change.number)
    else:
        passed = not (order_has_flow and _is_dearer(change))
        passed = passed and flow.submit(actor, target.approve, change.amount).approved
    if change.doubts or not passed:
        change.move_to("pending_approval", action)
        return
    _approved(actor, change, "")
    if change.must_agree and not change.agreed:
        change.move_to("awaiting_partner", action, sent_at=timezone.now())
        return
    steps.apply(actor, target, found, change)


def _approved(actor: Actor, change: ChangeOrder, note: str) -> None:
    change.approved_at, change.approved_by_id = timezone.now(), actor.user_id
    change.decision_note = note.strip()[:300]
    change.save(update_fields=["approved_at", "approved_by_id", "decision_note"])


def go_on(actor: Actor, target: Target, found: Order, change: ChangeOrder, note: str) -> None:
    """A locked change about which nobody of ours has to be asked any more: it goes to the partner, or applies."""
    _approved(actor, change, note)
    record("changes.change_approved", change.subject, actor, _refs(found), note=note)
    if change.must_agree and not change.agreed:
        change.move_to("awaiting_partner", PASS, sent_at=timezone.now())
        return
    steps.apply_or_say_why(actor, target, found, change)


def _end(actor: Actor, found: Order, change: ChangeOrder, state: str, action: Any, reason: str, happened: str) -> None:
    if not reason.strip():
        raise ReasonNeeded()
    change.move_to(state, action, decision_note=reason.strip()[:300])
    record(happened, change.subject, actor, _refs(found), reason=reason)


def reject_locked(actor: Actor, found: Order, change: ChangeOrder, reason: str) -> None:
    """Reject a locked change; nobody has to be asked any more."""
    change.move_to("rejected", REJECT, decision_note=reason.strip()[:300])
    record("changes.change_rejected", change.subject, actor, _refs(found), reason=reason)


def return_locked(actor: Actor, found: Order, change: ChangeOrder, note: str) -> None:
    """Send a locked change back to its author, as a draft."""
    change.move_to("draft", REJECT, decision_note=note.strip()[:300])
    record("changes.change_returned", change.subject, actor, _refs(found), reason=note)


def _running(actor: Actor, number: str) -> list[db.Row]:
    return db.rows(*running(actor, "co", number))


def _flows(actor: Actor, target: Target) -> tuple[bool, bool]:
    """Whether there is an approval flow for change orders, and one for such orders."""
    asked = [HAS_FLOW.format(company="%s::bigint", kind=kind, transition="submit") for kind in ("co", target.kind)]
    found = db.row(f"SELECT {asked[0]}, {asked[1]}", [actor.company_id] * 2)
    return (found[0], found[1]) if found else (False, False)


def _is_dearer(change: ChangeOrder) -> bool:
    return round(change.amount, 2) > round(change.amount_before, 2)


def _check_not_own(actor: Actor, target: Target, change: ChangeOrder) -> None:
    """See _decide. Errors: SomebodyElse."""
    if not _is_dearer(change) or _flows(actor, target) != (False, True):
        return
    last = Proposal.objects.filter(change_id=change.pk).order_by("-round").values_list("user_id", flat=True).first()
    if actor.user_id in {change.submitted_by_id, last}:
        raise SomebodyElse(order=change.order_number, number=change.number)


def _refs(found: Order) -> tuple[str, ...]:
    return (found.subject.ref, *steps.refs_of(found))


def _done(change: ChangeOrder) -> Done:
    data = {"order": change.order_number, "revision": change.revision, "blocked": change.blocked}
    return Done("co", change.pk, change.number, change.state, change.version, data)
