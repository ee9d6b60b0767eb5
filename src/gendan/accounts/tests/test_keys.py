"""API keys: shown once, kept as a digest, useless once revoked, expired, or their user shut out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from gendan.accounts import commands, queries
from gendan.accounts.errors import BeyondOwnRights, KeyAlreadyRevoked
from gendan.accounts.models import ApiKey, Company, User
from gendan.accounts.secret import Secret, new_api_key
from gendan.accounts.tests.make import ApiClient, make_actor, make_company, make_stranger, make_user
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden, Invalid, NotFound
from gendan.kernel.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Actor:
    return make_actor(name="管理员")


def name_of(actor: Actor) -> str:
    return User.objects.get(pk=actor.user_id or 0).username


def make_key(actor: Actor, username: str | None = None, **given: object) -> tuple[str, int]:
    key = new_api_key(actor)
    done = commands.create_api_key(
        actor=actor,
        name="ERP",
        key=key,
        username=username or name_of(actor),
        **given,  # type: ignore[arg-type]
    )
    return key.reveal(), done.id


def test_a_key_acts_as_its_user(admin: Actor):
    key, _id = make_key(admin)
    actor = queries.actor_by_key(key)
    assert actor
    assert (actor.user_id, actor.company_id, actor.via) == (admin.user_id, admin.company_id, "api")
    assert key.startswith("gd_")
    assert len(key) == 3 + 43


def test_the_key_itself_is_kept_nowhere(admin: Actor):
    key, id_ = make_key(admin.with_key("k"))
    stored = ApiKey.objects.get(pk=id_)
    everything = " ".join(
        str(db.rows(f"SELECT * FROM {table}")) for table in ("accounts_apikey", "kernel_event", "kernel_idempotency")
    )
    assert key not in everything
    assert stored.hint == key[:8]


def test_a_repeated_request_gets_the_same_key(admin: Actor):
    first, second = make_key(admin.with_key("k")), make_key(admin.with_key("k"))
    assert first == second
    assert make_key(admin.with_key("l")) != first
    assert ApiKey.objects.count() == 2


def test_two_keys_are_never_alike(admin: Actor):
    assert make_key(admin)[0] != make_key(admin)[0]


def test_a_revoked_key_is_refused_at_once(admin: Actor):
    key, id_ = make_key(admin)
    api = ApiClient(key)
    assert api.get("/me").status_code == 200
    commands.revoke_api_key(actor=admin, key_id=id_)
    assert api.get("/me").status_code == 401
    with pytest.raises(KeyAlreadyRevoked):
        commands.revoke_api_key(actor=admin, key_id=id_)
    assert set(Event.objects.values_list("type", flat=True)) == {"accounts.api_key_created", "accounts.api_key_revoked"}


def test_a_key_ends_on_its_day(admin: Actor):
    key, id_ = make_key(admin, expires_at=timezone.now() + timedelta(days=1))
    assert queries.actor_by_key(key)
    ApiKey.objects.filter(pk=id_).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert queries.actor_by_key(key) is None
    assert queries.api_keys(admin)[0]["state"] == "expired"


def test_a_key_ends_with_its_users_membership(admin: Actor):
    user = make_user(Company.objects.get(pk=admin.company_id), ["buyer"])
    key, _id = make_key(admin, user.username)
    assert queries.actor_by_key(key)
    commands.deactivate_member(actor=admin, username=user.username)
    assert queries.actor_by_key(key) is None


@pytest.mark.parametrize("key", ["", "gd_", "gd_" + "x" * 43, "nonsense", "\x00"])
def test_an_unknown_key_is_nobody(key: str):
    assert queries.actor_by_key(key) is None


def test_what_cannot_be_is_refused(admin: Actor):
    with pytest.raises(Invalid):
        commands.create_api_key(actor=admin, name=" ", key=new_api_key(admin), username=name_of(admin))
    with pytest.raises(Invalid):
        commands.create_api_key(actor=admin, name="x", key=Secret("short"), username=name_of(admin))
    with pytest.raises(Invalid):
        make_key(admin, expires_at=timezone.now() - timedelta(days=1))
    with pytest.raises(NotFound):
        make_key(admin, "nobody")
    with pytest.raises(NotFound):
        make_key(admin, name_of(make_stranger()))


def test_a_key_is_no_way_up(admin: Actor):
    actor = make_actor(Company.objects.get(pk=admin.company_id), permissions=["accounts.create_api_key"])
    make_key(actor)
    with pytest.raises(BeyondOwnRights):
        make_key(actor, name_of(admin))


def test_permission_and_company_are_checked(admin: Actor):
    _key, id_ = make_key(admin)
    with pytest.raises(NotFound):
        commands.revoke_api_key(actor=make_stranger(), key_id=id_)
    nobody = make_actor(Company.objects.get(pk=admin.company_id), permissions=[])
    with pytest.raises(Forbidden):
        make_key(nobody)
    with pytest.raises(Forbidden):
        commands.revoke_api_key(actor=nobody, key_id=id_)
    assert queries.api_keys(make_actor(make_company())) == []


def test_the_last_use_is_noted_now_and_then(admin: Actor, django_assert_num_queries):
    key, id_ = make_key(admin)
    assert ApiKey.objects.get(pk=id_).last_used_at is None
    with django_assert_num_queries(2):
        queries.actor_by_key(key)
    assert ApiKey.objects.get(pk=id_).last_used_at
    with django_assert_num_queries(1):
        queries.actor_by_key(key)
