"""Where is it, from the customer's side: one sales line with what it is served from, back to the request, and where its
goods went, up to the signature.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gendan.catalog.queries import figure
from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.purchasing.rules.promises import late_days
from gendan.sales.permissions import VIEW

Row = dict[str, Any]
ZERO = Decimal(0)
_LINE = """
SELECT l.id, o.number AS order_number, o.state, o.ordered_on, o.approved_at, o.customer_reference, l.line_no AS line,
 c.code AS customer, c.name AS customer_name, pr.code AS product, pr.name AS product_name, pr.specification,
 w.code AS warehouse, w.name AS warehouse_name, u.name AS unit_name, su.name AS stock_unit, l.factor, l.quantity,
 l.reserved, l.pegged, l.requested, l.delivering, l.shipped, l.signed, l.refused, l.returned, l.cancelled, l.live,
 l.is_open, l.requested_on, l.promised_on, l.expected_on, l.due_on, l.completed_on, l.note,
 coalesce(s.name, '') AS salesperson
FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id AND l.line_no = %s::int
JOIN catalog_partner c ON c.id = o.customer_id JOIN catalog_product pr ON pr.id = l.product_id
JOIN catalog_warehouse w ON w.id = l.warehouse_id JOIN catalog_unit u ON u.id = l.unit_id
JOIN catalog_unit su ON su.id = pr.unit_id LEFT JOIN accounts_user s ON s.id = o.salesperson_id
WHERE o.company_id = %s::bigint AND o.number = %s::text
"""
_PROMISES = """
SELECT p.revision, p.source, p.promised_on, p.reason, coalesce(u.name, '') AS user, p.at
FROM sales_salespromise p LEFT JOIN accounts_user u ON u.id = p.user_id
WHERE p.line_id = %(line)s::bigint ORDER BY p.revision
"""
_STOCK = """
SELECT t.code AS bin, coalesce(lot.code, '') AS lot, lot.expires_on, p.quantity, p.hard, p.moved_by_hand
FROM sales_peg p JOIN inventory_balance b ON b.id = p.balance_id JOIN catalog_location t ON t.id = b.location_id
LEFT JOIN inventory_lot lot ON lot.id = b.lot_id WHERE p.line_id = %(line)s::bigint ORDER BY p.id
"""
# The purchase lines behind: those that the line waits for, and those that came in for it.
_BEHIND = """
behind AS (
 SELECT purchase_line_id AS id, sum(waiting) AS waiting, sum(came) AS came FROM (
  SELECT purchase_line_id, quantity AS waiting, 0 AS came FROM sales_peg
  WHERE line_id = %(line)s::bigint AND purchase_line_id IS NOT NULL UNION ALL
  SELECT purchase_line_id, 0, quantity FROM sales_arrival WHERE line_id = %(line)s::bigint) t GROUP BY 1)
"""
_PURCHASES = f"""
WITH {_BEHIND}
SELECT l.id, o.number, l.line_no AS line, o.state, s.code AS supplier, s.name AS supplier_name, behind.waiting,
 behind.came, l.promised_on, l.expected_on, l.due_on, l.completed_on, l.is_open
FROM behind JOIN purchasing_orderline l ON l.id = behind.id JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN catalog_partner s ON s.id = l.supplier_id ORDER BY coalesce(l.expected_on, l.due_on) NULLS LAST, l.id
"""
_SHIPMENTS = f"""
WITH {_BEHIND}
SELECT s.number, s.state, s.carrier, s.tracking_number, s.shipped_on, s.expected_on, s.arrived_on, sl.quantity,
 u.name AS unit_name
FROM behind JOIN purchasing_shipmentline sl ON sl.order_line_id = behind.id
JOIN purchasing_shipment s ON s.id = sl.shipment_id AND s.state <> 'cancelled'
JOIN purchasing_orderline l ON l.id = behind.id JOIN catalog_unit u ON u.id = l.unit_id ORDER BY s.id
"""
_RECEIPTS = f"""
WITH {_BEHIND}
SELECT r.number, r.state, r.received_on, rl.quantity, u.name AS unit_name, t.code AS bin, t.kind AS bin_kind,
 coalesce(lot.code, '') AS lot
