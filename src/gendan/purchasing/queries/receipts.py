"""Goods receipts as pages and API show them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gendan.kernel import db, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.paging import Page
from gendan.purchasing.models.receipt import NOTE_KEY, SHOWN_STATE
from gendan.purchasing.queries.cursors import id_after
from gendan.purchasing.queries.lines import CAP

VIEW = "purchasing.view"
Row = dict[str, Any]
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ReceiptFilter:
    """Which receipts; ``q`` is a receipt's number or a delivery note."""

    state: str = ""
    supplier: str = ""
    warehouse: str = ""
    order: str = ""
    q: str = ""


_HEADER = f"""
r.id, r.number, r.state, {SHOWN_STATE.format("r")} AS shown, r.version,
 p.code AS supplier, p.name AS supplier_name, w.code AS warehouse,
 w.name AS warehouse_name,
 r.delivery_note, r.received_on, r.note, r.reverse_reason AS reason, r.created_at, coalesce(u.name, '') AS created_by,
 coalesce(s.number, '') AS shipment, coalesce(back.number, '') AS reverses,
 coalesce((SELECT x.number FROM purchasing_goodsreceipt x WHERE x.reverses_id = r.id LIMIT 1), '') AS reversed_by
"""
_FROM = """
JOIN catalog_partner p ON p.id = r.supplier_id JOIN catalog_warehouse w ON w.id = r.warehouse_id
LEFT JOIN accounts_user u ON u.id = r.created_by_id LEFT JOIN purchasing_shipment s ON s.id = r.shipment_id
LEFT JOIN purchasing_goodsreceipt back ON back.id = r.reverses_id
"""
_MEANT = (
    "(r.number = upper(%(q)s::text) OR r.delivery_note = %(q)s::text OR r.id IN (SELECT b.id"
    " FROM purchasing_goodsreceipt b WHERE b.company_id = %(company)s::bigint AND b.delivery_note <> ''"
    f" AND {NOTE_KEY.format('b.delivery_note')} = {NOTE_KEY.format('%(q)s::text')}"
    " AND b.state <> 'reversed' AND b.reverses_id IS NULL))"
)
_PAGE = """
WITH page AS (SELECT r.id FROM purchasing_goodsreceipt r WHERE {where} ORDER BY r.id DESC LIMIT %(limit)s::int)
SELECT {header}, t.lines, t.orders, t.products, t.waiting
FROM page JOIN purchasing_goodsreceipt r ON r.id = page.id {joins}
JOIN LATERAL (SELECT count(*) AS lines, string_agg(DISTINCT o.number, ' ' ORDER BY o.number) AS orders,
  string_agg(DISTINCT pr.code, ' ' ORDER BY pr.code) AS products,
  sum(rl.quantity - rl.accepted - rl.rejected) AS waiting
 FROM purchasing_receiptline rl JOIN purchasing_orderline l ON l.id = rl.order_line_id
 JOIN purchasing_purchaseorder o ON o.id = l.order_id JOIN catalog_product pr ON pr.id = l.product_id
 WHERE rl.receipt_id = r.id) t ON true
ORDER BY r.id DESC
"""
_LINES = """
SELECT rl.id, rl.line_no AS line, l.id AS supply_id, o.number AS order_number, l.line_no AS order_line,
 pr.code AS product, pr.name AS product_name, pr.specification, u.code AS unit, u.name AS unit_name, rl.quantity,
 rl.accepted, rl.rejected, rl.quantity - rl.accepted - rl.rejected AS waiting,
 rl.rejected - rl.scrapped - rl.rejected_returned AS rejects, rl.accepted_returned + rl.rejected_returned AS returned,
 rl.scrapped, coalesce(lot.code, '') AS lot,
 place.code AS bin, place.kind AS bin_kind, coalesce(s.number, '') AS shipment, l.quantity - l.cancelled AS ordered,
 u.decimals
FROM purchasing_receiptline rl JOIN purchasing_orderline l ON l.id = rl.order_line_id
JOIN purchasing_purchaseorder o ON o.id = l.order_id JOIN catalog_product pr ON pr.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id JOIN catalog_location place ON place.id = rl.location_id
LEFT JOIN inventory_lot lot ON lot.id = rl.lot_id LEFT JOIN purchasing_shipmentline sl ON sl.id = rl.shipment_line_id
LEFT JOIN purchasing_shipment s ON s.id = sl.shipment_id WHERE rl.receipt_id = %s::bigint ORDER BY rl.line_no
"""


