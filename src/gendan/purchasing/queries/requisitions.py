"""Requisitions: the list, one with all that became of it, and what is waiting to be ordered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gendan.catalog.queries import FIRST, OFFERS
from gendan.flow.queries.passed import passed_by, passed_from
from gendan.kernel import db, fields, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label, state_where
from gendan.kernel.errors import NotFound
from gendan.kernel.paging import Page
from gendan.purchasing.models import PurchaseOrder, Requisition
from gendan.purchasing.queries.orders import MOST, VIEW, VIEW_PRICE
from gendan.purchasing.queries.search import requisition_hits

OPEN = ("draft", "pending_approval", "rejected", "approved", "partly_ordered")
STATES = frozenset(Requisition.State.values)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RequisitionFilter:
    """What a list of requisitions is narrowed to; ``state`` open, all, or one state; ``requester`` "me" or nobody."""

    state: str = "open"
    requester: str = ""
    warehouse: str = ""
    q: str = ""


_LIST = """
SELECT r.id, r.number, r.state, r.version, r.required_on, r.reason, r.created_at, w.code AS warehouse,
 w.name AS warehouse_name, coalesce(q.name, '') AS requester, x.lines, x.products, x.share
FROM (SELECT * FROM purchasing_requisition r WHERE {where} ORDER BY r.id DESC LIMIT %(limit)s::int) r
JOIN catalog_warehouse w ON w.id = r.warehouse_id LEFT JOIN accounts_user q ON q.id = r.requester_id
LEFT JOIN LATERAL (
 SELECT count(*) AS lines, avg(l.ordered / l.quantity) AS share,
  (SELECT string_agg(p.name, '、' ORDER BY k.line_no) FROM (SELECT product_id, line_no FROM purchasing_requisitionline
    WHERE requisition_id = r.id ORDER BY line_no LIMIT 3) k JOIN catalog_product p ON p.id = k.product_id) AS products
 FROM purchasing_requisitionline l WHERE l.requisition_id = r.id) x ON true
ORDER BY r.id DESC
"""
_COUNTS = """
SELECT t.state, (SELECT count(*) FROM (SELECT 1 FROM purchasing_requisition r
 WHERE r.company_id = %(company)s::bigint AND r.state = t.state{within} LIMIT %(most)s::int) x)
FROM unnest(%(states)s::text[]) AS t(state)
"""
_HEADER = f"""
SELECT r.id, r.number, r.state, r.version, r.required_on, r.reason, r.submitted_at, r.decision_note, r.created_at,
 r.created_by_id, w.code AS warehouse, w.name AS warehouse_name, coalesce(q.name, '') AS requester,
 coalesce(d.name, '') AS decided_by, co.currency,
 (SELECT max(e.at) FROM kernel_event e WHERE e.subject_kind = 'requisition' AND e.subject_id = r.id
  AND e.type IN ('purchasing.requisition_approved', 'purchasing.requisition_passed',
  'purchasing.requisition_rejected')) AS decided_at,
 {passed_by("requisition", "r.id", "r.decided_by_id")}
FROM purchasing_requisition r JOIN catalog_warehouse w ON w.id = r.warehouse_id
JOIN accounts_company co ON co.id = r.company_id
LEFT JOIN accounts_user q ON q.id = r.requester_id LEFT JOIN accounts_user d ON d.id = r.decided_by_id
WHERE r.company_id = %s::bigint AND r.number = %s::text
"""
_LINES = f"""
SELECT l.id, l.line_no AS line, p.code AS product, p.name AS product_name, p.specification, u.code AS unit,
 u.name AS unit_name, l.quantity, l.ordered, l.cancelled, l.quantity - l.ordered - l.cancelled AS open, l.required_on,
 coalesce(s.code, '') AS supplier, coalesce(s.name, '') AS supplier_name, l.note, o.price AS price
FROM purchasing_requisitionline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
LEFT JOIN catalog_partner s ON s.id = l.supplier_id
LEFT JOIN LATERAL (
 SELECT sp.price * c.rate AS price FROM {OFFERS} sp
 JOIN catalog_currency c ON c.company_id = sp.company_id AND c.code = sp.currency
 WHERE sp.company_id = %(company)s::bigint AND sp.product_id = l.product_id AND sp.unit_id = l.unit_id
  AND (l.supplier_id IS NULL OR sp.partner_id = l.supplier_id) AND sp.from_quantity <= l.quantity
  AND coalesce(sp.valid_from, %(on)s::date) <= %(on)s::date AND coalesce(sp.valid_to, %(on)s::date) >= %(on)s::date
 ORDER BY sp.price * c.rate LIMIT 1) o ON true
