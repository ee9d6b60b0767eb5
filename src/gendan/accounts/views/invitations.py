"""Pages on which somebody answers invitations; also for who works nowhere (yet), so they ask for no company."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.accounts import commands, queries
from gendan.accounts.models import User
from gendan.kernel.actor import Actor
from gendan.kernel.errors import SignInRequired
from gendan.kernel.origin import address_of


@require_GET
def own(request: HttpRequest, invitation_id: int | None = None) -> HttpResponse:
    """Who asks me to work for them, as what."""
    actor = _me(request)
    target = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    context = {
        "invitations": queries.own_invitations(actor.user_id or 0),
        "later": (target if safe else "/") if actor.company_id else "",
    }
    return render(request, "accounts/invitations.html", context)


@require_POST
def accept(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Work there from now on."""
    done = commands.accept_invitation(actor=_me(request), invitation_id=invitation_id)
    messages.success(request, _("您已加入公司 %(name)s，可随时在左上角切换。") % {"name": done.data["name"]})
    request.session["company_id"] = done.id
    return redirect("/")


@require_POST
def decline(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Stay out."""
    actor = _me(request)
    commands.decline_invitation(actor=actor, invitation_id=invitation_id)
    messages.success(request, _("已谢绝邀请。"))
    return redirect("/" if actor.company_id else reverse("accounts:invitations"))


def _me(request: HttpRequest) -> Actor:
    """The signed-in person, in the company worked in; in none (0) for who was invited before working anywhere."""
    user = request.user
    if not isinstance(user, User):
        raise SignInRequired()
    company_id = request.session.get("company_id") or user.last_company_id
    actor = queries.actor_by_user(user.pk, company_id) or queries.actor_by_user(user.pk, None)
    address = address_of(request)
    if actor is not None:
        actor = replace(actor, address=address)
    # Set here, since the usual way signs out who works nowhere.
    request.gendan_actor = actor  # type: ignore[attr-defined]
    return actor or Actor(0, user.pk, user.name, frozenset(), language=user.language, address=address)
