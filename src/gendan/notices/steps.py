"""Writes that others need inside their commands."""

from __future__ import annotations

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
            " version) VALUES (%s::bigint, 'email', %s::text, 'email', '', '', false, false, true, 1)"
            " ON CONFLICT DO NOTHING",
            [company_id, _("邮件")],
        )
