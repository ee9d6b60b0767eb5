"""How the company wants to count."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command


@command("handheld.save_settings", _("修改手持端设置"))
def save_settings(*, actor: Actor, blind: bool) -> Done:
    """Whether receiving with a device is blind; deliveries that are being counted stay as they are."""
    db.execute(
        "INSERT INTO handheld_settings (company_id, blind) VALUES (%s::bigint, %s::boolean)"
        " ON CONFLICT (company_id) DO UPDATE SET blind = excluded.blind",
        [actor.company_id, blind],
    )
    subject = Subject("handheld_settings", actor.company_id, "handheld")
    record("handheld.settings_saved", subject, actor, blind=blind)
    return Done(subject.kind, subject.id, subject.number)
