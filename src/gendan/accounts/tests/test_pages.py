"""Pages and API of accounts: what administrators click does what the commands do."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from gendan.accounts.models import ApiKey, Company, Membership, Role, User
from gendan.accounts.tests.make import (
    PASSWORD,
    api_client,
    htmx_client,
    make_actor,
    make_company,
    make_user,
    signed_in_client,
)
from gendan.kernel.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Actor:
    return make_actor(make_company("ACME", "阿克米"), roles=["admin"], name="管理员")


@pytest.fixture
def page(admin: Actor) -> Client:
    return signed_in_client(admin)


@pytest.fixture
def clerk(admin: Actor) -> User:
    return make_user(Company.objects.get(pk=admin.company_id), ["buyer"], username="lilei", name="李雷")


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/settings/company-data",
        "/settings/companies/new",
        "/users/",
        "/users/?state=all&q=li&role=buyer",
        "/users/new",
        "/users/lilei",
        "/roles/",
        "/roles/new",
        "/roles/buyer",
        "/roles/admin",
        "/api-keys/",
        "/profile",
        "/notices/",
        "/jobs/",
        "/jobs/?who=all",
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_shown(page: Client, clerk: User, path: str, language: str):
    page.cookies["gendan_language"] = language
    assert "<h1" in text(page, path)


def test_company_settings_are_saved_and_remembered(page: Client):
    form = {"name": "新名", "currency": "CNY", "timezone": "Asia/Tokyo", "over_tolerance": "5", "version": "1"}
    assert page.post("/settings/company-data", form).status_code == 302
    company = Company.objects.get(code="ACME")
    assert (company.name, company.timezone, company.use_confirmation) == ("新名", "Asia/Tokyo", False)
    assert "阿克米" in text(page, "/settings/company-data")  # what it was, in the history


def test_a_wrong_figure_is_named_beside_its_field(admin: Actor):
    answer = htmx_client(admin).post("/settings/company-data", {"over_tolerance": "viel"})
    assert answer.status_code == 422
    assert "over_tolerance" in answer.content.decode()


def test_a_stale_form_is_refused(page: Client):
    page.post("/settings/company-data", {"name": "A", "version": "1", "use_confirmation": "on"})
    assert page.post("/settings/company-data", {"name": "B", "version": "1"}).status_code == 409


def test_a_new_company_is_entered_at_once(page: Client):
    page.post("/settings/companies/new", {"code": "second", "name": "第二", "currency": "CNY", "_key": "k"})
    assert page.session["company_id"] == Company.objects.get(code="SECOND").pk
    assert "第二" in text(page, "/settings/company-data")


def test_a_user_is_made_given_roles_and_signs_in(page: Client):
    form = {"username": "hanmeimei", "name": "韩梅梅", "password": "Xiao-mao-2026", "roles": ["buyer"], "_key": "k"}
    assert page.post("/users/new", form).status_code == 302
    assert page.post("/users/new", form).status_code == 302  # a double click
    assert User.objects.filter(username="hanmeimei").count() == 1
    page.post("/users/hanmeimei/roles", {"roles": ["accountant", "qc_inspector"], "version": "1"})
    assert "财务" in text(page, "/users/hanmeimei")
    visitor = Client()
    signed = visitor.post("/accounts/login/", {"login": "hanmeimei", "password": "Xiao-mao-2026"})
    assert signed.status_code == 302
    assert visitor.session["company_id"] == Company.objects.get(code="ACME").pk


def test_a_user_is_changed_shut_out_and_let_in(page: Client, clerk: User):
    page.post("/users/lilei", {"name": "李磊", "email": "", "phone": "", "superior": "", "version": "1"})
    page.post("/users/lilei/deactivate", {"version": "2"})
    assert not Membership.objects.get(user=clerk).is_active
    assert "李磊" not in text(page, "/users/")
    assert "李磊" in text(page, "/users/?state=inactive")
    page.post("/users/lilei/reactivate", {"version": "3"})
    assert Membership.objects.get(user=clerk).is_active


def test_a_password_is_reset(page: Client, clerk: User):
    page.post("/users/lilei/password", {"password": "Xiao-mao-2026"})
    clerk.refresh_from_db()
    assert clerk.check_password("Xiao-mao-2026")


def test_a_role_is_made_changed_and_deleted(page: Client):
    page.post(
        "/roles/new", {"code": "helper", "name": "帮手", "permissions": ["catalog.view"], "amount_limit": "1,000"}
    )
    role = Role.objects.get(code="helper")
    assert role.amount_limit == 1000
    page.post("/roles/helper", {"name": "帮手", "permissions": ["accounts.view"], "unlimited": "on", "version": "1"})
    role.refresh_from_db()
    assert (role.permissions, role.amount_limit, role.version) == (["accounts.view"], None, 2)
    page.post("/roles/helper/delete", {"version": "2"})
    assert not Role.objects.filter(code="helper").exists()


def test_a_new_key_is_shown_once(page: Client, clerk: User):
    shown = page.post("/api-keys/", {"name": "ERP", "username": "lilei", "expires_on": "2099-12-31"}).content.decode()
    (key,) = re.findall(r"gd_[\w-]{43}", shown)
    assert not re.findall(r"gd_[\w-]{43}", text(page, "/api-keys/"))
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {key}"}).json()["username"] == "lilei"
    page.post(f"/api-keys/{ApiKey.objects.get().pk}/revoke")
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code == 401


def test_my_profile_is_mine(clerk: User):
    client = signed_in_client(clerk)
    client.post("/profile", {"name": "李磊", "email": "ll@example.com", "phone": "1", "language": "en"})
    clerk.refresh_from_db()
    assert (clerk.name, clerk.email, clerk.language) == ("李磊", "ll@example.com", "en")
    assert '<html lang="en"' in client.get("/profile").content.decode()


def test_people_are_found_for_a_mention(page: Client, clerk: User):
    assert page.get("/people?q=李").json() == {"items": [{"value": "lilei", "label": "李雷", "spec": "@lilei"}]}


class TestSignIn:
    def test_by_user_name_and_by_email(self, clerk: User):
        for login in ("lilei", "LILEI@example.com"):
            client = Client()
            assert client.post("/accounts/login/", {"login": login, "password": PASSWORD}).status_code == 302
            assert client.get("/profile").status_code == 200

    def test_a_wrong_password_says_nothing_about_whether_the_user_exists(self, clerk: User):
        answers = [
            Client().post("/accounts/login/", {"login": login, "password": "wrong-password"}).content.decode()
            for login in ("lilei", "nobody")
        ]
        errors = [re.findall(r'class="gd-error"[^>]*>([^<]*)<', answer) for answer in answers]
        assert errors[0] == errors[1]

    def test_nobody_signs_up(self):
        answer = Client().post(
            "/accounts/signup/", {"username": "x", "password1": "Xiao-mao-2026", "password2": "Xiao-mao-2026"}
        )
        assert not User.objects.filter(username="x").exists()
        assert answer.status_code in (200, 403)

    def test_somebody_without_a_company_does_not_get_in(self, clerk: User):
        Membership.objects.filter(user=clerk).update(is_active=False)
        client = Client()
        answer = client.post("/accounts/login/", {"login": "lilei", "password": PASSWORD}, follow=True)
        assert "请联系公司的管理员" in answer.content.decode()
        assert "_auth_user_id" not in client.session

    def test_somebody_shut_out_while_signed_in_is_signed_out(self, clerk: User):
        client = signed_in_client(clerk)
        Membership.objects.filter(user=clerk).update(is_active=False)
        answer = client.get("/profile")
        assert answer.headers["Location"].startswith("/accounts/login/")
        assert "_auth_user_id" not in client.session

    def test_a_company_of_the_session_that_is_closed_gives_way_to_another(self, admin: Actor, clerk: User):
        other = make_company("OTHER")
        Membership.objects.create(company=other, user=clerk)
        client = signed_in_client(clerk)
        Membership.objects.filter(user=clerk, company_id=admin.company_id).update(is_active=False)
        assert client.get("/profile").status_code == 200


class TestApi:
    def test_who_am_i(self, admin: Actor):
        me = api_client(admin).get("/me").json()
        assert (me["company"], me["permissions"], me["amount_limit"]) == ("ACME", ["*"], None)

    def test_company(self, admin: Actor):
        api = api_client(admin)
        assert api.patch("/company", {"over_tolerance": "2.5", "version": 1}).json()["over_tolerance"] == "2.5"
        assert api.get("/company").json()["version"] == 2
        assert api.patch("/company", {"name": "x", "version": 1}).json()["code"] == "kernel.Stale"
        assert api.post("/companies", {"code": "NEU", "name": "新"}, key="k").status_code == 201
        assert api.post("/companies", {"code": "NEU", "name": "新"}, key="k").status_code == 201

    def test_users(self, admin: Actor):
        api = api_client(admin)
        body = {"username": "han", "name": "韩", "password": "Xiao-mao-2026", "roles": ["buyer"]}
        assert api.post("/users", body, key="k").status_code == 201
        assert api.post("/users", body, key="k").status_code == 201
        assert api.post("/users", body).json()["code"] == "accounts.UserExists"
        assert api.get("/users?q=han").json()["items"][0]["roles"] == ["buyer"]
        assert api.put("/users/han/roles", {"roles": ["accountant"], "version": 1}).json()["version"] == 2
        assert api.patch("/users/han", {"phone": "1"}).json()["version"] == 3
        assert api.post("/users/han/password", {"password": "Da-gou-2026"}).status_code == 200
        assert api.post("/users/han/deactivate", {}).status_code == 200
        assert api.get("/users/han").json()["is_active"] is False
        assert api.post("/users/han/reactivate", {}).status_code == 200
        make_user(make_company(), username="extern")
        assert api.post("/invitations", {"username": "extern", "roles": ["buyer"]}).status_code == 201

    def test_users_page_by_key(self, admin: Actor):
        company = Company.objects.get(pk=admin.company_id)
        for n in range(5):
            make_user(company, username=f"zz{n}")
        api = api_client(admin)
        first = api.get("/users?q=zz&limit=3").json()
        rest = api.get(f"/users?q=zz&limit=3&after={first['after']}").json()
        assert [u["username"] for u in [*first["items"], *rest["items"]]] == [f"zz{n}" for n in range(5)]
        assert rest["after"] == ""

    def test_roles(self, admin: Actor):
        api = api_client(admin)
        body = {"name": "帮手", "permissions": ["catalog.view"], "amount_limit": "300"}
        assert api.put("/roles/helper", body).status_code == 200
        assert api.put("/roles/helper", body | {"amount_limit": None, "version": 1}).json()["version"] == 2
        assert api.get("/roles/helper").json()["amount_limit"] is None
        assert "helper" in [role["code"] for role in api.get("/roles").json()["items"]]
        assert api.delete("/roles/helper").status_code == 200
        assert api.get("/roles/helper").status_code == 404
        assert {"code": "catalog.view", "label": api.get("/permissions").json()["items"][0]["label"]}

    def test_api_keys(self, admin: Actor):
        api = api_client(admin)
        first = api.post("/api-keys", {"name": "ERP"}, key="k").json()
        assert api.post("/api-keys", {"name": "ERP"}, key="k").json() == first
        assert len(first["key"]) == 46
        listed = api.get("/api-keys").json()["items"]
        assert "key" not in listed[0]
        assert api.delete(f"/api-keys/{first['id']}").status_code == 200
        assert api.delete(f"/api-keys/{first['id']}").json()["code"] == "accounts.KeyAlreadyRevoked"

    def test_without_a_key_there_is_nothing(self):
        answer = api_client(None).get("/users")
        assert (answer.status_code, answer.json()["code"]) == (401, "kernel.SignInRequired")


class TestOddInput:
    @pytest.mark.parametrize("name", ["a\x00b", "\ud800"], ids=["NUL", "half a character"])
    def test_what_cannot_be_stored_is_refused(self, admin: Actor, name: str):
        assert api_client(admin).patch("/company", {"name": name}).status_code == 422
        assert signed_in_client(admin).post("/profile", {"name": "a\x00b", "email": ""}).status_code == 422

    def test_a_moment_says_its_zone(self, admin: Actor):
        made = {"name": "x", "expires_at": "2099-01-01T00:00:00"}
        assert api_client(admin).post("/api-keys", made).status_code == 422
        assert api_client(admin).post("/api-keys", made | {"expires_at": "2099-01-01T00:00:00Z"}).status_code == 201

    @pytest.mark.parametrize(
        "path", ["/users/%00", "/users/?q=%00", "/roles/%00", "/jobs/?after=%00", "/jobs/" + "9" * 30]
    )
    def test_odd_addresses_are_refused(self, page: Client, path: str):
        assert page.get(path).status_code in (404, 422)