WHERE l.requisition_id = %(requisition)s::bigint ORDER BY l.line_no
"""
_ORDERED = """
SELECT rl.line_no AS line, o.number, o.state, s.name AS supplier_name, l.line_no AS order_line, a.quantity, a.released,
 u.code AS unit, l.quantity AS ordered, l.confirmed, l.shipped, l.received, l.cancelled, l.promised_on, l.expected_on,
 l.due_on, l.is_open, l.refused, l.completed_on, ou.name AS order_unit
FROM purchasing_requisitionline rl JOIN purchasing_requisitionallocation a ON a.requisition_line_id = rl.id
JOIN purchasing_orderline l ON l.id = a.order_line_id JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN catalog_partner s ON s.id = o.supplier_id JOIN catalog_unit u ON u.id = rl.unit_id
JOIN catalog_unit ou ON ou.id = l.unit_id
WHERE rl.requisition_id = %s::bigint ORDER BY rl.line_no, a.id
"""
_OPEN_LINES = """
SELECT r.number AS requisition, l.line_no AS line, l.id, p.code AS product, p.name AS product_name, p.specification,
 u.code AS unit, u.name AS unit_name, l.quantity, l.ordered, l.quantity - l.ordered - l.cancelled AS open,
 l.required_on, w.code AS warehouse, w.name AS warehouse_name, coalesce(q.name, '') AS requester, l.note,
 coalesce(wish.code, last.code, cheap.code, '') AS supplier,
 coalesce(wish.name, last.name, cheap.name, '') AS supplier_name,
 CASE WHEN wish.code IS NOT NULL THEN 'wish' WHEN last.code IS NOT NULL THEN 'last'
  WHEN cheap.code IS NOT NULL THEN 'cheapest' ELSE '' END AS suggested,
 cheap.code AS cheapest, cheap.price AS cheapest_price, cheap.currency AS cheapest_currency,
 last.unit_price AS last_price,
 coalesce(own.price, CASE WHEN wish.id IS NULL OR wish.id = last.id THEN last.unit_price END) AS price
FROM purchasing_requisition r JOIN purchasing_requisitionline l ON l.requisition_id = r.id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
JOIN catalog_warehouse w ON w.id = r.warehouse_id LEFT JOIN accounts_user q ON q.id = r.requester_id
LEFT JOIN catalog_partner wish ON wish.id = l.supplier_id
LEFT JOIN LATERAL (SELECT s.id, s.code, s.name, ol.unit_price FROM purchasing_orderline ol
 JOIN catalog_partner s ON s.id = ol.supplier_id AND s.is_active
 WHERE ol.product_id = l.product_id AND ol.unit_id = l.unit_id AND (ol.live OR ol.completed_on IS NOT NULL)
 ORDER BY ol.id DESC LIMIT 1) last ON true
LEFT JOIN LATERAL (SELECT s.id, s.code, s.name, sp.price, sp.currency FROM {offers} sp
 JOIN catalog_partner s ON s.id = sp.partner_id AND s.is_active
 JOIN catalog_currency c ON c.company_id = sp.company_id AND c.code = sp.currency
 WHERE sp.company_id = r.company_id AND sp.product_id = l.product_id AND sp.unit_id = l.unit_id
  AND sp.from_quantity <= l.quantity - l.ordered - l.cancelled
  AND coalesce(sp.valid_from, %(on)s::date) <= %(on)s::date AND coalesce(sp.valid_to, %(on)s::date) >= %(on)s::date
 ORDER BY sp.price * c.rate LIMIT 1) cheap ON true
LEFT JOIN LATERAL (SELECT sp.price FROM {offers} sp
 WHERE sp.partner_id = coalesce(wish.id, last.id, cheap.id) AND sp.product_id = l.product_id AND sp.unit_id = l.unit_id
  AND sp.from_quantity <= l.quantity - l.ordered - l.cancelled
  AND coalesce(sp.valid_from, %(on)s::date) <= %(on)s::date AND coalesce(sp.valid_to, %(on)s::date) >= %(on)s::date
 ORDER BY {first} LIMIT 1) own ON true
