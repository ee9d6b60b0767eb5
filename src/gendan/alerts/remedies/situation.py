"""What remedies are decided by, read in a fixed number of statements."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from gendan.alerts.queries.cases import case_detail
from gendan.alerts.remedies.goods_back import lines_to_return
from gendan.alerts.remedies.kinds import Row, Situation
from gendan.alerts.remedies.ranking import ranked
from gendan.alerts.remedies.writing_off import stored_of
from gendan.kernel import db, fields, scope
from gendan.kernel.actor import Actor

MOST_LINES, MOST_SIBLINGS, MOST = 500, 500, 10
# What a case is about of purchase orders, by the document that it names.
_BOUGHT = """
SELECT l.id, l.line_no, o.number, o.state, o.ordered_on, p.id AS product_id, p.code AS product,
 p.name AS product_name, u.code AS unit, u.name AS unit_name, u.decimals, l.unit_id, su.name AS stock_unit,
 su.decimals AS stock_decimals, l.factor, l.quantity - l.cancelled AS ordered, l.received AS moved,
 CASE WHEN l.live THEN greatest(l.quantity - l.cancelled - l.received, 0) ELSE 0 END AS open,
 l.required_on AS wished_on, l.promised_on, l.expected_on, l.due_on, s.code AS partner, s.name AS partner_name,
 w.id AS warehouse_id, w.code AS warehouse, o.currency, o.tax_included, 0::numeric AS reserved,
 0::numeric AS delivering,
 EXISTS (SELECT 1 FROM purchasing_shipmentline hl JOIN purchasing_shipment h ON h.id = hl.shipment_id AND h.is_open
  WHERE hl.order_line_id = l.id AND hl.received < hl.quantity) AS under_way
FROM alerts_case c CROSS JOIN LATERAL (
 SELECT l.id FROM purchasing_orderline l
 WHERE c.document_kind = 'po' AND l.order_id = c.document_id AND (c.line_id IS NULL OR l.id = c.line_id)
 UNION SELECT sl.order_line_id FROM purchasing_shipmentline sl
 WHERE c.document_kind = 'asn' AND sl.shipment_id = c.document_id) x
JOIN purchasing_orderline l ON l.id = x.id JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN catalog_partner s ON s.id = o.supplier_id JOIN catalog_warehouse w ON w.id = o.warehouse_id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
JOIN catalog_unit su ON su.id = p.unit_id
WHERE c.id = %(case)s::bigint AND c.company_id = %(company)s::bigint ORDER BY o.number, l.line_no LIMIT %(lines)s::int
"""
_SOLD = """
SELECT l.id, l.line_no, o.number, o.state, o.ordered_on, p.id AS product_id, p.code AS product,
 p.name AS product_name, u.code AS unit, u.name AS unit_name, u.decimals, l.unit_id, su.name AS stock_unit,
 su.decimals AS stock_decimals, l.factor, l.quantity - l.cancelled AS ordered, l.shipped AS moved,
 greatest(l.quantity - l.cancelled - l.shipped, 0) AS open, l.requested_on AS wished_on, l.promised_on, l.expected_on,
 l.due_on, s.code AS partner, s.name AS partner_name, w.id AS warehouse_id, w.code AS warehouse, o.currency,
 o.tax_included, l.reserved, l.delivering, false AS under_way
FROM alerts_case c JOIN sales_salesorder o ON o.id = c.document_id AND c.document_kind = 'so'
JOIN sales_salesline l ON l.order_id = o.id AND (c.line_id IS NULL OR l.id = c.line_id)
JOIN catalog_partner s ON s.id = o.customer_id JOIN catalog_warehouse w ON w.id = l.warehouse_id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
JOIN catalog_unit su ON su.id = p.unit_id
WHERE c.id = %(case)s::bigint AND c.company_id = %(company)s::bigint ORDER BY l.line_no LIMIT %(lines)s::int
"""
_OF_PRODUCT = """
SELECT NULL::bigint AS id, NULL::int AS line_no, '' AS number, '' AS state, NULL::date AS ordered_on,
 p.id AS product_id, p.code AS product, p.name AS product_name, u.code AS unit, u.name AS unit_name, u.decimals,
 p.unit_id, u.name AS stock_unit, u.decimals AS stock_decimals, 1::numeric AS factor, 0::numeric AS ordered,
 0::numeric AS moved, greatest(p.safety_stock, 1) AS open, NULL::date AS wished_on, NULL::date AS promised_on,
 NULL::date AS expected_on, c.due_on, coalesce(s.code, '') AS partner, coalesce(s.name, '') AS partner_name,
 w.id AS warehouse_id, coalesce(w.code, '') AS warehouse, '' AS currency, true AS tax_included, 0::numeric AS reserved,
 0::numeric AS delivering, false AS under_way
