"""Ask a supplier where the goods are."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.purchasing.errors import NothingToUrge
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.rules.lines import outstanding
from gendan.purchasing.steps.order import lines_of, lock_order

URGE = _("催供应商")


@command("purchasing.urge_supplier", URGE, permission="purchasing.confirm_order")
def urge_supplier(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Write down that the supplier of an order was asked for what is still to come; where the company says so, they are
    sent a message. ``reason`` is what one wants to add.

    Errors: NotFound, Stale, WrongState, NothingToUrge.
    """
    order = lock_order(actor, number, version)
    order.must_be(LIVE_STATES, URGE)
    waiting = [line for line in lines_of([order.id]) if outstanding(line) > 0]
    if not waiting:
        raise NothingToUrge(number=order.number)
    record(
        "purchasing.supplier_urged",
        order.subject,
        actor,
        (f"partner:{order.supplier_code}",),
        reason=reason.strip()[:300],
        lines=[{"line": line.line_no, "product": line.product, "quantity": outstanding(line)} for line in waiting[:50]],
    )
    return Done("po", order.id, order.number, order.state, order.version, {"lines": len(waiting)})
