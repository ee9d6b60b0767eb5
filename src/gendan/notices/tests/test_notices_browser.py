"""In a real browser, behind the content security policy: pushing is allowed, words are previewed while one types."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from gendan.accounts.models import User
from gendan.accounts.tests.make import signed_in_client

from .make import World, make_world
from .test_push import AUTH, RECEIVER

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium or Chrome"),
]
# There is no push service to subscribe at.
SERVICE = f"""
PushManager.prototype.subscribe = async () => ({{ toJSON: () => ({{
  endpoint: "https://push.example.com/1", keys: {{ p256dh: "{RECEIVER}", auth: "{AUTH}" }} }}) }});
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs an event loop in this thread
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def world() -> World:
    return make_world(1)


@pytest.fixture
def context(browser: Browser, world: World, live_server: Any) -> Iterator[BrowserContext]:
    cookie = signed_in_client(User.objects.get(pk=world.admin.user_id or 0)).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(
        viewport={"width": 1440, "height": 1000},
        locale="zh-CN",
        base_url=live_server.url,
        permissions=["notifications"],
    )
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    context.set_default_timeout(45_000)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    yield context
    context.close()
    assert errors == []


def test_a_browser_is_allowed_to_be_pushed_to_and_forgotten(context: BrowserContext):
    page = context.new_page()
    page.add_init_script(SERVICE)
    page.goto("/notices/settings")
    page.get_by_role("button", name="在这台浏览器上接收推送").click()
    expect(page.get_by_role("button", name="不再推送")).to_be_visible()
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((found) => found.length)") == 1
    page.get_by_role("button", name="不再推送").click()
    expect(page.get_by_role("button", name="不再推送")).to_have_count(0)


def test_words_are_previewed_while_one_types(context: BrowserContext):
    page = context.new_page()
    page.goto("/settings/notices/words/out.shipped/zh-hans")
    expect(page.locator("#preview")).to_contain_text("SF1234567890")
    page.fill("#id_body", "单号 {{ tracking_number }} 已发，{{ nothing }}")
    expect(page.locator("#preview")).to_contain_text("nothing")
    page.fill("#id_body", "单号 {{ tracking_number }} 已发")
    expect(page.locator("#preview")).to_contain_text("单号 SF1234567890 已发")
