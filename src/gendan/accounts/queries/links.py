"""Links behind which somebody chooses a password."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import base36_to_int, int_to_base36

from gendan.accounts.models import Membership, User
from gendan.accounts.queries.actors import actor_by_user
from gendan.accounts.queries.invitations import home_of
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound


def sign_in_link(actor: Actor, username: str) -> tuple[str, datetime]:
    """The path of a link to a colleague's choice of a password, and when it ends."""
    actor.must("accounts.reset_password")
    found = Membership.objects.select_related("user").filter(
        company_id=actor.company_id, is_active=True, user__username__iexact=username, user__is_active=True
    )
    member = found.first()
    if member is None:
        raise NotFound(what=username)
    token = default_token_generator.make_token(member.user)
    path = reverse("accounts:sign_in_link", args=[int_to_base36(member.user_id), token])
    return path, timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


def public_address(request: HttpRequest, path: str) -> str:
    """The address of a link as its receiver gets it."""
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


def who_has_link(person: str, token: str) -> tuple[User, Actor] | None:
    """Whose link it is, as somebody who may do nothing else; None when it is nobody's, or over."""
    try:
        user = User.objects.filter(pk=base36_to_int(person), is_active=True).first()
    except (ValueError, OverflowError):
        return None
    if user is None or not default_token_generator.check_token(user, token):
        return None
    home = home_of(user)
    actor = actor_by_user(user.pk, home) if home is not None else None
    return (user, replace(actor, permissions=frozenset(), scope=None, fields=())) if actor is not None else None
