"""The door for browsers: the actor of a request, refusals as answers, security headers."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from gendan.kernel import scope, wall
from gendan.kernel.actor import Actor
from gendan.kernel.errors import (
    AppError,
    ClosedWhileLooking,
    MethodNotAllowed,
    NotFound,
    SecondFactorDue,
    SignInRequired,
)
from gendan.kernel.origin import address_of
from gendan.kernel.unreadable import NUL, unprintable, unstorable

log = logging.getLogger("gendan")
GetResponse = Callable[[HttpRequest], HttpResponse]
EXPECTED: list[type[Exception]] = [Http404, PermissionDenied, SuspiciousOperation]
RESOLVERS: list[Callable[[HttpRequest], Actor | None]] = []
LOOKING = "looking_as"  # in the session of who looks at the product as a role: the company's id and the role's code
CLOSED_WHILE_LOOKING: set[str] = set()  # names of views that do not open for who looks at the product as a role


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in user in the current company, resolved once per request; SignInRequired otherwise.

    SecondFactorDue for who has to set up the second step of signing in first: no page opens before.

    Of a document that is shown only because one is asked about it, the page offers nothing but to look and to decide.

    A form's hidden ``_key`` field becomes the idempotency key, so that a double click books once.
    """
    actor = maybe_actor(request)
    if actor is None:
        raise SignInRequired()
    if actor.second_factor_due:
        raise SecondFactorDue()
    if actor.scope is not None and not getattr(request, "gendan_within", False):
        request.gendan_within = True  # type: ignore[attr-defined]
        named = request.resolver_match.kwargs if request.resolver_match else {}
        request.gendan_shown = scope.demand(actor, named, request.GET, request.POST)  # type: ignore[attr-defined]
    if getattr(request, "gendan_shown", False) and request.method in {"GET", "HEAD"}:
        return actor.looking
    return actor


def maybe_actor(request: HttpRequest) -> Actor | None:
    """Like actor_of, but None for a visitor."""
    cached = getattr(request, "gendan_actor", False)
    if cached is False:
        with wall.within(None):  # which company it is, is being found out
            cached = next((found for resolve in RESOLVERS if (found := resolve(request)) is not None), None)
        if cached is not None and request.method == "POST" and (key := request.POST.get("_key")):
            cached = cached.with_key(key)
        if cached is not None:
            cached = replace(cached, address=address_of(request))
        request.gendan_actor = cached  # type: ignore[attr-defined]
        timezone.activate(cached.zone) if cached else timezone.deactivate()
        wall.enter(cached.company_id if cached else None)
    return cast("Actor | None", cached)


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a fragment (a boosted or history request wants the whole page)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def redirect_to(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect that the browser follows as a whole page, from htmx, too."""
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


class RequestId:
    """Give each request an id that logs, answers and error pages show."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex[:12]  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response


class ProblemMiddleware:
    """Turn refusals that views raise into the answer that the asker can read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and (allowed := response.headers.get("Allow")):
            # Django's and ninja's own answer is blank
            response = problem(request, MethodNotAllowed(allowed=allowed))
            response.headers["Allow"] = allowed
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Nothing has a NUL in its name or text; refused here, it reaches no file system, search or database."""
        if NUL in request.path:
            return problem(request, NotFound(what=request.path.replace(NUL, "")))
        is_closed = request.resolver_match and request.resolver_match.view_name in CLOSED_WHILE_LOOKING
        if is_closed and LOOKING in request.session:
            actor = maybe_actor(request)
            if actor is not None and actor.looking_as:
                return problem(request, ClosedWhileLooking(role=actor.looking_as))
        # a file that is uploaded is looked at by whoever takes it
        bad = unprintable(request.GET) or (unprintable(request.POST) if request.method == "POST" else None)
        return problem(request, bad) if bad else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, AppError):
            return problem(request, error)
        if isinstance(error, DataError | UnicodeEncodeError):  # a NUL byte, half a character, a number out of range
            return problem(request, unstorable(error))
        if isinstance(error, tuple(EXPECTED)):  # others answer these: not found, not allowed, not readable
            return None
        log.exception("request %s failed: %s %s", getattr(request, "id", ""), request.method, request.path)
        return None


def problem(request: HttpRequest, error: AppError) -> HttpResponse:
    """The refusal as JSON (API, or a script that asks for JSON), as a fragment (htmx), or as a page."""
    if request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(error.as_dict(), status=error.status)
    if isinstance(error, SignInRequired):
        return redirect_to(request, f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': _way_back(request)})}")
    if isinstance(error, SecondFactorDue) and request.method in {"GET", "HEAD"}:
        return redirect_to(request, f"{reverse('mfa_activate_totp')}?{urlencode({'next': request.get_full_path()})}")
    template = "web/_problem.html" if is_htmx(request) else "web/problem.html"
    response = render(request, template, {"problem": error}, status=error.status)
    if is_htmx(request):
        response["HX-Retarget"] = "#problem"
        response["HX-Reswap"] = "innerHTML"
    return response


def _way_back(request: HttpRequest) -> str:
    """Where to go on after signing in: this page; for a form, whose session ended meanwhile, the page it was on."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    page = urlsplit(request.headers.get("Referer", ""))
    return urlunsplit(("", "", page.path, page.query, "")) if page.netloc == request.get_host() and page.path else "/"


class SecurityHeaders:
    """Content security policy and friends; scripts only from ourselves."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        live = getattr(settings, "LIVE_ORIGIN", "")
        self.policy = "; ".join(
            (
                "default-src 'self'",
                "script-src 'self'",
                "style-src 'self' 'unsafe-inline'",
                "img-src 'self' data: blob:",
                f"connect-src 'self' {live}".strip(),
                "frame-ancestors 'none'",
                "form-action 'self'",
                "base-uri 'none'",
                "object-src 'none'",
            )
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", self.policy)
        response.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "private, no-store")
            patch_vary_headers(response, ("HX-Request",))
        return response


def json_body(request: HttpRequest) -> list[Any]:
    """The hidden JSON field ``lines`` of a grid form, [] when absent or unreadable."""
    try:
        found = json.loads(request.POST.get("lines") or "[]")
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []


def remember_language(request: HttpRequest, response: HttpResponse, code: str) -> None:
    """Pages are in this language from now on, in this browser."""
    translation.activate(code)
    name, secure = settings.LANGUAGE_COOKIE_NAME, request.is_secure()
    response.set_cookie(name, code, max_age=365 * 24 * 3600, samesite="Lax", secure=secure)
