"""Inquiries: the list by key, one with lines, suppliers, awards, orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from gendan.kernel import db, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label, state_where
from gendan.kernel.errors import NotFound
from gendan.kernel.paging import Page
from gendan.purchasing.models import PurchaseOrder
from gendan.sourcing.models import Inquiry
from gendan.sourcing.permissions import VIEW, VIEW_PRICE
from gendan.sourcing.queries.comparison import is_sealed

OPEN = ("draft", "sent", "answered")
STATES = frozenset(Inquiry.State.values)
MOST = 1000
Row = dict[str, Any]
PRICES = ("target_price", "last_price", "awarded_amount", "saving", "saving_average", "saving_target")


@dataclass(frozen=True, slots=True)
class InquiryFilter:
    """What a list is narrowed to; ``state`` open, all, or one state; ``buyer`` "me" or nobody."""

    state: str = "open"
    supplier: str = ""
    product: str = ""
    buyer: str = ""
    q: str = ""


# Savings: against what was last paid, the average of the offers, the budget; lines of which that is not known are out.
_SAVINGS = """
SELECT sum(a.quantity * a.net_price) AS awarded, sum(a.quantity * (a.last_price - a.net_price)) AS saving,
 sum(a.quantity * (a.average_price - a.net_price)) AS saving_average,
 sum(a.quantity * (a.target_price - a.net_price)) AS saving_target,
 sum(a.quantity * a.last_price) AS last_amount, sum(a.quantity * a.average_price) AS average_amount,
 sum(a.quantity * a.target_price) AS target_amount
FROM sourcing_inquiryline l JOIN sourcing_award a ON a.line_id = l.id WHERE l.inquiry_id = {inquiry}
"""
_LIST = f"""
SELECT q.id, q.number, q.state, q.version, q.title, q.closes_at, q.sealed, q.created_at, q.sent_at, w.code AS warehouse,
 w.name AS warehouse_name, coalesce(u.name, '') AS buyer, x.lines, x.products, i.suppliers, i.answers,
 round(s.awarded, 2) AS awarded, round(s.saving, 2) AS saving
FROM (SELECT * FROM sourcing_inquiry q WHERE {{where}} ORDER BY q.id DESC LIMIT %(limit)s::int) q
JOIN catalog_warehouse w ON w.id = q.warehouse_id LEFT JOIN accounts_user u ON u.id = q.buyer_id
LEFT JOIN LATERAL (SELECT count(*) AS lines,
  (SELECT string_agg(p.name, '、' ORDER BY k.line_no) FROM (SELECT product_id, line_no FROM sourcing_inquiryline
   WHERE inquiry_id = q.id ORDER BY line_no LIMIT 3) k JOIN catalog_product p ON p.id = k.product_id) AS products
 FROM sourcing_inquiryline l WHERE l.inquiry_id = q.id) x ON true
LEFT JOIN LATERAL (SELECT count(*) AS suppliers, count(*) FILTER (WHERE answers > 0) AS answers
 FROM sourcing_invitation i WHERE i.inquiry_id = q.id) i ON true
LEFT JOIN LATERAL ({_SAVINGS.format(inquiry="q.id")}) s ON true
ORDER BY q.id DESC
"""
_COUNTS = """
SELECT t.state, (SELECT count(*) FROM (SELECT 1 FROM sourcing_inquiry q
 WHERE q.company_id = %(company)s::bigint AND q.is_open AND q.state = t.state{within} LIMIT %(most)s::int) x)
FROM unnest(%(states)s::text[]) AS t(state)
"""
_HEADER = f"""
SELECT q.id, q.number, q.state, q.version, q.title, q.closes_at, q.sealed, q.note, q.created_at, q.sent_at,
 q.awarded_at, q.close_reason, q.created_by_id, q.buyer_id, w.code AS warehouse, w.name AS warehouse_name,
 coalesce(u.name, '') AS buyer, co.currency, round(s.awarded, 2) AS awarded_amount, round(s.saving, 2) AS saving,
 round(s.saving_average, 2) AS saving_average, round(s.saving_target, 2) AS saving_target
FROM sourcing_inquiry q JOIN catalog_warehouse w ON w.id = q.warehouse_id
JOIN accounts_company co ON co.id = q.company_id LEFT JOIN accounts_user u ON u.id = q.buyer_id
LEFT JOIN LATERAL ({_SAVINGS.format(inquiry="q.id")}) s ON true
WHERE q.company_id = %s::bigint AND q.number = %s::text
"""
_LINES = """
SELECT l.id, l.line_no AS line, p.code AS product, p.name AS product_name, p.specification, u.code AS unit,
 u.name AS unit_name, u.decimals, l.quantity, l.awarded, l.quantity - l.awarded AS open, l.required_on,
 l.target_price, l.last_price, l.note, w.code AS warehouse,
 (SELECT string_agg(DISTINCT r.number, ' ') FROM sourcing_inquirysource s
  JOIN purchasing_requisitionline rl ON rl.id = s.requisition_line_id
  JOIN purchasing_requisition r ON r.id = rl.requisition_id WHERE s.line_id = l.id) AS requisitions
FROM sourcing_inquiryline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
JOIN catalog_warehouse w ON w.id = l.warehouse_id WHERE l.inquiry_id = %s::bigint ORDER BY l.line_no
"""
_INVITED = """
SELECT i.id, p.code AS supplier, p.name AS supplier_name, p.country, p.currency AS usual_currency,
 i.email, i.recipient, i.language, i.invited_at,
 i.sent_at, i.problem, i.seen_at, i.answers, i.answered_at, i.declined, i.expires_at, a.currency, a.tax_included,
 a.freight, a.valid_to, a.note, a.late, a.source, a.answered_by, a.version AS answer_version, a.id AS answer_id