WHERE r.company_id = %(company)s::bigint AND r.state IN ('approved', 'partly_ordered')
 AND l.quantity > l.ordered + l.cancelled
 AND (%(numbers)s::text[] IS NULL OR r.number = ANY(%(numbers)s::text[])){within}
ORDER BY l.required_on NULLS LAST, l.id LIMIT %(limit)s::int
"""


def list_requisitions(
    actor: Actor, wanted: RequisitionFilter, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """A page of requisitions, newest first; one statement."""
    actor.must(VIEW)
    size = paging.limited(limit)
    before = paging.newest_before(after)
    params: dict[str, Any] = {"company": actor.company_id, "limit": size + 1, "before": before}
    where = ["r.company_id = %(company)s::bigint", "r.id < %(before)s::bigint"]
    where += scope.conditions(actor, "requisition", "r")
    if wanted.state in {"", "open"}:
        where.append("r.state = ANY(%(states)s::text[])")
        params["states"] = list(OPEN)
    else:
        where += state_where("r", wanted.state, STATES, params)
    if wanted.requester == "me":
        where.append("r.requester_id = %(me)s::bigint")
        params["me"] = actor.user_id
    if wanted.warehouse:
        where.append(
            "r.warehouse_id = (SELECT id FROM catalog_warehouse"
            " WHERE company_id = %(company)s::bigint AND code = %(warehouse)s::text)"
        )
        params["warehouse"] = wanted.warehouse
    if wanted.q.strip():
        hits, values = requisition_hits(actor, wanted.q)
        where.append(f"r.id IN ({hits})")
        params.update(values)
    found = db.dicts(_LIST.format(where=" AND ".join(where)), params)
    for row in found:
        row["state_label"] = state_label(Requisition, row["state"])
    found = fields.mask(actor, "requisition", found)
    return paging.cut(found, size, lambda row: [row["id"]])


def count_requisitions(actor: Actor) -> Mapping[str, int]:
    """How many requisitions are in each open state, at most MOST; one statement."""
    actor.must(VIEW)
    return dict(
        db.rows(
            _COUNTS.format(within=scope.also(actor, "requisition", "r")),
            {"company": actor.company_id, "states": list(OPEN), "most": MOST},
        )
    )


@dataclass(slots=True)
class RequisitionDetail:
    """A requisition, its lines, and the order lines that serve them."""

    header: Row
    lines: list[Row]
    orders: list[Row]


def requisition_detail(actor: Actor, number: str) -> RequisitionDetail:
    """Three statements. NotFound outside the company."""
    actor.must(VIEW)
    found = db.dicts(_HEADER, [actor.company_id, number])
    if not found:
        raise NotFound(what=number)
    header = found[0]
    passed_from(header)
    header["state_label"] = state_label(Requisition, header["state"])
    params = {"company": actor.company_id, "requisition": header["id"], "on": actor.today()}
    lines = db.dicts(_LINES, params)
    orders = db.dicts(_ORDERED, [header["id"]])
    for row in orders:
        row["state_label"] = state_label(PurchaseOrder, row["state"])
    prices = actor.may(VIEW_PRICE)
    header["amount"] = sum((row["quantity"] * row["price"] for row in lines if row["price"]), 0) if prices else None
    for row in lines:
        row["price"] = row["price"] if prices else None
    lines = fields.mask(actor, "requisition", lines, header["state"])
    return RequisitionDetail(fields.mask(actor, "requisition", [header])[0], lines, orders)


def open_lines(actor: Actor, numbers: list[str] | None = None, limit: int = 500) -> list[Row]:
    """Approved requisition lines that wait for an order, the most urgent first, with a suggested supplier.

    Suggested is whom the requester wished, else the last supplier of the product, else the cheapest by price list
    for the open quantity; ``price`` is what the suggested supplier asks for it, by price list or last time.
    """
    actor.must(VIEW)
    found = db.dicts(
        _OPEN_LINES.format(within=scope.also(actor, "requisition", "r"), offers=OFFERS, first=FIRST.format(a="sp")),
        {"company": actor.company_id, "on": actor.today(), "numbers": numbers or None, "limit": limit},
    )
    if not actor.may(VIEW_PRICE):
        for row in found:
            row.update(cheapest_price=None, last_price=None, price=None)
    return found
