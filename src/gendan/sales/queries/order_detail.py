"""Everything about one sales order, in a fixed number of statements."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from gendan.flow.queries.passed import passed_by, passed_from
from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import NotFound
from gendan.purchasing.rules.promises import late_days
from gendan.sales.models import Delivery, SalesOrder
from gendan.sales.permissions import VIEW
from gendan.sales.queries.orders import seen

Row = dict[str, Any]

_HEADER = f"""
SELECT o.id, o.number, o.state, o.version, o.currency, o.rate, o.minor_units, o.tax_included, o.ordered_on,
 o.requested_on, o.payment_terms, o.customer_reference, o.external_key, o.back_order, o.note, o.net, o.tax, o.gross,
 o.findings, o.submitted_at, o.approved_at, o.decision_note, o.settled_at, o.closed_at, o.close_reason, o.created_at,
 o.updated_at, o.is_open, o.created_by_id, o.ship_to_code, o.ship_to_name, o.ship_to_phone, o.ship_to_address,
 o.ship_to_country, p.code AS customer, p.name AS customer_name, w.code AS warehouse, w.name AS warehouse_name,
 coalesce(b.name, '') AS salesperson, coalesce(c.name, '') AS created_by, coalesce(a.name, '') AS approved_by,
 coalesce(q.number, '') AS quotation,
 {passed_by("so", "o.id", "o.approved_by_id")}
FROM sales_salesorder o JOIN catalog_partner p ON p.id = o.customer_id
JOIN catalog_warehouse w ON w.id = o.warehouse_id
LEFT JOIN accounts_user b ON b.id = o.salesperson_id LEFT JOIN accounts_user c ON c.id = o.created_by_id
LEFT JOIN accounts_user a ON a.id = o.approved_by_id LEFT JOIN sales_quotation q ON q.id = o.quotation_id
WHERE o.company_id = %s::bigint AND o.number = %s::text
"""
_LINES = """
SELECT l.id, l.line_no AS line, p.code AS product, p.name AS product_name, p.specification, l.description,
 u.code AS unit, u.name AS unit_name, u.decimals, l.factor, l.quantity, l.unit_price, l.price_source, l.discount,
 l.tax_rate, l.net, l.tax, l.gross, l.requested_on, l.promised_on, l.expected_on, l.due_on, l.completed_on,
 l.reserved, l.pegged, l.requested, l.delivering, l.shipped, l.signed, l.refused, l.returned, l.cancelled,
 l.closed_short, l.live, l.is_open, l.note, l.external_key
FROM sales_salesline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.order_id = (SELECT id FROM sales_salesorder WHERE company_id = %s::bigint AND number = %s::text)
ORDER BY l.line_no
"""
_DELIVERIES = """
SELECT d.id, d.number, d.state, d.carrier, d.tracking_number, d.shipped_on, d.signed_on, d.signed_by,
 sum(dl.quantity) AS quantity
FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id
JOIN sales_deliveryline dl ON dl.order_line_id = l.id JOIN sales_delivery d ON d.id = dl.delivery_id
WHERE o.company_id = %s::bigint AND o.number = %s::text GROUP BY d.id ORDER BY d.id
"""


@dataclass(slots=True)
class OrderDetail:
    """An order with its lines and its deliveries."""

    header: Row
    lines: list[Row]
    deliveries: list[Row] = field(default_factory=list)


def order_detail(actor: Actor, number: str) -> OrderDetail:
    """Three statements. Prices are None without sales.view_price. NotFound outside the company."""
    actor.must(VIEW)
    params = [actor.company_id, number]
    found = db.dicts(_HEADER, params)
    if not found:
        raise NotFound(what=number)
    header = seen(actor, found[0])
    passed_from(header)
    header["findings"] = json.loads(header["findings"])
    header["state_label"] = state_label(SalesOrder, header["state"])
    lines = [seen(actor, _line(row, actor)) for row in db.dicts(_LINES, params)]
    lines = fields.mask(actor, "so", lines, header["state"])
    (header,) = fields.mask(actor, "so", [header])
    deliveries = db.dicts(_DELIVERIES, params)
    for row in deliveries:
        row["state_label"] = state_label(Delivery, row["state"])
    return OrderDetail(header, lines, deliveries)


def _line(row: Row, actor: Actor) -> Row:
    row["ordered"] = row["quantity"]
    row["outstanding"] = row["quantity"] - row["cancelled"] - row["shipped"]
    needed = row["outstanding"] * row["factor"]
    row["uncovered"] = needed - row["reserved"] - row["pegged"] - row["requested"] if row["live"] else needed
    row["late_days"] = late_days(row["due_on"], actor.today()) if row["is_open"] else 0
    if row["completed_on"] and row["promised_on"]:
        row["late_days"] = max((row["completed_on"] - row["promised_on"]).days, 0)
    return row
