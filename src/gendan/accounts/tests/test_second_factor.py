"""The second step of signing in that a role asks for; looking at the product as a role does."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

from gendan.accounts import commands
from gendan.accounts.errors import BeyondOwnRights
from gendan.accounts.models import Company, Role, User
from gendan.accounts.tests.make import api_client, make_actor, signed_in_client
from gendan.accounts.urls import urlpatterns as own_patterns
from gendan.config.sign_in_urls import urlpatterns as allauth_patterns
from gendan.kernel.actor import Actor
from gendan.kernel.errors import LookingOnly
from gendan.kernel.models import Event
from gendan.kernel.unit import COMMANDS

pytestmark = pytest.mark.django_db


def boss() -> Actor:
    return make_actor(roles=["admin"], username="boss")


def buyer(admin: Actor) -> Actor:
    return make_actor(Company.objects.get(pk=admin.company_id), roles=["buyer"], username="buyer")


def test_who_must_have_it_sets_it_up_before_anything_else():
    admin = boss()
    person = buyer(admin)
    client = signed_in_client(person)
    assert client.get("/po/").status_code == 200
    commands.require_second_factor(actor=admin, code="buyer", required=True)
    turned = client.get("/po/")
    assert (turned.status_code, turned["Location"]) == (302, "/accounts/2fa/totp/activate/?next=%2Fpo%2F")
    assert client.post("/po/new", {}).status_code == 403
    assert api_client(person).get("/api/v1/me").status_code == 200  # keys are not concerned
    user = User.objects.get(username="buyer")
    TOTP.activate(user, generate_totp_secret())
    assert client.get("/po/").status_code == 200
    kept = Authenticator.objects.get(user=user)
    assert not get_adapter().can_delete_authenticator(kept)
    assert kept.data["secret"] != get_adapter().decrypt(kept.data["secret"])  # encrypted where it is kept


def test_an_administrator_resets_it_for_who_lost_the_phone():
    admin = boss()
    buyer(admin)
    TOTP.activate(User.objects.get(username="buyer"), generate_totp_secret())
    page = signed_in_client(admin)
    assert "已开启两步验证" in page.get("/users/buyer").content.decode()
    page.post("/users/buyer/second-factor")
    assert not Authenticator.objects.exists()
    assert Event.objects.filter(type="accounts.second_factor_reset", subject_number="buyer").exists()


def test_an_administrator_sees_what_a_role_sees_and_writes_nothing():
    admin = boss()
    client = signed_in_client(admin)
    assert client.get("/users/").status_code == 200
    client.post("/roles/warehouse_keeper/look")
    page = client.get("/").content.decode()
    assert "您正在以「仓管员」的身份查看" in page
    assert client.get("/users/").status_code == 403
    refused = client.post("/settings/company-data", {"name": "新名"})
    assert refused.status_code == 403
    assert "结束查看" in refused.content.decode()
    client.post("/looking/end")
    assert client.get("/users/").status_code == 200
    seen = Event.objects.filter(type__startswith="accounts.looking").order_by("id")
    assert list(seen.values_list("type", "subject_number", "user_id")) == [
        ("accounts.looking_began", "warehouse_keeper", admin.user_id),
        ("accounts.looking_ended", "warehouse_keeper", admin.user_id),
    ]


def test_no_command_runs_for_who_only_looks():
    looking = replace(boss(), looking_as="仓管员")
    for command in COMMANDS.values():
        with pytest.raises(LookingOnly):
            command.run(actor=looking)


def test_who_looks_as_a_role_opens_nothing_that_is_their_own_or_lets_people_in():
    """Every page about passwords, second steps, keys and invitations, also one that is added later."""
    client = signed_in_client(boss())
    words = re.compile(r"mfa_|password|reauthenticate|apikey|invit|second_factor|_links?$")
    given = {"invitation_id": 1, "key_id": 1, "username": "x", "code": "x", "person": "x", "token": "x"}
    own = {"accounts:role_second_factor"}  # a command, refused as every other
    patterns = {str(p.name): p for p in allauth_patterns} | {f"accounts:{p.name}": p for p in own_patterns}
    pages = [name for name in patterns if words.search(name) and name not in own]
    assert len(pages) > 15
    client.post("/roles/warehouse_keeper/look")
    for name in pages:
        address = reverse(name, kwargs={key: given[key] for key in patterns[name].pattern.converters})
        for answer in (client.get(address), client.post(address)):
            assert (name, answer.status_code) == (name, 403)
            assert "以「仓管员」的身份查看，密码、两步验证、密钥和邀请这时不能打开" in answer.content.decode()
    client.post("/looking/end")
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.get(reverse("accounts:apikey_list")).status_code == 200


def test_looking_ends_with_the_right_to_look():
    admin = boss()
    company = Company.objects.get(pk=admin.company_id)
    helper = make_actor(company, permissions=["accounts.look_as_role", "purchasing.view"], username="helper")
    Role.objects.create(company=company, code="viewer", name="只看", permissions=["purchasing.view"], amount_limit=0)
    with pytest.raises(BeyondOwnRights):
        commands.look_as_role(actor=helper, code="buyer")
    client = signed_in_client(helper)
    client.post("/roles/viewer/look")
    assert "您正在以「只看」" in client.get("/").content.decode()
    Role.objects.filter(company=company, permissions__contains=["accounts.look_as_role"]).exclude(code="admin").update(
        permissions=["purchasing.view"]
    )
    assert "您正在以" not in client.get("/").content.decode()
