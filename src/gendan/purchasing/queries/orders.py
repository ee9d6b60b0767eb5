"""The list of purchase orders by key, and how many wait in each state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gendan.kernel import db, fields, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label, state_where
from gendan.kernel.paging import Page
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.models.order import OPEN_STATES
from gendan.purchasing.queries.search import order_hits
from gendan.purchasing.queries.sent import FACTS, STATE
from gendan.purchasing.queries.sent import STATES as STATES_SENT
from gendan.purchasing.rules.promises import late_days

VIEW, VIEW_PRICE = "purchasing.view", "purchasing.view_price"
MOST = 1000
STATES = frozenset(PurchaseOrder.State.values)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What a list of orders is narrowed to; ``state`` open, all, or one state; codes; ``buyer`` a user name or "me";
    ``sending`` what became of it at its supplier (queries.sent.STATES), of orders that are live.
    """

    state: str = "open"
    supplier: str = ""
    warehouse: str = ""
    buyer: str = ""
    first: date | None = None
    last: date | None = None
    q: str = ""
    late: bool = False
    sending: str = ""


_LIST = """
SELECT o.id, o.number, o.state, o.version, o.currency, o.net, o.gross, o.ordered_on, o.created_at, o.supplier_reference,
 o.note, s.code AS supplier, s.name AS supplier_name, w.code AS warehouse, w.name AS warehouse_name,
 coalesce(b.name, '') AS buyer, x.lines, x.open_lines, x.due_on, x.expected_on, x.share
FROM (SELECT * FROM purchasing_purchaseorder o WHERE {where} ORDER BY o.id DESC LIMIT %(limit)s::int) o
JOIN catalog_partner s ON s.id = o.supplier_id JOIN catalog_warehouse w ON w.id = o.warehouse_id
LEFT JOIN accounts_user b ON b.id = o.buyer_id
LEFT JOIN LATERAL (
 SELECT count(*) AS lines, count(*) FILTER (WHERE l.is_open) AS open_lines,
  min(l.due_on) FILTER (WHERE l.is_open) AS due_on,
  max(coalesce(l.expected_on, l.promised_on, l.required_on)) FILTER (WHERE l.is_open) AS expected_on,
  avg(least(l.received / nullif(l.quantity - l.cancelled, 0), 1)) AS share
 FROM purchasing_orderline l WHERE l.order_id = o.id) x ON true
ORDER BY o.id DESC
"""
_COUNTS = """
SELECT o.state, count(*) FROM purchasing_purchaseorder o WHERE {where} AND o.is_open GROUP BY 1
"""
_CAPPED_COUNTS = """
SELECT t.state, (SELECT count(*) FROM (SELECT 1 FROM purchasing_purchaseorder o
 WHERE {where} AND o.is_open AND o.state = t.state LIMIT %(most)s::int) x)
FROM unnest(%(states)s::text[]) AS t(state)
"""


def _conditions(actor: Actor, wanted: OrderFilter, with_state: bool) -> tuple[list[str], dict[str, Any]]:
    where = ["o.company_id = %(company)s::bigint", *scope.conditions(actor, "po", "o")]
    params: dict[str, Any] = {"company": actor.company_id}
    if with_state:
        where += state_where("o", wanted.state, STATES, params, OPEN_STATES)
    if wanted.supplier:
        where.append(
            "o.supplier_id = (SELECT id FROM catalog_partner"
            " WHERE company_id = %(company)s::bigint AND code = %(supplier)s::text)"
        )
        params["supplier"] = wanted.supplier
    if wanted.warehouse:
        where.append(
            "o.warehouse_id = (SELECT id FROM catalog_warehouse"
            " WHERE company_id = %(company)s::bigint AND code = %(warehouse)s::text)"
        )
        params["warehouse"] = wanted.warehouse
    if wanted.buyer == "me":
        where.append("o.buyer_id = %(buyer)s::bigint")
        params["buyer"] = actor.user_id
    elif wanted.buyer:
        where.append("o.buyer_id = (SELECT id FROM accounts_user WHERE username = %(buyer)s::text)")
        params["buyer"] = wanted.buyer
    for name, operator, value in (("first", ">=", wanted.first), ("last", "<=", wanted.last)):
        if value:
            where.append(f"o.ordered_on {operator} %({name})s::date")
            params[name] = value
    if wanted.late:
        where.append(
            "o.is_open AND o.id IN (SELECT l.order_id FROM purchasing_orderline l"
            " WHERE l.company_id = %(company)s::bigint AND l.is_open AND l.due_on < %(today)s::date)"
        )
        params["today"] = actor.today()
    if wanted.sending in STATES_SENT:
        where.append(
            f"o.is_open AND o.state NOT IN ('draft', 'pending_approval') AND o.id IN (SELECT xo.id FROM"
            f" (SELECT o.*, {STATE} AS at_supplier FROM purchasing_purchaseorder o {FACTS}"
            " WHERE o.company_id = %(company)s::bigint AND o.is_open"
            " AND o.state NOT IN ('draft', 'pending_approval')) xo WHERE xo.at_supplier = %(sending)s::text)"
        )
        params["sending"] = wanted.sending
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
    row["state_label"] = state_label(PurchaseOrder, row["state"])
    row["late_days"] = late_days(row["due_on"], today)
    if not actor.may(VIEW_PRICE):
        row["net"] = row["gross"] = None
    return fields.mask(actor, "po", [row])[0] if actor.fields else row


def count_orders(actor: Actor, wanted: OrderFilter) -> Mapping[str, int]:
    """How many open orders are in each state within the filter (without its text); one statement.

    Those of one supplier are counted in one pass over an index. Else the count of a state stops at MOST.
    """
    actor.must(VIEW)
    where, params = _conditions(actor, wanted, with_state=False)
    if wanted.supplier:
        return dict(db.rows(_COUNTS.format(where=" AND ".join(where)), params))
    params.update(states=list(OPEN_STATES), most=MOST)
    return dict(db.rows(_CAPPED_COUNTS.format(where=" AND ".join(where)), params))


def capped(count: int) -> str:
    """A count as it is shown: 999+ from the cap on."""
    return f"{MOST - 1}+" if count >= MOST else str(count)
