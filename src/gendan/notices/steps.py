"""Writes that others need inside their commands."""

from __future__ import annotations

from collections.abc import Collection

from django.utils import translation
from django.utils.translation import gettext as _

from gendan.kernel import db
from gendan.kernel.unit import step


@step
def create_defaults(company_id: int) -> None:
    """The channels that every company has; nobody is sent anything before somebody chooses."""
    with translation.override("zh-hans"):
        db.execute(
            "INSERT INTO notices_channel (company_id, code, name, means, service, sealed, shared, needs_own, is_active,"
            " version) VALUES (%(company)s::bigint, 'email', %(email)s::text, 'email', '', '', false, false, true, 1),"
            " (%(company)s::bigint, 'push', %(push)s::text, 'push', '', '', false, false, true, 1)"
            " ON CONFLICT DO NOTHING",
            {"company": company_id, "email": _("邮件"), "push": _("浏览器推送")},
        )


_THROUGH = """
WITH told AS (
 SELECT n.id, n.company_id, n.user_id, u.name, n.kind, n.text, n.subject_kind, n.subject_number, n.severe, n.why, n.xact
 FROM kernel_notice n JOIN accounts_user u ON u.id = n.user_id AND u.is_active
 WHERE n.company_id = %(company)s::bigint AND n.user_id = ANY(%(people)s::bigint[]) AND n.kind = %(kind)s::text
  AND n.subject_number = ANY(%(numbers)s::text[]) AND n.read_at IS NULL AND n.xact = pg_current_xact_id()),
through AS (
 SELECT c.id, c.shared FROM notices_channel c WHERE c.company_id = %(company)s::bigint AND c.is_active
  AND c.code = ANY(%(channels)s::text[]))
INSERT INTO notices_delivery (company_id, channel_id, key, user_id, people, notice_id, kind, text, subject_kind,
 subject_number, severe, why, state)
SELECT t.company_id, c.id, 'n' || t.id, t.user_id, t.name, t.id, t.kind, t.text, t.subject_kind, t.subject_number,
 t.severe, t.why, 'waiting' FROM told t CROSS JOIN through c WHERE NOT c.shared
UNION ALL
SELECT t.company_id, c.id,
 's' || md5(concat_ws(E'\\n', t.xact::text, t.kind, t.subject_kind, t.subject_number, t.text)), NULL,
 left(string_agg(DISTINCT t.name, '、' ORDER BY t.name), 200), min(t.id), t.kind, t.text, t.subject_kind,
 t.subject_number, bool_or(t.severe), '', 'waiting'
FROM told t CROSS JOIN through c WHERE c.shared
GROUP BY t.company_id, c.id, t.xact, t.kind, t.text, t.subject_kind, t.subject_number
ON CONFLICT (channel_id, key) DO NOTHING
"""


@step
def send_through(
    company_id: int, kind: str, people: Collection[int], numbers: Collection[str], channels: Collection[str]
) -> None:
    """Send what this transaction told people about some subjects through these channels, too, whatever they chose.

    What they chose themselves is not sent twice: it has the same key.
    """
    asked = {"company": company_id, "kind": kind, "people": sorted(people)}
    db.execute(_THROUGH, {**asked, "numbers": sorted(numbers), "channels": sorted(channels)})
