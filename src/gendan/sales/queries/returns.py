"""Returns as pages and API show them, and what of an order may still be asked back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gendan.flow.queries.passed import passed_by, passed_from
from gendan.kernel import db, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label, state_where
from gendan.kernel.errors import NotFound
from gendan.kernel.paging import Page
from gendan.purchasing.queries.cursors import id_after
from gendan.purchasing.queries.lines import CAP
from gendan.purchasing.queries.search import hits
from gendan.sales.errors import NothingToReturn
from gendan.sales.models import ReturnLine, SalesReturn
from gendan.sales.permissions import VIEW
from gendan.sales.queries.orders import VIEW_PRICE
from gendan.sales.rules.returned import ReturnIn

Row = dict[str, Any]
OPEN = ("requested", "approved", "received")


@dataclass(frozen=True, slots=True)
class ReturnFilter:
    """Which returns; ``state`` open, all or one state; ``q`` a number, a customer or a product; ``mine`` those that the
    actor wrote or whose customer the actor serves, ``by_customer`` those asked for by link.
    """

    state: str = "open"
    customer: str = ""
    order: str = ""
    q: str = ""
    first: date | None = None
    last: date | None = None
    mine: bool = False
    by_customer: bool = False


_HEADER = """
r.id, r.number, r.state, r.version, r.via, r.settlement, r.credit, r.contact, r.note, r.decision_note, r.received_on,
 r.created_at, p.code AS customer, p.name AS customer_name, w.code AS warehouse, w.name AS warehouse_name,
 coalesce(u.name, '') AS created_by, coalesce(d.name, '') AS decided_by, coalesce(x.number, '') AS replacement
"""
_FROM = """
JOIN catalog_partner p ON p.id = r.customer_id JOIN catalog_warehouse w ON w.id = r.warehouse_id
LEFT JOIN accounts_user u ON u.id = r.created_by_id LEFT JOIN accounts_user d ON d.id = r.decided_by_id
LEFT JOIN sales_salesorder x ON x.id = r.replacement_id
"""
_SUMS = """
JOIN LATERAL (SELECT count(*) AS lines, string_agg(DISTINCT o.number, ' ' ORDER BY o.number) AS orders,
  string_agg(DISTINCT pr.code, ' ' ORDER BY pr.code) AS products, min(o.currency) AS currency,
  array_agg(DISTINCT rl.reason) AS reasons,
  sum(rl.received - rl.restocked - rl.scrapped - rl.to_supplier) AS undecided,
  avg(rl.received / rl.quantity) AS share
 FROM sales_returnline rl JOIN sales_salesline l ON l.id = rl.order_line_id JOIN sales_salesorder o ON o.id = l.order_id
 JOIN catalog_product pr ON pr.id = l.product_id WHERE rl.sales_return_id = r.id) t ON true
"""
_PASSED = passed_by("rma", "r.id", "r.decided_by_id")
_SUMMED = "t.lines, t.orders, t.products, t.currency, t.reasons, t.undecided, t.share"
_PAGE = f"""
SELECT {_HEADER}, {_SUMMED}
FROM (SELECT * FROM sales_salesreturn r WHERE {{where}} ORDER BY r.id DESC LIMIT %(limit)s::int) r {_FROM} {_SUMS}
ORDER BY r.id DESC
"""
_LINES = """
SELECT rl.id, rl.number, rl.line_no AS line, o.number AS order_number, l.line_no AS order_line, pr.code AS product,
 pr.name AS product_name, pr.specification, pr.lot_tracked, u.code AS unit, u.name AS unit_name, u.decimals, rl.reason,
 rl.note, rl.quantity, rl.received, rl.restocked, rl.scrapped, rl.to_supplier, rl.quantity - rl.received AS to_come,
 rl.received - rl.restocked - rl.scrapped - rl.to_supplier AS undecided, coalesce(lot.code, '') AS lot,
 coalesce(d.number, '') AS delivery, trunc(l.gross * rl.received / l.quantity, o.minor_units) AS worth,
 l.shipped, l.signed + l.refused AS delivered