FROM alerts_case c JOIN catalog_product p ON p.id = c.document_id AND c.document_kind = 'product'
JOIN catalog_unit u ON u.id = p.unit_id LEFT JOIN catalog_partner s ON s.id = c.partner_id
LEFT JOIN catalog_warehouse w ON w.id = c.warehouse_id
WHERE c.id = %(case)s::bigint AND c.company_id = %(company)s::bigint
"""
_LINES = {"po": _BOUGHT, "asn": _BOUGHT, "so": _SOLD, "product": _OF_PRODUCT}
_PLACES = """
SELECT w.code AS warehouse, w.name AS warehouse_name, l.code AS bin, coalesce(lot.code, '') AS lot,
 b.on_hand - b.reserved AS free
FROM inventory_balance b JOIN catalog_location l ON l.id = b.location_id AND l.kind = 'bin' AND l.is_active
JOIN catalog_warehouse w ON w.id = l.warehouse_id AND w.is_active LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
WHERE b.company_id = %(company)s::bigint AND b.product_id = %(product)s::bigint AND b.on_hand > b.reserved
 AND w.id IS DISTINCT FROM %(warehouse)s::bigint{within} ORDER BY w.code, lot.expires_on NULLS LAST, l.code LIMIT 200
"""
# What suppliers ask for the quantity now (the best break), how long they take, how they delivered in the last year.
_SUPPLIERS = """
SELECT p.code, p.name, o.price * k.rate AS price, o.price AS asked, o.currency,
 coalesce(o.lead_time_days, p.lead_time_days)::int AS days, o.minimum_quantity, o.pack_quantity,
 coalesce(f.lines, 0)::int AS lines, coalesce(f.on_time, 0)::int AS on_time
FROM (SELECT DISTINCT partner_id FROM catalog_supplierprice
 WHERE company_id = %(company)s::bigint AND product_id = %(product)s::bigint) a
JOIN catalog_partner p ON p.id = a.partner_id AND p.is_active AND p.is_supplier AND p.code <> %(partner)s::text
CROSS JOIN LATERAL (
 SELECT sp.* FROM catalog_supplierprice sp
 WHERE sp.company_id = %(company)s::bigint AND sp.partner_id = p.id AND sp.product_id = %(product)s::bigint
  AND sp.unit_id = %(unit)s::bigint AND sp.from_quantity <= %(quantity)s::numeric
  AND (sp.valid_from IS NULL OR sp.valid_from <= %(today)s::date)
  AND (sp.valid_to IS NULL OR sp.valid_to >= %(today)s::date)
 ORDER BY sp.from_quantity DESC, sp.valid_from DESC NULLS LAST, sp.id DESC LIMIT 1) o
LEFT JOIN catalog_currency k ON k.company_id = %(company)s::bigint AND k.code = o.currency
LEFT JOIN LATERAL (
 SELECT sum(x.lines) AS lines, sum(x.on_time) AS on_time FROM (
  SELECT lines, on_time FROM insight_suppliermonth WHERE company_id = %(company)s::bigint AND supplier_id = p.id
   AND month > %(today)s::date - 400
  UNION ALL SELECT lines, on_time FROM insight_supplierchange WHERE company_id = %(company)s::bigint
   AND supplier_id = p.id AND month > %(today)s::date - 400) x) f ON true
WHERE true{within} LIMIT 100
"""
_HOLDERS = """
SELECT o.number, l.line_no, s.name AS customer, l.due_on, x.soft
FROM (SELECT l.id FROM sales_salesline l WHERE l.company_id = %(company)s::bigint AND l.product_id = %(product)s::bigint
  AND l.warehouse_id = %(warehouse)s::bigint AND l.is_open AND l.reserved > 0 AND l.id <> %(line)s::bigint
 ORDER BY l.due_on DESC NULLS FIRST LIMIT 50) pool
JOIN sales_salesline l ON l.id = pool.id JOIN sales_salesorder o ON o.id = l.order_id
JOIN catalog_partner s ON s.id = o.customer_id
CROSS JOIN LATERAL (SELECT sum(g.quantity - g.hard) AS soft FROM sales_peg g
 WHERE g.line_id = l.id AND g.balance_id IS NOT NULL AND NOT g.moved_by_hand) x