FROM behind JOIN purchasing_receiptline rl ON rl.order_line_id = behind.id
JOIN purchasing_goodsreceipt r ON r.id = rl.receipt_id AND r.state <> 'reversed' AND r.reverses_id IS NULL
JOIN purchasing_orderline l ON l.id = behind.id JOIN catalog_unit u ON u.id = l.unit_id
JOIN catalog_location t ON t.id = rl.location_id LEFT JOIN inventory_lot lot ON lot.id = rl.lot_id ORDER BY r.id
"""
_REQUISITIONS = f"""
WITH {_BEHIND}
SELECT r.number, rl.line_no AS line, r.state, coalesce(q.name, '') AS requester, r.reason,
 coalesce(rl.required_on, r.required_on) AS required_on, sum(t.waiting) AS waiting
FROM (SELECT requisition_line_id AS id, quantity AS waiting FROM sales_peg
  WHERE line_id = %(line)s::bigint AND requisition_line_id IS NOT NULL UNION ALL
 SELECT a.requisition_line_id, 0 FROM behind JOIN purchasing_requisitionallocation a ON a.order_line_id = behind.id) t
JOIN purchasing_requisitionline rl ON rl.id = t.id JOIN purchasing_requisition r ON r.id = rl.requisition_id
LEFT JOIN accounts_user q ON q.id = r.requester_id GROUP BY r.id, rl.id, q.name ORDER BY r.id, rl.line_no
"""
_DELIVERIES = """
SELECT d.id, d.number, d.state, dl.quantity, dl.signed, dl.refused, dl.refuse_reason, d.carrier, d.tracking_number,
 d.planned_on, d.shipped_on, d.expected_on, d.signed_on, d.signed_by, d.signed_via, d.recorded_on,
 coalesce(string_agg(DISTINCT concat_ws(' ', t.code, lot.code), ', '), '') AS places
