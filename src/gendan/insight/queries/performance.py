"""How suppliers deliver and customers are delivered to: completed lines, and those on time by their first promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from gendan.insight.permissions import VIEW
from gendan.kernel import db, fields, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.paging import Page
from gendan.purchasing.queries.cursors import due_after

PERIODS = ("all", "month", "quarter", "year")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """Completed lines, those on time, and the rate; None where there is nothing to measure."""

    lines: int
    on_time: int

    @property
    def rate(self) -> Decimal | None:
        if not self.lines:
            return None
        return (Decimal(self.on_time) / self.lines).quantize(Decimal("0.0001"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class PartnerFigures:
    """The figures of one supplier or customer; ``days_late`` is the mean of the late lines."""

    partner: str
    name: str
    figures: Figures
    unmeasured: int
    days_late: Decimal | None

    @property
    def lines(self) -> int:
        return self.figures.lines

    @property
    def on_time(self) -> int:
        return self.figures.on_time

    @property
    def late(self) -> int:
        return self.figures.lines - self.figures.on_time

    @property
    def rate(self) -> Decimal | None:
        return self.figures.rate


@dataclass(frozen=True, slots=True)
class Performance:
    """Every partner with completed lines in a period, and all together."""

    total: Figures
    items: list[PartnerFigures]
    first: date | None = None
    last: date | None = None
    unmeasured: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """Whose lines are measured, and where they are: the measure is the first promise, else the day that was wished for;
    without either there is none.
    """

    partner: str
    lines: str
    orders: str
    wish: str
    done: str
    kind: str

    @property
    def due(self) -> str:
        return f"coalesce(l.promised_on, l.{self.wish})"

    @property
    def only(self) -> dict[str, str]:
        """The conditions that a list of lines can be narrowed by."""
        return {
            "on_time": f"l.completed_on <= {self.due}",
            "late": f"l.completed_on > {self.due}",
            "measured": f"{self.due} IS NOT NULL",
            "unmeasured": f"{self.due} IS NULL",
        }


SUPPLIERS = Side("supplier", "purchasing_orderline", "purchasing_purchaseorder", "required_on", "received", "po_line")
CUSTOMERS = Side("customer", "sales_salesline", "sales_salesorder", "requested_on", "shipped", "so_line")

# Sums per month (periods are whole months) and what changed since they were made; see models.
_FIGURES = """
WITH counted AS (
 SELECT {partner}_id AS partner_id, sum(lines)::bigint AS lines, sum(on_time)::bigint AS on_time,
  sum(unmeasured)::bigint AS unmeasured, sum(late_days) AS late_days
 FROM (
  SELECT {partner}_id, month, lines, on_time, unmeasured, late_days FROM insight_{partner}month
  WHERE company_id = %(company)s::bigint
  UNION ALL SELECT {partner}_id, month, lines, on_time, unmeasured, late_days FROM insight_{partner}change
  WHERE company_id = %(company)s::bigint) x
 WHERE (%(first)s::date IS NULL OR month >= %(first)s::date) AND (%(last)s::date IS NULL OR month <= %(last)s::date)
 GROUP BY 1)
SELECT p.code, p.name, c.lines, c.on_time, c.unmeasured, round(c.late_days / nullif(c.lines - c.on_time, 0), 1)
FROM counted c JOIN catalog_partner p ON p.id = c.partner_id
WHERE c.lines > 0 OR c.unmeasured > 0 ORDER BY c.lines DESC, p.code
"""
# For who sees only some lines the sums are made of those.
_FIGURES_OF_LINES = """
WITH counted AS (
 SELECT l.{side.partner}_id AS partner_id, count(*) FILTER (WHERE {measured}) AS lines,
  count(*) FILTER (WHERE {on_time}) AS on_time, count(*) FILTER (WHERE {unmeasured}) AS unmeasured,
  sum(greatest(l.completed_on - {side.due}, 0)) AS late_days
 FROM {side.lines} l WHERE l.company_id = %(company)s::bigint AND l.completed_on IS NOT NULL AND {within}
  AND (%(first)s::date IS NULL OR l.completed_on >= %(first)s::date)
  AND (%(last)s::date IS NULL OR l.completed_on <= %(last)s::date)
 GROUP BY 1)
SELECT p.code, p.name, c.lines, c.on_time, c.unmeasured, round(c.late_days / nullif(c.lines - c.on_time, 0), 1)
FROM counted c JOIN catalog_partner p ON p.id = c.partner_id ORDER BY c.lines DESC, p.code
"""
_LINES = """
WITH page AS (
 SELECT l.id FROM {side.lines} l
 WHERE l.company_id = %(company)s::bigint AND l.completed_on IS NOT NULL AND {where}
 ORDER BY l.completed_on DESC, l.id DESC LIMIT %(limit)s::int)
