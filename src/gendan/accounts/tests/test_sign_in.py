"""Coming, going and failing to come are in the audit; nothing secret is."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from gendan.accounts import sign_in
from gendan.accounts.models import User
from gendan.accounts.tests.make import PASSWORD, make_actor
from gendan.kernel.actor import Actor
from gendan.kernel.audit.queries import Asked, events_of
from gendan.kernel.models import Event

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def boss() -> Actor:
    return make_actor(roles=["admin"], username="boss")


def sign(name: str, password: str, client: Client | None = None) -> Client:
    client = client or Client()
    client.post(LOGIN, {"login": name, "password": password}, REMOTE_ADDR="203.0.113.7")
    return client


def told(actor: Actor) -> list[tuple[str, str, str, str]]:
    rows = events_of(actor, Asked(area="accounts")).items
    return [(row["type"], row["username"], row["number"], row["address"]) for row in rows]


def test_coming_and_going_are_events_with_the_address():
    admin = boss()
    client = sign("boss", PASSWORD)
    client.post("/accounts/logout/", REMOTE_ADDR="203.0.113.8")
    assert told(admin) == [
        ("accounts.signed_out", "boss", "boss", "203.0.113.8"),
        ("accounts.signed_in", "boss", "boss", "203.0.113.7"),
    ]


def test_a_wrong_password_is_kept_without_the_password():
    admin = boss()
    sign("BOSS", "wrong-password-1")
    sign("my-secret-password", "wrong-password-2")
    assert [(type_, number) for type_, _who, number, _from in told(admin)] == [
        (sign_in.FAILED, "my…(18)"),
        (sign_in.FAILED, "boss"),
    ]
    kept = " ".join(f"{e.data} {e.subject_number} {e.refs}" for e in Event.objects.all())
    assert "wrong-password" not in kept
    assert "secret" not in kept


def test_a_flood_does_not_fill_the_log(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sign_in, "FAILURES", 2)
    admin = boss()
    for n in range(4):
        sign(f"nobody{n}", "wrong")
    assert len(told(admin)) == 2


def test_a_changed_password_is_an_event():
    admin = boss()
    client = sign("boss", PASSWORD)
    new = "xin-mima-2026"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert User.objects.get(username="boss").check_password(new)
    assert "accounts.password_changed" in {type_ for type_, *_rest in told(admin)}
