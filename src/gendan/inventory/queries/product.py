"""The stock of one product: where it lies, in which lots, what is on its way."""

from __future__ import annotations

from typing import Any

from gendan.inventory.queries.incoming import incoming_by_warehouse
from gendan.inventory.queries.stock import VIEW
from gendan.kernel import db, fields, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound

_PRODUCT = """
SELECT p.id, p.code, p.name, p.specification, p.lot_tracked, p.safety_stock, u.code AS unit, u.name AS unit_name,
 u.decimals
FROM catalog_product p JOIN catalog_unit u ON u.id = p.unit_id WHERE p.company_id = %s AND p.code = %s
"""
_PLACES = """
SELECT coalesce(w.code, '') AS warehouse, coalesce(w.name, '') AS warehouse_name, l.code AS bin, l.name AS bin_name,
 l.kind, coalesce(lot.code, '') AS lot, lot.expires_on, b.on_hand, b.reserved,
 CASE WHEN l.kind = 'bin' THEN b.on_hand - b.reserved ELSE 0 END AS available
FROM inventory_balance b JOIN catalog_location l ON l.id = b.location_id
LEFT JOIN catalog_warehouse w ON w.id = l.warehouse_id LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
WHERE b.company_id = %s AND b.product_id = %s AND (b.on_hand <> 0 OR b.reserved <> 0){within}
ORDER BY w.code NULLS LAST, l.code, lot.expires_on NULLS LAST, lot.code
"""


def product_stock(actor: Actor, code: str) -> dict[str, Any]:
    """A product with its places (by bin and lot), sums and what is expected per warehouse; fixed statements."""
    actor.must(VIEW)
    found = db.dicts(_PRODUCT + scope.also(actor, "stocked", "p"), [actor.company_id, code])
    if not found:
        raise NotFound(what=code)
    product = found[0]
    places = db.dicts(_PLACES.format(within=scope.also(actor, "place", "l")), [actor.company_id, product["id"]])
    expected = incoming_by_warehouse(actor, [product["id"]])
    names: dict[int, str] = dict(
        db.rows("SELECT id, code || ' ' || name FROM catalog_warehouse WHERE company_id = %s", [actor.company_id])
    )
    inside = [row for row in places if row["kind"] != "transit"]
    available = sum(row["available"] for row in places)
    return {
        **fields.mask_of(actor, "product", [product])[0],
        "places": places,
        "on_hand": sum(row["on_hand"] for row in inside),
        "reserved": sum(row["reserved"] for row in inside),
        "blocked": sum(row["on_hand"] for row in inside if row["kind"] != "bin"),
        "in_transit": sum(row["on_hand"] for row in places if row["kind"] == "transit"),
        "available": available,
        "below_safety": product["safety_stock"] > available,
        "incoming": sum(row.quantity for row in expected.values()),
        "expected": [
            {"warehouse": names.get(warehouse, ""), "quantity": row.quantity, "next_on": row.next_on}
            for (_product, warehouse), row in sorted(expected.items())
        ],
    }
