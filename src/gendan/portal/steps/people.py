"""People of suppliers who sign in: invited, locked, given a new link; no password is ever known here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from procrastinate.contrib.django import app

from gendan.kernel import db, tokens
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Subject, record
from gendan.kernel.sealed import seal
from gendan.kernel.unit import step
from gendan.portal.errors import PersonExists
from gendan.portal.rules import RIGHTS

DAYS = 7  # until an invitation ends
LETTER = "portal.send_invitation"
MOST_PEOPLE = 100  # of one supplier
_INSERT = """
INSERT INTO portal_supplierperson (company_id, partner_id, email, name, language, rights, token_hash, token_ends,
 created_by_id)
VALUES (%(company)s::bigint, %(partner)s::bigint, %(email)s::text, %(name)s::text, %(language)s::text,
 %(rights)s::jsonb, %(hash)s::text, %(ends)s::timestamptz, %(user)s::bigint) RETURNING id
"""
_LOCK = """
SELECT x.id, x.company_id, x.partner_id, p.code, x.email, x.name, x.language, x.rights::text, x.is_active, x.version,
 x.password
FROM portal_supplierperson x JOIN catalog_partner p ON p.id = x.partner_id
WHERE x.company_id = %s::bigint AND x.id = %s::bigint FOR NO KEY UPDATE OF x
"""
_LINK = """
UPDATE portal_supplierperson SET token_hash = %s::text, token_ends = %s::timestamptz, mailed_at = NULL, problem = ''
WHERE id = %s::bigint
"""


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a supplier, locked."""

    id: int
    company_id: int
    partner_id: int
    partner: str
    email: str
    name: str
    language: str
    rights: tuple[str, ...]
    is_active: bool
    version: int
    password: str

    @property
    def subject(self) -> Subject:
        """What events are about: people are called by their address."""
        return Subject("supplier_person", self.id, self.email)

    @property
    def refs(self) -> tuple[str, ...]:
        """What else they are about."""
        return (f"partner:{self.partner}",)


@step
def invite(
    actor: Actor, partner_id: int, partner: str, email: str, name: str, rights: Iterable[str], language: str
) -> int:
    """Let somebody of a supplier make an account: a link goes out by mail. Errors: Invalid, PersonExists."""
    email, name, given = email.strip(), name.strip(), _known(rights)
    _check(email, name, language)
    token = tokens.new_token()
    params = {
        "company": actor.company_id,
        "partner": partner_id,
        "email": email,
        "name": name,
        "language": language,
        "rights": json.dumps(given),
        "hash": tokens.hash_of(token),
        "ends": timezone.now() + timedelta(days=DAYS),
        "user": actor.user_id,
    }
    many = "SELECT count(*) FROM portal_supplierperson WHERE company_id = %s::bigint AND partner_id = %s::bigint"
    counted = db.row(many, [actor.company_id, partner_id])
    if counted and counted[0] >= MOST_PEOPLE:
        raise Invalid({"email": _now("一个供应商最多 %(most)s 个账号。") % {"most": MOST_PEOPLE}})
    try:
        with transaction.atomic():
            made = db.row(_INSERT, params)
    except IntegrityError as error:
        if "supplier_person_once" in str(error):
            raise PersonExists(email=email) from error
        raise
    assert made is not None
    person = int(made[0])
    _write(actor.company_id, person, token, "invited")
    record(
        "portal.person_invited",
        Subject("supplier_person", person, email),
        actor,
        (f"partner:{partner}",),
        name=name,
        rights=given,
    )
    return person


def lock(actor: Actor, person_id: int, version: int | None = None, *, partner_id: int | None = None) -> Person:
    """One person, locked; only of this supplier where one is named. Errors: NotFound, Stale."""
    found = db.row(_LOCK, [actor.company_id, person_id])
    if found is None or (partner_id is not None and found[2] != partner_id):
        raise NotFound(what=_now("供应商账号"))
    person = Person(*[*found[:7], tuple(json.loads(found[7])), *found[8:]])
    check_version_of(person, version)
    return person


def check_version_of(person: Person, version: int | None) -> None:
    """Refuse with Stale when the caller saw another version."""
    check_version(person.email, person.version, version)


@step
def send_link(person: Person, *, reset: bool) -> None:
    """A new link to choose a password by; an earlier one is void."""
    token = tokens.new_token()
    db.execute(_LINK, [tokens.hash_of(token), timezone.now() + timedelta(days=DAYS), person.id])
    _write(person.company_id, person.id, token, "reset" if reset else "invited")


@step
def end_sessions(person_id: int) -> None:
    """Sign somebody out everywhere."""
    db.execute("DELETE FROM portal_suppliersession WHERE person_id = %s::bigint", [person_id])


@step
def end_keys(person_id: int) -> None:
    """Make every key of somebody's programs useless."""
    db.execute(
        "UPDATE portal_supplierkey SET revoked_at = now() WHERE person_id = %s::bigint AND revoked_at IS NULL",
        [person_id],
    )


def _write(company_id: int, person: int, token: str, kind: str) -> None:
    """The letter goes by the worker; the token travels sealed."""
    letter = app.configure_task(LETTER, allow_unknown=False)
    letter.defer(company_id=company_id, person_id=person, sealed=seal({"token": token}), kind=kind)


def _known(rights: Iterable[str]) -> list[str]:
    wanted = set(rights)
    if unknown := wanted - set(RIGHTS):
        raise Invalid({"rights": f"{sorted(unknown)[0]}: " + " | ".join(RIGHTS)})
    return [right for right in RIGHTS if right in wanted]


def _check(email: str, name: str, language: str) -> None:
    problems = {}
    try:
        validate_email(email)
    except ValidationError:
        problems["email"] = _now("邮箱地址不对。")
    if not 1 <= len(name) <= 120:
        problems["name"] = _now("请填写姓名（最多 120 字）。")
    if language not in dict(settings.LANGUAGES):
        problems["language"] = "language: " + " | ".join(dict(settings.LANGUAGES))
    if problems:
        raise Invalid(problems)


def check_rights(rights: Iterable[str]) -> list[str]:
    """Rights in their order. Errors: Invalid."""
    return _known(rights)


@step
def left(actor: Actor, person: Person) -> None:
    """Keep that somebody signed out."""
    record("portal.person_signed_out", person.subject, actor, person.refs)


@step
def asked_again(actor: Actor, person: Person) -> None:
    """Keep that somebody who has forgotten the password asked for a link."""
    record("portal.person_reset", person.subject, actor, person.refs, asked=True)
