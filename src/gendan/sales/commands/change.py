"""What follows when a change order is applied to a sales order: stock is let go and taken again, the order is looked at
again, its state is what its lines say. Called by changes through gendan.sales.change_orders; no command of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gendan.kernel.actor import Actor
from gendan.kernel.unit import step
from gendan.sales.commands.create import check_reference, numbers_once
from gendan.sales.commands.reserve import reserve_lines
from gendan.sales.permissions import OVERRIDE
from gendan.sales.steps import pegs
from gendan.sales.steps.change import PlannedOrder, write_lines
from gendan.sales.steps.order import LockedLine, LockedOrder, follow, lock_with_lines
from gendan.sales.steps.review import hold_customer, review_order


@step
def write_change(
    actor: Actor, order: LockedOrder, rows: Sequence[LockedLine], plan: PlannedOrder
) -> tuple[str, int, tuple[dict[str, Any], ...]]:
    """Write a plan with all that follows from it; state, version, and the findings that somebody has to look at.

    Errors: ReferenceReused, ReviewStopped.
    """
    hold_customer(order.customer_id)
    shrunk = [row for row in rows if row.id in plan.shrunk]
    if shrunk:
        products = {row.product_id for row in rows} | {line.product_id for line in plan.lines}
        pegs.hold_to_take_again(actor, order, rows, plan.warehouse_id, products)
        pegs.release(actor, order, shrunk)
    reference: Any = plan.content["customer_reference"]
    check_reference(actor, order.customer_id, reference, order.id)
    with numbers_once(reference, None):
        write_lines(order, plan)
    changed, found = lock_with_lines(actor, order.number)
    review = review_order(actor, changed)
    state = follow(changed, found)
    reserve_lines(actor, changed, found)
    unseen = [] if actor.may(OVERRIDE) else [each for each in review.as_json if each["rule"] in review.doubts]
    return state, changed.version + 1, tuple(unseen)
