"""What printed orders and receipts show: two statements for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from gendan.changes.queries import on_paper
from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import NotFound
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.models.receipt import SHOWN_STATE
from gendan.purchasing.queries.orders import VIEW, VIEW_PRICE

Row = dict[str, Any]
HIDDEN_LINE = ("unit_price", "discount", "net", "tax", "gross")

_ORDERS = """
SELECT o.id, o.number, o.state, o.currency, o.ordered_on, o.payment_terms, o.supplier_reference, o.note, o.net, o.tax,
 o.gross, s.code AS supplier, s.name AS supplier_name, s.address AS supplier_address, s.tax_id AS supplier_tax_id,
 w.code AS warehouse, w.name AS warehouse_name, w.address AS warehouse_address, coalesce(b.name, '') AS buyer,
 coalesce(b.phone, '') AS buyer_phone,
 coalesce((SELECT max(v.revision) FROM changes_orderversion v WHERE v.order_kind = 'po' AND v.order_id = o.id), 1)
  AS revision
FROM unnest(%s::text[]) WITH ORDINALITY AS asked(number, place)
JOIN purchasing_purchaseorder o ON o.company_id = %s::bigint AND o.number = asked.number
JOIN catalog_partner s ON s.id = o.supplier_id JOIN catalog_warehouse w ON w.id = o.warehouse_id
LEFT JOIN accounts_user b ON b.id = o.buyer_id
ORDER BY asked.place
"""
_ORDER_LINES = """
SELECT l.order_id AS document, l.line_no AS line, p.code AS product, p.name AS product_name, p.specification,
 l.description, u.name AS unit_name, l.quantity, l.cancelled, l.unit_price, l.discount, l.tax_rate, l.net, l.tax,
 l.gross, coalesce(l.promised_on, l.required_on) AS due_on, l.note
FROM purchasing_orderline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.order_id = ANY(%s::bigint[]) ORDER BY l.order_id, l.line_no
"""
_RECEIPTS = f"""
SELECT r.id, r.number, {SHOWN_STATE.format("r")} AS shown, r.delivery_note, r.received_on, r.note,
 r.reverse_reason AS reason, s.code AS supplier, s.name AS supplier_name, w.code AS warehouse,
 w.name AS warehouse_name, coalesce(u.name, '') AS created_by, coalesce(sh.number, '') AS shipment,
 coalesce(back.number, '') AS reverses
FROM unnest(%s::text[]) WITH ORDINALITY AS asked(number, place)
JOIN purchasing_goodsreceipt r ON r.company_id = %s::bigint AND r.number = asked.number
JOIN catalog_partner s ON s.id = r.supplier_id JOIN catalog_warehouse w ON w.id = r.warehouse_id
LEFT JOIN accounts_user u ON u.id = r.created_by_id LEFT JOIN purchasing_shipment sh ON sh.id = r.shipment_id
LEFT JOIN purchasing_goodsreceipt back ON back.id = r.reverses_id
ORDER BY asked.place
"""
_RECEIPT_LINES = """
SELECT rl.receipt_id AS document, rl.line_no AS line, o.number AS order_number, l.line_no AS order_line,
 p.code AS product, p.name AS product_name, p.specification, u.name AS unit_name, rl.quantity, rl.accepted,
 rl.rejected, coalesce(lot.code, '') AS lot, place.code AS bin, place.kind AS bin_kind
FROM purchasing_receiptline rl JOIN purchasing_orderline l ON l.id = rl.order_line_id
JOIN purchasing_purchaseorder o ON o.id = l.order_id JOIN catalog_product p ON p.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id JOIN catalog_location place ON place.id = rl.location_id
LEFT JOIN inventory_lot lot ON lot.id = rl.lot_id
WHERE rl.receipt_id = ANY(%s::bigint[]) ORDER BY rl.receipt_id, rl.line_no
"""


def sees(actor: Actor) -> list[str]:
    """What of an order the actor sees on paper."""
    return [VIEW_PRICE] if actor.may(VIEW_PRICE) else []


def orders_on_paper(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Orders with their lines as suppliers get them; without prices for who may not see them. ``PO-000001@2`` is the
    second version of an order.
    """
    actor.must(VIEW)
    return [_for(actor, order) for order in on_paper(actor, "po", numbers, whole_orders)]


def whole_orders(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Orders with their lines as they stand, prices and all, for who keeps versions of them."""
    found = _documents(actor, numbers, _ORDERS, _ORDER_LINES)
    for order in found:
        order["title"] = order["supplier_name"]
        order["valid"] = order["state"] in LIVE_STATES or order["state"] in {"received", "closed"}
        order["state_label"] = state_label(PurchaseOrder, order["state"])
    return found


def _for(actor: Actor, order: Row) -> Row:
    """The order as the actor may see it. What was taken out of it stands in no version."""
    shown = {**order, "priced": actor.may(VIEW_PRICE)}
    if not shown["priced"]:
        shown.update(dict.fromkeys(("net", "tax", "gross")))
        shown["lines"] = [{**line, **dict.fromkeys(HIDDEN_LINE)} for line in order["lines"]]
    shown["lines"] = fields.mask(actor, "po", shown["lines"], shown["state"])
    return fields.mask_of(actor, "partner", fields.mask(actor, "po", [shown]), "address", "tax_id")[0]


def receipts_on_paper(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Receipts with their lines."""
    actor.must(VIEW)
    found = _documents(actor, numbers, _RECEIPTS, _RECEIPT_LINES)
    for receipt in found:
        receipt["title"] = receipt["supplier_name"]
        receipt["inspected"] = any(line["accepted"] or line["rejected"] for line in receipt["lines"])
    return found


def _documents(actor: Actor, numbers: Sequence[str], headers: str, lines: str) -> list[Row]:
    found = db.dicts(headers, [list(numbers), actor.company_id])
    known = {row["number"] for row in found}
    if missing := [number for number in numbers if number not in known]:
        raise NotFound(what=missing[0])
    by_document: dict[int, list[Row]] = defaultdict(list)
    for line in db.dicts(lines, [[row["id"] for row in found]]):
        by_document[line["document"]].append(line)
    for row in found:
        row["lines"] = by_document[row["id"]]
    return found
