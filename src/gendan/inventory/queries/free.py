"""What of stock nobody has set aside, by codes."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor

_FREE = """
SELECT w.code, p.code, sum(b.on_hand - b.reserved)
FROM inventory_balance b JOIN catalog_product p ON p.id = b.product_id
JOIN catalog_location l ON l.id = b.location_id AND l.kind = 'bin' AND l.is_active
JOIN catalog_warehouse w ON w.id = l.warehouse_id
WHERE b.company_id = %s::bigint AND w.code = ANY(%s::text[]) AND p.code = ANY(%s::text[]) GROUP BY 1, 2
"""


def free_stock(actor: Actor, warehouses: Collection[str], products: Collection[str]) -> dict[tuple[str, str], Decimal]:
    """Free quantities in bins by (code of the warehouse, code of the product); one statement."""
    actor.must("inventory.view")
    found = db.rows(_FREE, [actor.company_id, sorted(warehouses), sorted(products)])
    return {(warehouse, product): quantity for warehouse, product, quantity in found}
