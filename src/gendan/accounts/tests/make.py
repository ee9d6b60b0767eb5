"""Companies, people and clients for the tests of every context: each call makes new ones, with readable defaults."""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import timezone

from gendan.accounts import queries, steps
from gendan.accounts.models import ApiKey, Company, Membership, Role, User
from gendan.kernel.actor import Actor, Via

PASSWORD = "kuaile-cangku-7"
_counter = itertools.count(1)
_UNLIMITED = Decimal("-1")


def make_company(code: str | None = None, name: str | None = None, currency: str = "CNY") -> Company:
    """A company with the standard roles and number sequences, and no users."""
    code = code or f"C{next(_counter):04d}"
    with transaction.atomic():
        return steps.create_company(code, name or f"测试公司 {code}", currency)


def make_user(
    company: Company,
    roles: Iterable[str] = (),
    permissions: Iterable[str] | None = None,
    limit: Decimal | int | str | None = _UNLIMITED,
    username: str | None = None,
    name: str = "",
    **fields: Any,
) -> User:
    """A member with the named standard roles, or with a role of exactly ``permissions`` and ``limit``."""
    username = username or f"user{next(_counter)}"
    user = User.objects.create_user(
        username, fields.pop("email", f"{username}@example.com"), PASSWORD, name=name or username, **fields
    )
    User.objects.filter(pk=user.pk).update(last_company=company)
    membership = Membership.objects.create(company=company, user=user)
    held = list(Role.objects.filter(company=company, code__in=list(roles)))
    if permissions is not None:
        amount = None if limit is None or limit == _UNLIMITED else Decimal(limit)
        code = f"r{next(_counter)}"
        held.append(
            Role.objects.create(
                company=company, code=code, name=code, permissions=list(permissions), amount_limit=amount
            )
        )
    membership.roles.set(held)
    user.refresh_from_db()
    return user


def join(company: Company | int, user: User, roles: Iterable[str] = ()) -> Membership:
    """Let an existing user work in one more company, with standard or made roles, as if invited."""
    company_id = company if isinstance(company, int) else company.pk
    membership = Membership.objects.create(company_id=company_id, user=user)
    membership.roles.set(Role.objects.filter(company_id=company_id, code__in=list(roles)))
    return membership


def actor_for(user: User, company: Company | None = None, via: Via = "page", key: str | None = None) -> Actor:
    """The actor of an existing member, as the doors would resolve it."""
    company_id = company.pk if company else user.last_company_id
    actor = queries.actor_by_user(user.pk, company_id, via)
    assert actor is not None, f"{user} is not an active member"
    return replace(actor, idempotency_key=key)


def make_actor(
    company: Company | None = None,
    permissions: Iterable[str] | None = None,
    roles: Iterable[str] = (),
    limit: Decimal | int | str | None = None,
    key: str | None = None,
    **fields: Any,
) -> Actor:
    """A new member acting: everything, without limit, unless ``permissions``, ``roles`` or ``limit`` say otherwise.

    ``make_actor()`` administers a new company; ``make_actor(company, permissions=[…], limit="5000")`` is a colleague.
    """
    company = company or make_company()
    roles = tuple(roles)
    if permissions is None and not roles:
        permissions = ("*",)
    return actor_for(make_user(company, roles, permissions, limit, **fields), company, key=key)


def make_stranger(**fields: Any) -> Actor:
    """An administrator of another company."""
    return make_actor(make_company(), **fields)


def signed_in_client(who: Actor | User) -> Client:
    """A browser-like client, signed in to the actor's company."""
    client = Client()
    user = who if isinstance(who, User) else User.objects.get(pk=who.user_id or 0)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["company_id"] = user.last_company_id if isinstance(who, User) else who.company_id
    session.save()
    return client


def htmx_client(who: Actor | User) -> Client:
    """Like ``signed_in_client``, for requests that htmx sends."""
    client = signed_in_client(who)
    client.defaults["HTTP_HX_REQUEST"] = "true"
    return client


def make_api_key(who: Actor | User) -> str:
    """A new API key of the person in their company."""
    user_id = who.pk if isinstance(who, User) else who.user_id or 0
    company_id = (who.last_company_id or 0) if isinstance(who, User) else who.company_id
    key = f"gd_{secrets.token_urlsafe(32)}"
    ApiKey.objects.create(
        company_id=company_id,
        user_id=user_id,
        name="test",
        hint=key[:8],
        digest=queries.digest_of(key),
        last_used_at=timezone.now(),  # so that no test pays for noting the use
    )
    return key


class ApiClient:
    """A program with an API key: ``api.post("/purchase-orders", {...}, key="k1")`` → response with ``.json()``."""

    def __init__(self, api_key: str | None) -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}

    def request(self, method: str, path: str, body: Any = None, key: str | None = None, **headers: str) -> Any:
        """Send JSON to a path under /api/v1; ``key`` is the Idempotency-Key."""
        sent = {**self.headers, **({"Idempotency-Key": key} if key else {}), **headers}
        if not path.startswith("/api/"):
            path = f"/api/v1/{path.lstrip('/')}"
        data = "" if body is None else json.dumps(body, default=str)
        return self.client.generic(method, path, data, content_type="application/json", headers=sent)

    def get(self, path: str, **headers: str) -> Any:
        return self.request("GET", path, **headers)

    def post(self, path: str, body: Any = None, key: str | None = None, **headers: str) -> Any:
        return self.request("POST", path, body if body is not None else {}, key, **headers)

    def put(self, path: str, body: Any = None, key: str | None = None, **headers: str) -> Any:
        return self.request("PUT", path, body if body is not None else {}, key, **headers)

    def patch(self, path: str, body: Any = None, key: str | None = None, **headers: str) -> Any:
        return self.request("PATCH", path, body if body is not None else {}, key, **headers)

    def delete(self, path: str, key: str | None = None, **headers: str) -> Any:
        return self.request("DELETE", path, None, key, **headers)


def api_client(who: Actor | User | None) -> ApiClient:
    """A client for the API as this person; None is a caller without a key."""
    return ApiClient(make_api_key(who) if who is not None else None)
