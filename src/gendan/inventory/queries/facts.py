"""What a picker of products says about stock."""

from __future__ import annotations

from typing import Any

from gendan.inventory.queries.stock import VIEW
from gendan.kernel import db
from gendan.kernel.actor import Actor


def facts(actor: Actor, product_ids: list[int]) -> dict[int, dict[str, Any]]:
    """On hand and available per product, for those who may see stock; one statement."""
    if not product_ids or not actor.may(VIEW):
        return {}
    found = db.rows(
        "SELECT b.product_id, coalesce(sum(b.on_hand) FILTER (WHERE l.kind <> 'transit'), 0),"
        " coalesce(sum(b.on_hand - b.reserved) FILTER (WHERE l.kind = 'bin'), 0)"
        " FROM inventory_balance b JOIN catalog_location l ON l.id = b.location_id"
        " WHERE b.company_id = %s AND b.product_id = ANY(%s::bigint[]) GROUP BY 1",
        [actor.company_id, product_ids],
    )
    return {product: {"on_hand": on_hand, "available": available} for product, on_hand, available in found}
