"""What somebody of a supplier sees: what is open, one order with what became of it. Every statement asks VISIBLE; no
customers, no other suppliers, no notes among colleagues can come along.
"""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.documents import state_label
from gendan.kernel.errors import NotFound
from gendan.portal import rules
from gendan.portal.queries.visitors import VISIBLE, Visitor
from gendan.portal.seen import mark_of
from gendan.purchasing.models import Shipment
from gendan.purchasing.models.order import LIVE_STATES

Row = dict[str, Any]
# A supplier's words for where an order is.
STATES = {
    "new": _("待您答复"),
    "countered": _("等对方答复您的修改"),
    "asked": _("对方请您同意变更"),
    "confirmed": _("已确认"),
    "done": _("已交清"),
    "closed": _("已结束"),
}
# What became of what a supplier wants otherwise.
DECIDED = {
    "draft": _("等对方决定"),
    "applied": _("对方已同意"),
    "rejected": _("对方没有接受"),
    "withdrawn": _("对方没有接受"),
}
_ORDERS = f"""
SELECT o.id, o.number, o.state, o.ordered_on, o.currency, o.gross, w.name AS warehouse_name, n.lines, n.open_lines,
 n.unanswered, n.due_on, n.late,
 EXISTS (SELECT 1 FROM changes_changeorder c WHERE c.order_kind = 'po' AND c.order_id = o.id AND c.is_open
  AND c.origin = 'partner') AS countered,
 EXISTS (SELECT 1 FROM changes_changeorder c WHERE c.order_kind = 'po' AND c.order_id = o.id
  AND c.state = 'awaiting_partner') AS asked
FROM purchasing_purchaseorder o JOIN catalog_warehouse w ON w.id = o.warehouse_id
CROSS JOIN LATERAL (SELECT count(*) AS lines, count(*) FILTER (WHERE l.is_open) AS open_lines,
  count(*) FILTER (WHERE l.live AND l.confirmed + l.refused < l.quantity - l.cancelled
   AND l.received < l.quantity - l.cancelled) AS unanswered,
  min(l.due_on) FILTER (WHERE l.is_open) AS due_on, bool_or(l.is_open AND l.due_on < %(today)s::date) AS late
 FROM purchasing_orderline l WHERE l.order_id = o.id AND l.quantity > l.cancelled) n
WHERE {VISIBLE}{{only}} ORDER BY o.id DESC LIMIT %(most)s::int
"""
_HEADER = f"""
SELECT o.id, o.number, o.state, o.version, o.ordered_on, o.currency, o.gross, o.payment_terms, o.supplier_reference,
 o.note, w.name AS warehouse_name, w.address AS warehouse_address, coalesce(b.name, '') AS buyer,
 coalesce(b.phone, '') AS buyer_phone, coalesce(b.email, '') AS buyer_email
FROM purchasing_purchaseorder o JOIN catalog_warehouse w ON w.id = o.warehouse_id
LEFT JOIN accounts_user b ON b.id = coalesce(o.buyer_id, o.created_by_id)
WHERE {VISIBLE} AND o.number = %(number)s::text
"""
_LINES = """
SELECT l.id, l.line_no AS line, p.code AS product, p.name AS product_name, p.specification, l.description, l.note,
 p.lot_tracked, u.name AS unit_name, u.decimals, l.quantity - l.cancelled AS quantity, l.unit_price, l.required_on,
 l.promised_on, l.expected_on, l.confirmed, l.refused, l.shipped, l.received, l.accepted, l.rejected, l.returned,
 l.promise_revision, l.live, greatest(l.quantity - l.cancelled - l.received, 0) AS open,
 coalesce((SELECT sp.supplier_code FROM catalog_supplierprice sp WHERE sp.partner_id = l.supplier_id
  AND sp.product_id = l.product_id AND sp.supplier_code <> '' ORDER BY sp.id DESC LIMIT 1), '') AS supplier_code,
 greatest(l.quantity - l.cancelled - coalesce((SELECT sum(sl.quantity) FROM purchasing_shipmentline sl
  JOIN purchasing_shipment s ON s.id = sl.shipment_id AND s.state <> 'cancelled' WHERE sl.order_line_id = l.id), 0)
  - l.refused, 0) AS to_ship
FROM purchasing_orderline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.order_id = %s::bigint AND l.quantity > l.cancelled ORDER BY l.line_no
"""
_PROMISES = """
SELECT l.id AS line_id, p.kind, p.quantity, p.promised_on, p.note FROM purchasing_orderline l
JOIN purchasing_promise p ON p.order_line_id = l.id AND p.kind IN ('promise', 'refused')
 AND p.revision = (SELECT max(q.revision) FROM purchasing_promise q WHERE q.order_line_id = l.id
  AND q.kind IN ('promise', 'refused'))
WHERE l.order_id = %s::bigint ORDER BY l.line_no, p.id
"""
_CHANGES = """
SELECT c.id, c.number, c.state, c.version, c.origin, c.reason, c.base::text AS base, c.content::text AS content,
 c.decision_note, c.created_at FROM changes_changeorder c
WHERE c.order_kind = 'po' AND c.order_id = %s::bigint
 AND (c.state = 'awaiting_partner' OR c.origin = 'partner' AND (c.state <> 'withdrawn' OR NOT EXISTS (
  SELECT 1 FROM portal_supplieranswer a WHERE a.order_id = c.order_id AND a.at >= c.updated_at)))
ORDER BY c.id DESC LIMIT 10
"""
_SHIPMENTS = """
SELECT s.id, s.number, s.state, s.carrier, s.tracking_number, s.shipped_on, s.expected_on, s.arrived_on, s.version,
 json_agg(json_build_object('order', o.number, 'line', l.line_no, 'product', p.name, 'quantity', sl.quantity::text,
  'received', sl.received::text, 'unit', u.name, 'lot', sl.lot_code) ORDER BY sl.line_no)::text AS lines
FROM purchasing_shipmentline sl JOIN purchasing_shipment s ON s.id = sl.shipment_id
JOIN purchasing_orderline l ON l.id = sl.order_line_id JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.order_id = %s::bigint GROUP BY s.id ORDER BY s.id DESC LIMIT 50
"""
_RECEIPTS = """
SELECT r.number, r.received_on, r.delivery_note, l.line_no AS line, p.name AS product_name, u.name AS unit_name,
 rl.quantity, rl.accepted, rl.rejected
FROM purchasing_receiptline rl JOIN purchasing_goodsreceipt r ON r.id = rl.receipt_id
JOIN purchasing_orderline l ON l.id = rl.order_line_id JOIN catalog_product p ON p.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.order_id = %s::bigint AND r.state <> 'reversed' AND r.reverses_id IS NULL
ORDER BY r.received_on DESC, r.id DESC, rl.line_no LIMIT 200
"""
_ANSWERS = """
SELECT a.at, a.name, a.note, a.lines::text AS lines, a.change FROM portal_supplieranswer a
WHERE a.order_id = %s::bigint ORDER BY a.id DESC LIMIT 10
"""
_PROGRESS = """
SELECT DISTINCT ON (g.line_id) g.line_id, g.percent, g.step, g.note, g.name, g.at FROM portal_progress g
WHERE g.order_id = %s::bigint ORDER BY g.line_id, g.id DESC
"""
_PRODUCTS = f"""
SELECT DISTINCT p.code, p.name FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN catalog_product p ON p.id = l.product_id AND p.is_active WHERE {VISIBLE}
UNION SELECT p.code, p.name FROM catalog_supplierprice sp JOIN catalog_product p ON p.id = sp.product_id AND p.is_active
WHERE sp.company_id = %(company)s::bigint AND sp.partner_id = %(partner)s::bigint ORDER BY 1 LIMIT 300
"""


