"""What the commands of change orders share: lock, read what somebody wants, decide who is asked, say what is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from gendan.changes import steps
from gendan.changes.errors import ChangedSince, NothingChanged
from gendan.changes.models import ChangeOrder
from gendan.changes.queries import hidden
from gendan.changes.rules import Content, compare, merge, unhide
from gendan.changes.steps import Tried
from gendan.changes.targets import Order, Target
from gendan.flow import steps as flow
from gendan.flow.queries.passed import Passed
from gendan.flow.queries.standing import HAS_FLOW
from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.events import Entry, record
from gendan.kernel.unit import Done

Given = Mapping[str, Any]
_NAMES = "SELECT code, name FROM catalog_product WHERE company_id = %s::bigint AND code = ANY(%s::text[])"


def locked(
    actor: Actor, number: str, version: int | None, target_permission: str = "edit"
) -> tuple[Target, Order, ChangeOrder]:
    """A change order with its order, both locked; with the right to edit such orders, or to ``approve`` them."""
    target, found, change = steps.lock_change(actor, number, version)
    actor.must(target.approve if target_permission == "approve" else target.edit)
    return target, found, change


def wanted_of(
    actor: Actor,
    target: Target,
    found: Order,
    content: Given,
    base: Given | None,
    drafted: Content | None = None,
    *,
    kept: bool = False,
) -> Content:
    """A content that somebody gives, as the order shall be: what others changed since ``base`` is taken over, and what
    the actor does not see stays as it is, or as it was ``drafted``. ``kept``: the base is not what somebody was shown.
    """
    wanted = _named(actor, target.clean(content, found.content))
    opened = target.clean(base, found.content) if base is not None else found.content
    if names := hidden(actor, target):
        wanted = unhide(wanted, _over(drafted, found.content), names)
        opened = opened if kept else unhide(opened, found.content, names)
    told = {"changes": steps.as_written(target, compare(drafted or opened, wanted))}
    fields.check_written(actor, [Entry(target.event, found.subject, (), told)])
    if base is not None:
        wanted, clashes = merge(opened, wanted, found.content)
        if clashes:
            raise ChangedSince(number=found.subject.number, changes=steps.in_words(clashes), touched=clashes)
    if not compare(found.content, wanted):
        raise NothingChanged(number=found.subject.number)
    return wanted


def _named(actor: Actor, wanted: Content) -> Content:
    """New lines with the names of their products, whoever wrote them: people read them before and after."""
    codes = {line["product"] for line in wanted["lines"] if line["id"] is None}
    if not codes:
        return wanted
    names: dict[str, str] = dict(db.rows(_NAMES, [actor.company_id, sorted(codes)]))
    return {
        **wanted,
        "lines": [
            line if line["id"] is not None else {**line, "product_name": names.get(line["product"], "")}
            for line in wanted["lines"]
        ],
    }


def _over(drafted: Content | None, now: Content) -> Content:
    """What was drafted, with the lines that it takes out as they are."""
    if drafted is None:
        return now
    ids = {line["id"] for line in drafted["lines"]}
    return {**drafted, "lines": [*drafted["lines"], *(line for line in now["lines"] if line["id"] not in ids)]}


def tried_now(actor: Actor, target: Target, found: Order, change: ChangeOrder) -> tuple[Tried, Order, bool]:
    """What would come of a change, the order locked again, and whether change orders have a flow of their own."""
    own, of_order = flows(actor, target)
    tried, found = steps.trial(actor, target, found, change, by_flow=of_order and not own)
    return tried, found, own


def decide(
    actor: Actor, target: Target, found: Order, change: ChangeOrder, action: Any, tried: Tried, *, own_flow: bool
) -> None:
    """Who is asked: by the flow of change orders; without one, what raises an order meets the order's own flow, as the
    order would be; else it is approved at once if the actor may approve the new amount. It waits, too, when something
    has to be looked at.
    """
    passed: Passed | None = None
    mine = False
    if own_flow:
        passed = flow.passes(actor, "co", change.number)
    elif tried.met is not None:
        passed = flow.passes_as(actor, tried.met, change.subject, _told(change))
    else:
        mine = flow.submit(actor, target.approve, change.amount).approved
    if change.doubts or not (passed or mine):
        change.move_to("pending_approval", action)
        return
    approved(actor, change, "", passed)
    if change.must_agree and not change.agreed:
        ask(actor, target, found, change, action)
        return
    steps.apply(actor, target, found, change)


def ask(actor: Actor, target: Target, found: Order, change: ChangeOrder, action: Any) -> None:
    """Wait for the partner's consent, and say so."""
    change.move_to("awaiting_partner", action, sent_at=timezone.now())
    target.asked(actor, found, change.pk, change.number, change.proposals)


def _told(change: ChangeOrder) -> dict[str, Any]:
    """What is judged of a change beside the order as it would be."""
    before, after = (float(round(amount, 2)) for amount in (change.amount_before, change.amount))
    return {
        "amount_before": before,
        "increase": round(after - before, 2),
        "order_kind": change.order_kind,
        "order": change.order_number,
        "origin": change.origin,
        "reason": change.reason,
    }


def approved(actor: Actor, change: ChangeOrder, note: str, passed: Passed | None = None) -> None:
    """Write who approved: nobody, where a flow let it pass."""
    change.approved_at, change.approved_by_id = timezone.now(), None if passed else actor.user_id
    if passed:
        record("changes.change_passed", change.subject, actor, **passed.told)
    change.decision_note = note.strip()[:300]
    change.save(update_fields=["approved_at", "approved_by_id", "decision_note"])


def flows(actor: Actor, target: Target) -> tuple[bool, bool]:
    """Whether there is an approval flow for change orders, and one for such orders."""
    asked = [HAS_FLOW.format(company="%s::bigint", kind=kind, transition="submit") for kind in ("co", target.kind)]
    found = db.row(f"SELECT {asked[0]}, {asked[1]}", [actor.company_id] * 2)
    return (found[0], found[1]) if found else (False, False)


def concerned(found: Order) -> tuple[str, ...]:
    """What open pages show of it."""
    return (found.subject.ref, *steps.refs_of(found))


def done(change: ChangeOrder) -> Done:
    """The answer of every command."""
    data = {"order": change.order_number, "revision": change.revision, "blocked": change.blocked}
    return Done("co", change.pk, change.number, change.state, change.version, data)
