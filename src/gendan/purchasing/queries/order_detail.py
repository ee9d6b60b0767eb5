"""Everything about one order, in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from gendan.flow.queries.passed import passed_by, passed_from
from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import NotFound
from gendan.purchasing.models import GoodsReceipt, PurchaseOrder, Requisition, Shipment
from gendan.purchasing.models.receipt import SHOWN_STATE
from gendan.purchasing.queries.orders import VIEW, VIEW_PRICE
from gendan.purchasing.rules.lines import ZERO, receivable, refused_open
from gendan.purchasing.rules.promises import late_days

Row = dict[str, Any]
PRICES = ("net", "tax", "gross")

_HEADER = f"""
SELECT o.id, o.number, o.state, o.version, o.currency, o.rate, o.minor_units, o.tax_included, o.ordered_on,
 o.payment_terms, o.supplier_reference, o.external_key, o.note, o.net, o.tax, o.gross, o.submitted_at, o.approved_at,
 o.decision_note, o.closed_at, o.close_reason, o.created_at, o.updated_at, o.is_open, o.created_by_id,
 s.code AS supplier, s.name AS supplier_name, w.code AS warehouse, w.name AS warehouse_name,
 w.address AS warehouse_address,
 coalesce(b.name, '') AS buyer, coalesce(c.name, '') AS created_by, coalesce(a.name, '') AS approved_by,
 {passed_by("po", "o.id", "o.approved_by_id")}, s.address AS supplier_address, co.name AS company
FROM purchasing_purchaseorder o JOIN catalog_partner s ON s.id = o.supplier_id
JOIN catalog_warehouse w ON w.id = o.warehouse_id JOIN accounts_company co ON co.id = o.company_id
LEFT JOIN accounts_user b ON b.id = o.buyer_id LEFT JOIN accounts_user c ON c.id = o.created_by_id
LEFT JOIN accounts_user a ON a.id = o.approved_by_id
WHERE o.company_id = %s::bigint AND o.number = %s::text
"""
_LINES = """
SELECT l.id, l.line_no AS line, p.code AS product, p.name AS product_name, p.specification, l.description,
 u.code AS unit, u.name AS unit_name, u.decimals, l.factor, l.quantity, l.unit_price, l.discount, l.tax_rate,
 l.net, l.tax, l.gross, l.required_on, l.promised_on, l.expected_on, l.due_on, l.completed_on, l.over_tolerance,
 l.under_tolerance, l.confirmed, l.refused, l.shipped, l.received, l.accepted, l.rejected, l.returned, l.replaced,
 l.invoiced,
 l.paid, l.cancelled, l.closed_short,
 l.promise_revision, l.live, l.is_open, l.note, l.contract, l.external_key
FROM purchasing_orderline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.order_id = %s::bigint ORDER BY l.line_no
"""
_ALLOCATIONS = """
SELECT l.line_no AS line, r.number AS requisition, r.state, rl.line_no AS requisition_line, a.quantity, a.released,
 u.code AS unit, coalesce(q.name, '') AS requester, r.created_at
FROM purchasing_orderline l JOIN purchasing_requisitionallocation a ON a.order_line_id = l.id
JOIN purchasing_requisitionline rl ON rl.id = a.requisition_line_id
JOIN purchasing_requisition r ON r.id = rl.requisition_id
JOIN catalog_unit u ON u.id = rl.unit_id LEFT JOIN accounts_user q ON q.id = r.requester_id
WHERE l.order_id = %s::bigint ORDER BY l.line_no, a.id
"""
_PROMISES = """
SELECT l.line_no AS line, p.revision, p.kind, p.source, p.quantity, p.promised_on, p.note, p.at,
 coalesce(u.name, '') AS user
FROM purchasing_orderline l JOIN purchasing_promise p ON p.order_line_id = l.id
LEFT JOIN accounts_user u ON u.id = p.user_id
WHERE l.order_id = %s::bigint ORDER BY l.line_no, p.revision, p.id
"""
_SHIPMENTS = """
SELECT s.id, s.number, s.state, s.carrier, s.tracking_number, s.shipped_on, s.expected_on, s.arrived_on,
 sum(sl.quantity) AS quantity, sum(sl.received) AS received
