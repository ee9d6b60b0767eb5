"""Shipments as pages and API show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gendan.kernel import db, fields, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.paging import Page
from gendan.purchasing.models.receipt import NOTE_KEY, SHOWN_STATE
from gendan.purchasing.queries.cursors import id_after
from gendan.purchasing.queries.lines import CAP, REFUSED_OPEN

VIEW = "purchasing.view"
OPEN = ("announced", "in_transit", "arrived")
Row = dict[str, Any]
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ShipmentFilter:
    """Which shipments; ``state`` "" is every open one, "all" every one, "late" those overdue."""

    state: str = ""
    supplier: str = ""
    warehouse: str = ""
    order: str = ""
    q: str = ""


_HEADER = """
s.id, s.number, s.state, s.version, p.code AS supplier, p.name AS supplier_name, w.code AS warehouse,
 w.name AS warehouse_name,
 s.carrier, s.tracking_number, s.mode, s.packages, s.weight, s.supplier_reference, s.shipped_on, s.expected_on,
 s.arrived_on, s.note, s.created_at,
 CASE WHEN s.state IN ('announced', 'in_transit') THEN greatest(%(today)s::date - s.expected_on,
 0) ELSE 0 END AS days_late
"""
_PAGE = """
WITH page AS (SELECT s.id FROM purchasing_shipment s WHERE {where} ORDER BY s.id DESC LIMIT %(limit)s::int)
SELECT {header}, t.lines, t.orders, t.quantity AS ordered, t.quantity AS shipped, t.quantity AS confirmed, t.received,
 t.share
FROM page JOIN purchasing_shipment s ON s.id = page.id JOIN catalog_partner p ON p.id = s.supplier_id
JOIN catalog_warehouse w ON w.id = s.warehouse_id
JOIN LATERAL (SELECT count(*) AS lines, sum(sl.quantity) AS quantity, sum(sl.received) AS received,
  avg(least(sl.received / sl.quantity, 1)) AS share,
  string_agg(DISTINCT o.number, ' ' ORDER BY o.number) AS orders
 FROM purchasing_shipmentline sl JOIN purchasing_orderline l ON l.id = sl.order_line_id
 JOIN purchasing_purchaseorder o ON o.id = l.order_id WHERE sl.shipment_id = s.id) t ON true
ORDER BY s.id DESC
"""
_LINES = """
SELECT sl.id, sl.line_no AS line, o.number AS order_number, l.line_no AS order_line, pr.code AS product,
 pr.name AS product_name, pr.specification, u.code AS unit, u.name AS unit_name, sl.quantity, sl.received,
 sl.lot_code AS lot,
 greatest(sl.quantity - sl.received, 0) AS open, l.quantity - l.cancelled AS ordered, l.required_on, l.promised_on,
 l.expected_on, l.due_on
FROM purchasing_shipmentline sl JOIN purchasing_orderline l ON l.id = sl.order_line_id
JOIN purchasing_purchaseorder o ON o.id = l.order_id JOIN catalog_product pr ON pr.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id WHERE sl.shipment_id = %s::bigint ORDER BY sl.line_no
"""
_RECEIPTS = f"""
SELECT DISTINCT r.id, r.number, r.state, {SHOWN_STATE.format("r")} AS shown,
 r.received_on, r.delivery_note, r.reverses_id IS NOT NULL AS reversal,
 coalesce(back.number, '') AS reverses
