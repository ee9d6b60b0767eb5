"""Send an order to approval, take it back, send it back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.kernel.actor import Actor
from gendan.kernel.events import Entry, record, record_all
from gendan.kernel.unit import Done, command
from gendan.purchasing.commands.approve import make_live
from gendan.purchasing.errors import ReasonRequired
from gendan.purchasing.steps import lifecycle
from gendan.purchasing.steps.order import lock_order

SUBMIT, WITHDRAW, REJECT = _("提交采购订单"), _("撤回采购订单"), _("驳回采购订单")
PENDING = frozenset({"pending_approval"})


@command("purchasing.submit_order", SUBMIT)
def submit_order(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Send a draft to approval; approved at once if the actor may approve its amount.

    Errors: NotFound, Stale, WrongState.
    """
    order = lock_order(actor, number, version)
    order.must_be(frozenset({"draft"}), SUBMIT)
    happened = ["purchasing.order_submitted"]
    state = "pending_approval"
    if flow.submit(actor, "purchasing.approve_order", order.company_amount).approved:
        state = "approved"
        make_live(actor, order.subject)
        happened.append("purchasing.order_approved")
    else:
        lifecycle.set_state(order, state, actor, submitted=True)
    refs = (f"partner:{order.supplier_code}",)
    data = {"gross": order.gross, "currency": order.currency}
    record_all(actor, [Entry(type_, order.subject, refs, data) for type_ in happened])
    return Done("po", order.id, order.number, state, order.version + 1)


@command("purchasing.withdraw_order", WITHDRAW)
def withdraw_order(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Take an order that waits for approval back to draft. Errors: NotFound, Stale, WrongState."""
    order = lock_order(actor, number, version)
    order.must_be(PENDING, WITHDRAW)
    lifecycle.set_state(order, "draft", actor)
    record("purchasing.order_withdrawn", order.subject, actor)
    return Done("po", order.id, order.number, "draft", order.version + 1)


@command("purchasing.reject_order", REJECT)
def reject_order(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Send an order that waits for approval back to its author, with a reason.

    Errors: NotFound, Stale, WrongState, ReasonRequired.
    """
    order = lock_order(actor, number, version)
    order.must_be(PENDING, REJECT)
    if not reason.strip():
        raise ReasonRequired()
    lifecycle.set_state(order, "draft", actor, note=reason.strip()[:300])
    record("purchasing.order_rejected", order.subject, actor, reason=reason)
    return Done("po", order.id, order.number, "draft", order.version + 1)
