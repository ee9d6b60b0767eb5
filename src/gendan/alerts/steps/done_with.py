"""What people were told of cases is dealt with once the cases are closed: it leaves the list of what waits for them."""

from __future__ import annotations

from collections.abc import Collection

from gendan.alerts.labels import ASSIGNED, ESCALATED, OPENED
from gendan.alerts.steps.reminders import MOST_NOTICES
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step

# A notice names one case and may tell of many: of a rule, when they came up or nobody answered; of all rules, when they
# were escalated or were the rest of a look, which is the last of the most notices a person gets. It is dealt with when
# the one named is closed, and its person has none open any more that it may have told of. Looked at are the notices of
# who had the closed cases, and those that name one found at the same moment, for who told of it may have handed it on.
_READ = """
WITH closed AS (
 SELECT c.rule, c.opened_at, c.owner_id FROM alerts_case c WHERE c.id = ANY(%(cases)s::bigint[])),
looked AS (
 SELECT n.id FROM (SELECT DISTINCT owner_id FROM closed) w JOIN kernel_notice n ON n.user_id = w.owner_id
 WHERE n.company_id = %(company)s::bigint AND n.read_at IS NULL AND n.subject_kind = 'case'
  AND n.kind = ANY(%(kinds)s::text[])
 UNION
 SELECT n.id FROM (SELECT DISTINCT rule, opened_at FROM closed) w JOIN alerts_case s
  ON s.company_id = %(company)s::bigint AND s.opened_at = w.opened_at AND s.rule = w.rule
 JOIN kernel_notice n ON n.company_id = %(company)s::bigint AND n.subject_number = s.number
 WHERE n.read_at IS NULL AND n.subject_kind = 'case' AND n.kind = ANY(%(kinds)s::text[])),
told AS (
 SELECT n.id, n.user_id, n.kind, s.rule, greatest(n.at, s.opened_at) AS until,
  n.kind = %(escalated)s::text OR n.kind = %(opened)s::text AND %(most)s::int <= (
   SELECT count(*) FROM kernel_notice m WHERE m.company_id = n.company_id AND m.at = n.at AND m.user_id = n.user_id
    AND m.kind = n.kind AND m.severe = n.severe AND m.id <= n.id) AS of_all
 FROM looked JOIN kernel_notice n ON n.id = looked.id
 JOIN alerts_case s ON s.company_id = n.company_id AND s.number = n.subject_number AND NOT s.is_open)
UPDATE kernel_notice n SET read_at = now() FROM told t
WHERE n.id = t.id AND (t.kind = %(assigned)s::text OR NOT EXISTS (
 SELECT 1 FROM alerts_case o WHERE o.company_id = %(company)s::bigint AND o.owner_id = t.user_id AND o.is_open
  AND o.opened_at <= t.until AND (t.of_all OR o.rule = t.rule)))
"""


@step
def done_with(actor: Actor, cases: Collection[int]) -> None:
    """Mark what was told of these closed cases (ids) as read, with the next statement."""
    if cases:
        said = {"opened": OPENED, "escalated": ESCALATED, "assigned": ASSIGNED}
        asked = {"company": actor.company_id, "cases": sorted(cases), "kinds": list(said.values()), **said}
        db.later(_READ, asked | {"most": MOST_NOTICES})
