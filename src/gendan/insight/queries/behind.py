"""The rows behind a figure of a scorecard: lines, inspected lots, orders, change orders, urgings, documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gendan.insight.permissions import VIEW
from gendan.insight.queries import facts as sql
from gendan.insight.queries.facts import Asked, partner_within, prices_within, within
from gendan.insight.queries.periods import period_asked
from gendan.insight.queries.terms import terms_of
from gendan.insight.rules.figures import FIGURES
from gendan.kernel import db, fields, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.paging import Page
from gendan.purchasing.queries.cursors import due_after

Row = dict[str, Any]
_DIGITS = {"hours": 4, "value": 2, "price": 6, "measure": 6}
_LATE = f"l.completed_on > {sql.FIRST}"
# When a completed line is a good one by a figure.
_GOOD: Mapping[str, str] = {
    "on_time_first": f"l.completed_on <= {sql.FIRST}",
    "on_time_last": f"l.completed_on <= {sql.LAST}",
    "in_full": sql.FULL,
    "accuracy": sql.ACCURATE,
    "lead": f"{sql.LEAD} <= %(goal)s::numeric",
    "spread": "true",
    "cost": f"NOT (coalesce({_LATE}, false) OR {sql.BAD} > 0)",
}
_MEASURED = frozenset({"on_time_first", "on_time_last"})
_LINE = """o.number AS document, l.line_no AS line, l.product_id, l.unit_id, o.ordered_on, l.received AS done,
 l.net * o.rate AS value"""
_COMPLETED = f"""
SELECT l.id, l.completed_on AS day, l.supplier_id, {_LINE}, {sql.FIRST} AS due_on, {sql.LAST} AS promised_on,
 l.completed_on, {sql.LEAD} AS days, {sql.WANTED} AS wanted, {{good}} AS good,
 CASE WHEN {_LATE} THEN l.completed_on - {sql.FIRST} ELSE 0 END AS days_late, {sql.BAD} AS bad
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id {sql.LAST_WORD}
WHERE l.company_id = %(company)s::bigint AND l.completed_on BETWEEN %(first)s::date AND %(last)s::date{{within}}"""
_SHORT = f"""
UNION ALL
SELECT l.id, (o.closed_at AT TIME ZONE %(zone)s::text)::date, l.supplier_id, {_LINE}, {sql.FIRST}, {sql.FIRST},
 NULL::date, NULL::int, {sql.WANTED}, false, 0, {sql.BAD}
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE l.company_id = %(company)s::bigint AND {sql.SHORT}{{within}}"""
_LOTS = f"""
SELECT l.id, q.came_on AS day, l.supplier_id, q.number AS document, l.line_no AS line, l.product_id, l.unit_id,
 l.quantity AS wanted, l.accepted AS done, l.rejected AS bad, l.conceded, l.verdict, {sql.GOOD} AS good
FROM quality_inspectionline l JOIN quality_inspection q ON q.id = l.inspection_id
WHERE {sql.INSPECTED}{{within}}"""
_ACTIONS = f"""
SELECT l.id, l.due_on AS day, l.supplier_id, l.number AS document, l.product_id, NULL::bigint AS unit_id, l.due_on,
 l.answered_at, l.problem AS note, {sql.IN_TIME} AS good
FROM quality_correctiveaction l WHERE {sql.DEMANDED}{{within}}"""
_ORDERS = f"""
SELECT l.id, (l.approved_at AT TIME ZONE %(zone)s::text)::date AS day, l.supplier_id, l.number AS document,
 NULL::bigint AS product_id, NULL::bigint AS unit_id,
 CASE WHEN s.at <= coalesce(a.at, now()) THEN s.at ELSE l.approved_at END AS asked_at, a.at AS answered_at,
 {sql.CONFIRM_HOURS} AS hours, {sql.CONFIRM_HOURS} <= %(goal)s::numeric AS good
FROM {sql.CONFIRMED}{{within}}"""
_CHANGES = f"""
SELECT l.id, (l.sent_at AT TIME ZONE %(zone)s::text)::date AS day, l.partner_id AS supplier_id, l.number AS document,
 NULL::bigint AS product_id, NULL::bigint AS unit_id, l.order_number AS note, l.sent_at AS asked_at,
 CASE WHEN l.answered_at >= l.sent_at THEN l.answered_at END AS answered_at, {sql.CHANGE_HOURS} AS hours,
 {sql.CHANGE_HOURS} <= %(goal)s::numeric AS good
FROM changes_changeorder l WHERE {sql.PROPOSED}{{within}}"""
_URGES = f"""
SELECT l.id, (l.created_at AT TIME ZONE %(zone)s::text)::date AS day, l.partner_id AS supplier_id,
 l.recipient AS document, NULL::bigint AS product_id, NULL::bigint AS unit_id, l.note,
 coalesce(l.sent_at, l.created_at) AS asked_at,
 l.answered_at, {sql.URGE_HOURS} AS hours, {sql.URGE_HOURS} <= %(goal)s::numeric AS good
FROM alerts_urge l WHERE {sql.URGED}{{within}}"""
_PAPERS = f"""
SELECT l.id * 1000 + row_number() OVER (PARTITION BY l.id ORDER BY m.month) AS id, m.day, l.partner_id AS supplier_id,
 l.name AS document, NULL::bigint AS product_id, NULL::bigint AS unit_id, l.reference AS note, l.valid_from,
 l.expires_on, {sql.IN_ORDER} AS good