def orders_of(visitor: Visitor, today: Any, *, open_only: bool = True, most: int = 200) -> list[Row]:
    """The orders of the visitor, newest first; one statement."""
    only = " AND o.state IN ('approved', 'confirmed', 'partly_shipped', 'shipped', 'partly_received')"
    found = db.dicts(_ORDERS.format(only=only if open_only else ""), {**visitor.params, "today": today, "most": most})
    for row in found:
        row["where"] = _where(row)
        row["where_label"] = str(STATES[row["where"]])
    return found


def _where(row: Row) -> str:
    if row["state"] not in LIVE_STATES:
        return "closed"
    if row["asked"]:
        return "asked"
    if row["countered"]:
        return "countered"
    if row["unanswered"]:
        return "new"
    return "done" if row["state"] == "received" else "confirmed"


def order_of(visitor: Visitor, number: str) -> Row:
    """One order with everything that the supplier's page shows of it; a fixed number of statements. NotFound."""
    found = db.dicts(_HEADER, {**visitor.params, "number": number})
    if not found:
        raise NotFound(what=number)
    order = found[0]
    lines, promises, changes, shipments, receipts, answers, progress = (
        db.dicts(sql, [order["id"]])
        for sql in (_LINES, _PROMISES, _CHANGES, _SHIPMENTS, _RECEIPTS, _ANSWERS, _PROGRESS)
    )
    said: dict[int, list[Row]] = defaultdict(list)
    for word in promises:
        said[word["line_id"]].append(word)
    made = {row["line_id"]: row for row in progress}
    open_ = order["state"] in LIVE_STATES - {"received"}
    for line in lines:
        asked = rules.Asked(line["quantity"], line["required_on"], line["unit_price"])
        line["seen"] = mark_of(asked, line["promise_revision"])
        line["said"] = said.get(line["id"], [])
        line["progress"] = made.get(line["id"])
        line["answered"] = line["confirmed"] + line["refused"] >= line["quantity"]
        line["answerable"] = open_ and line["open"] > 0
    for row in changes:
        if row["origin"] != "partner":
            row.update(reason="", decision_note="")  # written among colleagues
        row["said"] = str(DECIDED.get(row["state"], DECIDED["draft"]))
        row["diffs"] = _diffs(json.loads(row.pop("base")), json.loads(row.pop("content")), visitor)
    for row in shipments:
        row["state_label"] = state_label(Shipment, row["state"])
        row["lines"] = [{**line, "quantity": Decimal(line["quantity"])} for line in json.loads(row["lines"])]
    for row in answers:
        row["lines"] = json.loads(row["lines"])
    return {
        "order": {**order, "live": order["state"] in LIVE_STATES, "priced": visitor.may("money")},
        "lines": lines,
        "asked": [row for row in changes if row["state"] == "awaiting_partner"],
        "proposed": [row for row in changes if row["origin"] == "partner" and row["state"] != "awaiting_partner"],
        "shipments": shipments,
        "receipts": receipts,
        "answers": answers,
        "products": db.rows(_PRODUCTS, visitor.params),
    }


