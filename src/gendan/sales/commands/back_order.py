"""What shall happen when goods of an order are short, changed while the order is being shipped."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.sales.commands.create import back_order_problem
from gendan.sales.steps.order import lock_with_lines

CHANGE = _("修改缺货方式")
UNDER_WAY = frozenset({"pending_review", "to_ship", "partly_shipped"})


@command("sales.change_back_order", CHANGE, permission="sales.update_order")
def change_back_order(*, actor: Actor, number: str, rule: str, version: int | None = None) -> Done:
    """Send what is there, all at once, or whole lines from now on. Nothing that a review looks at changes, and what has
    left stays as it left; a delivery that is planned keeps to the new rule when it leaves.

    Errors: NotFound, Stale, WrongState, Invalid.
    """
    order, _rows = lock_with_lines(actor, number, version)
    order.must_be(UNDER_WAY, CHANGE)
    if problem := back_order_problem(rule or "-"):
        raise Invalid(problem)
    if rule == order.back_order:
        return Done("so", order.id, number, order.state, order.version)
    db.later(
        "UPDATE sales_salesorder SET back_order = %s::text, version = version + 1, updated_at = now()"
        " WHERE id = %s::bigint",
        [rule, order.id],
    )
    record("sales.order_updated", order.subject, actor, order.refs, changes=[["back_order", order.back_order, rule]])
    return Done("so", order.id, number, order.state, order.version + 1)
