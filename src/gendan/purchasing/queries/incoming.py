"""What open order lines still bring in, for the stock pages below (inventory.queries.INCOMING)."""

from __future__ import annotations

from collections.abc import Sequence

from gendan.inventory.queries import Expected
from gendan.kernel import db, fields
from gendan.kernel.actor import Actor


def open_orders(actor: Actor, product_ids: Sequence[int], warehouse_id: int | None) -> list[Expected]:
    """Outstanding quantities (stock unit) per product and warehouse, and when the next is expected; one statement.

    It reads the index open_line_by_product only. A line that is open has something outstanding.
    """
    found = db.rows(
        "SELECT l.product_id, l.warehouse_id, sum(l.incoming), min(coalesce(l.expected_on, l.due_on))"
        " FROM purchasing_orderline l"
        " WHERE l.company_id = %s::bigint AND l.is_open AND l.product_id = ANY(%s::bigint[])"
        f"{'' if warehouse_id is None else ' AND l.warehouse_id = %s::bigint'} GROUP BY 1, 2",
        [actor.company_id, list(product_ids), *([] if warehouse_id is None else [warehouse_id])],
    )
    dated = not fields.hides(actor, "po", "promised_on", "required_on")
    return [Expected(*row) if dated else Expected(*row[:3]) for row in found]
