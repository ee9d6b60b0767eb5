"""What waits in the receiving place of a warehouse, and into which bin each of it belongs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from gendan.inventory.queries import VIEW
from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound

Row = dict[str, Any]
MOST, FREE = 100, 300

_WAREHOUSE = """
SELECT w.id, w.code, w.name, d.id AS place_id, d.code AS place FROM catalog_warehouse w
JOIN catalog_location d ON d.id = w.default_location_id
WHERE w.company_id = %(company)s::bigint AND w.code = %(code)s::text{within}
"""
_WAITING = """
SELECT b.id, b.product_id, p.code AS product, p.name, p.specification, p.category_id, u.name AS unit, u.decimals,
 coalesce(lot.code, '') AS lot, lot.expires_on, b.on_hand
FROM inventory_balance b JOIN catalog_product p ON p.id = b.product_id JOIN catalog_unit u ON u.id = p.unit_id
LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
WHERE b.location_id = %(place)s::bigint AND b.company_id = %(company)s::bigint AND b.on_hand > 0{only}
ORDER BY b.id DESC LIMIT %(most)s
"""
# Where the same product lies or lay: the fullest bin first, then the one used last.
_SAME = """
SELECT DISTINCT ON (b.product_id) b.product_id, l.code, b.on_hand > 0
FROM inventory_balance b JOIN catalog_location l ON l.id = b.location_id
WHERE b.product_id = ANY(%(products)s::bigint[]) AND l.warehouse_id = %(warehouse)s::bigint AND l.kind = 'bin'
 AND l.is_active AND l.id <> %(place)s::bigint
ORDER BY b.product_id, (b.on_hand > 0) DESC, b.on_hand DESC, b.id DESC
"""
# Empty bins; the zone of a bin is what stands before the last hyphen of its code.
_EMPTY = """
SELECT l.code, regexp_replace(l.code, '-[^-]*$', '') FROM catalog_location l
WHERE l.warehouse_id = %(warehouse)s::bigint AND l.kind = 'bin' AND l.is_active AND l.id <> %(place)s::bigint
 AND NOT EXISTS (SELECT 1 FROM inventory_balance b WHERE b.location_id = l.id AND b.on_hand > 0)
ORDER BY l.code LIMIT %(free)s
"""
_ZONES = """
SELECT DISTINCT ON (p.category_id) p.category_id, regexp_replace(l.code, '-[^-]*$', '')
FROM catalog_location l JOIN inventory_balance b ON b.location_id = l.id AND b.on_hand > 0
JOIN catalog_product p ON p.id = b.product_id
WHERE l.warehouse_id = %(warehouse)s::bigint AND l.kind = 'bin' AND l.id <> %(place)s::bigint
 AND p.category_id = ANY(%(categories)s::bigint[])
GROUP BY p.category_id, 2 ORDER BY p.category_id, count(*) DESC, 2
"""
_WAREHOUSES = """
SELECT w.code, w.name, (SELECT count(*) FROM inventory_balance b WHERE b.location_id = w.default_location_id
 AND b.on_hand > 0) AS waiting
FROM catalog_warehouse w WHERE w.company_id = %s::bigint AND w.is_active AND w.default_location_id IS NOT NULL{within}
 AND EXISTS (SELECT 1 FROM catalog_location l WHERE l.warehouse_id = w.id AND l.kind = 'bin' AND l.is_active
  AND l.id <> w.default_location_id)
ORDER BY w.code LIMIT 30
"""


def warehouses(actor: Actor) -> list[Row]:
    """Warehouses that have bins to put goods into, with how much waits; one statement."""
    actor.must(VIEW)
    return db.dicts(_WAREHOUSES.format(within=scope.also(actor, "warehouses", "w")), [actor.company_id])


def warehouse(actor: Actor, code: str) -> Row:
    """The warehouse and its receiving place; one statement. NotFound."""
    actor.must(VIEW)
    within = scope.also(actor, "warehouses", "w")
    found = db.dicts(_WAREHOUSE.format(within=within), {"company": actor.company_id, "code": code})
    if not found:
        raise NotFound(what=code)
    return found[0]


def waiting(actor: Actor, at: Row, *, product_id: int | None = None, most: int = MOST) -> list[Row]:
    """What lies in the receiving place, the newest first; one statement."""
    only = " AND b.product_id = %(product)s::bigint" if product_id else ""
    params = {"place": at["place_id"], "company": actor.company_id, "product": product_id, "most": most}
    return db.dicts(_WAITING.format(only=only), params)


def propose(at: Row, rows: list[Row]) -> None:
    """Write into each row the bin where it belongs (``bin``, "" for none) and why; three statements for any number."""
    shared: Row = {"warehouse": at["id"], "place": at["place_id"], "free": FREE}
    products = sorted({row["product_id"] for row in rows})
    categories = sorted({row["category_id"] for row in rows if row["category_id"]})
    lies: dict[int, str] = {}
    lay: dict[int, str] = {}
    for product_id, code, now in db.rows(_SAME, {**shared, "products": products}):
        (lies if now else lay)[product_id] = code
    empty = db.rows(_EMPTY, shared)
    zones: dict[int, str] = dict(db.rows(_ZONES, {**shared, "categories": categories}))
    for row in rows:
        row["bin"], row["why"] = _bin(row, lies, lay, empty, zones)


def _bin(
    row: Row, lies: dict[int, str], lay: dict[int, str], empty: list[tuple[str, str]], zones: dict[int, str]
) -> tuple[str, str]:
    """Beside the same product; where it was before; an empty bin among its kind; any empty bin, used once."""
    product = row["product_id"]
    if product in lies:
        return lies[product], _("同品已在此")
    if product in lay:
        return lay[product], _("上次放在这里")
    zone = zones.get(row["category_id"] or 0)
    found = next(((n, _("同类货区的空库位")) for n, (_code, at) in enumerate(empty) if at == zone), None)
    if found is None and empty:
        found = 0, _("空库位")
    if found is None:
        return "", ""
    lies[product] = empty.pop(found[0])[0]
    return lies[product], found[1]


def bin_code(actor: Actor, at: Row, code: str) -> str:
    """The bin of the warehouse with this code, in any case; "" for none; one statement."""
    found = db.row(
        "SELECT code FROM catalog_location WHERE company_id = %s::bigint AND warehouse_id = %s::bigint"
        " AND kind = 'bin' AND is_active AND upper(code) = upper(%s::text)",
        [actor.company_id, at["id"], code.strip()],
    )
    return str(found[0]) if found else ""
