"""Every page of signing in is ours, in three languages; what we do not serve does not exist."""

from __future__ import annotations

import pytest
from allauth.core.internal.ratelimit import handler429
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client, RequestFactory
from django.urls import reverse

from gendan.accounts.models import User
from gendan.accounts.tests.make import make_actor, signed_in_client
from gendan.config import sign_in_urls

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("name", [route.name for route in sign_in_urls.urlpatterns])
def test_every_page_is_in_our_look(name: str, language: str):
    signed_in = signed_in_client(make_actor())
    for client in (Client(), signed_in):
        client.cookies["gendan_language"] = language
        answer = client.get(reverse(name), follow=True)
        assert answer.status_code in {200, 404}
        page = answer.content.decode()
        assert "web/gendan" in page
        assert f'lang="{language}"' in page


@pytest.mark.parametrize(
    "path", ["email/", "password/reset/", "password/set/", "confirm-email/", "login/code/confirm/"]
)
def test_pages_that_we_do_not_serve_are_not_there(path: str):
    for client in (Client(), signed_in_client(make_actor())):
        answer = client.get(f"/accounts/{path}")
        assert answer.status_code == 404
        assert "gd-error-page" in answer.content.decode()


def test_a_visitor_who_is_lost_sees_no_navigation():
    page = Client().get("/nonsense").content.decode()
    assert "gd-error-page" in page
    assert "gd-sign" in page
    assert "gd-search" not in page


def test_a_changed_password_is_said_and_works():
    actor = make_actor()
    client = signed_in_client(actor)
    form = {"oldpassword": "kuaile-cangku-7", "password1": "Xiao-mao-2026", "password2": "Xiao-mao-2026"}
    answer = client.post(reverse("account_change_password"), form, follow=True)
    assert "密码已修改" in answer.content.decode()
    assert User.objects.get(pk=actor.user_id or 0).check_password("Xiao-mao-2026")


def test_who_confirms_with_a_code_goes_on_where_they_wanted_to():
    actor = make_actor()
    TOTP.activate(User.objects.get(pk=actor.user_id or 0), "A" * 32)
    page = signed_in_client(actor).get(f"{reverse('mfa_reauthenticate')}?next=/accounts/2fa/").content.decode()
    assert '<input type="hidden" name="next" value="/accounts/2fa/">' in page


def test_who_tries_too_often_is_told_so_in_our_words(rf: RequestFactory):
    answer = handler429(rf.get("/"))
    assert answer.status_code == 429
    assert "请过几分钟再试" in answer.content.decode()


def test_browsers_find_the_icon_everywhere():
    answer = Client().get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, "/static/web/icon.svg")


def test_a_request_for_another_host_is_refused_in_our_words():
    answer = Client().get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "不是本系统的地址" in answer.content.decode()