FROM purchasing_receiptline rl JOIN purchasing_goodsreceipt r ON r.id = rl.receipt_id
LEFT JOIN purchasing_goodsreceipt back ON back.id = r.reverses_id
WHERE rl.shipment_line_id IN (SELECT sl.id FROM purchasing_shipmentline sl WHERE sl.shipment_id = %s::bigint)
ORDER BY r.id
"""
_COUNTS = """
SELECT
 (SELECT count(*) FROM (SELECT 1 FROM purchasing_shipment s WHERE s.company_id = %(company)s AND s.is_open{within}
  LIMIT %(cap)s) c),
 (SELECT count(*) FROM (SELECT 1 FROM purchasing_shipment s WHERE s.company_id = %(company)s AND s.is_open{within}
  AND s.state = 'announced' LIMIT %(cap)s) c),
 (SELECT count(*) FROM (SELECT 1 FROM purchasing_shipment s WHERE s.company_id = %(company)s AND s.is_open{within}
  AND s.state = 'in_transit' LIMIT %(cap)s) c),
 (SELECT count(*) FROM (SELECT 1 FROM purchasing_shipment s WHERE s.company_id = %(company)s AND s.is_open{within}
  AND s.state = 'arrived' LIMIT %(cap)s) c),
 (SELECT count(*) FROM (SELECT 1 FROM purchasing_shipment s WHERE s.company_id = %(company)s AND s.is_open{within}
  AND s.state <> 'arrived' AND s.expected_on < %(today)s::date LIMIT %(cap)s) c)
"""
# What can still be put into a shipment: as rules.shipments.shippable.
_SHIPPABLE = """
SELECT o.number AS order_number, o.state, s.code AS supplier, s.name AS supplier_name, w.code AS warehouse,
 l.line_no AS line, pr.code AS product, pr.name AS product_name, pr.specification, pr.lot_tracked, u.name AS unit_name,
 l.quantity - l.cancelled AS ordered, l.received, l.shipped, coalesce(a.quantity, 0) AS announced,
 l.due_on, l.expected_on, greatest(%(today)s::date - l.due_on, 0) AS days_late, {refused} AS refused,
 l.quantity - l.cancelled - coalesce(a.quantity, 0) - greatest(l.received - coalesce(a.received, 0), 0) AS open
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN catalog_partner s ON s.id = l.supplier_id JOIN catalog_warehouse w ON w.id = l.warehouse_id
JOIN catalog_product pr ON pr.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
LEFT JOIN LATERAL (SELECT sum(sl.quantity) AS quantity, sum(sl.received) AS received FROM purchasing_shipmentline sl
 JOIN purchasing_shipment sh ON sh.id = sl.shipment_id AND sh.state <> 'cancelled' WHERE sl.order_line_id = l.id) a
 ON true
WHERE l.company_id = %(company)s::bigint AND l.is_open AND {condition}
 AND l.quantity - l.cancelled - coalesce(a.quantity, 0) - greatest(l.received - coalesce(a.received, 0), 0) > 0
