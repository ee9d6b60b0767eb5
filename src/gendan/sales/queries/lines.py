"""Open sales lines, the late ones first: what has not left, since when, and what covers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gendan.kernel import db, fields, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.paging import Page
from gendan.purchasing.queries.lines import CAP, sunday_of, within_dates
from gendan.sales.permissions import VIEW

Row = dict[str, Any]
_NEEDED = "(l.quantity - l.cancelled - l.shipped) * l.factor"
ONLY = {
    "uncovered": f"l.reserved + l.pegged + l.requested < {_NEEDED}",
    "incoming": "l.pegged > 0",
    "ready": f"l.reserved >= {_NEEDED}",
    "slipping": "l.expected_on > l.due_on",
}


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which open lines; codes of customer, product, warehouse. ``due``: "", late, today, week; ``only``: a key of
    ONLY; ``mine``: of whose orders the actor is the salesperson.
    """

    due: str = ""
    customer: str = ""
    product: str = ""
    warehouse: str = ""
    only: str = ""
    order: str = ""
    mine: bool = False


# The page is cut on the index first and joined afterwards. Lines without a date come last, in a branch of their own.
_PAGE = """
WITH page AS (
 SELECT * FROM (
  (SELECT l.id, l.due_on FROM sales_salesline l WHERE {where} {dated}
   ORDER BY l.due_on, l.id LIMIT %(limit)s::int)
  UNION ALL
  (SELECT l.id, l.due_on FROM sales_salesline l WHERE {where} {undated}
   ORDER BY l.id LIMIT %(limit)s::int)
 ) found ORDER BY due_on NULLS LAST, id LIMIT %(limit)s::int)
SELECT l.id, o.number AS order_number, l.line_no AS line, o.state, o.customer_reference, c.code AS customer,
 c.name AS customer_name, pr.code AS product, pr.name AS product_name, pr.specification, w.code AS warehouse,
 u.code AS unit, u.name AS unit_name, l.factor, l.quantity, l.cancelled, l.reserved, l.pegged, l.requested,
 l.delivering, l.shipped, l.signed, l.refused, l.live, l.quantity - l.cancelled - l.shipped AS outstanding,
 (l.quantity - l.cancelled - l.shipped) * l.factor - l.reserved - l.pegged - l.requested AS uncovered,
 l.requested_on, l.promised_on, l.expected_on, l.due_on, coalesce(b.name, '') AS salesperson,
 CASE WHEN l.promised_on IS NULL THEN 'requested' ELSE 'promised' END AS basis,
 greatest(%(today)s::date - l.due_on, 0) AS days_late, greatest(l.expected_on - l.due_on, 0) AS days_expected_late
FROM page JOIN sales_salesline l ON l.id = page.id JOIN sales_salesorder o ON o.id = l.order_id
JOIN catalog_partner c ON c.id = l.customer_id JOIN catalog_product pr ON pr.id = l.product_id
JOIN catalog_warehouse w ON w.id = l.warehouse_id JOIN catalog_unit u ON u.id = l.unit_id
LEFT JOIN accounts_user b ON b.id = o.salesperson_id
ORDER BY page.due_on NULLS LAST, page.id
"""
_COUNTS = """
SELECT
 (SELECT count(*) FROM (SELECT 1 FROM sales_salesline l WHERE {base} LIMIT %(cap)s::int) c),
 (SELECT count(*) FROM (SELECT 1 FROM sales_salesline l WHERE {base} AND l.due_on < %(today)s::date
   LIMIT %(cap)s::int) c),
 (SELECT count(*) FROM (SELECT 1 FROM sales_salesline l WHERE {base} AND l.due_on = %(today)s::date
   LIMIT %(cap)s::int) c),
 (SELECT count(*) FROM (SELECT 1 FROM sales_salesline l WHERE {base} AND l.due_on >= %(today)s::date
   AND l.due_on <= %(sunday)s::date LIMIT %(cap)s::int) c)
"""


def open_lines(
    actor: Actor, wanted: LineFilter | None = None, *, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """A page of open lines by due date, the longest overdue first; one statement."""
    actor.must(VIEW)
    wanted = wanted or LineFilter()
    today, size = actor.today(), paging.limited(limit)
    where, params = _conditions(actor, wanted)
    params.update(limit=size + 1, today=today, sunday=sunday_of(today))
    dated, undated = within_dates(after, wanted.due, params)
    rows = fields.mask(actor, "so", db.dicts(_PAGE.format(where=where, dated=dated, undated=undated), params))
    return paging.cut(rows, size, lambda row: [row["due_on"] and row["due_on"].isoformat(), row["id"]])


def open_line_counts(actor: Actor, wanted: LineFilter | None = None) -> dict[str, int]:
    """How many open lines: all, late, today, week; each counted up to CAP. One statement."""
    actor.must(VIEW)
    today = actor.today()
    where, params = _conditions(actor, wanted or LineFilter())
    params.update(cap=CAP, today=today, sunday=sunday_of(today))
    found = db.row(_COUNTS.format(base=where), params)
    assert found is not None
    return dict(zip(("all", "late", "today", "week"), found, strict=True))


def _conditions(actor: Actor, wanted: LineFilter) -> tuple[str, dict[str, Any]]:
    where = ["l.company_id = %(company)s::bigint", "l.is_open", *scope.conditions(actor, "so_line", "l")]
    params: dict[str, Any] = {"company": actor.company_id}
    for column, table, name, value in (
        ("customer_id", "catalog_partner", "code", wanted.customer),
        ("product_id", "catalog_product", "code", wanted.product),
        ("warehouse_id", "catalog_warehouse", "code", wanted.warehouse),
        ("order_id", "sales_salesorder", "number", wanted.order),
    ):
        if value:
            where.append(
                f"l.{column} = (SELECT x.id FROM {table} x WHERE x.company_id = %(company)s::bigint"
                f" AND x.{name} = %({column})s::text)"
            )
            params[column] = value
    if wanted.mine:
        where.append(
            "EXISTS (SELECT 1 FROM sales_salesorder x WHERE x.id = l.order_id AND x.salesperson_id = %(user)s::bigint)"
        )
        params["user"] = actor.user_id
    if condition := ONLY.get(wanted.only):
        where.append(condition)
    return " AND ".join(where), params
