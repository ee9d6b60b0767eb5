"""The list of sales orders by key, and how many wait in each state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gendan.kernel import db, fields, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label, state_where
from gendan.kernel.paging import Page
from gendan.purchasing.rules.promises import late_days
from gendan.sales.models import SalesOrder
from gendan.sales.models.order import OPEN_STATES
from gendan.sales.permissions import VIEW
from gendan.sales.queries.search import order_hits

VIEW_PRICE = "sales.view_price"
PRICES = frozenset({"net", "tax", "gross", "unit_price", "price_source", "discount"})
MOST = 1000
STATES = frozenset(SalesOrder.State.values)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What a list of orders is narrowed to; ``state`` open, all, or one state; codes; ``salesperson`` a user name or
    "me"; ``q`` a typed text.
    """

    state: str = "open"
    customer: str = ""
    warehouse: str = ""
    salesperson: str = ""
    first: date | None = None
    last: date | None = None
    q: str = ""
    late: bool = False


# The page is cut first, then its lines are summed up.
_LIST = """
SELECT o.id, o.number, o.state, o.version, o.currency, o.net, o.gross, o.ordered_on, o.requested_on, o.created_at,
 o.customer_reference, o.note, p.code AS customer, p.name AS customer_name, w.code AS warehouse,
 w.name AS warehouse_name, coalesce(b.name, '') AS salesperson, x.lines, x.open_lines, x.due_on, x.expected_on, x.share,
 x.covered
FROM (SELECT * FROM sales_salesorder o WHERE {where} ORDER BY o.id DESC LIMIT %(limit)s::int) o
JOIN catalog_partner p ON p.id = o.customer_id JOIN catalog_warehouse w ON w.id = o.warehouse_id
LEFT JOIN accounts_user b ON b.id = o.salesperson_id
LEFT JOIN LATERAL (
 SELECT count(*) AS lines, count(*) FILTER (WHERE l.is_open) AS open_lines,
  min(l.due_on) FILTER (WHERE l.is_open) AS due_on,
  max(coalesce(l.expected_on, l.promised_on, l.requested_on)) FILTER (WHERE l.is_open) AS expected_on,
  avg(least(l.shipped / nullif(l.quantity - l.cancelled, 0), 1)) AS share,
  avg(least(l.reserved / nullif((l.quantity - l.cancelled - l.shipped) * l.factor, 0), 1))
   FILTER (WHERE l.is_open) AS covered
 FROM sales_salesline l WHERE l.order_id = o.id) x ON true
ORDER BY o.id DESC
"""
_COUNTS = """
SELECT o.state, count(*) FROM sales_salesorder o WHERE {where} AND o.is_open GROUP BY 1
"""
_CAPPED_COUNTS = """
SELECT t.state, (SELECT count(*) FROM (SELECT 1 FROM sales_salesorder o
 WHERE {where} AND o.is_open AND o.state = t.state LIMIT %(most)s::int) x)
FROM unnest(%(states)s::text[]) AS t(state)
"""


def _conditions(actor: Actor, wanted: OrderFilter, with_state: bool) -> tuple[list[str], dict[str, Any]]:
    where = ["o.company_id = %(company)s::bigint", *scope.conditions(actor, "so", "o")]
    params: dict[str, Any] = {"company": actor.company_id}
    if with_state:
        where += state_where("o", wanted.state, STATES, params, OPEN_STATES)
    for column, table, code in (
        ("customer_id", "catalog_partner", wanted.customer),
        ("warehouse_id", "catalog_warehouse", wanted.warehouse),
    ):
        if code:
            where.append(
                f"o.{column} = (SELECT x.id FROM {table} x WHERE x.company_id = %(company)s::bigint"
                f" AND x.code = %({column})s::text)"
            )
            params[column] = code
    if wanted.salesperson == "me":
        where.append("o.salesperson_id = %(salesperson)s::bigint")
        params["salesperson"] = actor.user_id
    elif wanted.salesperson:
        where.append("o.salesperson_id = (SELECT id FROM accounts_user WHERE username = %(salesperson)s::text)")
        params["salesperson"] = wanted.salesperson
    for name, operator, value in (("first", ">=", wanted.first), ("last", "<=", wanted.last)):
        if value:
            where.append(f"o.ordered_on {operator} %({name})s::date")
            params[name] = value
    if wanted.late:
        where.append(
            "o.is_open AND o.id IN (SELECT l.order_id FROM sales_salesline l"
            " WHERE l.company_id = %(company)s::bigint AND l.is_open AND l.due_on < %(today)s::date)"
        )
        params["today"] = actor.today()
    return where, params


def list_orders(actor: Actor, wanted: OrderFilter, after: str | None = None, limit: int | None = None) -> Page[Row]:
    """A page of orders, newest first; one statement."""
    actor.must(VIEW)
    where, params = _conditions(actor, wanted, with_state=True)
    size = paging.limited(limit)
    params.update(limit=size + 1, before=paging.newest_before(after))
    where.append("o.id < %(before)s::bigint")
    if wanted.q.strip():
        hits, values = order_hits(actor, wanted.q)
        where.append(f"o.id IN ({hits})")
        params.update(values)
    found = db.dicts(_LIST.format(where=" AND ".join(where)), params)
    today = actor.today()
    return paging.cut([_shown(actor, row, today) for row in found], size, lambda row: [row["id"]])


def _shown(actor: Actor, row: Row, today: date) -> Row:
    row["state_label"] = state_label(SalesOrder, row["state"])
    row["late_days"] = late_days(row["due_on"], today)
    return fields.mask(actor, "so", [seen(actor, row)])[0] if actor.fields else seen(actor, row)


def count_orders(actor: Actor, wanted: OrderFilter) -> Mapping[str, int]:
    """How many open orders are in each state within the filter (without its text); one statement.

    Those of one customer are counted in one pass over an index. Else the count of a state stops at MOST.
    """
    actor.must(VIEW)
    where, params = _conditions(actor, wanted, with_state=False)
    if wanted.customer:
        return dict(db.rows(_COUNTS.format(where=" AND ".join(where)), params))
    params.update(states=list(OPEN_STATES), most=MOST)
    return dict(db.rows(_CAPPED_COUNTS.format(where=" AND ".join(where)), params))


def capped(count: int) -> str:
    """A count as it is shown: 999+ from the cap on."""
    return f"{MOST - 1}+" if count >= MOST else str(count)


def seen(actor: Actor, row: Row) -> Row:
    """The row without prices for those who may not see them."""
    if actor.may(VIEW_PRICE):
        return row
    return {name: None if name in PRICES else value for name, value in row.items()}
