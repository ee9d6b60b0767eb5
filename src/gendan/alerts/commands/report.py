"""Tell the week's report, once; the worker does it on Mondays."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.alerts.labels import REPORT
from gendan.alerts.permissions import MIND, SETUP
from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command

_ONCE = """
INSERT INTO alerts_report (company_id, week) VALUES (%s::bigint, %s::date) ON CONFLICT DO NOTHING RETURNING id
"""
_WHO = """
SELECT DISTINCT m.user_id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
JOIN accounts_membership_roles mr ON mr.membership_id = m.id JOIN accounts_role r ON r.id = mr.role_id
WHERE m.company_id = %(company)s::bigint AND m.is_active AND u.is_active
 AND (r.permissions @> ARRAY[%(permission)s]::text[] OR r.permissions @> ARRAY['*']::text[])
"""
_COUNTED = """
SELECT count(*) FILTER (WHERE opened_at >= %(begin)s::timestamptz),
 count(*) FILTER (WHERE closed_at >= %(begin)s::timestamptz AND closed_at < %(end)s::timestamptz),
 count(*) FILTER (WHERE closed_at IS NULL OR closed_at >= %(end)s::timestamptz)
FROM alerts_case WHERE company_id = %(company)s::bigint AND opened_at < %(end)s::timestamptz
 AND (is_open OR closed_at >= %(begin)s::timestamptz)
"""


@command("alerts.tell_report", _("发送异常周报"), permission=MIND)
def tell_report(*, actor: Actor, week: date) -> Done:
    """Tell who sets up rules that the report of the week from that Monday is there; once, however often asked."""
    made = db.row(_ONCE, [actor.company_id, week])
    if made is None:
        return Done("report", 0, week.isoformat(), data={"told": 0})
    begin = datetime.combine(week, time(), actor.zone)
    asked = {"company": actor.company_id, "begin": begin, "end": begin + timedelta(days=7)}
    who, counts = db.batch([(_WHO, {"company": actor.company_id, "permission": SETUP}), (_COUNTED, asked)])
    people = [user for (user,) in who]
    opened, closed, left = counts[0]
    subject = Subject("report", made[0], week.isoformat())
    if people and (opened or closed or left):
        text = _now("上周异常：新发现 %(opened)s 个，关闭 %(closed)s 个，还有 %(left)s 个没有处理完。")
        words = {"opened": opened, "closed": closed, "left": left}
        notices.notify(actor.company_id, people, REPORT, text % words, subject)
    db.later("UPDATE alerts_report SET told = %s::int WHERE id = %s::bigint", [len(people), made[0]])
    record("alerts.report_told", subject, actor, people=len(people))
    return Done("report", made[0], week.isoformat(), data={"told": len(people)})
