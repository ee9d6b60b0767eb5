"""A buyer changes a confirmed order in the browser, records the supplier's consent, and sees both versions."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect, sync_playwright

from gendan.accounts.models import Company
from gendan.accounts.tests.make import make_user, signed_in_client
from gendan.purchasing.tests.make import confirm, line, make_order, make_world

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


def test_from_the_order_to_its_second_version(browser: Browser, live_server: Any) -> None:
    world = make_world()
    number = make_order(world, 10, 20).number
    confirm(world, number)
    user = make_user(Company.objects.get(pk=world.company_id), permissions=("*",), limit=None)
    cookie = signed_in_client(user).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="zh-CN", base_url=live_server.url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    context.set_default_timeout(30_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    page.goto(f"/po/{number}")
    page.locator(".gd-head .gd-menu summary").click()
    page.get_by_role("menuitem", name="变更", exact=True).click()
    expect(page.locator("h1")).to_contain_text("变更")
    page.locator("[name=reason]").fill("客户少要")
    cell = page.locator("[data-grid] tbody tr").first.locator("td[data-key=quantity] input")
    cell.fill("8")
    cell.press("Tab")
    page.get_by_role("button", name="提交变更").click()
    expect(page.locator("h1")).to_contain_text("CO-")
    expect(page.locator("[data-diff]")).to_contain_text("数量")
    page.get_by_role("button", name="对方同意", exact=True).click()
    expect(page.get_by_text("已生效").first).to_be_visible()
    assert line(number).quantity == 8
    page.get_by_role("link", name="订单的各个版本").click()
    expect(page.get_by_text("第 2 版").first).to_be_visible()
    expect(page.locator("[data-diff]")).to_contain_text("8")
    context.close()
    assert errors == []
