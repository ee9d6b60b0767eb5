"""The door for who comes with a link, or is signed in as somebody of a supplier: found by token or session, limited, in
their language, in no search engine.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlencode

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation

from gendan.kernel import wall
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError
from gendan.kernel.limits import too_many
from gendan.kernel.origin import address_of
from gendan.portal.errors import LinkEnded, SignInFirst, TooManyRequests
from gendan.portal.queries import link_by_token

READS, WRITES, PAPERS = 120, 20, 10  # of one link in a minute
STRANGERS = 60  # wrong tokens of one address in a minute
Answer = HttpResponse | FileResponse
View = Callable[..., Answer]


class Opening(Protocol):
    """A link of whatever sort: what it needs to be let in by."""

    @property
    def id(self) -> int: ...
    @property
    def company_id(self) -> int: ...
    @property
    def language(self) -> str: ...
    @property
    def timezone(self) -> str: ...
    @property
    def expires_at(self) -> datetime: ...
    @property
    def state(self) -> str: ...
    def actor(self, name: str = "", language: str = "", key: str = "") -> Actor: ...


@dataclass(frozen=True, slots=True)
class Sort:
    """What kind of links a door is for: how they are found, and whom to ask for another."""

    name: str
    by_token: Callable[[str], Opening | None]
    ended: type[AppError]
    by_session: Callable[[HttpRequest], Opening | None] | None = None


# In place of a token: who is signed in. No token is that short.
ME = "me"


CUSTOMERS = Sort("portal", link_by_token, LinkEnded)


def door(kind: str, sort: Sort = CUSTOMERS) -> Callable[[View], View]:
    """Let in who has a link that is open, as often as is reasonable (``kind``: read, write or paper).

    The view gets the link in place of the token. A token that is none gives 404 and nothing else; one that ended says
    so. A refusal is shown on a page of the customer's, or told as JSON to the page's script.
    """

    def declare(view: View) -> View:
        @functools.wraps(view)
        def run(request: HttpRequest, token: str, **kwargs: Any) -> Answer:
            response = _answer(request, token, view, kind, kwargs, sort)
            response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
            response["Referrer-Policy"] = "same-origin"  # a form's check of its origin needs it; nobody else is told
            return response

        return run

    return declare


def _answer(request: HttpRequest, token: str, view: View, kind: str, kwargs: dict[str, Any], sort: Sort) -> Answer:
    request.gendan_actor = None  # type: ignore[attr-defined] # who may be signed in here has no part in it
    is_me = token == ME and sort.by_session is not None
    link = sort.by_session(request) if is_me and sort.by_session else sort.by_token(token)
    if link is None:
        if is_me:
            return sign_in_first(request)
        if too_many(f"portal?{address_of(request)}", STRANGERS):
            return _refused(request, TooManyRequests(), None)
        return render(request, "portal/none.html", {"sort": sort.name}, status=404)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and link.language:
        translation.activate(link.language)
    with timezone.override(link.timezone), wall.within(link.company_id):
        if link.state != "open":
            return _refused(request, sort.ended(), link)
        if too_many(
            f"{sort.name}.{kind}:{ME if is_me else ''}{link.id}", {"write": WRITES, "paper": PAPERS}.get(kind, READS)
        ):
            return _refused(request, TooManyRequests(), link)
        try:
            return view(request, link, token, **kwargs)
        except AppError as error:
            return _refused(request, error, link)


def sign_in_first(request: HttpRequest) -> Answer:
    """Who is not signed in goes there first, and comes back."""
    if "application/json" in request.headers.get("Accept", ""):
        error = SignInFirst()
        return JsonResponse(error.as_dict(), status=error.status)
    back = request.get_full_path() if request.method == "GET" else reverse("portal:supplier", args=[ME])
    return redirect(f"{reverse('portal:supplier_sign_in')}?{urlencode({'next': back})}")


def _refused(request: HttpRequest, error: AppError, link: Opening | None) -> Answer:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(error.as_dict(), status=error.status)
    return render(request, "portal/refused.html", {"problem": error, "link": link}, status=error.status)


def customer(request: HttpRequest, link: Opening) -> Actor:
    """Who acts: the link, and the name that was given with the form."""
    name = request.POST.get("name", "")
    actor = link.actor(name, translation.get_language() or "", request.POST.get("_key", ""))
    return replace(actor, address=address_of(request))
