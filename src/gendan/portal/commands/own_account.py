"""What somebody of a supplier does with their own account: join, change the password, keys for programs, leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gendan.accounts.secret import Secret
from gendan.kernel import db, tokens
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.portal.errors import InvitationOver
from gendan.portal.models import SupplierPerson
from gendan.portal.rules import OWN_ACCOUNT
from gendan.portal.steps import people

JOIN, OWN, KEY, END_KEY, LEAVE = (
    _("接受供应商账号邀请"), _("维护自己的供应商账号"), _("新建供应商 API 密钥"), _("撤销供应商 API 密钥"),
    _("在所有设备上退出（供应商）"),
)  # fmt: skip
LONGEST, MOST_KEYS, HINT = 200, 20, 10
_BY_TOKEN = """
SELECT id FROM portal_supplierperson WHERE company_id = %s::bigint AND token_hash = %s::text AND token_ends > now()
 AND is_active
"""
_JOIN = """
UPDATE portal_supplierperson SET password = %s::text, token_hash = NULL, token_ends = NULL,
 accepted_at = coalesce(accepted_at, now()), version = version + 1 WHERE id = %s::bigint AND token_hash = %s::text
"""
_PASSWORD = """
UPDATE portal_supplierperson SET password = %s::text, token_hash = NULL, token_ends = NULL, version = version + 1
WHERE id = %s::bigint
"""
_PROFILE = """
UPDATE portal_supplierperson SET name = %s::text, language = %s::text, version = version + 1 WHERE id = %s::bigint
"""
_KEY = """
INSERT INTO portal_supplierkey (company_id, person_id, name, hint, key_hash, expires_at)
VALUES (%s::bigint, %s::bigint, %s::text, %s::text, %s::text, %s::timestamptz) RETURNING id
"""
_KEYS = "SELECT count(*) FROM portal_supplierkey WHERE person_id = %s::bigint AND revoked_at IS NULL"
_REVOKE = """
UPDATE portal_supplierkey SET revoked_at = now() WHERE id = %s::bigint AND person_id = %s::bigint
 AND company_id = %s::bigint AND revoked_at IS NULL RETURNING name
"""


@command("portal.join_supplier", JOIN)
def join_supplier(*, actor: Actor, token: Secret, password: Secret) -> Done:
    """Choose a password by a link that was sent; the link is used up, and every session ends.

    Errors: InvitationOver, Invalid (the password is too weak).
    """
    hashed = tokens.hash_of(token.reveal())
    found = db.row(_BY_TOKEN, [actor.company_id, hashed])
    if found is None:
        raise InvitationOver()
    person = people.lock(actor, found[0])
    made = _encoded(person, password)
    if not db.execute(_JOIN, [made, person.id, hashed]):
        raise InvitationOver()  # somebody used it a moment ago
    people.end_sessions(person.id)
    record("portal.person_joined", person.subject, actor, person.refs)
    return Done("supplier_person", person.id, person.email, "active", person.version + 1)


@command("portal.save_own_account", OWN, permission=OWN_ACCOUNT)
def save_own_account(*, actor: Actor, person: int, name: str, language: str) -> Done:
    """How one is called, and in which language. Errors: NotFound, Invalid."""
    found, name = people.lock(actor, person), name.strip()
    problems = {}
    if not 1 <= len(name) <= 120:
        problems["name"] = _("请填写姓名（最多 120 字）。")
    if language not in dict(settings.LANGUAGES):
        problems["language"] = _("请选择语言。")
    if problems:
        raise Invalid(problems)
    db.execute(_PROFILE, [name, language, found.id])
    changes = [["name", found.name, name], ["language", found.language, language]]
    changes = [change for change in changes if change[1] != change[2]]
    record("portal.person_saved", found.subject, actor, found.refs, changes=changes)
    return Done("supplier_person", found.id, found.email, "active", found.version + 1)


@command("portal.change_supplier_password", OWN, permission=OWN_ACCOUNT)
def change_supplier_password(*, actor: Actor, person: int, current: Secret, password: Secret) -> Done:
    """Another password; every session ends, and a link that is under way. Errors: NotFound, Invalid."""
    found = people.lock(actor, person)
    if not check_password(current.reveal()[:LONGEST], found.password):
        raise Invalid({"current": _("原密码不对。")})
    db.execute(_PASSWORD, [_encoded(found, password), found.id])
    people.end_sessions(found.id)
    record("portal.person_password_changed", found.subject, actor, found.refs)
    return Done("supplier_person", found.id, found.email, "active", found.version + 1)


@command("portal.end_supplier_sessions", LEAVE, permission=OWN_ACCOUNT)
def end_supplier_sessions(*, actor: Actor, person: int) -> Done:
    """Sign out everywhere. Errors: NotFound."""
    found = people.lock(actor, person)
    people.end_sessions(found.id)
    record("portal.person_signed_out", found.subject, actor, found.refs, everywhere=True)
    return Done("supplier_person", found.id, found.email, "active", found.version)


@command("portal.create_supplier_key", KEY, permission=OWN_ACCOUNT)
def create_supplier_key(
    *, actor: Actor, person: int, name: str, key: Secret, expires_at: datetime | None = None
) -> Done:
    """Let a program act as this person, for this supplier, with these rights; whoever calls makes the key and shows it
    once. Errors: NotFound, Invalid.
    """
    found, name = people.lock(actor, person), name.strip()
    if not 1 <= len(name) <= 80:
        raise Invalid({"name": _("请填写密钥用途（最多 80 字）。")})
    if expires_at is not None and expires_at <= timezone.now():
        raise Invalid({"expires_at": _("失效时间须在将来。")})
    counted = db.row(_KEYS, [found.id])
    if counted and counted[0] >= MOST_KEYS:
        raise Invalid({"name": _("最多 %(most)s 个密钥，请先撤销不用的。") % {"most": MOST_KEYS}})
    text = key.reveal()
    made = db.row(_KEY, [actor.company_id, found.id, name, text[:HINT], tokens.hash_of(text), expires_at])
    assert made is not None
    record("portal.key_created", found.subject, actor, found.refs, name=name, hint=text[:HINT])
    return Done("supplier_key", int(made[0]), name, data={"id": int(made[0]), "hint": text[:HINT]})


@command("portal.revoke_supplier_key", END_KEY, permission=OWN_ACCOUNT)
def revoke_supplier_key(*, actor: Actor, person: int, key_id: int) -> Done:
    """Make one's own key useless at once. Errors: NotFound."""
    found = people.lock(actor, person)
    revoked = db.row(_REVOKE, [key_id, found.id, actor.company_id])
    if revoked is None:
        raise NotFound(what=_("API 密钥"))
    record("portal.key_revoked", found.subject, actor, found.refs, name=revoked[0])
    return Done("supplier_key", key_id, str(revoked[0]), "revoked")


def _encoded(person: people.Person, password: Secret) -> str:
    """A password as it is kept. Errors: Invalid, when it is too weak."""
    text = password.reveal()
    if len(text) > LONGEST:
        raise Invalid({"password": _("密码最多 %(most)s 个字符。") % {"most": LONGEST}})
    try:
        like = SupplierPerson(email=person.email, name=person.name)
        validate_password(text, cast(Any, like))  # a user as far as names go
    except ValidationError as error:
        raise Invalid({"password": " ".join(error.messages)}) from error
    return make_password(text)