def receipt_list(
    actor: Actor, wanted: ReceiptFilter | None = None, *, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """A page of receipts, newest first; one statement."""
    actor.must(VIEW)
    size = paging.limited(limit)
    where, params = _conditions(actor, wanted or ReceiptFilter())
    if (last := id_after(after)) is not None:
        where.append("r.id < %(after)s::bigint")
        params["after"] = last
    params["limit"] = size + 1
    sql = _PAGE.format(where=" AND ".join(where), header=_HEADER, joins=_FROM)
    return paging.cut(db.dicts(sql, params), size, lambda row: [row["id"]])


def _conditions(actor: Actor, wanted: ReceiptFilter) -> tuple[list[str], dict[str, Any]]:
    where = ["r.company_id = %(company)s::bigint", *scope.conditions(actor, "gr", "r")]
    params: dict[str, Any] = {"company": actor.company_id}
    if wanted.q:
        where.append(_MEANT)
        params["q"] = wanted.q.strip()
    if wanted.state == "reversal":
        where.append("r.reverses_id IS NOT NULL")
    elif wanted.state:
        where.append("r.state = %(state)s::text AND r.reverses_id IS NULL")
        params["state"] = wanted.state
    for name, table, code in (
        ("supplier", "catalog_partner", wanted.supplier),
        ("warehouse", "catalog_warehouse", wanted.warehouse),
    ):
        if code:
            where.append(
                f"r.{name}_id = (SELECT x.id FROM {table} x WHERE x.company_id = %(company)s::bigint"
                f" AND x.code = %({name})s::text)"
            )
            params[name] = code
    if wanted.order:
        where.append(
            "r.id IN (SELECT rl.receipt_id FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON"
            " l.order_id = o.id"
            " JOIN purchasing_receiptline rl ON rl.order_line_id = l.id"
            " WHERE o.company_id = %(company)s::bigint AND o.number = %(order)s::text)"
        )
        params["order"] = wanted.order
    return where, params


def waiting_count(actor: Actor) -> int:
    """How many receipts wait for inspection, up to a cap."""
    actor.must(VIEW)
    found = db.row(
        "SELECT count(*) FROM (SELECT 1 FROM purchasing_goodsreceipt r WHERE r.company_id = %s AND r.state ="
        " 'to_inspect'"
        f"{scope.also(actor, 'gr', 'r')} LIMIT %s) c",
        [actor.company_id, CAP],
    )
    return int(found[0]) if found else 0


def receipt_detail(actor: Actor, number: str) -> Row:
    """A receipt with its ``lines`` and the ``orders`` behind it; two statements."""
    actor.must(VIEW)
    found = db.dicts(
        f"SELECT {_HEADER} FROM purchasing_goodsreceipt r {_FROM}"
        " WHERE r.company_id = %(company)s::bigint AND r.number = %(number)s::text",
        {"company": actor.company_id, "number": number},
    )
    if not found:
        raise NotFound(what=number)
    receipt = found[0]
    lines = db.dicts(_LINES, [receipt["id"]])
    return {
        **receipt,
        "lines": lines,
        "orders": list(dict.fromkeys(line["order_number"] for line in lines)),
        "quantity": sum((line["quantity"] for line in lines), ZERO),
        "waiting": sum((line["waiting"] for line in lines), ZERO),
    }


def latest_receipts(actor: Actor, limit: int = 5) -> list[Row]:
    """The company's newest receipts, reversals left out; one statement."""
    return [row for row in receipt_list(actor, limit=limit * 2).items if not row["reverses"]][:limit]
