"""Signing in of people of suppliers: with a cookie, a table and limits of its own; no session of ours is concerned.

As with the staff's sign-in: after ten attempts of one address in a minute, or five failures for one name in five
minutes, nobody is let in for a while, whatever the password.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from gendan.kernel import db, limits, tokens, wall
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject, record
from gendan.kernel.origin import address_of
from gendan.portal.errors import TooManyAttempts, WrongPassword
from gendan.portal.queries.visitors import Visitor, visitor_by_session

COOKIE = f"gendan_supplier_{settings.SESSION_COOKIE_NAME.rpartition('_')[2]}"
PATH = "/s"  # the browser sends it to pages of suppliers only
DAYS, LONGEST_PASSWORD, MOST = 14, 200, 6
FOR_ADDRESS, FOR_NAME, NAME_SECONDS = 10, 5, 300
_BY_EMAIL = """
SELECT x.id, x.company_id, x.email, x.name, p.code, x.password FROM portal_supplierperson x
JOIN catalog_partner p ON p.id = x.partner_id AND p.is_active AND p.is_supplier
WHERE lower(x.email) = lower(%s::text) AND x.is_active AND x.password <> '' ORDER BY x.seen_at DESC NULLS LAST, x.id
LIMIT %s::int
"""
_OPEN = """
INSERT INTO portal_suppliersession (company_id, person_id, token_hash, chosen_at, ends_at, address, agent)
SELECT x.company_id, x.id, %(hash)s::text, clock_timestamp() - make_interval(secs => t.n), %(ends)s::timestamptz,
 %(address)s::inet, %(agent)s::text
FROM unnest(%(people)s::bigint[], %(passwords)s::text[]) WITH ORDINALITY AS t(id, password, n)
JOIN portal_supplierperson x ON x.id = t.id AND x.is_active AND x.password = t.password
FOR SHARE OF x
RETURNING person_id
"""
_PASSWORD = "SELECT password FROM portal_supplierperson WHERE id = %s::bigint AND is_active"
_OTHERS = """
SELECT x.id, c.name AS company, p.name AS partner FROM portal_suppliersession s
JOIN portal_supplierperson x ON x.id = s.person_id AND x.is_active
JOIN accounts_company c ON c.id = x.company_id JOIN catalog_partner p ON p.id = x.partner_id
 AND p.is_active AND p.is_supplier
WHERE s.token_hash = %s::text AND s.ends_at > now() ORDER BY c.name, p.name
"""
_CHOOSE = """
UPDATE portal_suppliersession SET chosen_at = clock_timestamp() WHERE token_hash = %s::text AND person_id = %s::bigint
"""


@dataclass(frozen=True, slots=True)
class Account:
    """One of the accounts that a name has."""

    id: int
    company_id: int
    email: str
    name: str
    partner: str
    password: str

    def actor(self, request: HttpRequest) -> Actor:
        """The person, for the log."""
        return Actor(self.company_id, None, self.name, frozenset(), via="supplier", address=address_of(request))

    def tell(self, request: HttpRequest, type_: str, **data: Any) -> None:
        """Keep in the log of the account's company what happened."""
        subject = Subject("supplier_person", self.id, self.email)
        with wall.within(self.company_id), transaction.atomic():
            record(type_, subject, self.actor(request), (f"partner:{self.partner}",), **data)


def sign_in(request: HttpRequest, email: str, password: str) -> str:
    """Open a session for all accounts of a name that have this password; what the browser keeps of it.

    Errors: TooManyAttempts, WrongPassword.
    """
    email, password = email.strip()[:254], password[:LONGEST_PASSWORD]
    name = f"supplier.sign_in:{email.lower()}"
    by_address = limits.used_up(f"supplier.sign_in?{address_of(request)}", FOR_ADDRESS, limits.MINUTE)
    if limits.used_up(name, FOR_NAME, NAME_SECONDS) or by_address:
        raise TooManyAttempts()
    with wall.within(None):
        known = [Account(*row) for row in db.rows(_BY_EMAIL, [email, MOST])]
    opened = [account for account in known if check_password(password, account.password)]
    if not known:
        make_password(password)  # it takes as long as for a name that there is
    if not opened:
        for account in known:
            account.tell(request, "portal.person_sign_in_failed", why="password")
        raise WrongPassword()
    token, ids = _open(request, {account.id: account.password for account in opened})
    if len(ids) == len(known):
        limits.clear(name)  # an account elsewhere does not let its owner try on at the others
    for account in opened:
        if account.id in ids:
            account.tell(request, "portal.person_signed_in")
    return token


def open_session(request: HttpRequest, person: int, password: str) -> str:
    """Sign in who has just chosen this password. Errors: WrongPassword, it was voided meanwhile."""
    with wall.within(None):
        kept = db.row(_PASSWORD, [person])
    if kept is None or not check_password(password, kept[0]):
        raise WrongPassword()
    return _open(request, {person: kept[0]})[0]


def _open(request: HttpRequest, checked: Mapping[int, str]) -> tuple[str, set[int]]:
    """A new session of this browser in place of the one that it had; the first of the people acts. Only people whose
    password is still the one that was checked: a reset meanwhile keeps them out. Errors: WrongPassword.
    """
    token = tokens.new_token()
    given = {
        "hash": tokens.hash_of(token),
        "ends": timezone.now() + timedelta(days=DAYS),
        "address": address_of(request),
        "agent": request.headers.get("User-Agent", "")[:200],
        "people": db.array(checked),
        "passwords": list(checked.values()),
    }
    with wall.within(None):
        _drop(request)
        ids = {person for (person,) in db.rows(_OPEN, given)}
    if not ids:
        raise WrongPassword()
    return token, ids


def keep(response: HttpResponse, request: HttpRequest, token: str) -> None:
    """Let the browser keep its session."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, token, max_age=DAYS * 86_400, path=PATH, httponly=True, samesite="Lax", secure=secure)


def sign_out(request: HttpRequest, response: HttpResponse) -> None:
    """End this browser's session."""
    with wall.within(None):
        _drop(request)
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")


def visitor_of(request: HttpRequest) -> Visitor | None:
    """Who is signed in with this browser."""
    with wall.within(None):
        return visitor_by_session(request.COOKIES.get(COOKIE, ""))


def accounts_of(request: HttpRequest) -> list[dict[str, Any]]:
    """The accounts that this browser's session opens."""
    with wall.within(None):
        return db.dicts(_OTHERS, [tokens.hash_of(request.COOKIES.get(COOKIE, ""))])


def choose(request: HttpRequest, person: int) -> bool:
    """Act as another of these accounts; whether it is one of them."""
    with wall.within(None):
        return bool(db.execute(_CHOOSE, [tokens.hash_of(request.COOKIES.get(COOKIE, "")), person]))


def _drop(request: HttpRequest) -> None:
    if token := request.COOKIES.get(COOKIE, ""):
        db.execute("DELETE FROM portal_suppliersession WHERE token_hash = %s::text", [tokens.hash_of(token)])
