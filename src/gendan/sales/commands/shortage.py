"""Ask purchasing for what sales lack, and for what is missing to the safety stock."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import Done, command
from gendan.sales.commands.reserve import OPEN
from gendan.sales.steps import shortage
from gendan.sales.steps.order import lock_many

SHORTAGE, SAFETY = _("缺货转采购申请"), _("安全库存转采购申请")


@command("sales.request_shortage", SHORTAGE)
def request_shortage(*, actor: Actor, numbers: Sequence[str] | None = None) -> Done:
    """Request what neither stock nor purchase lines nor requisitions cover, of the given orders or of all that are
    reviewed (the 2,000 most urgent lines at a time); what was requested is not requested again.

    ``data.requisitions`` lists what was made. Errors: NotFound, WrongState.
    """
    asked = shortage.orders_short_of_goods(actor) if numbers is None else list(dict.fromkeys(numbers))
    locked = [order for order, _lines in lock_many(actor, asked)] if asked else []
    if numbers is not None:
        for order in locked:
            order.must_be(OPEN, SHORTAGE)
    made = shortage.request_for(actor, [order.id for order in locked if order.state in OPEN])
    return _done(made)


@command("sales.request_safety_stock", SAFETY)
def request_safety_stock(*, actor: Actor, warehouse: str = "") -> Done:
    """Request what is missing to the safety stocks; what is free, on the way or requested already counts.

    It goes to the warehouse where most of a product lies, else to ``warehouse`` (empty: the first).
    ``data.requisitions`` lists what was made. Errors: Invalid.
    """
    found = db.row(
        "SELECT code FROM catalog_warehouse WHERE company_id = %s::bigint AND is_active"
        " AND (%s::text = '' OR code = %s::text) ORDER BY id LIMIT 1",
        [actor.company_id, warehouse, warehouse],
    )
    if found is None:
        raise Invalid({"warehouse": _now("仓库 %(code)s 不存在或已停用。") % {"code": warehouse}})
    return _done(shortage.request_safety_stock(actor, found[0]))


def _done(made: Sequence[Done]) -> Done:
    listed = [{"number": done.number, "state": done.state} for done in made]
    first = made[0] if made else Done("requisition", 0, "")
    return Done("requisition", first.id, first.number, first.state, first.version, {"requisitions": listed})