_FIELDS = {
    "quantity": _("数量"),
    "unit_price": _("单价"),
    "discount": _("折扣 %"),
    "required_on": _("需求日"),
    "product": _("产品"),
    "payment_terms": _("付款条件"),
    "warehouse": _("收货仓库"),
}
_MONEY = frozenset({"unit_price", "discount"})


def _diffs(base: Row, content: Row, visitor: Visitor) -> list[str]:
    """What a change would do, in words: only what suppliers see."""
    old = {line["id"]: line for line in base["lines"]}
    kept = {line["id"] for line in content["lines"]}
    found = []
    for line in content["lines"]:
        before = old.get(line["id"])
        if before is None:
            values = {"product": line["product_name"] or line["product"], "n": line["quantity"]}
            day = f" · {line['required_on']}" if line["required_on"] else ""
            found.append(_now("新增 %(product)s × %(n)s") % values + day)
            continue
        cells = [
            f"{label} {before.get(name) or '—'} → {line.get(name) or '—'}"
            for name, label in _FIELDS.items()
            if name in line and line.get(name) != before.get(name) and (name not in _MONEY or visitor.may("money"))
        ]
        if cells:
            found.append(f"#{line['line']} {line['product_name']}：{'，'.join(cells)}")
    found += [
        _now("取消 #%(line)s %(product)s") % {"line": line["line"], "product": line["product_name"]}
        for id_, line in old.items()
        if id_ not in kept
    ]
    for name in ("payment_terms", "warehouse"):
        if content.get(name) != base.get(name):
            found.append(f"{_FIELDS[name]} {base.get(name) or '—'} → {content.get(name) or '—'}")
    return found
