"""Open order lines, the late ones first: what is missing, since when, against which promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gendan.kernel import db, fields, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.paging import Page
from gendan.purchasing.queries.cursors import due_after

VIEW = "purchasing.view"
CAP = 1000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which open lines; codes of supplier, product, warehouse. ``due``: "", late, today, week. ``replacing``: those of
    which goods went back and others are to come instead, open or not.
    """

    due: str = ""
    supplier: str = ""
    product: str = ""
    warehouse: str = ""
    unconfirmed: bool = False
    not_shipped: bool = False
    order: str = ""
    replacing: bool = False


# The page is cut on the index first and joined afterwards. Lines without a date come last, in a branch of their own,
# so that both branches read their part of the index in order.
_PAGE = """
WITH page AS (
 SELECT * FROM (
  (SELECT l.id, l.due_on FROM purchasing_orderline l WHERE {where} {dated}
   ORDER BY l.due_on, l.id LIMIT %(limit)s::int)
  UNION ALL
  (SELECT l.id, l.due_on FROM purchasing_orderline l WHERE {where} {undated}
   ORDER BY l.id LIMIT %(limit)s::int)
 ) found ORDER BY due_on NULLS LAST, id LIMIT %(limit)s::int)
SELECT l.id, o.number AS order_number, l.line_no AS line, o.state, s.code AS supplier, s.name AS supplier_name,
 pr.code AS product, pr.name AS product_name, pr.specification, w.code AS warehouse, u.code AS unit,
 u.name AS unit_name,
 l.quantity - l.cancelled AS ordered, l.confirmed, l.refused, l.shipped, l.received,
 l.accepted, l.rejected, l.returned, l.replaced, {to_replace} AS to_replace, 0::numeric AS cancelled,
 greatest(l.quantity - l.cancelled - l.received, 0) AS outstanding,
 l.required_on, l.promised_on, l.expected_on, l.due_on, l.promise_parts,
 CASE WHEN l.promised_on IS NULL THEN 'required' WHEN l.due_on = l.required_on AND l.due_on <> l.promised_on
  AND l.promise_parts < 2 THEN 'required' ELSE 'promised' END AS basis,
 greatest(%(today)s::date - l.due_on, 0) AS days_late,
 greatest(l.expected_on - l.due_on, 0) AS days_expected_late
FROM page JOIN purchasing_orderline l ON l.id = page.id JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN catalog_partner s ON s.id = l.supplier_id JOIN catalog_product pr ON pr.id = l.product_id
JOIN catalog_warehouse w ON w.id = l.warehouse_id JOIN catalog_unit u ON u.id = l.unit_id
ORDER BY page.due_on NULLS LAST, page.id
"""
_COUNTS = """
SELECT
 (SELECT count(*) FROM (SELECT 1 FROM purchasing_orderline l WHERE {base} LIMIT %(cap)s::int) c),
 (SELECT count(*) FROM (SELECT 1 FROM purchasing_orderline l WHERE {base} AND l.due_on < %(today)s::date
   LIMIT %(cap)s::int) c),
 (SELECT count(*) FROM (SELECT 1 FROM purchasing_orderline l WHERE {base} AND l.due_on = %(today)s::date
   LIMIT %(cap)s::int) c),
 (SELECT count(*) FROM (SELECT 1 FROM purchasing_orderline l WHERE {base} AND l.due_on >= %(today)s::date
   AND l.due_on <= %(sunday)s::date LIMIT %(cap)s::int) c)
"""
# What the supplier will not deliver of a line: rules.lines.refused_open for the database.
REFUSED_OPEN = "least(l.refused, greatest(l.quantity - l.cancelled - greatest(l.confirmed, l.shipped, l.received), 0))"
_REPLACING = """purchasing_purchasereturnline x JOIN purchasing_purchasereturn r ON r.id = x.purchase_return_id
 AND r.state = 'posted' AND r.settlement = 'replace'"""
# What is to come instead of what went back of a line.
TO_REPLACE = f"""CASE WHEN l.returned > l.replaced THEN coalesce((SELECT sum(x.quantity - x.replaced) FROM {_REPLACING}
 WHERE x.order_line_id = l.id), 0) ELSE 0 END"""