FROM sales_deliveryline dl JOIN sales_delivery d ON d.id = dl.delivery_id
LEFT JOIN sales_pick k ON k.delivery_line_id = dl.id LEFT JOIN inventory_balance b ON b.id = k.balance_id
LEFT JOIN catalog_location t ON t.id = b.location_id LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
WHERE dl.order_line_id = %(line)s::bigint GROUP BY d.id, dl.id ORDER BY d.id, dl.line_no
"""
_RETURNS = """
SELECT r.number, r.state, rl.quantity, rl.received, rl.reason FROM sales_returnline rl
JOIN sales_salesreturn r ON r.id = rl.sales_return_id
WHERE rl.order_line_id = %(line)s::bigint ORDER BY r.id, rl.line_no
"""


@dataclass(frozen=True, slots=True)
class SalesTrace:
    """Everything behind and before a sales line."""

    line: Row
    promises: list[Row]
    stock: list[Row]
    purchases: list[Row]
    shipments: list[Row]
    receipts: list[Row]
    requisitions: list[Row]
    deliveries: list[Row]
    returns: list[Row]
    today: date
    dates: Row = field(default_factory=dict)


def trace(actor: Actor, number: str, line_no: int) -> SalesTrace:
    """The whole way of one sales line; nine statements. Who may not see purchasing is not told who supplies and who
    asked. NotFound outside the company.
    """
    actor.must(VIEW)
    found = db.dicts(_LINE, [min(line_no, 2**31 - 1), actor.company_id, number])
    if not found:
        raise NotFound(what=f"{number} / {line_no}")
    (line,) = fields.mask_of(actor, "so", found)
    line["outstanding"] = line["quantity"] - line["cancelled"] - line["shipped"]
    line["uncovered"] = line["outstanding"] * line["factor"] - line["reserved"] - line["pegged"] - line["requested"]
    own = {"line": line["id"]}
    return SalesTrace(
        line,
        _shifted(fields.mask_of(actor, "so", db.dicts(_PROMISES, own), "promised_on")),
        db.dicts(_STOCK, own),
        _nameless(actor, fields.mask_of(actor, "po", db.dicts(_PURCHASES, own)), "supplier", "supplier_name"),
        db.dicts(_SHIPMENTS, own),
        db.dicts(_RECEIPTS, own),
        _nameless(actor, fields.mask_of(actor, "requisition", db.dicts(_REQUISITIONS, own)), "requester"),
        db.dicts(_DELIVERIES, own),
        db.dicts(_RETURNS, own),
        actor.today(),
        _dates(line, actor.today()),
    )


def _nameless(actor: Actor, rows: list[Row], *names: str) -> list[Row]:
    """The rows; for who may not see purchasing without what is called ``names``."""
    return rows if actor.may("purchasing.view") else [{**row, **dict.fromkeys(names, "")} for row in rows]


def _shifted(words: list[Row]) -> list[Row]:
    """Each promise with the days by which it moved the one before."""
    before: date | None = None
    for word in words:
        word["shift"] = (word["promised_on"] - before).days if word["promised_on"] and before else None
        before = word["promised_on"] or before
    return words


def _dates(line: Row, today: date) -> Row:
    done, due = line["completed_on"] is not None, line["due_on"]
    late = late_days(due, line["completed_on"] or today) if done or line["is_open"] else 0
    foreseen = late_days(due, line["expected_on"]) if not done and line["expected_on"] and line["is_open"] else 0
    return {
        "requested_on": line["requested_on"],
        "promised_on": line["promised_on"],
        "expected_on": line["expected_on"],
        "actual_on": line["completed_on"],
        "due_on": due,
        "days_late": late or 0,
        "days_expected_late": foreseen or 0,
        "done": done,
    }


def answer(found: SalesTrace) -> str:
    """«还差 40 件：20 件现货已锁定，20 件随 PO-000123 预计 12-03 到»: the state of the line in one sentence."""
    line = found.line
    if line["quantity"] <= line["cancelled"]:
        return _("这一行已取消。")
    if not line["live"]:
        return _("订单还没有通过审核，没有备货。")
    if line["outstanding"] <= 0:
        return _gone(found)
    parts = []
    if line["delivering"]:
        parts.append(_("%(n)s在出库单上") % {"n": figure(line["delivering"], line["unit_name"])})
    soft = line["reserved"] - line["delivering"] * line["factor"]
    if soft > 0:
        parts.append(_("%(n)s现货已锁定") % {"n": figure(soft, line["stock_unit"])})
    by_order: dict[tuple[str, date | None], Decimal] = defaultdict(Decimal)
    for row in found.purchases:
        if row["waiting"] > 0:
            by_order[row["number"], row["expected_on"] or row["due_on"]] += row["waiting"]
    for (number, day), quantity in by_order.items():
        told = {"n": figure(quantity, line["stock_unit"]), "number": number, "day": day}
        text = _("%(n)s随 %(number)s 预计 %(day)s 到") if day else _("%(n)s随 %(number)s 到，还没有日期")
        parts.append(text % told)
    if line["requested"]:
        parts.append(_("%(n)s已申请采购") % {"n": figure(line["requested"], line["stock_unit"])})
    if line["uncovered"] > 0:
        parts.append(_("%(n)s还没有货源") % {"n": figure(line["uncovered"], line["stock_unit"])})
    left = figure(line["outstanding"], line["unit_name"])
    return _("还差 %(left)s未发：%(parts)s。") % {"left": left, "parts": _("，").join(parts)}


def _gone(found: SalesTrace) -> str:
    line = found.line
    if line["signed"] + line["refused"] < line["shipped"]:
        way = [d for d in found.deliveries if d["state"] == "shipped"]
        last = way[-1] if way else {}
        told = {
            "number": last.get("number", ""),
            "way": " ".join(filter(None, [last.get("carrier"), last.get("tracking_number")])),
        }
        return _("已全部发出，%(number)s %(way)s 待签收。") % told
    if line["refused"]:
        return _("已全部发出，其中 %(n)s拒收。") % {"n": figure(line["refused"], line["unit_name"])}
    return _("已全部签收。")
