"""The shell: who sees which entry, my day, search, language, company, refusals."""

import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gendan.accounts.models import Membership, User
from gendan.accounts.tests.make import htmx_client, make_actor, make_company, signed_in_client
from gendan.catalog.tests import make as catalog
from gendan.purchasing.tests.make import make_order, make_world
from gendan.web import navigation, search
from gendan.web.first_steps import first_steps

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_visitor_is_asked_to_sign_in_and_led_back():
    response = Client().get("/")
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('account_login')}?next=%2F"


def test_sign_in_leads_to_my_day_in_the_users_language():
    actor = make_actor(name="李采购", language="en")
    User.objects.filter(pk=actor.user_id or 0).update(username="li")
    client = Client()
    page = client.get(reverse("account_login"))
    assert b"csrfmiddlewaretoken" in page.content
    wrong = client.post(reverse("account_login"), {"login": "li", "password": "nonsense"})
    assert wrong.status_code == 200
    assert b"gd-errors" in wrong.content
    right = client.post(reverse("account_login"), {"login": "li", "password": "kuaile-cangku-7"})
    assert right.status_code == 302
    assert right["Location"] == "/"
    assert right.cookies["gendan_language"].value == "en"
    assert client.get("/").status_code == 200


def test_nobody_signs_up():
    response = Client().get(reverse("account_signup"))
    assert b"<form" not in response.content.split(b"</section>")[0]


def test_the_navigation_shows_what_the_actor_may():
    company = make_company()
    buyer, keeper = make_actor(company, roles=["buyer"]), make_actor(company, permissions=["inventory.view"])
    assert "purchasing.view" in buyer.permissions
    shown = {link.page for link in navigation.links(keeper, "/")}
    assert not any(page.startswith(("purchasing:", "catalog:", "accounts:")) for page in shown)
    assert {link.page for link in navigation.links(buyer, "/")} >= {"web:home"}


def test_my_day_says_what_waits_and_that_nothing_does():
    world = make_world()
    page = signed_in_client(world.actor).get("/").content.decode()
    assert "gd-clear" in page
    done = make_order(world, 10, submit=False)
    page = signed_in_client(world.actor).get("/").content.decode()
    assert done.number in page


def test_a_new_company_is_told_what_to_do_first():
    company = catalog.make_company()
    steps = {role: first_steps(make_actor(company, roles=[role])) for role in ("admin", "buyer", "qc_inspector")}
    assert [step.done for step in steps["admin"]][:3] == [False, False, False]
    assert {step.url for step in steps["buyer"]} < {step.url for step in steps["admin"]}
    assert steps["qc_inspector"] == []
    catalog.make_product(company)
    admin = make_actor(company, roles=["admin"])
    assert [step.done for step in first_steps(admin)][:3] == [True, False, False]
    assert "gd-first-steps" in signed_in_client(admin).get("/").content.decode()
    world = make_world()
    make_order(world, 10, submit=False)
    assert first_steps(world.actor) == []
    assert "gd-first-steps" not in signed_in_client(world.actor).get("/").content.decode()


def test_my_day_of_a_stranger_shows_nothing_of_ours():
    done = make_order(make_world(), 10, submit=False)
    page = signed_in_client(make_actor()).get("/").content.decode()
    assert done.number not in page


def test_my_day_takes_the_same_number_of_statements_whatever_waits():
    world = make_world()
    client = signed_in_client(world.actor)
    counts = []
    for _more in range(2):  # a list that is full has one to count the rest
        for _ in range(8):
            make_order(world, 10, 20, submit=False)
        client.get("/")
        with CaptureQueriesContext(connection) as statements:
            client.get("/")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 38


def test_numbers_are_understood_in_short():
    assert "PO-000123" in search.numbers_meant("123")
    assert search.numbers_meant("po123") == ["PO123", "PO-000123"]
    assert "PO-000123" in search.numbers_meant("PO-000123")


def test_search_finds_documents_products_and_pages_of_the_own_company_only():
    world = make_world()
    done = make_order(world, 10)
    mine = signed_in_client(world.actor).get("/search", {"q": "luoshuan"})
    assert mine.status_code == 200
    theirs = signed_in_client(make_actor()).get("/search", {"q": done.number}).content.decode()
    assert f">{done.number}<" not in theirs


def test_language_and_company_are_switched():
    actor = make_actor()
    other = make_company(name="第二公司")
    Membership.objects.create(company=other, user_id=actor.user_id or 0)
    client = signed_in_client(actor)
    response = client.post("/settings/language", {"language": "zh-hant", "next": "/guide/"})
    assert response["Location"] == "/guide/"
    assert User.objects.get(pk=actor.user_id or 0).language == "zh-hant"
    assert client.post("/settings/language", {"language": "en", "next": "https://evil.example/"})["Location"] == "/"
    client.post("/settings/company", {"company": other.code})
    assert client.session["company_id"] == other.pk
    stranger = make_company()
    assert client.post("/settings/company", {"company": stranger.code}).status_code == 404


def test_a_refusal_reaches_htmx_as_a_fragment_with_its_fields():
    with override_settings(ROOT_URLCONF="gendan.web.tests.urls_with_kit"):
        response = htmx_client(make_actor()).post("/_kit/save")
    assert response.status_code == 422
    assert response["HX-Retarget"] == "#problem"
    assert b"data-field-errors" in response.content


@override_settings(ROOT_URLCONF="gendan.web.tests.urls_with_kit")
def test_the_style_sheet_renders_every_macro_without_a_missing_name():
    client = Client()
    for address in ("/_kit", "/_kit?state=none", "/_kit/long"):
        assert client.get(address).status_code == 200, address


@override_settings(ROOT_URLCONF="gendan.web.tests.urls_with_kit")
def test_no_page_has_inline_scripts():
    page = Client().get("/_kit").content.decode()
    assert not re.search(r"<[^>]+\son[a-z]+=", page)
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL):
        assert "src=" in attributes or "application/json" in attributes
        assert "src=" not in attributes or not body.strip()


def test_every_page_of_the_account_is_ours():
    client = signed_in_client(make_actor())
    for name in ("account_change_password", "mfa_index"):
        page = client.get(reverse(name))
        assert page.status_code in {200, 302}, name
    assert b"gd-main" in client.get(reverse("account_change_password")).content


def test_a_page_that_does_not_exist_says_so_in_our_look():
    page = signed_in_client(make_actor()).get("/nonsense")
    assert page.status_code == 404
    assert b"gd-error-page" in page.content


def test_what_is_not_found_is_no_error_in_the_log(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "gendan")
    logging.getLogger("gendan").propagate = True
    assert signed_in_client(make_actor()).get("/guide/img/nothing.png").status_code == 404
    assert "failed" not in caplog.text


def test_attempts_to_sign_in_are_counted_by_the_address_that_the_proxy_saw(tmp_path: Path):
    code = (
        "import django; django.setup()\n"
        "from allauth.core.internal.httpkit import get_client_ip\n"
        "from django.test import RequestFactory\n"
        "print(get_client_ip(RequestFactory().get('/', HTTP_X_FORWARDED_FOR='6.6.6.6, 198.51.100.7')))"
    )
    for url, seen in (("https://gendan.example.com", "198.51.100.7"), ("", "127.0.0.1")):
        given = {"GENDAN_HOME": str(tmp_path), "GENDAN_URL": url, "DJANGO_SETTINGS_MODULE": "gendan.config.settings"}
        ran = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, check=True)
        assert ran.stdout.strip() == seen
