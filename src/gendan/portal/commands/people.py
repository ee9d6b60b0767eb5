"""People of a supplier who sign in: invited, given rights, shut out, given a new link; by us or by one of theirs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.portal.errors import BeyondOwn
from gendan.portal.steps import people
from gendan.portal.steps.people import Person

INVITE, SAVE, RESET = _("管理供应商账号"), _("修改供应商账号"), _("给供应商账号重发链接")
COLLEAGUE, CHANGE, AGAIN = _("邀请同事（供应商）"), _("修改同事账号（供应商）"), _("给同事重发链接（供应商）")
_SUPPLIER = """
SELECT p.id FROM catalog_partner p
WHERE p.company_id = %s::bigint AND p.code = %s::text AND p.is_supplier AND p.is_active
"""
_SAVE = """
UPDATE portal_supplierperson SET name = %s::text, rights = %s::jsonb, is_active = %s::boolean, version = version + 1
WHERE id = %s::bigint
"""
_FORGET = "UPDATE portal_supplierperson SET password = '', version = version + 1 WHERE id = %s::bigint"
_VOID = "UPDATE portal_supplierperson SET token_hash = NULL, token_ends = NULL WHERE id = %s::bigint"


@command("portal.invite_supplier_person", INVITE)
def invite_supplier_person(
    *, actor: Actor, supplier: str, email: str, name: str, rights: Sequence[str] = (), language: str = "zh-hans"
) -> Done:
    """Let somebody of a supplier sign in: a link to choose a password by goes out by mail, once, for a week.

    ``rights``: answer, ship, money, statement, people; without any the person only looks.
    Errors: NotFound, PersonExists, Invalid.
    """
    found = db.row(_SUPPLIER, [actor.company_id, supplier])
    if found is None:
        raise NotFound(what=supplier)
    person = people.invite(actor, found[0], supplier, email, name, rights, language)
    return Done("supplier_person", person, email.strip(), "invited", data={"person": person})


@command("portal.save_supplier_person", SAVE, permission="portal.invite_supplier_person")
def save_supplier_person(
    *,
    actor: Actor,
    person: int,
    name: str | None = None,
    rights: Sequence[str] | None = None,
    is_active: bool | None = None,
    version: int | None = None,
) -> Done:
    """Change what somebody of a supplier may do, or shut them out at once: sessions and keys end with it.

    Errors: NotFound, Stale, Invalid.
    """
    found = _seen(actor, person, version)
    return _save(actor, found, name, rights, is_active)


@command("portal.reset_supplier_person", RESET, permission="portal.invite_supplier_person")
def reset_supplier_person(*, actor: Actor, person: int, version: int | None = None) -> Done:
    """A new link by mail; the password that was, every session and every key is void. Errors: NotFound, Stale."""
    return _reset(actor, _seen(actor, person, version))


@command("portal.invite_colleague", COLLEAGUE)
def invite_colleague(
    *, actor: Actor, by: int, email: str, name: str, rights: Sequence[str] = (), language: str = "zh-hans"
) -> Done:
    """Somebody of a supplier who administers its people invites a colleague, with rights of their own at most.

    Errors: NotFound, BeyondOwn, PersonExists, Invalid.
    """
    own = people.lock(actor, by)
    _covers(own, rights)
    made = people.invite(actor, own.partner_id, own.partner, email, name, rights, language)
    return Done("supplier_person", made, email.strip(), "invited", data={"person": made})


@command("portal.save_colleague", CHANGE, permission="portal.invite_colleague")
def save_colleague(
    *,
    actor: Actor,
    by: int,
    person: int,
    name: str | None = None,
    rights: Sequence[str] | None = None,
    is_active: bool | None = None,
    version: int | None = None,
) -> Done:
    """Change a colleague's rights, or shut them out; never one's own, never beyond one's own.

    Errors: NotFound, Stale, BeyondOwn, Invalid.
    """
    own, found = _both(actor, by, person, version)
    _covers(own, [*(rights or ()), *found.rights])
    return _save(actor, found, name, rights, is_active)


@command("portal.reset_colleague", AGAIN, permission="portal.invite_colleague")
def reset_colleague(*, actor: Actor, by: int, person: int, version: int | None = None) -> Done:
    """A new link for a colleague. Errors: NotFound, Stale, BeyondOwn."""
    own, found = _both(actor, by, person, version)
    _covers(own, found.rights)
    return _reset(actor, found)


def _seen(actor: Actor, person: int, version: int | None) -> Person:
    """A person of a supplier that the actor sees."""
    found = people.lock(actor, person, version)
    if actor.scope is not None:
        scope.demand(actor, {"supplier": found.partner})
    return found


def _both(actor: Actor, by: int, person: int, version: int | None) -> tuple[Person, Person]:
    """Who acts and whom it is about, of the same supplier, locked in order."""
    if by == person:
        raise BeyondOwn()
    first, second = sorted((by, person))
    one = people.lock(actor, first)
    other = people.lock(actor, second, partner_id=one.partner_id)
    own, found = (one, other) if one.id == by else (other, one)
    people.check_version_of(found, version)
    return own, found


def _covers(own: Person, rights: Sequence[str]) -> None:
    """What somebody does not have they give to nobody, nor change with who has it."""
    if not own.is_active or "people" not in own.rights or set(rights) - set(own.rights):
        raise BeyondOwn()


def _save(actor: Actor, found: Person, name: str | None, rights: Sequence[str] | None, is_active: bool | None) -> Done:
    name = found.name if name is None else name.strip()
    if not 1 <= len(name) <= 120:
        raise Invalid({"name": _("请填写姓名（最多 120 字）。")})
    given = list(found.rights) if rights is None else people.check_rights(rights)
    active = found.is_active if is_active is None else is_active
    db.execute(_SAVE, [name, json.dumps(given), active, found.id])
    if not active:
        people.end_sessions(found.id)
        people.end_keys(found.id)
        db.execute(_VOID, [found.id])
    pairs = (("name", found.name, name), ("rights", list(found.rights), given), ("is_active", found.is_active, active))
    changes = [[field, old, new] for field, old, new in pairs if old != new]
    record("portal.person_saved", found.subject, actor, found.refs, changes=changes)
    return Done("supplier_person", found.id, found.email, "active" if active else "inactive", found.version + 1)


def _reset(actor: Actor, found: Person) -> Done:
    if not found.is_active:
        raise NotFound(what=found.email)
    db.execute(_FORGET, [found.id])
    people.end_sessions(found.id)
    people.end_keys(found.id)
    people.send_link(found, reset=bool(found.password))
    record("portal.person_reset", found.subject, actor, found.refs)
    return Done("supplier_person", found.id, found.email, "invited", found.version + 1)
