"""Cancel an order of which nothing came in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.purchasing.errors import OrderHasReceipts
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.rules.lines import ZERO
from gendan.purchasing.steps import allocation, lifecycle
from gendan.purchasing.steps.order import lines_of, lock_order

LABEL = _("取消采购订单")
STATES = (LIVE_STATES - {"received"}) | {"draft", "pending_approval"}


@command("purchasing.cancel_order", LABEL)
def cancel_order(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Cancel a whole order; its quantities go back to the requisition lines that asked for them.

    Errors: NotFound, Stale, WrongState, OrderHasReceipts, OrderHasShipments.
    """
    order = lock_order(actor, number, version)
    order.must_be(STATES, LABEL)
    lines = lines_of([order.id])
    if any(line.received > 0 for line in lines):
        raise OrderHasReceipts(number=order.number)
    lifecycle.check_no_open_shipment(order)
    if order.state == "pending_approval":
        flow.gone(actor, order.subject, reason.strip())
    for line in lines:
        line.cancelled = line.quantity
    allocation.release(actor, order.subject, {line.id: ZERO for line in lines})
    lifecycle.end(actor, order, lines, "cancelled", reason.strip()[:300], [ZERO] * len(lines))
    record("purchasing.order_cancelled", order.subject, actor, (f"partner:{order.supplier_code}",), reason=reason)
    return Done("po", order.id, order.number, "cancelled", order.version + 1)
