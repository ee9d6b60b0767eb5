"""Send an order to approval, take it back, send it back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.flow.queries.standing import running
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.purchasing.commands.approve import make_live
from gendan.purchasing.errors import ReasonRequired
from gendan.purchasing.steps import lifecycle
from gendan.purchasing.steps.order import LockedOrder, lock_beside, lock_order, lock_to_submit

SUBMIT, WITHDRAW, REJECT = _("提交采购订单"), _("撤回采购订单"), _("驳回采购订单")
PENDING = frozenset({"pending_approval"})


@command("purchasing.submit_order", SUBMIT)
def submit_order(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Send a draft to approval; approved at once if the actor may approve its amount, or if the company's approval
    flow needs nobody.

    Errors: NotFound, Stale, WrongState.
    """
    order, has_flow = lock_to_submit(actor, number, version)
    order.must_be(frozenset({"draft"}), SUBMIT)
    refs, data = (f"partner:{order.supplier_code}",), {"gross": order.gross, "currency": order.currency}
    record("purchasing.order_submitted", order.subject, actor, refs, **data)
    passed = flow.passes(actor, "po", number) if has_flow else None
    if passed:
        make_live(actor, order.subject, passed=True)
        record("purchasing.order_passed", order.subject, actor, refs, **data, **passed.told)
    elif not has_flow and flow.submit(actor, "purchasing.approve_order", order.company_amount).approved:
        make_live(actor, order.subject)
        record("purchasing.order_approved", order.subject, actor, refs, **data)
    else:
        lifecycle.set_state(order, "pending_approval", actor, submitted=True)
        return Done("po", order.id, order.number, "pending_approval", order.version + 1)
    return Done("po", order.id, order.number, "approved", order.version + 1)


@command("purchasing.withdraw_order", WITHDRAW)
def withdraw_order(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Take an order that waits for approval back to draft. Errors: NotFound, Stale, WrongState."""
    order = lock_order(actor, number, version)
    order.must_be(PENDING, WITHDRAW)
    flow.withdrawn(actor, order.subject)
    lifecycle.set_state(order, "draft", actor)
    record("purchasing.order_withdrawn", order.subject, actor)
    return Done("po", order.id, order.number, "draft", order.version + 1)


@command("purchasing.reject_order", REJECT)
def reject_order(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Send an order that waits for approval back to its author, with a reason.

    Where an approval runs, only who is asked in it; among several it may go on. Errors: NotFound, Stale, WrongState,
    ReasonRequired, NotAsked.
    """
    order, (rows,) = lock_beside(actor, number, version, [running(actor, "po", number)])
    order.must_be(PENDING, REJECT)
    if not reason.strip():
        raise ReasonRequired()
    if not flow.rejects(actor, "po", number, rows, reason.strip()):
        return Done("po", order.id, order.number, order.state, order.version)
    return reject_locked(actor, order, reason)


def reject_locked(actor: Actor, order: LockedOrder, reason: str) -> Done:
    """Say no to a locked order; its author has it again as a draft."""
    lifecycle.set_state(order, "draft", actor, note=reason.strip()[:300])
    record("purchasing.order_rejected", order.subject, actor, reason=reason)
    return Done("po", order.id, order.number, "draft", order.version + 1)


def return_locked(actor: Actor, order: LockedOrder, reason: str, *, told: bool = True) -> Done:
    """Send a locked order back to its author to be changed, which is not a no; ``told``: nobody has said so yet."""
    lifecycle.set_state(order, "draft", actor, note=reason.strip()[:300])
    if told:
        record("purchasing.order_sent_back", order.subject, actor, reason=reason)
    return Done("po", order.id, order.number, "draft", order.version + 1)
