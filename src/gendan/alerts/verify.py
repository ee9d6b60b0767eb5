"""A case is one, its state goes with its cause, and what the last look found is what the cases say."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from gendan.alerts.queries.finders import COLUMNS, FINDERS
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.queries.seen import TABLES
from gendan.alerts.rules.rule import Rule
from gendan.kernel import db
from gendan.kernel.verify import Difference, check, sql_check

_WHOSE = "(%(company)s::bigint IS NULL OR {}.company_id = %(company)s::bigint)"
MARGIN = "10 minutes"  # what began so long before a look may have ended after it
_QUIET = """
SELECT s.company_id, s.rule, s.at, s.day FROM alerts_scan s
WHERE (%(company)s::bigint IS NULL OR s.company_id = %(company)s::bigint) AND s.rule = ANY(%(rules)s::text[])
 AND NOT EXISTS (SELECT 1 FROM kernel_event e WHERE e.company_id = s.company_id AND e.type NOT LIKE 'alerts.%%'
  AND e.at >= s.looked_at - %(margin)s::interval)
ORDER BY s.company_id, s.rule
"""
_COMPARE = f"""
WITH found ({", ".join(COLUMNS)}) AS (SELECT * FROM ({{finder}}) f)
SELECT coalesce(f.number, c.document_number), f.key IS NOT NULL, c.id IS NOT NULL FROM found f
FULL JOIN (SELECT id, key, document_number FROM alerts_case
 WHERE company_id = %(company)s::bigint AND rule = %(rule)s::text AND active) c ON c.key = f.key
WHERE f.key IS NULL OR c.id IS NULL ORDER BY 1
"""

sql_check(
    "alerts.states",
    _("未关闭的异常都有仍然存在的原因"),
    f"""
SELECT c.number, c.is_open, c.active FROM alerts_case c
WHERE {_WHOSE.format("c")} AND c.is_open AND (NOT c.active OR c.closed_at IS NOT NULL) ORDER BY 1
""",
)
sql_check(
    "alerts.documents",
    _("异常都指向本公司的单据"),
    "\nUNION ALL\n".join(
        f"SELECT c.number, c.document_number, '—' FROM alerts_case c WHERE {_WHOSE.format('c')} AND c.is_open"
        f" AND c.document_kind = '{kind}' AND NOT EXISTS (SELECT 1 FROM {table} d WHERE d.id = c.document_id"
        " AND d.company_id = c.company_id)"
        for kind, table in TABLES.items()
    ),
)


@check("alerts.causes", _("上次检查以来没有变动时，异常与重新检查的结果一致"))
def causes(company_id: int | None) -> Iterator[Difference]:
    """Rules look again, for the moment of their last look, in companies where nothing happened since: what they find is
    what the cases say.
    """
    asked = {"company": company_id, "rules": sorted(FINDERS), "margin": MARGIN}
    known: dict[int, dict[str, Rule]] = {}
    for company, code, at, day in db.rows(_QUIET, asked):
        rule = known.setdefault(company, rules_of(company))[code]
        if not rule.is_active:
            continue
        values = {f"t_{threshold.name}": rule.threshold(threshold.name) for threshold in rule.thresholds}
        sql = _COMPARE.replace("{finder}", FINDERS[code].whole())
        for number, found, active in db.rows(
            sql, {"company": company, "rule": code, "today": day, "now": at, **values}
        ):
            yield Difference(f"{code} {number}", found, active)
