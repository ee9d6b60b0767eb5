"""What a person sees who counts: progress, the next places, the last entries, and what a scanned code means."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from gendan.inventory.queries.stock import VIEW
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound

_QUANTITY = re.compile(r"[×xX*]?\s*((?:0|[1-9]\d{0,5})(?:\.\d+)?)")
_STATE = """
SELECT c.id, c.number, c.state, c.version, c.blind, w.code AS warehouse, w.name AS warehouse_name,
 count(l.id) AS lines, count(l.counted) AS counted
FROM inventory_stockcount c JOIN catalog_warehouse w ON w.id = c.warehouse_id
LEFT JOIN inventory_stockcountline l ON l.count_id = c.id
WHERE c.company_id = %s AND c.number = %s GROUP BY c.id, w.code, w.name
"""
_ENTRIES = """
SELECT e.id, e.quantity, e.is_total, e.at, p.code AS product, p.name, a.code AS bin, coalesce(lot.code, '') AS lot,
 l.line_no, l.counted, l.expected, un.name AS unit_name, coalesce(u.name, '') AS user
FROM inventory_stockcountentry e JOIN inventory_stockcountline l ON l.id = e.line_id AND l.round = e.round
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit un ON un.id = p.unit_id
JOIN catalog_location a ON a.id = l.location_id LEFT JOIN inventory_lot lot ON lot.id = l.lot_id
LEFT JOIN accounts_user u ON u.id = e.user_id
WHERE l.count_id = %s AND NOT e.undone AND e.user_id IS NOT DISTINCT FROM %s::bigint ORDER BY e.id DESC LIMIT 5
"""
_TODO = """
SELECT l.line_no, p.code AS product, p.name, a.code AS bin, coalesce(lot.code, '') AS lot, l.expected, l.counted,
 l.previous, l.round > 1 AS again, un.name AS unit_name, un.decimals
FROM inventory_stockcountline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit un ON un.id = p.unit_id
JOIN catalog_location a ON a.id = l.location_id LEFT JOIN inventory_lot lot ON lot.id = l.lot_id
WHERE l.count_id = %(count)s AND {condition} ORDER BY (l.counted IS NOT NULL), l.line_no LIMIT %(limit)s
"""
_SCANNED = """
SELECT 'bin' AS what, l.code, '' AS lot FROM catalog_location l
WHERE l.company_id = %(company)s AND l.warehouse_id = %(warehouse)s AND l.is_active AND l.code = upper(%(text)s)
UNION ALL SELECT 'product', p.code, '' FROM catalog_barcode b JOIN catalog_product p ON p.id = b.product_id
WHERE b.company_id = %(company)s AND b.code = %(text)s
UNION ALL SELECT 'product', p.code, '' FROM catalog_product p WHERE p.company_id = %(company)s AND p.code = %(text)s
UNION ALL SELECT 'lot', p.code, lot.code FROM inventory_lot lot JOIN catalog_product p ON p.id = lot.product_id
WHERE lot.company_id = %(company)s AND lot.code = %(text)s
LIMIT 3
"""


def counting(actor: Actor, number: str, place: str = "", limit: int = 30) -> dict[str, Any]:
    """A count as its counting page shows it: places still to count first (of a bin if given); three statements.

    A blind count does not tell what is expected, nor what was counted the time before.
    """
    actor.must(VIEW)
    found = db.dicts(_STATE, [actor.company_id, number])
    if not found:
        raise NotFound(what=number)
    state = found[0]
    entries = db.dicts(_ENTRIES, [state["id"], actor.user_id])
    condition = "a.code = %(place)s" if place else "l.counted IS NULL"
    todo = db.dicts(_TODO.format(condition=condition), {"count": state["id"], "place": place, "limit": limit})
    if state["blind"]:
        for row in (*entries, *todo):
            row.update(expected=None, previous=None)
    return {**state, "entries": entries, "todo": todo, "place": place}


def scanned(actor: Actor, number: str, text: str) -> dict[str, Any] | None:
    """What a scanned code is: {"what": bin | product | lot, "code", "lot"}; None when nobody knows it."""
    actor.must(VIEW)
    warehouse = db.row(
        "SELECT warehouse_id FROM inventory_stockcount WHERE company_id = %s AND number = %s",
        [actor.company_id, number],
    )
    if warehouse is None:
        raise NotFound(what=number)
    found = db.dicts(_SCANNED, {"company": actor.company_id, "warehouse": warehouse[0], "text": text.strip()})
    return found[0] if found else None


def as_quantity(text: str) -> Decimal | None:
    """A typed quantity such as ``12`` or ``×12``; None for anything else (a code begins with noughts or is longer)."""
    typed = _QUANTITY.fullmatch(text.strip())
    return Decimal(typed.group(1)) if typed else None
