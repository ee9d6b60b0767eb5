"""How signing in by allauth behaves here: administrators make the accounts, and who works nowhere does not get in."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from gendan.accounts import queries, sign_in
from gendan.accounts.models import User
from gendan.kernel import wall
from gendan.kernel.http import EXPECTED

YEAR = 365 * 24 * 3600
JUST_NOW = 5 * 60  # seconds
EXPECTED.append(ReauthenticationRequired)  # answered by allauth: it asks for the password once more


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closed for sign-up; a browser that has chosen no language gets the user's."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers on their own."""
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Turn away who is not, or no longer, an active member of any company, nor invited to one."""
        with wall.within(None):
            works = user.memberships.filter(is_active=True).exists()
        if not works and not queries.is_invited(user.pk):
            return redirect("account_inactive")
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def login(self, request: HttpRequest, user: User) -> None:
        """Start in the company worked in last."""
        super().login(request, user)
        request.session["company_id"] = user.last_company_id
        sign_in.signed_in(request, user)

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Ask for the password once more before a second step is made, unless it was given a moment ago."""
        request, user = context.request, context.request.user
        latest = max((record["at"] for record in get_authentication_records(request, user)), default=0)
        return time.time() - latest > JUST_NOW

    def logout(self, request: HttpRequest) -> None:
        """Leave, and say so in the log."""
        if isinstance(request.user, User):
            sign_in.signed_out(request, request.user)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Keep that somebody tried."""
        sign_in.failed(request, str(credentials.get("username") or credentials.get("email") or ""))
        super().authentication_failed(request, **credentials)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Continue in the language that the user reads; who is invited answers first."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if queries.is_invited(user.pk):
            response = redirect(f"{reverse('accounts:invitations')}?{urlencode({'next': response['Location']})}")
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, user.language, max_age=YEAR, samesite="Lax", secure=request.is_secure()
            )
        return response
