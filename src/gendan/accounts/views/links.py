"""The page behind a link on which somebody chooses a password, and the one that shows the link to who made it."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gendan.accounts import commands, queries
from gendan.accounts.secret import Secret
from gendan.kernel import codes
from gendan.kernel.errors import AppError, Invalid
from gendan.kernel.http import actor_of
from gendan.kernel.limits import too_many
from gendan.kernel.origin import address_of

STRANGERS = 30  # wrong links of one address in a minute
MOST = 50  # links made at once


@require_POST
@never_cache
def user_links(request: HttpRequest) -> HttpResponse:
    """Make links for the people that were chosen, and show them, once."""
    actor = actor_of(request)
    actor.must("accounts.reset_password")
    chosen = request.POST.getlist("ids")[:MOST]
    if not chosen:
        raise Invalid({"ids": _("请先选择用户。")})
    made = []
    for username in chosen:
        done = commands.make_sign_in_link(actor=actor.with_key(None), username=username)
        path, ends = queries.sign_in_link(actor, done.number)
        address = queries.public_address(request, path)
        made.append({"username": done.number, "address": address, "ends": ends, "qr": codes.qr(address)})
    return render(request, "accounts/sign_in_link.html", {"actor": actor, "made": made})


@require_http_methods(["GET", "POST"])
@never_cache
def sign_in_link(request: HttpRequest, person: str, token: str) -> HttpResponse:
    """Choose a password; then sign in with it, by the usual door and its second step."""
    found = queries.who_has_link(person, token)
    if found is None:
        busy = too_many(f"accounts.link?{address_of(request)}", STRANGERS)
        return _private(render(request, "accounts/link_over.html", status=429 if busy else 404))
    user, actor = found
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(user.language)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            given = request.POST.get("password", "")
            if given != request.POST.get("again", ""):
                raise Invalid({"again": _("两次输入的密码不一样。")})
            actor = replace(actor, address=address_of(request))
            commands.choose_password(actor=actor, token=Secret(token), password=Secret(given))
        except AppError as refused:
            problems = {name: str(text) for name, text in (refused.data.get("fields") or {"": refused}).items()}
        else:
            messages.success(request, _("密码已设置，请登录。"))
            return redirect("account_login")
    context = {"user_name": user.name, "username": user.username, "problems": problems}
    return _private(render(request, "accounts/choose_password.html", context, status=422 if problems else 200))


def _private(response: HttpResponse) -> HttpResponse:
    """No search engine keeps it, and no other page learns the address."""
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "same-origin"
    return response
