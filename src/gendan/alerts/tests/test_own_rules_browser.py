"""A rule is written with the form by somebody who knows no CEL, and tried; mistakes are shown beside their fields."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from gendan.accounts.models import User
from gendan.accounts.tests.make import signed_in_client
from gendan.alerts.models import RuleSetting
from gendan.purchasing.tests import make as buying

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium or Chrome"),
]
SHOTS = os.environ.get("RULES_SHOTS", "")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs an event loop in this thread
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def open_page(browser: Browser, world: buying.World, url: str, path: str, width: int = 1440) -> Page:
    user = User.objects.get(pk=world.actor.user_id or 0)
    cookie = signed_in_client(user).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="zh-CN", base_url=url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    context.set_default_timeout(45_000)
    page = context.new_page()
    page.goto(path)
    return page


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def test_a_rule_is_written_with_the_form_and_tried(browser: Browser, live_server: Any) -> None:
    world = buying.make_world()
    buying.make_order(world, 10, 3)
    page = open_page(browser, world, live_server.url, "/cases/own-rules/new")
    helps = page.locator("[name=remedies]")
    expect(helps.and_(page.locator("[value=deliver]"))).to_be_hidden()  # that is for sales
    page.locator("[data-subject]").select_option("so_line")
    expect(helps.and_(page.locator("[value=deliver]"))).to_be_visible()
    page.locator("[data-subject]").select_option("po_line")
    expect(helps.and_(page.locator("[value=urge_supplier]"))).to_be_visible()
    page.get_by_label("名称").fill("大额行快到期")
    page.locator("[name=offset]").fill("5")
    page.locator("[name=when]").select_option("before")
    condition = page.locator("[data-condition]")
    condition.get_by_label("字段").select_option("missing")
    condition.get_by_label("比较").select_option(">")
    condition.get_by_label("值", exact=True).fill("5")
    shot(page, "form-1440")
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(f"{live_server.url}/cases/own-rules/own-1")
    rule = RuleSetting.objects.get(code="own-1")
    assert (rule.condition, rule.trigger["offset"]) == ("missing > 5.0", -5)
    condition.get_by_role("button", name="手写表达式").click()
    condition.get_by_role("textbox").fill("missing > 5.0 &&")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#field-condition [data-error]")).to_contain_text("表达式写错了")
    shot(page, "form-error-1440")
    pages = {"own-rules": "list", "trial/overdue_receipt": "trial", "measures": "measures", "report": "report"}
    for path, name in {**pages, "own-rules/own-1": "form"}.items():
        for width in (1440, 390) if SHOTS else (1440,):
            seen = open_page(browser, world, live_server.url, f"/cases/{path}", width)
            expect(seen.locator("h1").first).to_be_visible()
            assert seen.evaluate("document.documentElement.scrollWidth <= innerWidth")
            shot(seen, f"{name}-{width}")
            seen.context.close()
