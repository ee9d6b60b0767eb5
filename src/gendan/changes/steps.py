"""Locking a change order with its order, trying it, applying it as a whole, keeping the order's versions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gendan.changes.errors import BeyondApproval, ChangedSince, NotByChange, NothingChanged, NotLookedAt
from gendan.changes.models import ChangeOrder, OrderVersion, Proposal
from gendan.changes.queries import differs, frozen
from gendan.changes.rules import Content, Diff, compare, flat, merge, must_agree, raises
from gendan.changes.targets import Order, Plan, Target, Written, target_of
from gendan.flow import steps as flow
from gendan.flow.queries.standing import Published
from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, NotFound
from gendan.kernel.events import Subject, record
from gendan.kernel.fields import FIELDS
from gendan.kernel.notices import notify
from gendan.kernel.numbering import next_number
from gendan.kernel.timeline import changes_of
from gendan.kernel.unit import step, tentative

SHOWN = 50
PRICED = frozenset({"unit_price", "discount", "sales_price", "sales_discount"})
APPLIED = "changes.change_applied"
_LAST = """
SELECT revision, content FROM changes_orderversion
WHERE order_kind = %s::text AND order_id = %s::bigint ORDER BY revision DESC LIMIT 1
"""
_HOLDERS = """
SELECT DISTINCT m.user_id FROM accounts_membership m JOIN accounts_membership_roles r ON r.membership_id = m.id
JOIN accounts_role x ON x.id = r.role_id WHERE m.company_id = %s::bigint AND m.is_active
 AND x.permissions && %s::text[]