FROM purchasing_orderline l JOIN purchasing_shipmentline sl ON sl.order_line_id = l.id
JOIN purchasing_shipment s ON s.id = sl.shipment_id WHERE l.order_id = %s::bigint GROUP BY s.id ORDER BY s.id
"""
_RECEIPTS = f"""
SELECT g.id, g.number, g.state, {SHOWN_STATE.format("g")} AS shown,
 g.delivery_note, g.received_on, s.number AS shipment, sum(rl.quantity) AS quantity,
 coalesce(back.number, '') AS reverses
FROM purchasing_orderline l JOIN purchasing_receiptline rl ON rl.order_line_id = l.id
JOIN purchasing_goodsreceipt g ON g.id = rl.receipt_id LEFT JOIN purchasing_shipment s ON s.id = g.shipment_id
LEFT JOIN purchasing_goodsreceipt back ON back.id = g.reverses_id
WHERE l.order_id = %s::bigint GROUP BY g.id, s.number, back.number ORDER BY g.id
"""


@dataclass(slots=True)
class OrderDetail:
    """An order with its lines and all that hangs on them."""

    header: Row
    lines: list[Row]
    allocations: list[Row] = field(default_factory=list)
    promises: list[Row] = field(default_factory=list)
    shipments: list[Row] = field(default_factory=list)
    receipts: list[Row] = field(default_factory=list)

    def promises_of(self, line: int) -> list[Row]:
        """The promise ledger of a line."""
        return [entry for entry in self.promises if entry["line"] == line]

    @property
    def by_line(self) -> dict[int, list[Row]]:
        """The promise ledger by line."""
        found: dict[int, list[Row]] = defaultdict(list)
        for entry in self.promises:
            found[entry["line"]].append(entry)
        return found


def order_detail(actor: Actor, number: str) -> OrderDetail:
    """Six statements. Prices are None without purchasing.view_price. NotFound outside the company."""
    actor.must(VIEW)
    found = db.dicts(_HEADER, [actor.company_id, number])
    if not found:
        raise NotFound(what=number)
    header = found[0]
    passed_from(header)
    header["state_label"] = state_label(PurchaseOrder, header["state"])
    id_ = [header["id"]]
    lines = fields.mask(actor, "po", [_line(actor, row) for row in db.dicts(_LINES, id_)], header["state"])
    if not actor.may(VIEW_PRICE):
        header.update(dict.fromkeys(PRICES))
    (header,) = fields.mask(actor, "po", [header])
    return OrderDetail(
        header,
        lines,
        _labelled(fields.mask_of(actor, "requisition", db.dicts(_ALLOCATIONS, id_)), Requisition),
        fields.mask(actor, "po", db.dicts(_PROMISES, id_), header["state"]),
        _labelled(db.dicts(_SHIPMENTS, id_), Shipment),
        _labelled(db.dicts(_RECEIPTS, id_), GoodsReceipt),
    )


def _line(actor: Actor, row: Row) -> Row:
    row["ordered"] = row["quantity"]
    row["outstanding"] = max(row["quantity"] - row["cancelled"] - row["received"], ZERO)
    counters = SimpleNamespace(**row)
    row["receivable"], row["refused_open"] = receivable(counters), refused_open(counters)
    row["late_days"] = late_days(row["due_on"], actor.today()) if row["is_open"] else 0
    if row["completed_on"] and row["promised_on"]:
        row["late_days"] = max((row["completed_on"] - row["promised_on"]).days, 0)
    if not actor.may(VIEW_PRICE):
        row.update(dict.fromkeys((*PRICES, "unit_price", "discount")))
    return row


def _labelled(rows: list[Row], model: Any) -> list[Row]:
    for row in rows:
        row["state_label"] = state_label(model, row["shown"] if "shown" in row else row["state"])
    return rows
