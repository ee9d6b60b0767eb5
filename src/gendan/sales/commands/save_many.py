"""Many sales orders at once: each in a transaction of its own, or all or none."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import Done, command
from gendan.purchasing.commands.save_many import Document, save_all
from gendan.sales.commands.create import place


@command("sales.save_orders", _("批量新建销售订单"), permission="sales.create_order")
def save_orders(*, actor: Actor, documents: Sequence[Document], trial: bool = False) -> Done:
    """Write all orders or none (Undone names the first refused); ``trial`` only checks."""
    only = _only_warehouse(actor)
    filled = [{**document, "warehouse": document.get("warehouse") or only} for document in documents]
    return save_all("so", actor, filled, trial, lambda who, values: place(who, **values))


def _only_warehouse(actor: Actor) -> str:
    """The company's warehouse, where there is no choice."""
    found = db.rows(
        "SELECT code FROM catalog_warehouse WHERE company_id = %s::bigint AND is_active LIMIT 2", [actor.company_id]
    )
    return str(found[0][0]) if len(found) == 1 else ""