WHERE x.soft > 0{within} ORDER BY l.due_on DESC NULLS FIRST, l.id DESC LIMIT 10
"""
_CONTACTS = """
SELECT k.name, k.email FROM catalog_contact k JOIN catalog_partner p ON p.id = k.partner_id
WHERE p.company_id = %(company)s::bigint AND p.code = %(partner)s::text
ORDER BY k.is_main DESC, k.email = '', k.id LIMIT 20
"""
# Other open cases that one message to the supplier could be about.
_SIBLINGS = """
SELECT c.number, c.rule, c.document_number, c.line_no, c.days, pr.code AS product, pr.name AS product_name
FROM alerts_case c LEFT JOIN catalog_product pr ON pr.id = c.product_id
WHERE c.company_id = %(company)s::bigint AND c.is_open AND c.document_kind IN ('po', 'asn')
 AND c.partner_id = (SELECT x.partner_id FROM alerts_case x WHERE x.id = %(case)s::bigint)
 AND c.id <> %(case)s::bigint
 AND NOT EXISTS (SELECT 1 FROM alerts_remedy r WHERE r.case_id = c.id AND r.state = 'waiting'){within}
ORDER BY c.rank DESC, c.id LIMIT %(siblings)s::int
"""
_DONE = """
SELECT r.id, r.code, r.state, r.values::text AS values, r.effect::text AS effect, r.documents::text AS documents,
 r.answer::text AS answer, r.at, coalesce(u.name, '') AS user, g.id AS urge, g.answer_by, g.seen_at, g.sent_at,
 g.problem, g.answered_at, g.answered_by, g.email, g.recipient, g.expires_at, g.cases
FROM alerts_remedy r LEFT JOIN accounts_user u ON u.id = r.user_id LEFT JOIN alerts_urge g ON g.id = r.urge_id
WHERE r.company_id = %(company)s::bigint AND r.case_id = %(case)s::bigint ORDER BY r.id DESC LIMIT 50
"""


def situation_of(actor: Actor, number: str) -> Situation:
    """The case and all that remedies look at: at most ten statements, whatever it is about.

    Errors: NotFound, Forbidden.
    """
    case = case_detail(actor, number)
    kind = case["document_kind"]
    asked: Row = {
        "company": actor.company_id,
        "case": case["id"],
        "lines": MOST_LINES,
        "siblings": MOST_SIBLINGS,
        "today": actor.today(),
        "partner": case["partner"] or "",
    }
    situation = Situation(actor, case, done=done_of(asked))
    if kind in _LINES:
        situation.lines = fields.mask_of(actor, "so" if kind == "so" else "po", db.dicts(_LINES[kind], asked))
    _around(situation, asked)
    situation.returnable = lines_to_return(actor, case)
    situation.stored = stored_of(actor, case)
    if kind in {"po", "asn"}:
        situation.contacts = db.dicts(_CONTACTS, asked)
        situation.siblings = db.dicts(_within(actor, _SIBLINGS, "case", "c"), asked)
    return situation


def _around(situation: Situation, asked: Row) -> None:
    """What else there is of the one product that it is about."""
    line, actor = situation.line, situation.actor
    if line is None:
        return
    asked |= {"product": line["product_id"], "warehouse": line["warehouse_id"], "unit": line["unit_id"]}
    asked |= {"quantity": line["open"], "line": line["id"]}
    if actor.may("inventory.view"):
        situation.places = _by_warehouse(db.dicts(_within(actor, _PLACES, "warehouses", "w"), asked))
    if situation.kind in {"po", "asn", "product"} and actor.may("purchasing.create_order"):
        found = ranked(db.dicts(_within(actor, _SUPPLIERS, "partner", "p"), asked))[:MOST]
        if not actor.may("purchasing.view_price"):
            for row in found:
                row["price"] = row["asked"] = None
        situation.suppliers = found
    if situation.kind == "so" and actor.may("sales.move_reservation"):
        situation.holders = db.dicts(_within(actor, _HOLDERS, "so", "o"), asked)


def _within(actor: Actor, sql: str, kind: str, alias: str) -> str:
    """The statement for what the actor sees of a kind."""
    return sql.replace("{within}", scope.also(actor, kind, alias))


def _by_warehouse(rows: list[Row]) -> list[Row]:
    """Free quantities by warehouse, with the bins and lots where they lie; the most first."""
    found: dict[str, Row] = {}
    for row in rows:
        place = found.setdefault(
            row["warehouse"],
            {"warehouse": row["warehouse"], "name": row["warehouse_name"], "free": Decimal(0), "bins": []},
        )
        place["free"] += row["free"]
        place["bins"].append(row)
    return sorted(found.values(), key=lambda place: -place["free"])


def done_of(asked: Row) -> list[Row]:
    """The remedies that were used on a case, latest first."""
    found = db.dicts(_DONE, asked)
    for row in found:
        for name in ("values", "effect", "documents", "answer"):
            row[name] = _read(row[name])
    return found


def _read(text: Any) -> Any:
    return json.loads(text) if isinstance(text, str) else text
