"""The figures agree with the completed lines behind them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.insight.queries import CUSTOMERS, SUPPLIERS, Side
from gendan.kernel.verify import sql_check


def _check(name: str, label: object, side: Side) -> None:
    found = f"company_id, {side.partner}_id, month, lines, on_time, unmeasured, late_days"
    sql_check(
        name,
        label,  # type: ignore[arg-type]
        f"""
WITH counted AS (
 SELECT l.company_id, l.{side.partner}_id, date_trunc('month', l.completed_on)::date AS month,
  count(d.due) AS lines, count(*) FILTER (WHERE l.completed_on <= d.due) AS on_time,
  count(*) FILTER (WHERE d.due IS NULL) AS unmeasured,
  coalesce(sum(greatest(l.completed_on - d.due, 0)), 0) AS late_days
 FROM {side.lines} l CROSS JOIN LATERAL (SELECT {side.due} AS due) d
 WHERE l.completed_on IS NOT NULL AND (%(company)s::bigint IS NULL OR l.company_id = %(company)s::bigint)
 GROUP BY 1, 2, 3),
kept AS (
 SELECT company_id, {side.partner}_id, month, sum(lines) AS lines, sum(on_time) AS on_time,
  sum(unmeasured) AS unmeasured, sum(late_days) AS late_days
 FROM (SELECT {found} FROM insight_{side.partner}month UNION ALL SELECT {found} FROM insight_{side.partner}change) m
 WHERE %(company)s::bigint IS NULL OR company_id = %(company)s::bigint GROUP BY 1, 2, 3),
x AS (
 SELECT company_id, {side.partner}_id AS partner_id, month,
  ARRAY[coalesce(c.lines, 0), coalesce(c.on_time, 0), coalesce(c.unmeasured, 0), coalesce(c.late_days, 0)]::numeric[]
   AS expected,
  ARRAY[coalesce(k.lines, 0), coalesce(k.on_time, 0), coalesce(k.unmeasured, 0), coalesce(k.late_days, 0)]::numeric[]
   AS found
 FROM counted c FULL JOIN kept k USING (company_id, {side.partner}_id, month))
SELECT concat_ws(' ', co.code, p.code, to_char(b.month, 'YYYY-MM')), b.expected::text, b.found::text
FROM x AS b LEFT JOIN catalog_partner p ON p.id = b.partner_id LEFT JOIN accounts_company co ON co.id = b.company_id
WHERE b.expected <> b.found ORDER BY 1
""",
    )


_check("insight.suppliers", _("供应商每月的绩效数等于收齐的订单行"), SUPPLIERS)
_check("insight.customers", _("客户每月的准时数等于发齐的订单行"), CUSTOMERS)
