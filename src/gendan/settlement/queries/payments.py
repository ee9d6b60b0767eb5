"""Payments as pages, API and paper show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from gendan.kernel import db, fields, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.paging import Page
from gendan.purchasing.queries.cursors import id_after
from gendan.purchasing.queries.search import hits
from gendan.sales.steps.paying import OWED, PAYABLE
from gendan.settlement.models import SHOWN_STATE, Payment
from gendan.settlement.permissions import BUYING, SELLING, VIEW
from gendan.settlement.queries.accounts import accounts_on_paper

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """Which payments; ``direction`` out, in or empty; ``rest``: of which something is not allocated yet."""

    direction: str = ""
    partner: str = ""
    q: str = ""
    rest: bool = False
    first: date | None = None
    last: date | None = None


_HEADER = f"""
y.id, y.number, y.state AS stored, {SHOWN_STATE.format("y")} AS state, y.version, y.direction, y.paid_on, y.currency,
 y.amount, y.allocated, y.amount - y.allocated AS rest, y.method, y.reference, y.note, y.created_at,
 p.code AS partner, p.name AS partner_name, coalesce(u.name, '') AS created_by, coalesce(r.number, '') AS reverses,
 coalesce((SELECT z.number FROM settlement_payment z WHERE z.reverses_id = y.id), '') AS reversed_by,
 coalesce((SELECT string_agg(DISTINCT coalesce(b.number, o.number), ' ') FROM settlement_paymentpart x
  LEFT JOIN settlement_bill b ON b.id = x.bill_id LEFT JOIN sales_salesorder o ON o.id = x.sales_order_id
  WHERE x.payment_id = y.id), '') AS documents
"""
_FROM = """
JOIN catalog_partner p ON p.id = y.partner_id LEFT JOIN accounts_user u ON u.id = y.created_by_id
LEFT JOIN settlement_payment r ON r.id = y.reverses_id
"""
_NUMBERS = """
SELECT y.id FROM settlement_payment y WHERE y.company_id = %(company)s::bigint AND (y.number = ANY(%(numbers)s::text[])
 OR y.reference ILIKE %(like)s::text)
"""
_WORDS = """
UNION
(SELECT y.id FROM settlement_payment y JOIN catalog_partner s ON s.id = y.partner_id
 WHERE y.company_id = %(company)s::bigint AND s.search @@ %(query)s::tsquery/*s*/
 ORDER BY y.id DESC LIMIT %(newest)s::int)
"""
_PARTS = """
SELECT coalesce(b.number, o.number) AS number, CASE WHEN b.id IS NULL THEN 'so' ELSE 'bill' END AS kind,
 coalesce(b.reference, o.customer_reference) AS reference, coalesce(b.gross, o.gross) AS gross, sum(x.amount) AS amount
FROM settlement_paymentpart x LEFT JOIN settlement_bill b ON b.id = x.bill_id
LEFT JOIN sales_salesorder o ON o.id = x.sales_order_id WHERE x.payment_id = %s::bigint
GROUP BY b.id, o.id ORDER BY b.id, o.id
"""


def payment_hits(actor: Actor, q: str) -> tuple[str, Row]:
    """SQL of the ids of payments that ``q`` means (it wants ``company``), and its parameters."""
    return hits(actor, q, "pay", "PAY", _NUMBERS, _WORDS)


def payment_list(
    actor: Actor, wanted: PaymentFilter | None = None, *, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """A page of payments, newest first; one statement."""
    actor.must(VIEW)
    wanted, size = wanted or PaymentFilter(), paging.limited(limit)
    params: Row = {"company": actor.company_id, "limit": size + 1}
    where = ["y.company_id = %(company)s::bigint", *scope.conditions(actor, "pay", "y")]
    if wanted.direction:
        if wanted.direction not in Payment.Direction.values:
            raise Invalid({"direction": "direction: out | in"})
        params["direction"] = wanted.direction
        where.append("y.direction = %(direction)s::text")
    if wanted.partner:
        params["partner"] = wanted.partner
        where.append(
            "y.partner_id = (SELECT id FROM catalog_partner WHERE company_id = %(company)s::bigint"
            " AND code = %(partner)s::text)"
        )
    if wanted.rest:
        where.append("y.state = 'posted' AND y.reverses_id IS NULL AND y.allocated < y.amount")
    for name, day, compared in (("first", wanted.first, ">="), ("last", wanted.last, "<=")):
        if day:
            params[name] = day
            where.append(f"y.paid_on {compared} %({name})s::date")
    if wanted.q:
        found, more = payment_hits(actor, wanted.q)
        params |= more
        where.append(f"y.id IN ({found})")
    if (last := id_after(after)) is not None:
        params["after"] = last
        where.append("y.id < %(after)s::bigint")
    rows = db.dicts(
        f"SELECT {_HEADER} FROM (SELECT * FROM settlement_payment y WHERE {' AND '.join(where)}"
        f" ORDER BY y.id DESC LIMIT %(limit)s::int) y {_FROM} ORDER BY y.id DESC",
        params,
    )
    return paging.cut([_shown(actor, row) for row in rows], size, lambda row: [row["id"]])


def payment_detail(actor: Actor, number: str) -> Row:
    """A payment with its ``parts``; two statements. Errors: NotFound."""
    actor.must(VIEW)
    found = db.dicts(
        f"SELECT {_HEADER} FROM settlement_payment y {_FROM} WHERE y.company_id = %s::bigint AND y.number = %s::text",
        [actor.company_id, number],
    )
    if not found:
        raise NotFound(what=number)
    payment = _shown(actor, found[0])
    parts = db.dicts(_PARTS, [payment["id"]])
    if payment["amount"] is None:
        parts = [{**part, "amount": None, "gross": None} for part in parts]
    if fields.hides(actor, "so", "customer_reference"):
        parts = [{**part, "reference": ""} if part["kind"] == "so" else part for part in parts]
    return {**payment, "parts": parts}


def payments_on_paper(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Payments with their parts, for print."""
    return [{**payment_detail(actor, number), "title": number} for number in numbers]


