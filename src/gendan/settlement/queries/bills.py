"""Bills as pages and API show them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from gendan.kernel import db, fields, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label, state_where
from gendan.kernel.errors import NotFound
from gendan.kernel.paging import Page
from gendan.purchasing.queries.cursors import id_after
from gendan.purchasing.queries.lines import CAP
from gendan.purchasing.queries.search import hits
from gendan.settlement.models import OPEN_STATES, Bill
from gendan.settlement.permissions import BUYING, VIEW
from gendan.settlement.queries.accepted import ACCEPTED, REDUCED
from gendan.settlement.queries.words import told

Row = dict[str, Any]
PRICES = ("net", "tax", "gross", "paid", "open", "amount")
LINE_PRICES = ("unit_price", "net", "tax", "gross", "agreed_price", "agreed_net", "difference")


@dataclass(frozen=True, slots=True)
class BillFilter:
    """Which bills; ``state`` open, all or one state; ``due`` late, week (due within seven days) or empty."""

    state: str = "open"
    supplier: str = ""
    order: str = ""
    q: str = ""
    due: str = ""
    first: date | None = None
    last: date | None = None


_HEADER = """
b.id, b.number, b.state, b.version, b.reference, b.dated_on, b.due_on, b.currency, b.rate, b.minor_units,
 b.tax_included, b.note, b.net, b.tax, b.gross, b.paid, b.gross - b.paid AS open, b.approve_reason, b.void_reason,
 b.created_by_id, b.created_at, b.posted_at, b.approved_at, p.code AS supplier, p.name AS supplier_name,
 coalesce(u.name, '') AS created_by, coalesce(a.name, '') AS approved_by,
 CASE WHEN b.is_open AND b.state <> 'draft' THEN greatest(%(today)s::date - b.due_on, 0) ELSE 0 END AS late_days
"""
_FROM = """
JOIN catalog_partner p ON p.id = b.supplier_id LEFT JOIN accounts_user u ON u.id = b.created_by_id
LEFT JOIN accounts_user a ON a.id = b.approved_by_id
"""
_ORDERS = """
JOIN LATERAL (SELECT count(DISTINCT l.id) AS lines, coalesce(string_agg(DISTINCT o.number, ' '), '') AS orders,
  count(DISTINCT l.id) FILTER (WHERE l.findings <> '[]') AS differences
 FROM settlement_billline l LEFT JOIN settlement_billmatch m ON m.bill_line_id = l.id
 LEFT JOIN purchasing_orderline ol ON ol.id = m.order_line_id
 LEFT JOIN purchasing_purchaseorder o ON o.id = ol.order_id WHERE l.bill_id = b.id) t ON true
"""
_PAGE = f"""
SELECT {_HEADER}, t.lines, t.orders, t.differences
FROM (SELECT * FROM settlement_bill b WHERE {{where}} ORDER BY b.id DESC LIMIT %(limit)s::int) b {_FROM} {_ORDERS}
ORDER BY b.id DESC
"""
_NUMBERS = """
SELECT b.id FROM settlement_bill b WHERE b.company_id = %(company)s::bigint AND (b.number = ANY(%(numbers)s::text[])
 OR b.reference ILIKE %(like)s::text)
"""
_WORDS = """
UNION
(SELECT b.id FROM settlement_bill b JOIN catalog_partner s ON s.id = b.supplier_id
 WHERE b.company_id = %(company)s::bigint AND s.search @@ %(query)s::tsquery/*s*/
 ORDER BY b.id DESC LIMIT %(newest)s::int)
UNION
(SELECT l.bill_id FROM (SELECT id FROM catalog_product WHERE company_id = %(company)s::bigint
  AND search @@ %(query)s::tsquery LIMIT %(matches)s::int) p
 JOIN purchasing_orderline ol ON ol.product_id = p.id JOIN settlement_billmatch m ON m.order_line_id = ol.id
 JOIN settlement_billline l ON l.id = m.bill_line_id ORDER BY l.id DESC LIMIT %(newest)s::int)