_UNCONFIRMED = "l.confirmed + l.refused < l.quantity - l.cancelled"


def sunday_of(day: date) -> date:
    """The last day of a day's week."""
    return day + timedelta(days=6 - day.weekday())


def open_lines(
    actor: Actor, wanted: LineFilter | None = None, *, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """A page of open lines by due date, the longest overdue first; one statement."""
    actor.must(VIEW)
    wanted = wanted or LineFilter()
    today = actor.today()
    size = paging.limited(limit)
    where, params = _conditions(actor, wanted)
    params.update(limit=size + 1, today=today, sunday=sunday_of(today))
    dated, undated = within_dates(after, wanted.due, params)
    page = _PAGE.format(where=where, dated=dated, undated=undated, to_replace=TO_REPLACE)
    rows = fields.mask(actor, "po", db.dicts(page, params))
    return paging.cut(rows, size, lambda row: [row["due_on"] and row["due_on"].isoformat(), row["id"]])


def within_dates(after: str | None, due: str, params: dict[str, Any]) -> tuple[str, str]:
    """The conditions of the two branches: from the cursor on, within the wanted dates."""
    dated, undated = ["AND l.due_on IS NOT NULL"], ["AND l.due_on IS NULL"]
    if due:
        undated.append("AND false")
        dated.append(
            {
                "late": "AND l.due_on < %(today)s::date",
                "today": "AND l.due_on = %(today)s::date",
                "week": "AND l.due_on >= %(today)s::date AND l.due_on <= %(sunday)s::date",
            }.get(due, "")
        )
    if key := due_after(after):
        params.update(after_due=key[0], after_id=key[1])
        if key[0] is None:
            dated.append("AND false AND %(after_due)s::date IS NULL")
            undated.append("AND l.id > %(after_id)s::bigint")
        else:
            dated.append("AND (l.due_on, l.id) > (%(after_due)s::date, %(after_id)s::bigint)")
    return " ".join(dated), " ".join(undated)


def _conditions(actor: Actor, wanted: LineFilter) -> tuple[str, dict[str, Any]]:
    replacing = (
        f"l.id IN (SELECT x.order_line_id FROM {_REPLACING} WHERE r.company_id = %(company)s::bigint"
        " AND x.quantity > x.replaced)"
    )
    which = replacing if wanted.replacing else "l.is_open"
    where = ["l.company_id = %(company)s::bigint", which, *scope.conditions(actor, "po_line", "l")]
    params: dict[str, Any] = {"company": actor.company_id}
    for column, table, code in (
        ("supplier_id", "catalog_partner", wanted.supplier),
        ("product_id", "catalog_product", wanted.product),
        ("warehouse_id", "catalog_warehouse", wanted.warehouse),
    ):
        if code:
            where.append(
                f"l.{column} = (SELECT x.id FROM {table} x WHERE x.company_id = %(company)s::bigint"
                f" AND x.code = %({column})s::text)"
            )
            params[column] = code
    if wanted.order:
        where.append(
            "l.order_id = (SELECT x.id FROM purchasing_purchaseorder x WHERE x.company_id = %(company)s::bigint"
            " AND x.number = %(order)s::text)"
        )
        params["order"] = wanted.order
    if wanted.unconfirmed:
        where.append(_UNCONFIRMED)
    if wanted.not_shipped:
        where.append("l.shipped < l.quantity - l.cancelled AND l.received < l.quantity - l.cancelled")
    return " AND ".join(where), params


def open_line_counts(actor: Actor, wanted: LineFilter | None = None) -> dict[str, int]:
    """How many open lines: all, late, today, week; each counted up to CAP. One statement."""
    actor.must(VIEW)
    today = actor.today()
    where, params = _conditions(actor, wanted or LineFilter())
    params.update(cap=CAP, today=today, sunday=sunday_of(today))
    found = db.row(_COUNTS.format(base=where), params)
    assert found is not None
    return dict(zip(("all", "late", "today", "week"), found, strict=True))