def payments_in_a_list(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Payments as one sheet: each with the newest account of its partner, and sums by currency; three statements."""
    actor.must(VIEW)
    sql = (
        f"SELECT {_HEADER} FROM settlement_payment y {_FROM} WHERE y.company_id = %(company)s::bigint"
        " AND y.number = ANY(%(numbers)s::text[])"
    )
    if within := scope.conditions(actor, "pay", "y"):
        sql += f" AND {' AND '.join(within)}"
    found = db.dicts(f"{sql} ORDER BY y.paid_on, y.id", {"company": actor.company_id, "numbers": sorted(set(numbers))})
    if missing := set(numbers) - {row["number"] for row in found}:
        raise NotFound(what=min(missing))
    rows = [_shown(actor, row) for row in found]
    accounts = accounts_on_paper(actor, {row["partner"] for row in rows})
    sums: dict[tuple[str, str], Any] = {}
    for row in rows:
        row["account"] = accounts.get(row["partner"])
        if row["amount"] is not None:
            key = (row["direction_label"], row["currency"])
            sums[key] = sums.get(key, 0) + row["amount"]
    title = gettext("收付款清单")
    by_currency = [(*key, total) for key, total in sums.items()]
    return [{"number": rows[0]["number"], "title": title, "rows": rows, "sums": by_currency}] if rows else []


_CREDITS = """
SELECT r.number, r.credit, r.credit_note, r.posted_on FROM purchasing_purchasereturn r
JOIN settlement_bill b ON b.supplier_id = r.supplier_id AND b.currency = r.currency
WHERE b.company_id = %(company)s::bigint AND b.number = %(number)s::text AND r.company_id = b.company_id
 AND r.state = 'credited' AND r.credit > 0 AND NOT EXISTS (SELECT 1 FROM settlement_payment y
  WHERE y.purchase_return_id = r.id AND y.state = 'posted' AND y.reverses_id IS NULL){within} ORDER BY r.id LIMIT 50
"""


def credits_for(actor: Actor, number: str) -> list[Row]:
    """Credits of returns that can be set against a bill; one statement."""
    if not (actor.may("settlement.record_credit") and actor.may(BUYING)):
        return []
    sql = _CREDITS.replace("{within}", scope.also(actor, "rtv", "r"))
    return db.dicts(sql, {"company": actor.company_id, "number": number})


def may_see_amounts(actor: Actor, direction: str) -> bool:
    """Whether the actor sees what was paid: prices of what is bought, or of what is sold."""
    return actor.may(BUYING if direction == "out" else SELLING)


def _shown(actor: Actor, row: Row) -> Row:
    row = {
        **row,
        "state_label": state_label(Payment, row["state"]),
        "direction_label": str(dict(Payment.Direction.choices)[row["direction"]]),
        "method_label": str(dict(Payment.Method.choices)[row["method"]]),
    }
    if not may_see_amounts(actor, row["direction"]):
        row |= dict.fromkeys(("amount", "allocated", "rest"))
    return row


_RECEIVED = f"""
SELECT o.id, {OWED} AS owed, o.paid_amount AS paid, o.currency FROM sales_salesorder o
WHERE o.company_id = %s::bigint AND o.number = %s::text AND o.state = ANY(%s::text[])
"""
_RECEIPTS = f"""
SELECT y.number, y.paid_on, y.currency, sum(x.amount) AS amount, {SHOWN_STATE.format("y")} AS state
FROM settlement_paymentpart x JOIN settlement_payment y ON y.id = x.payment_id
WHERE x.sales_order_id = %s::bigint GROUP BY y.id ORDER BY y.id
"""


def received_for(actor: Actor, number: str) -> Row | None:
    """What is owed and paid of a reviewed sales order, with its payments; two statements."""
    actor.must(VIEW)
    found = db.dicts(_RECEIVED, [actor.company_id, number, sorted(PAYABLE)])
    if not found:
        return None
    order = found[0]
    payments = db.dicts(_RECEIPTS, [order.pop("id")])
    order["open"] = max(order["owed"] - order["paid"], 0)
    if not actor.may(SELLING):
        order |= dict.fromkeys(("owed", "paid", "open"))
        payments = [{**row, "amount": None} for row in payments]
    return {**order, "payments": payments}