"""
_OF_ORDER = """b.id IN (SELECT l.bill_id FROM purchasing_purchaseorder o
 JOIN purchasing_orderline ol ON ol.order_id = o.id JOIN settlement_billmatch m ON m.order_line_id = ol.id
 JOIN settlement_billline l ON l.id = m.bill_line_id
 WHERE o.company_id = %(company)s::bigint AND o.number = %(order)s::text)"""


def bill_hits(actor: Actor, q: str) -> tuple[str, Row]:
    """SQL of the ids of bills that ``q`` means (it wants ``company``), and its parameters."""
    return hits(actor, q, "bill", "BILL", _NUMBERS, _WORDS)


def bill_list(
    actor: Actor, wanted: BillFilter | None = None, *, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """A page of bills, newest first; one statement."""
    actor.must(VIEW)
    wanted, size = wanted or BillFilter(), paging.limited(limit)
    params: Row = {"company": actor.company_id, "today": actor.today(), "limit": size + 1}
    where = ["b.company_id = %(company)s::bigint", *scope.conditions(actor, "bill", "b")]
    where += state_where("b", wanted.state, Bill.State.values, params, OPEN_STATES)
    if wanted.supplier:
        params["supplier"] = wanted.supplier
        where.append(
            "b.supplier_id = (SELECT id FROM catalog_partner WHERE company_id = %(company)s::bigint"
            " AND code = %(supplier)s::text)"
        )
    if wanted.order:
        params["order"] = wanted.order
        where.append(_OF_ORDER)
    if wanted.due in {"late", "week"}:
        where.append("b.is_open AND b.state <> 'draft' AND b.due_on " + {"late": "< %(today)s::date", "week":
            "BETWEEN %(today)s::date AND %(today)s::date + 7"}[wanted.due])  # fmt: skip
    for day, compared in ((wanted.first, ">="), (wanted.last, "<=")):
        if day:
            name = "first" if compared == ">=" else "last"
            params[name] = day
            where.append(f"b.dated_on {compared} %({name})s::date")
    if wanted.q:
        found, more = bill_hits(actor, wanted.q)
        params |= more
        where.append(f"b.id IN ({found})")
    if (last := id_after(after)) is not None:
        params["after"] = last
        where.append("b.id < %(after)s::bigint")
    rows = db.dicts(_PAGE.format(where=" AND ".join(where)), params)
    return paging.cut(shown(actor, rows), size, lambda row: [row["id"]])


def bill_counts(actor: Actor) -> dict[str, int]:
    """How many bills stand in each open state, up to a cap; ``late``: past their day."""
    actor.must(VIEW)
    also = scope.also(actor, "bill", "b")
    found = db.rows(
        "SELECT t.state, (SELECT count(*) FROM (SELECT 1 FROM settlement_bill b"
        f" WHERE b.company_id = %(company)s::bigint AND b.is_open AND b.state = t.state{also} LIMIT %(cap)s::int) x)"
        " FROM unnest(%(states)s::text[]) AS t(state) UNION ALL SELECT 'late', (SELECT count(*) FROM (SELECT 1"
        " FROM settlement_bill b WHERE b.company_id = %(company)s::bigint AND b.is_open AND b.state <> 'draft'"
        f" AND b.due_on < %(today)s::date{also} LIMIT %(cap)s::int) x)",
        {"company": actor.company_id, "cap": CAP, "states": list(OPEN_STATES), "today": actor.today()},
    )
    return dict(found)


_LINES = f"""
SELECT l.id, l.line_no AS line, l.description, l.quantity, l.unit_price, l.tax_rate, l.net, l.tax, l.gross, l.findings,
 coalesce(x.covers, '[]'::jsonb) AS covers, coalesce(x.unit, '') AS unit_name, x.agreed AS agreed_net,
 coalesce(x.product, '') AS product, coalesce(x.product_name, '') AS product_name
FROM settlement_billline l LEFT JOIN LATERAL (
 SELECT jsonb_agg(jsonb_build_object('order', y.number, 'line', y.line_no, 'quantity', y.quantity::text,
   'receipts', y.receipts, 'ordered', (y.ordered - y.cancelled)::text, 'received', y.accepted::text,
   'returned', (y.accepted - y.kept)::text, 'invoiced', y.invoiced::text)
   ORDER BY y.order_id, y.line_no) AS covers,
  max(y.unit) AS unit, sum(y.quantity * y.net_price) AS agreed, max(y.product) AS product, max(y.name) AS product_name
 FROM (SELECT o.id AS order_id, o.number, ol.line_no, ol.quantity AS ordered, ol.cancelled, ol.accepted,
   {ACCEPTED.format("ol")} AS kept, ol.invoiced,
   ol.net / ol.quantity - sum(m.quantity * {REDUCED.format("rl")}) / sum(m.quantity) * 100 / (100 + ol.tax_rate)
    AS net_price, u.name AS unit,
   pr.code AS product, pr.name, sum(m.quantity) AS quantity,
   coalesce(string_agg(DISTINCT g.number, ' '), '') AS receipts
  FROM settlement_billmatch m JOIN purchasing_orderline ol ON ol.id = m.order_line_id
  JOIN purchasing_purchaseorder o ON o.id = ol.order_id JOIN catalog_unit u ON u.id = ol.unit_id
  JOIN catalog_product pr ON pr.id = ol.product_id
  LEFT JOIN purchasing_receiptline rl ON rl.id = m.receipt_line_id
  LEFT JOIN purchasing_goodsreceipt g ON g.id = rl.receipt_id
  WHERE m.bill_line_id = l.id GROUP BY o.id, ol.id, u.id, pr.id) y) x ON true