"""
# Fields that some role of the company does not see; a notice goes to many.
_HIDDEN = """
SELECT DISTINCT f ->> 1 FROM accounts_role r CROSS JOIN LATERAL jsonb_array_elements(r.field_rights) AS f
WHERE r.company_id = %s::bigint AND f ->> 0 = %s::text AND f ->> 2 = 'hidden'
"""


@dataclass(frozen=True, slots=True)
class Before:
    """An order before it is written: as it is, and (``paper``) as it is printed where no version keeps that yet."""

    order: Order
    last: int
    paper: dict[str, Any] | None


@step
def lock_change(actor: Actor, number: str, version: int | None = None) -> tuple[Target, Order, ChangeOrder]:
    """A change order after its order, both locked. Errors: NotFound, Forbidden (of the order's own context), Stale."""
    found = (
        ChangeOrder.objects.filter(company_id=actor.company_id, number=number)
        .values_list("order_kind", "order_number")
        .first()
    )
    if found is None:
        raise NotFound(what=number)
    target = target_of(found[0])
    scope.demand(actor, {"order": found[1]})
    order = target.lock(actor, found[1])
    return target, order, ChangeOrder.lock(actor, number, version)


@step
def before(actor: Actor, target: Target, order: Order) -> Before:
    """What has to be known of an order before it is written, so that its versions can be kept."""
    found = db.row(_LAST, [target.kind, order.subject.id])
    known = found is not None and not differs(json.loads(found[1]), order.content)
    return Before(order, found[0] if found else 0, None if known else target.paper(actor, order.subject.number))


@step
def keep_version(actor: Actor, target: Target, was: Before, change: ChangeOrder) -> int:
    """Keep the order as it stands now as its next version, and as it was if nothing keeps that; the number of it."""
    order, revision = was.order, was.last
    now = target.read(actor, order.subject.number)
    rows = []
    if was.paper is not None:
        revision += 1
        rows.append(_version(actor, target, order, revision, was.paper, None))
    revision += 1
    rows.append(_version(actor, target, now, revision, target.paper(actor, order.subject.number), change.pk))
    OrderVersion.objects.bulk_create(rows)
    return revision


def _version(
    actor: Actor, target: Target, order: Order, revision: int, paper: dict[str, Any], change: int | None
) -> OrderVersion:
    return OrderVersion(
        company_id=actor.company_id,
        order_kind=target.kind,
        order_id=order.subject.id,
        order_number=order.subject.number,
        revision=revision,
        change_id=change,
        content=order.content,
        paper=frozen(paper),
        user_id=actor.user_id,
        at=timezone.now(),
    )


@step
def insert_change(actor: Actor, target: Target, order: Order, content: Content, **fields: Any) -> ChangeOrder:
    """Write a change order with its first proposal."""
    change = ChangeOrder.objects.create(
        company_id=actor.company_id,
        number=next_number(actor.company_id, "CO"),
        created_by_id=actor.user_id,
        order_kind=target.kind,
        order_id=order.subject.id,
        order_number=order.subject.number,
        partner_id=order.partner_id,
        person_id=order.person_id,
        base_version=order.version,
        base=order.content,
        content=content,
        amount_before=order.amount,
        **{"state": "draft", "amount": order.amount, **fields},
    )
    propose(actor, change, change.origin, change.reason)
    return change


@step
def propose(actor: Actor, change: ChangeOrder, origin: str, note: str) -> None:
    """Keep the content that counts now as a proposal."""
    Proposal.objects.create(
        change_id=change.pk,
        round=change.proposals,
        origin=origin,
        content=change.content,
        note=note[:300],
        user_id=actor.user_id,
    )


@dataclass(slots=True)
class Tried:
    """What came of trying a change: what the order would be worth and what somebody has to look at."""

    plan: Plan
    written: Written
    diffs: Sequence[Diff]
    was: Before
    met: Published | None = None  # the flow of such orders, with the order as it would be


def _try(actor: Actor, target: Target, order: Order, change: ChangeOrder, *, agreed: bool) -> Tried:
    if not order.live:
        raise NotByChange(number=order.subject.number, state=order.state_label)
    merged, clashes = merge(change.base, change.content, order.content)
    if clashes:
        raise ChangedSince(number=order.subject.number, changes=in_words(clashes), touched=clashes)
    diffs = compare(order.content, merged)
    if not diffs:
        raise NothingChanged(number=order.subject.number)
    was = before(actor, target, order)
    plan = target.plan(actor, order, merged)
    ours = change.origin == "own"
    return Tried(plan, target.write(actor, order, plan, agreed=agreed, ours=ours, note=change.number), diffs, was)


@step
def trial(
    actor: Actor, target: Target, order: Order, change: ChangeOrder, *, by_flow: bool = False
) -> tuple[Tried, Order]:
    """What would come of applying the change now; nothing is kept, so the order is read anew. With ``by_flow`` a change
    that raises the order meets the flow of such orders. Errors: what applying refuses.
    """
    with tentative():
        tried = _try(actor, target, order, change, agreed=change.agreed)
        if by_flow and (round(tried.plan.amount, 2) > round(order.amount, 2) or raises(tried.diffs)):
            tried.met = flow.meets(actor, target.kind, order.subject.number)
    return tried, target.lock(actor, order.subject.number)


@step
def apply(actor: Actor, target: Target, order: Order, change: ChangeOrder) -> None:
    """Apply the change as a whole and say so. Errors: NotByChange, ChangedSince, NothingChanged, BeyondApproval,
    NotLookedAt, and the target's.
    """
    tried = _try(actor, target, order, change, agreed=change.agreed)
    _check_approved(order, change, tried)
    revision = keep_version(actor, target, tried.was, change)
    change.move_to("applied", _("使变更生效"), applied_at=timezone.now(), blocked="", findings=[], revision=revision)
    told(actor, target, order, change, tried.diffs)


def _check_approved(order: Order, change: ChangeOrder, tried: Tried) -> None:
    """Refuse what is not what was approved any more: since then other changes made the order worth more, or there is
    something to look at that nobody has seen.
    """
    if round(tried.plan.amount, 2) > round(change.amount, 2):
        raise BeyondApproval(order=order.subject.number, number=change.number)
    if tried.written.doubts and not change.doubts:
        raise NotLookedAt(order=order.subject.number, number=change.number)


@step
def apply_or_say_why(actor: Actor, target: Target, order: Order, change: ChangeOrder) -> None:
    """Apply the change on which everybody agrees; what stands in its way is kept with it and told its author."""
    try:
        with tentative() as kept:
            apply(actor, target, order, change)
            kept.keep()
    except AppError as refusal:
        change.refresh_from_db()
        why, findings = target.stopped(actor, order.subject.number, refusal)
        change.move_to("approved", _("批准变更单"), blocked=why[:500], findings=findings)
        who = {change.created_by_id, change.submitted_by_id} - {actor.user_id, None}
        text = _("%(number)s 已同意，但还不能生效：%(why)s") % {"number": change.number, "why": why}
        notify(actor.company_id, [person for person in who if person], "change", text, change.subject)


@step
def told(actor: Actor, target: Target, order: Order, change: ChangeOrder, diffs: Sequence[Diff]) -> None:
    """Say on the change order and on the order what became of it, and tell the people concerned."""
    subject = order.subject
    lines = as_told(target, diffs)
    refs = refs_of(order, diffs)
    record(APPLIED, change.subject, actor, (subject.ref, *refs), changes=lines, revision=change.revision)
    record(
        target.event,
        subject,
        actor,
        (change.subject.ref, *refs),
        changes=lines,
        change=change.number,
        reason=change.reason,
        revision=change.revision,
    )
    people = {order.person_id, change.created_by_id, change.submitted_by_id}
    if target.told:
        people |= {row[0] for row in db.rows(_HOLDERS, [actor.company_id, list(target.told)])}
    people -= {actor.user_id, None}
    if people:
        named = [(line, line[0].rpartition(" ")[2]) for line in lines]
        closed, priced = PRICED | _hidden(actor, target), any(name in PRICED for _line, name in named)
        open_ = [line for line, name in named if name not in closed]
        text = _("%(order)s 已按 %(change)s 变更：%(what)s") % {
            "order": subject.number,
            "change": change.number,
            "what": in_words(open_) or (_("价格") if priced else _("其他内容")),
        }
        notify(actor.company_id, [person for person in people if person], "change", text, subject)


def _hidden(actor: Actor, target: Target) -> set[str]:
    """The fields of such orders that some role does not see."""
    names = [name for (name,) in db.rows(_HIDDEN, [actor.company_id, target.kind])]
    found = [FIELDS[target.kind, name] for name in names if (target.kind, name) in FIELDS]
    return {key for field in found for key in (field.name, *field.keys)}


def refs_of(order: Order, diffs: Sequence[Diff] = ()) -> tuple[str, ...]:
    """Who and what a change concerns, for open pages."""
    products = sorted({diff.product for diff in diffs if diff.product})[:SHOWN]
    return (f"partner:{order.partner}", *(f"product:{code}" for code in products))


def as_told(target: Target, diffs: Sequence[Diff]) -> list[list[str]]:
    """What differs, as events tell it: fields under the names by which their context guards them."""

    return [[_own(target, name), was, now] for name, was, now in flat(diffs)[:SHOWN]]


def as_written(target: Target, diffs: Sequence[Diff]) -> list[list[str]]:
    """Every field in which somebody says something, of new lines, too, for the rights on fields."""
    return [[_own(target, name), was, now] for diff in diffs if diff.kind != "removed" for name, was, now in diff.cells]


def _own(target: Target, name: str) -> str:
    line, blank, field = name.rpartition(" ")
    return line + blank + target.names.get(field, field)


def in_words(changes: Sequence[Sequence[str]]) -> str:
    """«BOLT 数量 10 → 6；…»"""
    nothing = _("（空）")
    parts = [
        f"{name} {was or nothing} → {now or nothing}" for name, was, now in changes_of({"changes": list(changes[:5])})
    ]
    return _("；").join(parts) + ("…" if len(changes) > 5 else "")


@step
def begin_direct(actor: Actor, kind: str, number: str) -> Before | None:
    """For a command that edits an order itself: the order before, if the order has been approved (or has versions)."""
    target = target_of(kind)
    order = target.read(actor, number)
    was = before(actor, target, order)
    return was if order.live or was.last else None


@step
def finish_direct(actor: Actor, kind: str, was: Before | None) -> str:
    """The change order of an edit that applied at once, with the version that it made; "" when nothing differs."""
    if was is None:
        return ""
    target = target_of(kind)
    now = target.read(actor, was.order.subject.number)
    diffs = compare(was.order.content, now.content)
    if not diffs or not differs(was.order.content, now.content):
        return ""
    moment = timezone.now()
    people = {"submitted_by_id": actor.user_id, "approved_by_id": actor.user_id}
    times = dict.fromkeys(("submitted_at", "approved_at", "applied_at"), moment)
    change = insert_change(
        actor, target, was.order, now.content, state="applied", agreed=True, amount=now.amount, **people, **times
    )
    change.revision = keep_version(actor, target, was, change)
    change.save(update_fields=["revision"])
    subject = was.order.subject
    refs = (subject.ref, *refs_of(was.order, diffs))
    record(APPLIED, change.subject, actor, refs, changes=as_told(target, diffs), revision=change.revision)
    return change.number


def agreement_needed(order: Order, diffs: Sequence[Diff], origin: str) -> bool:
    """Whether the partner has to agree to a change of ``origin``."""
    return origin == "own" and order.answered and must_agree(diffs)


__all__ = ["Before", "Subject", "Tried"]
