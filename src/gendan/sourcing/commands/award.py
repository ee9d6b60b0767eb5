"""Award what suppliers offered; orders come out of it in the same transaction, or when a flow has approved it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command, step
from gendan.purchasing.commands.create import place
from gendan.purchasing.rules import lines as purchase
from gendan.sourcing.errors import StillSealed
from gendan.sourcing.models import Inquiry
from gendan.sourcing.queries.comparison import is_sealed
from gendan.sourcing.queries.policy import policy_of
from gendan.sourcing.rules.inquiry import AwardIn
from gendan.sourcing.steps import awards as writing
from gendan.sourcing.steps.awards import Waiting
from gendan.sourcing.steps.prices import feed

AWARD = _("定标")
_STATE = "SELECT bool_and(awarded >= quantity) FROM sourcing_inquiryline WHERE inquiry_id = %s::bigint"


@command("sourcing.award_inquiry", AWARD)
def award_inquiry(
    *, actor: Actor, number: str, awards: Sequence[AwardIn], submit: bool = False, version: int | None = None
) -> Done:
    """Give quantities of lines to suppliers, at the prices that they answered for so many. Each becomes a line of an
    order to them (drafts, or submitted), which serves the requisition lines behind it; where a flow approves awards,
    when it has. ``data.orders`` lists the orders.

    Errors: NotFound, Stale, WrongState, StillSealed, NothingAwarded, NotOffered, OverAwarded, InApproval, Invalid.
    """
    actor.must("purchasing.create_order")
    if submit:
        actor.must("purchasing.submit_order")
    inquiry = Inquiry.lock(actor, number, version)
    inquiry.must_be({"answered"}, AWARD)
    if is_sealed(inquiry.sealed, inquiry.closes_at, timezone.now()):
        closes = timezone.localtime(inquiry.closes_at, actor.zone)
        raise StillSealed(number=number, closes=f"{closes:%Y-%m-%d %H:%M}")
    guarded = flow.free(actor, inquiry.subject)
    told = writing.propose(actor, inquiry, awards)
    if guarded and not flow.passes(actor, inquiry.KIND, number):
        inquiry.touch()
        record("sourcing.award_proposed", inquiry.subject, actor, awards=told[:50])
        data = {"approval": "running", "orders": []}
        return Done("inquiry", inquiry.pk, number, inquiry.state, inquiry.version, data)
    return order_locked(actor, inquiry, submit)


@step
def order_locked(actor: Actor, inquiry: Inquiry, submit: bool = False) -> Done:
    """Make orders out of the awards of a locked inquiry that are not ordered yet."""
    groups: dict[tuple[str, str, str, bool], list[Waiting]] = defaultdict(list)
    for award in writing.waiting(inquiry.pk):
        groups[(award.supplier, award.warehouse, award.currency, award.tax_included)].append(award)
    orders, numbers = [], []
    for (supplier, warehouse, currency, included), entries in sorted(groups.items()):
        lines = [_line(inquiry, entry) for entry in entries]
        done = place(actor, supplier, warehouse, lines, currency=currency, tax_included=included, submit=submit)
        orders.append({"number": done.number, "state": done.state, "supplier": supplier})
        numbers += [(entry.id, done.id, n) for n, entry in enumerate(entries, 1)]
    writing.ordered(numbers)
    if policy_of(actor.company_id)[0].feed_prices:
        feed(actor, [award for award, _order, _n in numbers])
    whole = db.row(_STATE, [inquiry.pk])
    state, more = ("awarded", {"awarded_at": Now()}) if whole and whole[0] else (inquiry.state, {})
    inquiry.move_to(state, AWARD, **more)
    entries = [entry for group in groups.values() for entry in group]
    _record(actor, inquiry, orders, entries)
    return Done("inquiry", inquiry.pk, inquiry.number, state, inquiry.version, {"orders": orders})


def _record(actor: Actor, inquiry: Inquiry, orders: Sequence[dict[str, Any]], entries: Sequence[Waiting]) -> None:
    refs = dict.fromkeys([f"po:{order['number']}" for order in orders])
    refs |= dict.fromkeys(f"partner:{order['supplier']}" for order in orders)
    listed = [{"product": e.product, "supplier": e.supplier, "quantity": e.quantity} for e in entries[:50]]
    told = {"orders": [order["number"] for order in orders], "awards": listed}
    record("sourcing.inquiry_awarded", inquiry.subject, actor, tuple(refs), **told)


def _line(inquiry: Inquiry, award: Waiting) -> purchase.LineIn:
    return purchase.LineIn(
        award.product,
        award.quantity,
        award.unit_price,
        award.unit,
        award.required_on,
        tax=award.tax,
        note=inquiry.number,
        description=award.substitute,
        wanted_by=award.wanted_by,
    )