SELECT l.id, o.number AS order_number, l.line_no AS line, s.code AS partner, s.name AS partner_name,
 pr.code AS product, pr.name AS product_name, l.{side.wish} AS wished_on, l.promised_on, l.completed_on,
 {side.due} AS due_on, greatest(l.completed_on - {side.due}, 0) AS days_late, l.quantity - l.cancelled AS ordered,
 l.{side.done} AS done, u.name AS unit_name,
 CASE WHEN l.promised_on IS NOT NULL THEN 'promised' WHEN l.{side.wish} IS NOT NULL THEN 'wished' ELSE '' END AS basis
FROM page JOIN {side.lines} l ON l.id = page.id JOIN {side.orders} o ON o.id = l.order_id
JOIN catalog_partner s ON s.id = l.{side.partner}_id JOIN catalog_product pr ON pr.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id ORDER BY l.completed_on DESC, l.id DESC
"""


def period_of(name: str, today: date) -> tuple[date | None, date | None]:
    """The first and last day of «month», «quarter», «year» (this one), of 2025, 2025-Q3 or 2025-07; all: no bounds."""
    if name in {"", "all"}:
        return None, None
    named = {
        "month": f"{today:%Y-%m}",
        "quarter": f"{today.year}-Q{(today.month - 1) // 3 + 1}",
        "year": f"{today.year}",
    }.get(name, name)
    year, _dash, part = named.partition("-")
    try:
        if not part:
            return date(int(year), 1, 1), date(int(year), 12, 31)
        if part.startswith("Q"):
            start = date(int(year), 3 * int(part[1:]) - 2, 1)
            return start, _end(start, 3)
        start = date(int(year), int(part), 1)
        return start, _end(start, 1)
    except (ValueError, OverflowError):
        raise Invalid({"period": "period: all | month | quarter | year | 2025 | 2025-Q3 | 2025-07"}) from None


def _end(start: date, months: int) -> date:
    following = start.month + months
    return date(start.year + (following > 12), (following - 1) % 12 + 1, 1) - timedelta(days=1)


def supplier_performance(actor: Actor, period: str = "all") -> Performance:
    """How suppliers delivered: lines completed in a period and how many were on time; one statement."""
    return performance(actor, SUPPLIERS, period)


def customer_performance(actor: Actor, period: str = "all") -> Performance:
    """How customers were delivered to: lines that left completely in a period, and how many on time; one statement."""
    return performance(actor, CUSTOMERS, period)


def performance(actor: Actor, side: Side, period: str = "all") -> Performance:
    """Lines completed in a period and how many were on time, per partner and in total; one statement."""
    actor.must(VIEW)
    first, last = period_of(period, actor.today())
    params = {"company": actor.company_id, "first": first, "last": last}
    sql = _FIGURES.format(partner=side.partner)
    if within := scope.condition(actor, side.kind, "l"):
        sql = _FIGURES_OF_LINES.format(side=side, within=within, **side.only)
    found = db.rows(sql, params)
    items = [
        PartnerFigures(code, name, Figures(lines, on_time), unmeasured, late)
        for code, name, lines, on_time, unmeasured, late in found
    ]
    total = Figures(sum(item.lines for item in items), sum(item.on_time for item in items))
    return Performance(total, items, first, last, sum(item.unmeasured for item in items))


def completed_lines(
    actor: Actor,
    side: Side = SUPPLIERS,
    *,
    partner: str = "",
    period: str = "all",
    only: str = "",
    after: str | None = None,
    limit: int | None = None,
) -> Page[Row]:
    """The lines behind the figures, latest first; ``only``: on_time, late, unmeasured. One statement."""
    actor.must(VIEW)
    first, last = period_of(period, actor.today())
    size = paging.limited(limit)
    params: dict[str, Any] = {"company": actor.company_id, "first": first, "last": last, "limit": size + 1}
    where = [
        "(%(first)s::date IS NULL OR l.completed_on >= %(first)s::date)",
        "(%(last)s::date IS NULL OR l.completed_on <= %(last)s::date)",
    ]
    where += scope.conditions(actor, side.kind, "l")
    if partner:
        where.append(
            f"l.{side.partner}_id = (SELECT x.id FROM catalog_partner x WHERE x.company_id = %(company)s::bigint"
            " AND x.code = %(partner)s::text)"
        )
        params["partner"] = partner
    if only in side.only:
        where.append(side.only[only])
    if key := due_after(after):
        where.append("(l.completed_on, l.id) < (%(after_on)s::date, %(after_id)s::bigint)")
        params.update(after_on=key[0], after_id=key[1])
    rows = db.dicts(_LINES.format(side=side, where=" AND ".join(where)), params)
    rows = fields.mask_of(actor, "po" if side is SUPPLIERS else "so", rows)
    return paging.cut(rows, size, lambda row: [row["completed_on"].isoformat(), row["id"]])
