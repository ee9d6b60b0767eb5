"""When the supply of sales lines is there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.sales.queries.atp import UNCOVERED, promisable

_SUPPLY = f"""
SELECT sl.id, sl.product_id, sl.warehouse_id, {UNCOVERED}, sl.requested, sl.pegged,
 max(coalesce(pl.expected_on, pl.due_on)),
 coalesce(bool_or(pl.id IS NOT NULL AND coalesce(pl.expected_on, pl.due_on) IS NULL), false)
FROM sales_salesline sl
LEFT JOIN sales_peg p ON p.line_id = sl.id AND p.purchase_line_id IS NOT NULL
LEFT JOIN purchasing_orderline pl ON pl.id = p.purchase_line_id
WHERE sl.company_id = %s::bigint AND sl.id = ANY(%s::bigint[]) AND sl.is_open
GROUP BY sl.id ORDER BY sl.due_on NULLS LAST, sl.id
"""


def lines_of_purchase(actor: Actor, number: str) -> set[int]:
    """The ids of a purchase order's lines."""
    found = db.rows(
        "SELECT l.id FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON l.order_id = o.id"
        " WHERE o.company_id = %s::bigint AND o.number = %s::text",
        [actor.company_id, number],
    )
    return {row[0] for row in found}


def supply_days(actor: Actor, line_ids: Collection[int]) -> dict[int, date | None]:
    """When the supply of each open line is there: today what is reserved, purchase lines at their latest word, what is
    only requested or not covered by what can be promised. None where nobody knows. Two exchanges.
    """
    found = db.rows(_SUPPLY, [actor.company_id, db.array(line_ids)])
    if not found:
        return {}
    there = promisable(actor, {(row[2], row[1]) for row in found}, [row[0] for row in found])
    handling = timedelta(days=there.handling)
    days: dict[int, date | None] = {}
    for id_, product, warehouse, uncovered, requested, pegged, pegged_on, unknown in found:
        shelf = there.shelves[warehouse, product]
        parts: list[date | None] = [there.today]
        if pegged > 0:
            parts.append(None if unknown or pegged_on is None else max(pegged_on, there.today) + handling)
        if requested > 0:
            parts.append(shelf.lead_on)
        if uncovered > Decimal(0):
            parts.append(shelf.take(uncovered).on)
        days[id_] = None if None in parts else max(day for day in parts if day)
    return days