ORDER BY o.id, l.line_no LIMIT 500
"""


def shipment_list(
    actor: Actor, wanted: ShipmentFilter | None = None, *, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """A page of shipments, newest first; one statement."""
    actor.must(VIEW)
    size = paging.limited(limit)
    where, params = _conditions(actor, wanted or ShipmentFilter())
    if (last := id_after(after)) is not None:
        where.append("s.id < %(after)s::bigint")
        params["after"] = last
    params["limit"] = size + 1
    rows = db.dicts(_PAGE.format(where=" AND ".join(where), header=_HEADER), params)
    return paging.cut(rows, size, lambda row: [row["id"]])


def _conditions(actor: Actor, wanted: ShipmentFilter) -> tuple[list[str], dict[str, Any]]:
    where = ["s.company_id = %(company)s::bigint", *scope.conditions(actor, "asn", "s")]
    params: dict[str, Any] = {"company": actor.company_id, "today": actor.today()}
    if wanted.q:
        where.append(
            "(s.number = upper(%(q)s::text) OR s.supplier_reference = %(q)s::text OR (s.tracking_number <> ''"
            f" AND {NOTE_KEY.format('s.tracking_number')} = {NOTE_KEY.format('%(q)s::text')}))"
        )
        params["q"] = wanted.q.strip()
    elif wanted.state in {"", "late"}:
        where.append("s.is_open")
    if wanted.state == "late":
        where.append("s.state <> 'arrived' AND s.expected_on < %(today)s::date")
    elif wanted.state not in {"", "all"}:
        where.append("s.state = %(state)s::text" + (" AND s.is_open" if wanted.state in OPEN else ""))
        params["state"] = wanted.state
    for name, table, code in (
        ("supplier", "catalog_partner", wanted.supplier),
        ("warehouse", "catalog_warehouse", wanted.warehouse),
    ):
        if code:
            where.append(
                f"s.{name}_id = (SELECT x.id FROM {table} x WHERE x.company_id = %(company)s::bigint"
                f" AND x.code = %({name})s::text)"
            )
            params[name] = code
    if wanted.order:
        where.append(
            "s.id IN (SELECT sl.shipment_id FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON"
            " l.order_id = o.id"
            " JOIN purchasing_shipmentline sl ON sl.order_line_id = l.id"
            " WHERE o.company_id = %(company)s::bigint AND o.number = %(order)s::text)"
        )
        params["order"] = wanted.order
    return where, params


def shipment_counts(actor: Actor) -> dict[str, int]:
    """How many shipments are open, by state, and how many of them overdue, each up to a cap; one statement."""
    actor.must(VIEW)
    found = db.row(
        _COUNTS.format(within=scope.also(actor, "asn", "s")),
        {"company": actor.company_id, "cap": CAP, "today": actor.today()},
    )
    assert found is not None
    return dict(zip(("", "announced", "in_transit", "arrived", "late"), found, strict=True))


def shipment_detail(actor: Actor, number: str) -> Row:
    """A shipment with its ``lines``, ``receipts`` and the ``orders`` it brings goods for; three statements."""
    actor.must(VIEW)
    found = db.dicts(
        f"SELECT {_HEADER}, coalesce(u.name, '') AS created_by FROM purchasing_shipment s"
        " JOIN catalog_partner p ON p.id = s.supplier_id JOIN catalog_warehouse w ON w.id = s.warehouse_id"
        " LEFT JOIN accounts_user u ON u.id = s.created_by_id"
        " WHERE s.company_id = %(company)s::bigint AND s.number = %(number)s::text",
        {"company": actor.company_id, "number": number, "today": actor.today()},
    )
    if not found:
        raise NotFound(what=number)
    shipment = found[0]
    lines = fields.mask_of(actor, "po", db.dicts(_LINES, [shipment["id"]]))
    return {
        **shipment,
        "lines": lines,
        "receipts": db.dicts(_RECEIPTS, [shipment["id"]]),
        "orders": list(dict.fromkeys(line["order_number"] for line in lines)),
        "quantity": sum((line["quantity"] for line in lines), ZERO),
        "received": sum((line["received"] for line in lines), ZERO),
    }


def shippable_lines(actor: Actor, *, orders: Sequence[str] = (), supplier: str = "", warehouse: str = "") -> list[Row]:
    """Open lines of orders (or of a supplier, for a warehouse) that no shipment announces yet, with what is"
    " ``open``."""
    actor.must(VIEW)
    params: dict[str, Any] = {"company": actor.company_id, "today": actor.today()}
    conditions = []
    if orders:
        conditions.append("o.company_id = %(company)s::bigint AND o.number = ANY(%(orders)s::text[])")
        params["orders"] = list(orders)
    if supplier:
        conditions.append("s.code = %(supplier)s::text")
        params["supplier"] = supplier
    if warehouse:
        conditions.append("w.code = %(warehouse)s::text")
        params["warehouse"] = warehouse
    if not conditions:
        return []
    conditions += scope.conditions(actor, "po_line", "l")
    found = fields.mask_of(
        actor, "po", db.dicts(_SHIPPABLE.format(condition=" AND ".join(conditions), refused=REFUSED_OPEN), params)
    )
    return [{**row, "suggested": max(row["open"] - row["refused"], ZERO)} for row in found]
