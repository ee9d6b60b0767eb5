"""API keys."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.accounts.commands.people import lock_member, must_cover
from gendan.accounts.errors import KeyAlreadyRevoked
from gendan.accounts.models import ApiKey
from gendan.accounts.queries import digest_of
from gendan.accounts.secret import Secret
from gendan.kernel import events
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Subject
from gendan.kernel.unit import Done, command

HINT_LENGTH = 8
SHORTEST = 32


@command("accounts.create_api_key", _("新建 API 密钥"))
def create_api_key(*, actor: Actor, name: str, key: Secret, username: str, expires_at: datetime | None = None) -> Done:
    """Let a program act as a member of the company. Whoever calls makes the key and shows it once; a digest is kept."""
    problems: dict[str, str | Promise] = {}
    name = name.strip()
    if not 1 <= len(name) <= 80:
        problems["name"] = _("请填写密钥用途（最多 80 字）。")
    if expires_at is not None and expires_at <= timezone.now():
        problems["expires_at"] = _("失效时间须在将来。")
    if len(key.reveal()) < SHORTEST:
        problems["key"] = _("密钥太短。")
    if problems:
        raise Invalid(problems)
    member = lock_member(actor, username)
    if not member.is_active:
        raise NotFound(what=username)
    if member.user_id != actor.user_id:
        must_cover(actor, list(member.roles.all()))
    made = ApiKey.objects.create(
        company_id=actor.company_id,
        user_id=member.user_id,
        name=name,
        hint=key.reveal()[:HINT_LENGTH],
        digest=digest_of(key.reveal()),
        expires_at=expires_at,
    )
    events.record(
        "accounts.api_key_created", Subject("api_key", made.pk, name), actor, hint=made.hint, user=member.user.username
    )
    return Done("api_key", made.pk, name, data={"id": made.pk, "hint": made.hint, "user": member.user.username})


@command("accounts.revoke_api_key", _("撤销 API 密钥"))
def revoke_api_key(*, actor: Actor, key_id: int) -> Done:
    """Make a key useless at once and for good."""
    found = ApiKey.objects.select_for_update().filter(pk=key_id, company_id=actor.company_id).first()
    if found is None:
        raise NotFound(what=_("API 密钥"))
    if found.revoked_at is not None:
        raise KeyAlreadyRevoked(name=found.name)
    found.revoked_at = timezone.now()
    found.save(update_fields=["revoked_at"])
    events.record("accounts.api_key_revoked", Subject("api_key", found.pk, found.name), actor, hint=found.hint)
    return Done("api_key", found.pk, found.name, "revoked")
