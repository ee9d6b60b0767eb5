"""The sales lines behind purchase and requisition lines, with their deliveries; registered with purchasing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.urls import NoReverseMatch, reverse

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.purchasing.queries.waiting import Kind, Sent, Waiter
from gendan.purchasing.rules.promises import late_days
from gendan.sales.models import Delivery, SalesOrder
from gendan.sales.permissions import VIEW

# By purchase line: what waits and what came. By requisition line: what waits for it, and what is behind the purchase
# lines that were ordered for it.
_PURCHASE = """
SELECT t.supply, t.line, sum(t.waiting) AS waiting, sum(t.came) AS came FROM (
 SELECT p.purchase_line_id AS supply, p.line_id AS line, p.quantity AS waiting, 0 AS came FROM sales_peg p
 WHERE p.purchase_line_id = ANY(%(ids)s::bigint[]) UNION ALL
 SELECT a.purchase_line_id, a.line_id, 0, a.quantity FROM sales_arrival a
 WHERE a.purchase_line_id = ANY(%(ids)s::bigint[])) t GROUP BY 1, 2
"""
_REQUISITION = """
SELECT t.supply, t.line, sum(t.waiting) AS waiting, sum(t.came) AS came FROM (
 SELECT p.requisition_line_id AS supply, p.line_id AS line, p.quantity AS waiting, 0 AS came FROM sales_peg p
 WHERE p.requisition_line_id = ANY(%(ids)s::bigint[]) UNION ALL
 SELECT ra.requisition_line_id, p.line_id, p.quantity, 0 FROM purchasing_requisitionallocation ra
 JOIN sales_peg p ON p.purchase_line_id = ra.order_line_id WHERE ra.requisition_line_id = ANY(%(ids)s::bigint[])
 UNION ALL
 SELECT ra.requisition_line_id, a.line_id, 0, a.quantity FROM purchasing_requisitionallocation ra
 JOIN sales_arrival a ON a.purchase_line_id = ra.order_line_id WHERE ra.requisition_line_id = ANY(%(ids)s::bigint[])
 ) t GROUP BY 1, 2
"""
_LINES = """
SELECT b.supply, b.line AS id, o.number AS order_number, l.line_no, o.state, c.code AS customer,
 c.name AS customer_name, u.name AS unit, b.waiting, b.came, l.due_on, l.expected_on, l.is_open
FROM ({behind}) b JOIN sales_salesline l ON l.id = b.line JOIN sales_salesorder o ON o.id = l.order_id
JOIN catalog_partner c ON c.id = l.customer_id JOIN catalog_product p ON p.id = l.product_id
JOIN catalog_unit u ON u.id = p.unit_id
WHERE o.company_id = %(company)s::bigint ORDER BY l.due_on NULLS LAST, o.id, l.line_no
"""
_SENT = """
SELECT dl.order_line_id, d.number, d.state, sum(dl.quantity * l.factor), d.shipped_on, d.signed_on, d.signed_by
FROM sales_deliveryline dl JOIN sales_delivery d ON d.id = dl.delivery_id AND d.state <> 'cancelled'
JOIN sales_salesline l ON l.id = dl.order_line_id
WHERE dl.order_line_id = ANY(%s::bigint[]) GROUP BY dl.order_line_id, d.id ORDER BY d.id
"""


def waiting(actor: Actor, kind: Kind, line_ids: Sequence[int]) -> list[Waiter]:
    """See Waiter; one statement when nothing is behind the lines, else two."""
    if not actor.may(VIEW):
        return []
    behind = _PURCHASE if kind == "purchase" else _REQUISITION
    found = db.dicts(_LINES.format(behind=behind), {"ids": list(line_ids), "company": actor.company_id})
    if not found:
        return []
    sent: dict[int, list[Sent]] = defaultdict(list)
    for line, number, state, *rest in db.rows(_SENT, [[row["id"] for row in found]]):
        url = _address("sales:delivery_detail", number)
        sent[line].append(Sent(number, url, state, state_label(Delivery, state), *rest))
    return [_waiter(actor, row, tuple(sent[row["id"]])) for row in found]


def _address(page: str, *args: Any) -> str:
    try:
        return reverse(page, args=args)
    except NoReverseMatch:
        return ""


def _late(actor: Actor, row: dict[str, Any]) -> int:
    """The days by which an open line is late already, or will be by the latest word."""
    return late_days(row["due_on"], max(actor.today(), row["expected_on"] or actor.today())) or 0


def _waiter(actor: Actor, row: dict[str, Any], sent: tuple[Sent, ...]) -> Waiter:
    return Waiter(
        supply_id=row["supply"],
        order=row["order_number"],
        line=row["line_no"],
        url=_address("sales:line_trace", row["order_number"], row["line_no"]),
        customer=row["customer"],
        customer_name=row["customer_name"],
        state=row["state"],
        state_label=state_label(SalesOrder, row["state"]),
        unit=row["unit"],
        waiting=row["waiting"],
        came=row["came"],
        due_on=row["due_on"],
        expected_on=row["expected_on"],
        late_days=_late(actor, row) if row["is_open"] else 0,
        sent=sent,
    )