FROM sales_returnline rl JOIN sales_salesline l ON l.id = rl.order_line_id JOIN sales_salesorder o ON o.id = l.order_id
JOIN catalog_product pr ON pr.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
LEFT JOIN inventory_lot lot ON lot.id = rl.lot_id LEFT JOIN sales_deliveryline dl ON dl.id = rl.delivery_line_id
LEFT JOIN sales_delivery d ON d.id = dl.delivery_id WHERE rl.sales_return_id = %s::bigint ORDER BY rl.line_no
"""
_NUMBERS = """
SELECT r.id FROM sales_salesreturn r WHERE r.company_id = %(company)s::bigint AND r.number = ANY(%(numbers)s::text[])
"""
_WORDS = """
UNION
(SELECT r.id FROM sales_salesreturn r JOIN catalog_partner s ON s.id = r.customer_id
 WHERE r.company_id = %(company)s::bigint AND s.search @@ %(query)s::tsquery/*s*/
 ORDER BY r.id DESC LIMIT %(newest)s::int)
UNION
(SELECT rl.sales_return_id FROM (SELECT id FROM catalog_product WHERE company_id = %(company)s::bigint
  AND search @@ %(query)s::tsquery LIMIT %(matches)s::int) p
 JOIN sales_salesline l ON l.product_id = p.id JOIN sales_returnline rl ON rl.order_line_id = l.id
 ORDER BY rl.id DESC LIMIT %(newest)s::int)
"""


def return_hits(actor: Actor, q: str) -> tuple[str, Row]:
    """SQL of the ids of returns that ``q`` means (it wants ``company``), and its parameters."""
    return hits(actor, q, "rma", "RMA", _NUMBERS, _WORDS)


def return_list(
    actor: Actor, wanted: ReturnFilter | None = None, *, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """A page of returns, newest first; one statement."""
    actor.must(VIEW)
    wanted, size = wanted or ReturnFilter(), paging.limited(limit)
    where = ["r.company_id = %(company)s::bigint", *scope.conditions(actor, "rma", "r")]
    params: Row = {"company": actor.company_id, "limit": size + 1}
    where += state_where("r", wanted.state, SalesReturn.State.values, params)
    if wanted.customer:
        where.append(
            "r.customer_id = (SELECT c.id FROM catalog_partner c WHERE c.company_id = %(company)s::bigint"
            " AND c.code = %(customer)s::text)"
        )
        params["customer"] = wanted.customer
    if wanted.order:
        where.append(
            "r.id IN (SELECT rl.sales_return_id FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id"
            " JOIN sales_returnline rl ON rl.order_line_id = l.id"
            " WHERE o.company_id = %(company)s::bigint AND o.number = %(order)s::text)"
        )
        params["order"] = wanted.order
    for name, day, sign in (("first", wanted.first, ">="), ("last", wanted.last, "<=")):
        if day is not None:
            where.append(f"(r.created_at AT TIME ZONE %(zone)s::text)::date {sign} %({name})s::date")
            params |= {name: day, "zone": actor.timezone}
    if wanted.mine:
        where.append(
            "(r.created_by_id = %(user)s::bigint OR EXISTS (SELECT 1 FROM catalog_partner c WHERE c.id = r.customer_id"
            " AND c.salesperson_id = %(user)s::bigint))"
        )
        params["user"] = actor.user_id
    if wanted.by_customer:
        where.append("r.via = 'portal'")
    if wanted.q:
        sql, found = return_hits(actor, wanted.q)
        where.append(f"r.id IN ({sql})")
        params |= found
    if (last := id_after(after)) is not None:
        where.append("r.id < %(after)s::bigint")
        params["after"] = last
    rows = db.dicts(_PAGE.format(where=" AND ".join(where)), params)
    return paging.cut([_shown(actor, row) for row in rows], size, lambda row: [row["id"]])


def return_counts(actor: Actor) -> dict[str, int]:
    """How many returns wait in each open state, up to a cap."""
    actor.must(VIEW)
    found = db.rows(
        "SELECT t.state, (SELECT count(*) FROM (SELECT 1 FROM sales_salesreturn r WHERE r.company_id = %s::bigint"
        f" AND r.is_open AND r.state = t.state{scope.also(actor, 'rma', 'r')}"
        " LIMIT %s::int) x) FROM unnest(%s::text[]) AS t(state)",
        [actor.company_id, CAP, list(OPEN)],
    )
    return dict(found)


def return_detail(actor: Actor, number: str) -> Row:
    """A return with its ``lines``; two statements. Errors: NotFound."""
    actor.must(VIEW)
    found = db.dicts(
        f"SELECT {_HEADER}, {_SUMMED}, {_PASSED} FROM sales_salesreturn r {_FROM} {_SUMS}"
        " WHERE r.company_id = %s::bigint AND r.number = %s::text",
        [actor.company_id, number],
    )
    if not found:
        raise NotFound(what=number)
    passed_from(found[0])
    lines = db.dicts(_LINES, [found[0]["id"]])
    labels = dict(ReturnLine.Reason.choices)
    for line in lines:
        line["reason_label"] = str(labels[line["reason"]])
        if not actor.may(VIEW_PRICE):
            line["worth"] = None
    worth = sum(line["worth"] for line in lines) if actor.may(VIEW_PRICE) else None
    return {**_shown(actor, found[0]), "lines": lines, "worth": worth}


def _shown(actor: Actor, row: Row) -> Row:
    """A row with its words, and without the amount for those who may not see prices."""
    labels = dict(ReturnLine.Reason.choices)
    return {
        **row,
        "state_label": state_label(SalesReturn, row["state"]),
        "settlement_label": str(dict(SalesReturn.Settlement.choices)[row["settlement"]]),
        "reason_labels": "、".join(str(labels[reason]) for reason in row["reasons"]),
        "credit": row["credit"] if actor.may(VIEW_PRICE) else None,
    }


_RETURNABLE = """
SELECT o.number AS order_number, l.line_no AS line, pr.code AS product, pr.name AS product_name, pr.specification,
 u.name AS unit_name, u.decimals, l.signed + l.refused AS delivered, coalesce(a.quantity, 0) AS asked,
 greatest(l.signed + l.refused - coalesce(a.quantity, 0), 0) AS open, pr.lot_tracked
FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id JOIN catalog_product pr ON pr.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id
LEFT JOIN LATERAL (SELECT sum(CASE r.state WHEN 'settled' THEN rl.received ELSE rl.quantity END) AS quantity
 FROM sales_returnline rl JOIN sales_salesreturn r ON r.id = rl.sales_return_id
 WHERE rl.order_line_id = l.id AND r.state NOT IN ('rejected', 'cancelled')) a ON true
WHERE o.company_id = %s::bigint AND o.number = ANY(%s::text[]) AND l.signed + l.refused > 0
ORDER BY o.id, l.line_no
"""


def returnable(actor: Actor, orders: Sequence[str]) -> list[Row]:
    """The delivered lines of orders with what may still be asked back (``open``); one statement."""
    actor.must(VIEW)
    return db.dicts(_RETURNABLE, [actor.company_id, list(orders)])


_REFUSED = """
SELECT o.number, l.line_no, dl.refused - coalesce(a.quantity, 0), dl.refuse_reason
FROM sales_delivery d JOIN sales_deliveryline dl ON dl.delivery_id = d.id
JOIN sales_salesline l ON l.id = dl.order_line_id JOIN sales_salesorder o ON o.id = l.order_id
LEFT JOIN LATERAL (SELECT sum(CASE r.state WHEN 'settled' THEN rl.received ELSE rl.quantity END) AS quantity
 FROM sales_returnline rl JOIN sales_salesreturn r ON r.id = rl.sales_return_id
 WHERE rl.delivery_line_id = dl.id AND rl.reason = 'refused' AND r.state NOT IN ('rejected', 'cancelled')) a ON true
WHERE d.company_id = %s::bigint AND d.number = %s::text
ORDER BY o.id, l.line_no
"""


def refused_left(actor: Actor, delivery: str) -> bool:
    """Whether something of a delivery was refused that nobody asked back yet."""
    return any(left > 0 for _order, _line, left, _note in db.rows(_REFUSED, [actor.company_id, delivery]))


def returns_of(actor: Actor, order: str) -> list[Row]:
    """The returns of an order, newest first."""
    return return_list(actor, ReturnFilter("all", order=order)).items


def refused_of(actor: Actor, delivery: str) -> list[ReturnIn]:
    """What of a delivery was refused at the sign-off and not asked back yet, as the lines of a return.

    Errors: NotFound, NothingToReturn.
    """
    actor.must(VIEW)
    found = db.rows(_REFUSED, [actor.company_id, delivery])
    if not found:
        raise NotFound(what=delivery)
    lines = [ReturnIn(order, line, left, "refused", note, delivery) for order, line, left, note in found if left > 0]
    if not lines:
        raise NothingToReturn(number=delivery)
    return lines
