"""Close an order, short when something is still outstanding, and reopen it."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.purchasing.errors import ReasonRequired
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.rules.lines import live_state, outstanding
from gendan.purchasing.steps import allocation, contracts, lifecycle
from gendan.purchasing.steps.order import lines_of, lock_order

# What closing wrote off of each line, and whether a contract is called off by what it gets back.
_SHORT = """
SELECT id, closed_short, contract <> '' AND closed_short > 0 FROM purchasing_orderline WHERE order_id = %s::bigint
"""
CLOSE, REOPEN = _("关闭采购订单"), _("重新打开采购订单")


@command("purchasing.close_order", CLOSE)
def close_order(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Close an order; what is outstanding is cancelled (closing short; needs a reason) and goes back to requisitions.

    Errors: NotFound, Stale, WrongState, ReasonRequired, OrderHasShipments.
    """
    order = lock_order(actor, number, version)
    order.must_be(LIVE_STATES, CLOSE)
    lines = lines_of([order.id])
    short = [outstanding(line) for line in lines]
    if any(short) and not reason.strip():
        raise ReasonRequired()
    lifecycle.check_no_open_shipment(order)
    for line, missing in zip(lines, short, strict=True):
        line.cancelled += missing
    allocation.release(actor, order.subject, {line.id: line.received * line.factor for line in lines})
    lifecycle.end(actor, order, lines, "closed", reason.strip()[:300], short)
    written_off = [
        {"line": line.line_no, "product": line.product, "quantity": missing}
        for line, missing in zip(lines, short, strict=True)
        if missing
    ]
    record(
        "purchasing.order_closed",
        order.subject,
        actor,
        (f"partner:{order.supplier_code}",),
        reason=reason,
        short=bool(written_off),
        lines=written_off[:50],
    )
    return Done("po", order.id, order.number, "closed", order.version + 1, {"short": len(written_off)})


@command("purchasing.reopen_order", REOPEN)
def reopen_order(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Undo closing: the lines get back what it wrote off; requisitions are served again unless others ordered.

    What it takes of framework contracts again is checked as when it was ordered.

    Errors: NotFound, Stale, WrongState, those of contracts.
    """
    order = lock_order(actor, number, version)
    order.must_be(frozenset({"closed"}), REOPEN)
    found = db.rows(_SHORT, [order.id])
    short: dict[int, Decimal] = {id_: quantity for id_, quantity, _more in found}
    lines = lines_of([order.id])
    for line in lines:
        line.cancelled -= short[line.id]
    state = live_state(lines)
    lifecycle.bring_back(order, state)
    contracts.called_off(actor, order.subject, (), known=any(more for _id, _quantity, more in found))
    covers = {line.id: (line.quantity - line.cancelled) * line.factor for line in lines}
    allocation.retake(actor, order.subject, covers)
    record("purchasing.order_reopened", order.subject, actor, (f"partner:{order.supplier_code}",))
    return Done("po", order.id, order.number, state, order.version + 1)