FROM sourcing_supplierpaper l JOIN {sql.MONTHS} m ON {sql.KEPT} WHERE l.company_id = %(company)s::bigint{{within}}"""
_PRICES = f"""
WITH bought AS ({sql.BOUGHT}), compared AS ({sql.COMPARED})
SELECT l.id, l.completed_on AS day, l.supplier_id, {_LINE}, pr.unit_id AS stock_unit_id,
 l.net * o.rate / (l.quantity * l.factor) AS price, c.measure,
 l.net * o.rate <= l.quantity * l.factor * c.measure AS good
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN catalog_product pr ON pr.id = l.product_id
JOIN LATERAL (SELECT x.{{kind}}_value / x.{{kind}}_quantity AS measure FROM compared x
 WHERE x.product_id = l.product_id AND x.supplier_id = l.supplier_id
  AND x.month = date_trunc('month', l.completed_on)::date AND x.{{kind}}_quantity > 0) c ON true
WHERE l.company_id = %(company)s::bigint AND l.net > 0
 AND l.completed_on BETWEEN %(first)s::date AND %(last)s::date{{own}}"""
_SHOWN = """
SELECT r.*, s.code AS supplier, s.name AS supplier_name, coalesce(p.code, '') AS product,
 coalesce(p.name, '') AS product_name, coalesce(u.name, '') AS unit_name
FROM (SELECT * FROM ({inner}) r WHERE true{where} ORDER BY r.day DESC, r.id DESC LIMIT %(limit)s::int) r
JOIN catalog_partner s ON s.id = r.supplier_id LEFT JOIN catalog_product p ON p.id = r.product_id
LEFT JOIN catalog_unit u ON u.id = {unit} ORDER BY r.day DESC, r.id DESC
"""
# What else one must be allowed to see of each list.
NEEDED: Mapping[str, str] = {
    "prices": "purchasing.view_price",
    "lots": "quality.view",
    "actions": "quality.view",
    "orders": "purchasing.view",
    "changes": "changes.view",
    "urges": "alerts.view",
    "papers": "sourcing.view",
}


@dataclass(frozen=True, slots=True)
class Narrow:
    """Which rows of a figure: of a supplier, a period, a category; ``only``: good, bad, unmeasured."""

    figure: str = "on_time_first"
    supplier: str = ""
    period: str = "year"
    category: str = ""
    only: str = ""


def behind(actor: Actor, narrow: Narrow, after: str | None = None, limit: int | None = None) -> Page[Row]:
    """The rows of a figure, the latest first; three statements. Errors: Forbidden, Invalid."""
    actor.must(VIEW)
    figure = FIGURES.get(narrow.figure)
    if figure is None:
        raise Invalid({"figure": f"figure: {' | '.join(FIGURES)}"})
    if needed := NEEDED.get(figure.lines):
        actor.must(needed)
    period = period_asked(actor, narrow.period)
    asked = Asked(period.first, period.last, _supplier(actor, narrow.supplier), narrow.category)
    terms, _version = terms_of(actor.company_id)
    size = paging.limited(limit)
    params = {**asked.params(actor), "goal": terms.measures[figure.code].goal, "limit": size + 1}
    where = {"good": " AND r.good", "bad": " AND r.good IS NOT TRUE"}.get(narrow.only, "")
    if figure.code in _MEASURED:
        where += f" AND r.due_on IS {'' if narrow.only == 'unmeasured' else 'NOT '}NULL"
    if key := due_after(after):
        where += " AND (r.day, r.id) < (%(after_on)s::date, %(after_id)s::bigint)"
        params.update(after_on=key[0], after_id=key[1])
    inner = _INNER[figure.lines](actor, asked, figure.code)
    unit = "r.stock_unit_id" if figure.lines == "prices" else "r.unit_id"
    rows = db.dicts(_SHOWN.format(inner=inner, where=where, unit=unit), params)
    for row in rows:
        row.update({name: round(row[name], digits) for name, digits in _DIGITS.items() if row.get(name) is not None})
    if not actor.may("purchasing.view_price"):
        rows = [{**row, "value": None} for row in rows]
    rows = fields.mask_of(actor, "po", rows)
    return paging.cut(rows, size, lambda row: [row["day"].isoformat(), row["id"]])


def _supplier(actor: Actor, code: str) -> tuple[int, ...] | None:
    if not code:
        return None
    found = db.rows(
        "SELECT p.id FROM catalog_partner p WHERE p.company_id = %s::bigint AND p.code = %s::text"
        + scope.also(actor, "partners", "p"),
        [actor.company_id, code],
    )
    return tuple(row[0] for row in found)


def _lines(actor: Actor, asked: Asked, figure: str) -> str:
    found = _COMPLETED + (_SHORT if figure in ("in_full", "accuracy", "cost") else "")
    return found.format(within=within(actor, asked, "po_line"), good=_GOOD[figure])


def _prices(actor: Actor, asked: Asked, figure: str) -> str:
    kind = figure.removeprefix("price_")
    return prices_within(actor, asked, _PRICES, kind=kind, own=within(actor, asked, "po_line"))


_INNER: Mapping[str, Callable[[Actor, Asked, str], str]] = {
    "lines": _lines,
    "prices": _prices,
    "lots": lambda actor, asked, _f: _LOTS.format(within=within(actor, asked, "qi", seen="q")),
    "actions": lambda actor, asked, _f: _ACTIONS.format(within=within(actor, asked, "car")),
    "orders": lambda actor, asked, _f: _ORDERS.format(within=sql.orders_within(actor, asked)),
    "changes": lambda actor, asked, _f: _CHANGES.format(within=within(actor, asked, "co", "l.partner_id", "")),
    "urges": lambda actor, asked, _f: _URGES.format(within=partner_within(actor, asked)),
    "papers": lambda actor, asked, _f: _PAPERS.format(within=partner_within(actor, asked)),
}
