"""Approve an order that waits for it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.flow.queries.standing import running
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command
from gendan.purchasing.steps import pegs
from gendan.purchasing.steps.order import LockedOrder, lock_beside

LABEL = _("审批采购订单")


@command("purchasing.approve_order", LABEL)
def approve_order(*, actor: Actor, number: str, version: int | None = None, note: str = "") -> Done:
    """Approve an order within the actor's amount limit; where an approval runs, as one who is asked in it. It is
    approved when the approval ends.

    Errors: NotFound, Stale, WrongState, AmountLimitExceeded, NotAsked.
    """
    order, (rows,) = lock_beside(actor, number, version, [running(actor, "po", number)])
    order.must_be(frozenset({"pending_approval"}), LABEL)
    if not flow.approves(actor, "po", number, rows, "purchasing.approve_order", order.company_amount, note):
        return Done("po", order.id, order.number, order.state, order.version)
    return approve_locked(actor, order, note)


def approve_locked(actor: Actor, order: LockedOrder, note: str) -> Done:
    """Approve a locked order about which nobody has to be asked any more."""
    make_live(actor, order.subject, note[:300])
    refs = (f"partner:{order.supplier_code}",)
    record(
        "purchasing.order_approved", order.subject, actor, refs, note=note, gross=order.gross, currency=order.currency
    )
    return Done("po", order.id, order.number, "approved", order.version + 1)


def make_live(actor: Actor, order: Subject, note: str = "", *, passed: bool = False) -> None:
    """Set an order approved and its lines live, in one statement; what waits for its requisitions waits for it now.
    Where a flow let it ``pass`` nobody approved it.
    """
    db.execute(
        "WITH lines AS (UPDATE purchasing_orderline SET live = true WHERE order_id = %(order)s::bigint)"
        " UPDATE purchasing_purchaseorder SET state = 'approved', version = version + 1, approved_at = now(),"
        " approved_by_id = %(user)s::bigint, decision_note = %(note)s::text, updated_at = now(),"
        " submitted_at = coalesce(submitted_at, now()) WHERE id = %(order)s::bigint",
        {"order": order.id, "user": None if passed else actor.user_id, "note": note},
    )
    pegs.went_live(actor, order)
