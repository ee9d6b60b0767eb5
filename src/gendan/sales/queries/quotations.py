"""Reading quotations: the list by key, one of them with what was ordered out of it, its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from gendan.kernel import db, fields, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label, state_where
from gendan.kernel.errors import NotFound
from gendan.kernel.paging import Page
from gendan.purchasing.queries.drafts import Opened
from gendan.sales.models import Quotation, SalesOrder
from gendan.sales.permissions import VIEW
from gendan.sales.queries.orders import seen
from gendan.sales.rules.draft import DraftLine
from gendan.sales.rules.quotation import QuoteDraft, is_expired

OPEN = ("draft", "sent")
STATES = frozenset(Quotation.State.values)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class QuotationFilter:
    """What a list is narrowed to; ``state`` open, all, or one state; ``salesperson`` "me"; ``expired`` those that are
    open and no longer hold.
    """

    state: str = "open"
    customer: str = ""
    salesperson: str = ""
    first: date | None = None
    last: date | None = None
    q: str = ""
    expired: bool = False


_LIST = """
SELECT q.id, q.number, q.state, q.version, q.currency, q.net, q.gross, q.quoted_on, q.valid_to, q.requested_on,
 q.customer_reference, q.note, p.code AS customer, p.name AS customer_name, w.code AS warehouse,
 coalesce(u.name, '') AS salesperson, (SELECT count(*) FROM sales_quotationline l WHERE l.quotation_id = q.id) AS lines,
 (SELECT count(*) FROM sales_salesorder o WHERE o.quotation_id = q.id AND o.state <> 'cancelled') AS orders
FROM (SELECT * FROM sales_quotation q WHERE {where} ORDER BY q.id DESC LIMIT %(limit)s::int) q
JOIN catalog_partner p ON p.id = q.customer_id JOIN catalog_warehouse w ON w.id = q.warehouse_id
LEFT JOIN accounts_user u ON u.id = q.salesperson_id
ORDER BY q.id DESC
"""
_COUNTS = "SELECT q.state, count(*) FROM sales_quotation q WHERE {where} AND q.is_open GROUP BY 1"
_HEADER = """
SELECT q.id, q.number, q.state, q.version, q.currency, q.rate, q.net, q.tax, q.gross, q.tax_included, q.quoted_on,
 q.valid_to, q.requested_on, q.customer_reference, q.payment_terms, q.note, q.decision_note, q.ship_to_code,
 q.ship_to_name, q.ship_to_phone, q.ship_to_address, q.ship_to_country, q.created_by_id, p.code AS customer,
 p.name AS customer_name, w.code AS warehouse, w.name AS warehouse_name, coalesce(u.name, '') AS salesperson
FROM sales_quotation q JOIN catalog_partner p ON p.id = q.customer_id JOIN catalog_warehouse w ON w.id = q.warehouse_id
LEFT JOIN accounts_user u ON u.id = q.salesperson_id
WHERE q.company_id = %s::bigint AND q.number = %s::text
"""
# What was cancelled of an order can be ordered again.
_LINES = """
SELECT l.line_no AS line, p.code AS product, p.name AS product_name, u.code AS unit, u.name AS unit_name, l.quantity,
 l.unit_price, l.price_source, l.discount, l.tax_rate, l.net, l.tax, l.gross, l.requested_on, l.note, l.description,
 coalesce(s.quantity, 0) / l.factor AS ordered
FROM sales_quotationline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
LEFT JOIN (SELECT x.quotation_line_id AS line_id, sum((x.quantity - x.cancelled) * x.factor) AS quantity
 FROM sales_salesorder o JOIN sales_salesline x ON x.order_id = o.id
 WHERE o.quotation_id = %(id)s::bigint AND x.quotation_line_id IS NOT NULL AND o.state <> 'cancelled' GROUP BY 1) s
 ON s.line_id = l.id
WHERE l.quotation_id = %(id)s::bigint ORDER BY l.line_no
"""
_ORDERS = """
SELECT o.number, o.state, o.ordered_on, o.currency, o.gross FROM sales_salesorder o
WHERE o.quotation_id = %s::bigint ORDER BY o.id
"""
_DRAFT = """
SELECT q.id, q.state, q.version, p.code, w.code, q.currency, q.ship_to_code, q.quoted_on, q.requested_on,
 q.tax_included, q.customer_reference, q.note, q.valid_to, p.name, w.name
FROM sales_quotation q JOIN catalog_partner p ON p.id = q.customer_id JOIN catalog_warehouse w ON w.id = q.warehouse_id
WHERE q.company_id = %s::bigint AND q.number = %s::text
"""
_DRAFT_LINES = """
SELECT p.code, l.quantity, l.unit_price, u.code, l.requested_on, l.discount,
 coalesce((SELECT x.code FROM catalog_tax x WHERE x.company_id = p.company_id AND x.rate = l.tax_rate
  ORDER BY x.id = p.tax_id DESC NULLS LAST, x.id LIMIT 1), ''),
 l.note, l.description, l.id, p.name
