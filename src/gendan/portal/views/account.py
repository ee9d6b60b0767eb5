"""Where people of suppliers sign in, join by a link, ask for a new password, choose for whom they act, leave."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.accounts.secret import Secret
from gendan.kernel import db, limits, tokens, wall
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, Invalid
from gendan.kernel.origin import address_of
from gendan.kernel.values import whole
from gendan.portal import commands, sessions
from gendan.portal.errors import InvitationOver, TooManyAttempts, TooManyRequests
from gendan.portal.steps import people
from gendan.portal.views.door import ME, STRANGERS

View = Callable[..., HttpResponse]
HOME = "/s/me"
LETTERS = 3  # that somebody can ask for in an hour
_BY_TOKEN = """
SELECT x.id, x.company_id, c.name, c.timezone, p.name, x.email, x.name, x.language, x.token_ends
FROM portal_supplierperson x JOIN accounts_company c ON c.id = x.company_id
JOIN catalog_partner p ON p.id = x.partner_id WHERE x.token_hash = %s::text AND x.is_active
"""
_FORGETFUL = """
SELECT x.id, x.company_id FROM portal_supplierperson x WHERE lower(x.email) = lower(%s::text) AND x.is_active
ORDER BY x.id LIMIT %s::int
"""


@dataclass(frozen=True, slots=True)
class Invited:
    """Who may choose a password by a link."""

    id: int
    company_id: int
    company: str
    timezone: str
    partner: str
    email: str
    name: str
    language: str
    ends: datetime


def public(view: View) -> View:
    """Open to everybody; who may be signed in here, as one of us, has no part in it."""

    @functools.wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.gendan_actor = None  # type: ignore[attr-defined]
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "same-origin"
        return response

    return run


@require_http_methods(["GET", "POST"])
@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """The suppliers' own page to sign in."""
    given = request.POST if request.method == "POST" else request.GET
    following, email = _inside(given.get("next", "")), request.POST.get("email", "")
    shown: dict[str, Any] = {"next": following, "email": email, "problem": "", "said": request.GET.get("said", "")}
    if request.method == "GET":
        return render(request, "portal/supplier_sign_in.html", shown)
    try:
        token = sessions.sign_in(request, email, request.POST.get("password", ""))
    except AppError as error:
        return render(request, "portal/supplier_sign_in.html", {**shown, "problem": error}, status=error.status)
    response = redirect(following)
    sessions.keep(response, request, token)
    return response


@require_POST
@public
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave this browser."""
    visitor = sessions.visitor_of(request)
    response = redirect("portal:supplier_sign_in")
    sessions.sign_out(request, response)
    if visitor is not None:
        actor, found = visitor.actor(), None
        with wall.within(visitor.company_id), transaction.atomic():
            found = people.lock(actor, visitor.id)
            people.left(actor, found)
    return response


@require_POST
@public
def switch(request: HttpRequest) -> HttpResponse:
    """Act for another of the companies and suppliers that the same sign-in opens."""
    sessions.choose(request, whole(request.POST.get("person", "")) or 0)
    return redirect(HOME)


@require_http_methods(["GET", "POST"])
@public
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password by the link of a letter; then one is signed in."""
    with wall.within(None):
        row = db.row(_BY_TOKEN, [tokens.hash_of(token)]) if tokens.could_be(token) else None
    if row is None:
        if limits.too_many(f"portal?{address_of(request)}", STRANGERS):
            return _refused(request, TooManyRequests())
        return render(request, "portal/none.html", {"sort": "supplier"}, status=404)
    invited = Invited(*row)
    if invited.ends <= timezone.now():
        return _refused(request, InvitationOver())
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(invited.language)
    if request.method == "GET":
        return _joining(request, invited, token)
    if limits.too_many(f"supplier.join:{invited.id}", 20):
        return _refused(request, TooManyRequests())
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        return _joining(request, invited, token, {"again": _("两次输入的密码不一样。")})
    try:
        commands.join_supplier(actor=_self(request, invited), token=Secret(token), password=Secret(password))
        session = sessions.open_session(request, invited.id, password)
    except Invalid as error:
        return _joining(request, invited, token, error.fields)
    except AppError as error:
        return _refused(request, error)
    response = redirect(HOME)
    sessions.keep(response, request, session)
    return response


def _self(request: HttpRequest, invited: Invited) -> Actor:
    own = frozenset({"portal.join_supplier"})
    return Actor(
        invited.company_id, None, invited.name, own, via="supplier", language=invited.language,
        timezone=invited.timezone, address=address_of(request),
    )  # fmt: skip


def _joining(
    request: HttpRequest, invited: Invited, token: str, problems: dict[str, str] | None = None
) -> HttpResponse:
    shown = {"invited": invited, "token": token, "problems": problems or {}}
    return render(request, "portal/supplier_join.html", shown, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
@public
def forgot(request: HttpRequest) -> HttpResponse:
    """Ask for a link to choose another password by; who has an account here is told to nobody."""
    if request.method == "GET":
        return render(request, "portal/supplier_forgot.html", {"sent": False})
    email = request.POST.get("email", "").strip()[:254]
    if limits.used_up(f"supplier.forgot?{address_of(request)}", 10, 60):
        return _refused(request, TooManyAttempts())
    if not limits.used_up(f"supplier.forgot:{email.lower()}", LETTERS, 3600):
        with wall.within(None):
            known = db.rows(_FORGETFUL, [email, sessions.MOST])
        for person, company in known:
            with wall.within(company), transaction.atomic():
                actor = Actor(company, None, "", frozenset(), via="supplier", address=address_of(request))
                found = people.lock(actor, person)
                people.send_link(found, reset=bool(found.password))
                people.asked_again(actor, found)
    return render(request, "portal/supplier_forgot.html", {"sent": True})


@require_GET
@public
def entrance(request: HttpRequest) -> HttpResponse:
    """The short address: to what is to do, or to sign in."""
    return redirect(HOME if sessions.visitor_of(request) else reverse("portal:supplier_sign_in"))


def _inside(address: str) -> str:
    """Where to go on: only pages of who is signed in."""
    path = address.partition("?")[0]
    inside = path == HOME or path.startswith(f"{HOME}/")
    return address if inside and ".." not in path and "\\" not in address and "//" not in path else HOME


def _refused(request: HttpRequest, error: AppError) -> HttpResponse:
    return render(request, "portal/refused.html", {"problem": error, "link": None}, status=error.status)


__all__ = ["ME", "entrance", "forgot", "join", "sign_in", "sign_out", "switch"]
