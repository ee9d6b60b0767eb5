"""A rule of a company's own that took too long is put to rest: the others go on, and who wrote it is told once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from gendan.alerts.errors import RuleTooSlow
from gendan.alerts.labels import RESTED
from gendan.alerts.permissions import SETUP
from gendan.alerts.rules.rule import Rule
from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import step

_REST = """
UPDATE alerts_rule SET rested_at = %s::timestamptz, updated_at = now()
WHERE company_id = %s::bigint AND code = %s::text AND rested_at IS NULL RETURNING id
"""
# Who changed the rule last; is that nobody who may still mend it, all who may set rules up.
_WHO = """
SELECT DISTINCT m.user_id, m.user_id = (SELECT v.user_id FROM alerts_ruleversion v
 WHERE v.company_id = m.company_id AND v.code = %(code)s::text ORDER BY v.version DESC LIMIT 1) AS wrote
FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
JOIN accounts_membership_roles mr ON mr.membership_id = m.id JOIN accounts_role r ON r.id = mr.role_id
WHERE m.company_id = %(company)s::bigint AND m.is_active AND u.is_active
 AND (r.permissions @> ARRAY[%(permission)s]::text[] OR r.permissions @> ARRAY['*']::text[])
"""


@step
def put_to_rest(actor: Actor, now: datetime, slow: Sequence[tuple[Rule, RuleTooSlow]]) -> None:
    """Let rules look no more until they are changed."""
    for rule, problem in slow:
        assert rule.own is not None
        rested = db.row(_REST, [now, actor.company_id, rule.code])
        if rested is None:
            continue
        asked = {"company": actor.company_id, "code": rule.code, "permission": SETUP}
        may = db.rows(_WHO, asked)
        subject = Subject("alertrule", rested[0], rule.code)
        who = [user for user, wrote in may if wrote] or [user for user, _wrote in may]
        text = _("%(problem)s在那以前它不再检查，已有的异常保持原样。") % {"problem": problem}
        if who:
            notices.notify(actor.company_id, who, RESTED, text, subject)
        record("alerts.own_rule_rested", subject, actor, rule=rule.own.name)