FROM sales_quotationline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.quotation_id = %s::bigint ORDER BY l.line_no
"""


def _conditions(actor: Actor, wanted: QuotationFilter, with_state: bool) -> tuple[list[str], Row]:
    where = ["q.company_id = %(company)s::bigint", *scope.conditions(actor, "quotation", "q")]
    params: Row = {"company": actor.company_id}
    if with_state:
        where += state_where("q", wanted.state, STATES, params)
    if wanted.customer:
        where.append(
            "q.customer_id = (SELECT x.id FROM catalog_partner x"
            " WHERE x.company_id = %(company)s::bigint AND x.code = %(customer)s::text)"
        )
        params["customer"] = wanted.customer
    if wanted.salesperson == "me":
        where.append("q.salesperson_id = %(salesperson)s::bigint")
        params["salesperson"] = actor.user_id
    for name, operator, value in (("first", ">=", wanted.first), ("last", "<=", wanted.last)):
        if value:
            where.append(f"q.quoted_on {operator} %({name})s::date")
            params[name] = value
    if wanted.expired:
        where.append("q.is_open AND q.valid_to < %(today)s::date")
        params["today"] = actor.today()
    if text := wanted.q.strip():
        condition = (
            "(q.number ILIKE %(like)s::text OR q.customer_reference ILIKE %(like)s::text OR q.note ILIKE %(like)s::text"
            " OR q.customer_id IN (SELECT x.id FROM catalog_partner x WHERE x.company_id = %(company)s::bigint"
            "  AND (x.name ILIKE %(like)s::text OR x.code ILIKE %(like)s::text) LIMIT 1000))"
        )
        for field in fields.rights(actor, "quotation", None, fields.HIDDEN):
            condition = condition.replace(f"q.{field.name} ", "'' ")
        where.append(condition)
        escaped = text[:100].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        params["like"] = f"%{escaped}%"
    return where, params


def list_quotations(
    actor: Actor, wanted: QuotationFilter, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """A page of quotations, newest first; one statement."""
    actor.must(VIEW)
    where, params = _conditions(actor, wanted, with_state=True)
    size = paging.limited(limit)
    params.update(limit=size + 1, before=paging.newest_before(after))
    where.append("q.id < %(before)s::bigint")
    found = db.dicts(_LIST.format(where=" AND ".join(where)), params)
    today = actor.today()
    return paging.cut([_shown(actor, row, today) for row in found], size, lambda row: [row["id"]])


def _shown(actor: Actor, row: Row, today: date) -> Row:
    row["state_label"] = state_label(Quotation, row["state"])
    row["expired"] = row["state"] in OPEN and is_expired(row["valid_to"], today)
    row["late_days"] = (today - row["valid_to"]).days if row["expired"] else 0
    return fields.mask(actor, "quotation", [seen(actor, row)])[0]


def count_quotations(actor: Actor, wanted: QuotationFilter) -> Mapping[str, int]:
    """How many open quotations are in each state within the filter; one statement."""
    actor.must(VIEW)
    where, params = _conditions(actor, wanted, with_state=False)
    return dict(db.rows(_COUNTS.format(where=" AND ".join(where)), params))


@dataclass(frozen=True, slots=True)
class QuotationDetail:
    header: Row
    lines: list[Row]
    orders: list[Row]


def quotation_detail(actor: Actor, number: str) -> QuotationDetail:
    """A quotation, its lines with what was ordered of them, and the orders; two exchanges. Errors: NotFound."""
    actor.must(VIEW)
    headers = db.dicts(_HEADER, [actor.company_id, number])
    if not headers:
        raise NotFound(what=number)
    header = _shown(actor, headers[0], actor.today())
    lines = db.dicts(_LINES, {"id": header["id"]})
    for line in lines:
        line["open"] = max(line["quantity"] - line["ordered"], 0)
    orders = db.dicts(_ORDERS, [header["id"]])
    for order in orders:
        order["state_label"] = state_label(SalesOrder, order["state"])
    lines = fields.mask(actor, "quotation", lines, header["state"])
    return QuotationDetail(header, [seen(actor, line) for line in lines], [seen(actor, order) for order in orders])


def quote_draft(actor: Actor, number: str, *, whole: bool = False) -> Opened[QuoteDraft]:
    """What the form of a quotation opens with; ``whole``: hidden fields, too. NotFound outside the company."""
    found = db.row(_DRAFT, [actor.company_id, number])
    if found is None:
        raise NotFound(what=number)
    id_, state, version, *header, valid_to, customer, warehouse = found
    rows = db.rows(_DRAFT_LINES, [id_])
    lines = tuple(DraftLine(*row[:10]) for row in rows)
    draft = replace(QuoteDraft(*header), valid_to=valid_to, lines=lines)
    draft = draft if whole else fields.blank(actor, "quotation", state, draft)
    shown = {f"product:{row[0]}": row[10] for row in rows} | {"customer": customer, "warehouse": warehouse}
    return Opened(id_, number, state, version, draft, shown)
