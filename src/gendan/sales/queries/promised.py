"""An order's lines that have not left, with what was promised of them and what can be promised now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.sales.permissions import VIEW
from gendan.sales.queries.supply import supply_days

Row = dict[str, Any]
_ORDER = """
SELECT o.id, o.number, o.version, o.state, c.name AS customer_name,
 o.state IN ('to_ship', 'partly_shipped') AS live
FROM sales_salesorder o JOIN catalog_partner c ON c.id = o.customer_id
WHERE o.company_id = %s::bigint AND o.number = %s::text
"""
_LINES = """
SELECT l.id, l.line_no AS line, p.code AS product, p.name AS product_name, u.name AS unit_name,
 l.quantity - l.cancelled - l.shipped AS outstanding, l.requested_on, l.promised_on, l.expected_on
FROM sales_salesline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.order_id = %s::bigint AND l.quantity > l.cancelled + l.shipped ORDER BY l.line_no
"""
_WORDS = """
SELECT l.line_no AS line, w.revision, w.source, w.promised_on, w.reason, w.at, coalesce(u.name, '') AS user
FROM sales_salesline l JOIN sales_salespromise w ON w.line_id = l.id LEFT JOIN accounts_user u ON u.id = w.user_id
WHERE l.order_id = %s::bigint ORDER BY w.at DESC, l.line_no, w.revision DESC LIMIT 200
"""


@dataclass(frozen=True, slots=True)
class Promised:
    """The order, its open lines (``can``: the day that supply allows now, ``late``: days past the promise), every word
    that was given, newest first.
    """

    order: Row
    lines: list[Row]
    words: list[Row]


def promised(actor: Actor, number: str) -> Promised:
    """Nine statements at most. Errors: NotFound."""
    actor.must(VIEW)
    found = db.dicts(_ORDER, [actor.company_id, number])
    if not found:
        raise NotFound(what=number)
    order = found[0]
    lines = fields.mask(actor, "so", db.dicts(_LINES, [order["id"]]), order["state"])
    days: dict[int, date | None] = supply_days(actor, [line["id"] for line in lines]) if lines else {}
    for line in lines:
        known = [day for day in (days.get(line["id"]), line["requested_on"]) if day]
        line["can"] = max(known) if days.get(line["id"]) else None
        line["late"] = _late(line["expected_on"], line["promised_on"])
    words = fields.mask(actor, "so", db.dicts(_WORDS, [order["id"]]), order["state"])
    return Promised(order, lines, words)


def _late(expected: date | None, promised_on: date | None) -> int | None:
    return max((expected - promised_on).days, 0) if expected and promised_on else None
