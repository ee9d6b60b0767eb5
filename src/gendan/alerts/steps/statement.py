"""The one statement by which a rule looks: what it finds becomes cases, what is gone closes.

What is as it was is left out before anything is written: an upsert would lock, so write, the row all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gendan.alerts.models import Case
from gendan.alerts.queries.finders import COLUMNS, FINDERS
from gendan.alerts.rules.rule import WEIGHT, Rule
from gendan.alerts.steps.owners import Owners
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.numbering import WIDTH, sequence_name

# What a look writes over what it wrote before, when it found something else.
_MEASURED = (
    "severity", "cause", "document_number", "line_no", "partner_id", "product_id", "warehouse_id", "due_on", "days",
    "amount", "customers", "facts", "rank",
)  # fmt: skip
# Closed by somebody, it opens again when its cause had gone meanwhile, or got worse by a step of the rule.
_AGAIN = """(c.state IN ('resolved', 'dismissed') AND (NOT c.active OR excluded.days >= c.settled_days + %(step)s::int
 OR excluded.amount > c.settled_amount * (100 + %(more)s::numeric) / 100))"""
_KEPT = "CASE WHEN {again} THEN {new} ELSE c.{column} END"
# In the order in which somebody should look: how bad, how long, for how many customers, how much money; of that the
# magnitude only, for the rank is told to those, too, who may not see amounts.
_RANK = """%(weight)s::int + least(greatest(f.days, 0), 400) * 5 + least(f.customers, 100) * 50
 + floor(ln(1 + greatest(coalesce(f.amount, 0), 0)))::int * 40"""


def _reopened(column: str, new: str) -> str:
    return f"{column} = {_KEPT.format(again=_AGAIN, new=new, column=column)}"


_ON_REOPENING = ", ".join(
    _reopened(column, new)
    for column, new in (
        ("state", "'open'"),
        ("version", "c.version + 1"),
        ("times", "c.times + 1"),
        ("opened_at", "excluded.opened_at"),
        ("owner_id", "excluded.owner_id"),
        ("answer_by", "excluded.answer_by"),
        ("answered_at", "NULL"),
        ("escalations", "0"),
        ("snoozed_until", "NULL"),
        ("tell_at", "NULL"),
        ("reminded_at", "NULL"),
        ("reminders", "0"),
        ("was_wrong", "false"),
        ("closed_at", "NULL"),
        ("closed_by_id", "NULL"),
        ("closed_how", "''"),
        ("reason", "''"),
        ("settled_days", "NULL"),
        ("settled_amount", "NULL"),
    )
)
_SCAN = f"""
WITH found ({", ".join(COLUMNS)}) AS MATERIALIZED ({{finder}}),
graded AS (
 SELECT f.*, {_RANK} AS rank, %(severity)s::text AS severity,
  coalesce(p.owner, w.owner, %(owner)s::bigint) AS owner_id, f.number AS document_number
 FROM found f
 LEFT JOIN unnest(%(persons)s::bigint[], %(their_owners)s::bigint[]) AS p(person, owner) ON p.person = f.person_id
 LEFT JOIN unnest(%(warehouses)s::bigint[], %(their_keepers)s::bigint[]) AS w(place, owner)
  ON w.place = f.warehouse_id),
fresh AS (
 SELECT g.*, c.number AS kept FROM graded g
 LEFT JOIN alerts_case c ON c.company_id = %(company)s::bigint AND c.rule = %(rule)s::text AND c.key = g.key
 WHERE c.id IS NULL OR NOT c.active OR {_AGAIN.replace("excluded.", "g.")}
  OR ({", ".join(f"c.{column}" for column in _MEASURED)})
  IS DISTINCT FROM ({", ".join(f"g.{column}" for column in _MEASURED)})),
