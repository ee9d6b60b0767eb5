"""Who did what with purchases, for the rules about duties that one person should not hold together."""

from __future__ import annotations

from collections.abc import Sequence

from gendan.kernel import db, duties
from gendan.kernel.actor import Actor
from gendan.kernel.duties import Thing

_ORDERED = ("purchasing.order_created", "purchasing.order_submitted")
_SUPPLIERS = """
SELECT DISTINCT p.code FROM purchasing_purchaseorder o JOIN catalog_partner p ON p.id = o.supplier_id
WHERE o.company_id = %s::bigint AND o.number = ANY(%s::text[])
"""


def _suppliers(actor: Actor, numbers: Sequence[str]) -> list[Thing]:
    """From whom these orders are."""
    return [("partner", code) for (code,) in db.rows(_SUPPLIERS, [actor.company_id, list(numbers)])]


def register() -> None:
    """Tell the rules what purchasing knows."""
    duties.declare("submit", "po", *_ORDERED, rights=("purchasing.submit_order",))
    duties.declare("approve", "po", "purchasing.order_approved", rights=("purchasing.approve_order",))
    duties.declare(
        "submit",
        "requisition",
        "purchasing.requisition_created",
        "purchasing.requisition_submitted",
        rights=("purchasing.submit_requisition",),
    )
    duties.declare(
        "approve", "requisition", "purchasing.requisition_approved", rights=("purchasing.approve_requisition",)
    )
    duties.declare("order", "po", *_ORDERED, rights=("purchasing.create_order", "purchasing.submit_order"))
    duties.declare("receive", "po", "purchasing.goods_received", rights=("purchasing.receive_goods",))
    duties.declare(
        "terms",
        "partner",
        "catalog.partner_created",
        "catalog.partner_updated",
        rights=("catalog.save_partner",),
        fields=("payment_terms",),
    )
    duties.relate("terms", "po", _suppliers)