WHERE l.bill_id = %s::bigint ORDER BY l.line_no
"""
_PAYMENTS = """
SELECT p.number, p.paid_on, sum(x.amount) AS amount, p.currency, p.method, p.reference,
 CASE WHEN p.reverses_id IS NULL THEN p.state ELSE 'reversal' END AS state, coalesce(u.name, '') AS created_by
FROM settlement_paymentpart x JOIN settlement_payment p ON p.id = x.payment_id
LEFT JOIN accounts_user u ON u.id = p.created_by_id
WHERE x.bill_id = %s::bigint GROUP BY p.id, u.name ORDER BY p.id
"""
# A supplier's number without letters before it, leading noughts and signs: what is alike in this is nearly the same.
NUMBER_KEY = "regexp_replace(regexp_replace(lower(normalize({}, NFKC)), '[^a-z0-9]', '', 'g'), '^[a-z]*0*', '')"
# The same supplier's bills with nearly the same number, or with the same amount on the same day.
_TWINS = f"""
SELECT o.number, o.reference, o.dated_on, o.state, o.gross = b.gross AND o.dated_on = b.dated_on AS same_amount
FROM settlement_bill b JOIN settlement_bill o ON o.company_id = b.company_id AND o.supplier_id = b.supplier_id
 AND o.id <> b.id AND o.state <> 'void' AND ((o.gross = b.gross AND o.dated_on = b.dated_on)
  OR nullif({NUMBER_KEY.format("o.reference")}, '') = {NUMBER_KEY.format("b.reference")})
WHERE b.id = %s::bigint AND b.state <> 'void' ORDER BY o.id DESC LIMIT 5
"""


def bill_detail(actor: Actor, number: str) -> Row:
    """A bill with its ``lines``, ``payments`` and ``twins``; four statements. Errors: NotFound."""
    actor.must(VIEW)
    params = {"company": actor.company_id, "number": number, "today": actor.today()}
    found = db.dicts(
        f"SELECT {_HEADER}, t.lines, t.orders, t.differences FROM settlement_bill b {_FROM} {_ORDERS}"
        " WHERE b.company_id = %(company)s::bigint AND b.number = %(number)s::text",
        params,
    )
    if not found:
        raise NotFound(what=number)
    bill = shown(actor, found)[0]
    lines = [_line(actor, line) for line in db.dicts(_LINES, [bill["id"]])]
    payments = db.dicts(_PAYMENTS, [bill["id"]])
    twins = db.dicts(_TWINS, [bill["id"]])
    if not actor.may(BUYING):
        payments = [{**row, "amount": None} for row in payments]
    for twin in twins:
        twin["state_label"] = state_label(Bill, twin["state"])
    return {**bill, "lines": fields.mask(actor, "bill", lines, bill["state"]), "payments": payments, "twins": twins}


def _line(actor: Actor, line: Row) -> Row:
    covers, found = db_json(line["covers"]), db_json(line["findings"])
    agreed = line["agreed_net"] / line["quantity"] if line["agreed_net"] is not None else None
    row = {
        **line,
        "covers": covers,
        "findings": found,
        "told": [told(one, line["unit_name"], priced=actor.may(BUYING)) for one in found],
        "net_price": line["net"] / line["quantity"],
        "agreed_price": agreed,
        "difference": line["net"] - line["agreed_net"] if line["agreed_net"] is not None else None,
    }
    if not actor.may(BUYING):
        row |= dict.fromkeys((*LINE_PRICES, "net_price"))
        row["findings"] = [{"kind": one["kind"]} if one["kind"] in {"price", "extra"} else one for one in found]
    return row


def db_json(value: Any) -> Any:
    """jsonb comes as text."""
    return json.loads(value) if isinstance(value, str) else value


def shown(actor: Actor, rows: list[Row]) -> list[Row]:
    """Rows with their words, and without amounts for those who may not see prices."""
    found = []
    for row in rows:
        row = {**row, "state_label": state_label(Bill, row["state"])}
        if not actor.may(BUYING):
            row |= {name: None for name in PRICES if name in row}
        found.append(row)
    return fields.mask(actor, "bill", found)


def bills_of(actor: Actor, order: str) -> list[Row]:
    """The bills of an order, newest first; nothing for who may not see bills."""
    return bill_list(actor, BillFilter("all", order=order)).items if actor.may(VIEW) else []
