"""What people were told of cases is dealt with once the cases are closed: it leaves the list of what waits for them."""

from __future__ import annotations

from collections.abc import Collection

from gendan.alerts.labels import ASSIGNED, ESCALATED, OPENED
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step

# A notice may tell of all that one look of a rule found for its person, and names one of them: it is dealt with when
# none of these is open any more.
_READ = """
UPDATE kernel_notice n SET read_at = now() FROM (
 SELECT DISTINCT s.number, s.rule, s.opened_at FROM alerts_case c
 JOIN alerts_case s ON s.company_id = c.company_id AND s.opened_at = c.opened_at AND s.rule = c.rule
 WHERE c.id = ANY(%(cases)s::bigint[])) AS k
WHERE n.company_id = %(company)s::bigint AND n.subject_number = k.number AND n.subject_kind = 'case'
 AND n.read_at IS NULL AND n.kind = ANY(%(kinds)s::text[])
 AND NOT EXISTS (SELECT 1 FROM alerts_case o WHERE o.company_id = %(company)s::bigint AND o.rule = k.rule
  AND o.is_open AND o.opened_at = k.opened_at AND (o.owner_id = n.user_id OR o.number = k.number))
"""


@step
def done_with(actor: Actor, cases: Collection[int]) -> None:
    """Mark what was told of these closed cases (ids) as read, with the next statement."""
    if cases:
        kinds = [OPENED, ESCALATED, ASSIGNED]
        db.later(_READ, {"company": actor.company_id, "cases": sorted(cases), "kinds": kinds})