written AS (
 INSERT INTO alerts_case AS c (company_id, number, state, version, created_at, updated_at, rule, key, active,
  document_kind, document_id, line_id, owner_id, opened_at, times, answer_by, escalations, {", ".join(_MEASURED)})
 SELECT %(company)s::bigint,
  coalesce(g.kept, '{Case.PREFIX}-' || lpad(nextval(%(sequence)s::text::regclass)::text, {WIDTH}, '0')), 'open', 1,
  %(now)s::timestamptz, %(now)s::timestamptz, %(rule)s::text, g.key, true, g.kind, g.id, g.line_id, g.owner_id,
  %(now)s::timestamptz, 1, %(answer_by)s::timestamptz, 0, {", ".join(f"g.{column}" for column in _MEASURED)}
 FROM fresh g
 ON CONFLICT (company_id, rule, key) DO UPDATE SET active = true, updated_at = excluded.updated_at,
  {", ".join(f"{column} = excluded.{column}" for column in _MEASURED)}, {_ON_REOPENING}
 WHERE NOT c.active OR {_AGAIN} OR ({", ".join(f"c.{column}" for column in _MEASURED)})
  IS DISTINCT FROM ({", ".join(f"excluded.{column}" for column in _MEASURED)})
 RETURNING c.id, c.number, c.owner_id, c.document_kind || ':' || c.document_number AS document,
  c.cause, c.times, c.facts, c.days, c.opened_at),
gone AS (
 UPDATE alerts_case c SET active = false, updated_at = %(now)s::timestamptz,
  state = CASE WHEN c.is_open THEN 'resolved' ELSE c.state END,
  closed_at = coalesce(c.closed_at, %(now)s::timestamptz),
  closed_how = CASE WHEN c.is_open THEN 'gone' ELSE c.closed_how END,
  version = c.version + c.is_open::int
 WHERE c.company_id = %(company)s::bigint AND c.rule = %(rule)s::text AND c.active{{only}}
  AND NOT EXISTS (SELECT 1 FROM found f WHERE f.key = c.key)
 RETURNING c.id, c.number, c.owner_id, c.document_kind || ':' || c.document_number AS document,
  c.closed_how = 'gone' AND c.closed_at = %(now)s::timestamptz AS was_open)
SELECT 'count', count(*), NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM found
UNION ALL SELECT CASE WHEN times = 1 THEN 'opened' ELSE 'reopened' END, id, number, owner_id, document, cause,
 facts::text, days, times FROM written WHERE opened_at = %(now)s::timestamptz
UNION ALL SELECT 'gone', id, number, owner_id, document, NULL, NULL, NULL, NULL FROM gone WHERE was_open
"""
_ONLY_THESE = " AND c.document_number = ANY(%(documents)s::text[])"


def look(
    actor: Actor,
    rule: Rule,
    owned: Owners,
    *,
    now: datetime,
    answer_by: datetime | None,
    documents: Sequence[str] | None = None,
    own: tuple[str, Mapping[str, Any]] | None = None,
) -> db.Statement:
    """The statement of a rule, over all that is open or over some documents; ``own``: what a rule that a company wrote
    itself found, and its parameters.
    """
    if own is None:
        finder = FINDERS[rule.code]
        own = (finder.whole() if documents is None else finder.narrow()), {}
    sql = _SCAN.replace("{finder}", own[0])
    params: dict[str, Any] = {
        "company": actor.company_id,
        "today": now.astimezone(actor.zone).date(),
        "now": now,
        "rule": rule.code,
        "severity": rule.severity,
        "weight": WEIGHT[rule.severity],
        "step": rule.step,
        "more": rule.more,
        "owner": owned.otherwise,
        "persons": db.array(owned.by_person),
        "their_owners": db.array(owned.by_person.values()),
        "warehouses": db.array(owned.by_warehouse),
        "their_keepers": db.array(owned.by_warehouse.values()),
        "sequence": sequence_name(actor.company_id, Case.PREFIX),
        "answer_by": answer_by,
        **{f"t_{threshold.name}": rule.threshold(threshold.name) for threshold in rule.thresholds},
        **own[1],
    }
    if documents is not None:
        params["documents"] = list(documents)
    return sql.replace("{only}", "" if documents is None else _ONLY_THESE), params
