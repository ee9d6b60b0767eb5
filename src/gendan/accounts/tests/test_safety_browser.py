"""In a real browser: the second step that a role asks for, looking as a role, and the audit that tells of both."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Browser, Page, expect, sync_playwright

from gendan.accounts import commands
from gendan.accounts.models import Company
from gendan.accounts.tests.make import PASSWORD, make_actor

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium or Chrome"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs an event loop in this thread
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="zh-CN")
    context.set_default_timeout(30_000)
    page = context.new_page()
    yield page
    context.close()


def sign_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/accounts/login/?next=/users/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")


def test_from_the_second_step_to_the_audit(page: Page, live_server: Any):
    admin = make_actor(roles=["admin"], username="boss")
    make_actor(Company.objects.get(pk=admin.company_id), roles=["buyer"], username="buyer")
    commands.require_second_factor(actor=admin, code="admin", required=True)
    sign_in(page, live_server.url, "boss")
    page.wait_for_url(re.compile("/2fa/totp/activate/"))
    secret = page.locator("code").inner_text()
    page.wait_for_timeout(1500)  # nothing on this page asks the server again and so makes another secret
    expect(page.locator("code")).to_have_text(secret)
    expect(page.locator(".gd-main")).to_contain_text("您的角色要求两步验证")
    expect(page.locator(".gd-nav-link", has_text="审计日志")).to_have_count(0)  # no way on
    counter = next(yield_hotp_counters_from_time())
    page.fill("input[name=code]", format_hotp_value(hotp_value(secret, counter)))
    page.get_by_role("button", name="开启").click()
    page.wait_for_url(re.compile("/2fa/recovery-codes/"))

    page.goto(f"{live_server.url}/roles/buyer")
    page.get_by_role("button", name="以此角色查看").click()
    expect(page.locator(".gd-looking")).to_contain_text("采购员")
    expect(page.locator(".gd-nav-link", has_text="审计日志")).to_have_count(0)
    page.get_by_role("button", name="结束查看").click()
    expect(page.locator(".gd-looking")).to_have_count(0)

    page.goto(f"{live_server.url}/audit?area=accounts")
    for told in ("结束以此角色查看", "开始以此角色查看", "生成了恢复码", "开启了两步验证", "登录了系统"):
        expect(page.locator(".gd-audit tbody tr", has_text=told).first).to_be_visible()
    page.get_by_role("link", name="boss").first.click()
    expect(page).to_have_url(re.compile("person=boss"))