FROM sourcing_invitation i JOIN catalog_partner p ON p.id = i.partner_id
LEFT JOIN sourcing_answer a ON a.invitation_id = i.id AND a.current
WHERE i.inquiry_id = %s::bigint ORDER BY i.id
"""
_AWARDS = """
SELECT l.line_no AS line, p.code AS supplier, p.name AS supplier_name, a.quantity, a.unit_price, a.net_price,
 a.landed_price, a.last_price, a.average_price, a.target_price, a.awarded_at, n.currency, a.order_id,
 coalesce(o.number, '') AS order, coalesce(o.state, '') AS order_state, u.name AS unit_name
FROM sourcing_award a JOIN sourcing_inquiryline l ON l.id = a.line_id JOIN catalog_unit u ON u.id = l.unit_id
JOIN sourcing_invitation i ON i.id = a.invitation_id JOIN catalog_partner p ON p.id = i.partner_id
JOIN sourcing_answerline al ON al.id = a.answer_line_id JOIN sourcing_answer n ON n.id = al.answer_id
LEFT JOIN purchasing_purchaseorder o ON o.id = a.order_id
WHERE l.inquiry_id = %s::bigint ORDER BY l.line_no, a.id
"""


def list_inquiries(
    actor: Actor, wanted: InquiryFilter, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """A page of inquiries, newest first; one statement."""
    actor.must(VIEW)
    size = paging.limited(limit)
    params: Row = {"company": actor.company_id, "limit": size + 1, "before": paging.newest_before(after)}
    where = ["q.company_id = %(company)s::bigint", "q.id < %(before)s::bigint"]
    where += scope.conditions(actor, "inquiry", "q") + state_where("q", wanted.state, STATES, params, OPEN)
    if wanted.supplier:
        where.append(
            "EXISTS (SELECT 1 FROM sourcing_invitation i JOIN catalog_partner p ON p.id = i.partner_id"
            " WHERE i.inquiry_id = q.id AND p.code = %(supplier)s::text)"
        )
        params["supplier"] = wanted.supplier
    if wanted.product:
        where.append(
            "EXISTS (SELECT 1 FROM sourcing_inquiryline l JOIN catalog_product p ON p.id = l.product_id"
            " WHERE l.inquiry_id = q.id AND p.code = %(product)s::text)"
        )
        params["product"] = wanted.product
    if wanted.buyer == "me":
        where.append("q.buyer_id = %(me)s::bigint")
        params["me"] = actor.user_id
    if text := wanted.q.strip():
        where.append(
            "(q.number ILIKE %(like)s::text OR q.title ILIKE %(like)s::text OR EXISTS (SELECT 1 FROM"
            " sourcing_inquiryline l JOIN catalog_product p ON p.id = l.product_id WHERE l.inquiry_id = q.id"
            " AND (p.code ILIKE %(like)s::text OR p.name ILIKE %(like)s::text)))"
        )
        escaped = text[:100].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        params["like"] = f"%{escaped}%"
    found = db.dicts(_LIST.format(where=" AND ".join(where)), params)
    may = actor.may(VIEW_PRICE)
    for row in found:
        row["state_label"] = state_label(Inquiry, row["state"])
        if not may:
            row["awarded"] = row["saving"] = None
    return paging.cut(found, size, lambda row: [row["id"]])


def count_inquiries(actor: Actor) -> Mapping[str, int]:
    """How many inquiries are in each open state, at most MOST; one statement."""
    actor.must(VIEW)
    sql = _COUNTS.format(within=scope.also(actor, "inquiry", "q"))
    return dict(db.rows(sql, {"company": actor.company_id, "states": list(OPEN), "most": MOST}))


@dataclass(slots=True)
class InquiryDetail:
    """An inquiry, its lines, who is asked (with what counts of the answers), what was awarded."""

    header: Row
    lines: list[Row]
    suppliers: list[Row]
    awards: list[Row]


def inquiry_detail(actor: Actor, number: str) -> InquiryDetail:
    """Four statements. NotFound outside the company. What a sealed inquiry was answered is not told before its end."""
    actor.must(VIEW)
    scope.demand(actor, {"number": number})
    found = db.dicts(_HEADER, [actor.company_id, number])
    if not found:
        raise NotFound(what=number)
    header = found[0]
    header["state_label"] = state_label(Inquiry, header["state"])
    header["closed"] = header["closes_at"] is not None and header["closes_at"] <= timezone.now()
    header["sealed_now"] = is_sealed(header["sealed"], header["closes_at"], timezone.now())
    lines, suppliers, awards = (db.dicts(sql, [header["id"]]) for sql in (_LINES, _INVITED, _AWARDS))
    for award in awards:
        award["order_state_label"] = state_label(PurchaseOrder, award["order_state"])
    if header["sealed_now"]:
        for row in suppliers:
            row.update(currency=None, tax_included=None, freight=None, valid_to=None, note=None)
            row["declined"] = False
    if not actor.may(VIEW_PRICE):
        for row in (header, *lines):
            row.update({name: None for name in PRICES if name in row})
        for row in suppliers:
            row["freight"] = None
        for award in awards:
            award.update({name: None for name in award if name.endswith("_price")})
    return InquiryDetail(header, lines, suppliers, awards)
