"""A buyer notes a later day: before saving the page names the customer that it hits, and helps out of stock."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from gendan.accounts.models import Company
from gendan.accounts.tests.make import make_user, signed_in_client
from gendan.inventory.tests import make as inventory
from gendan.sales.tests.make import World, line, make_order, make_world
from gendan.sales.tests.test_atp import buy

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
def world() -> World:
    return make_world()


@pytest.fixture
def page(browser: Browser, world: World, live_server: Any) -> Iterator[Page]:
    user = make_user(Company.objects.get(pk=world.stock.company_id), permissions=("*",), limit=None)
    cookie = signed_in_client(user).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="zh-CN", base_url=live_server.url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    context.set_default_timeout(45_000)
    found = context.new_page()
    errors: list[str] = []
    found.on("pageerror", lambda error: errors.append(str(error)))
    found.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    yield found
    context.close()
    assert errors == []


def test_a_slip_names_whom_it_hits_before_it_is_saved_and_stock_helps(page: Page, world: World) -> None:
    today = world.actor.today()
    bought = buy(world, "20", today + timedelta(days=5))
    number = make_order(world, 8).number
    assert line(number).pegged == 8
    inventory.stock(world.stock, "BOLT", 3)

    page.goto(f"/po/{bought}/lines/1")
    page.get_by_role("button", name="登记新交期").first.click()
    page.locator("#revise [name=expected_on]").fill(str(today + timedelta(days=15)))
    told = page.locator("#revise [data-impact='1']")
    expect(told).to_contain_text(number)
    expect(told).to_contain_text("晚 10 天")
    expect(told).to_contain_text("通知客户")
    told.locator(".imp-offers li", has_text="现货").get_by_role("button", name="采用").click()
    expect(told).to_contain_text("已改用")
    assert (line(number).reserved, line(number).pegged) == (3, 5)
    page.locator("#revise [name=expected_on]").fill(str(today + timedelta(days=4)))
    expect(page.locator("#revise [data-impact='0']")).to_contain_text("1 行")
    page.locator("#revise [name=expected_on]").fill(str(today + timedelta(days=15)))
    expect(told).to_contain_text("晚 10 天")
    page.locator("#revise").get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("#revise")).to_be_hidden()
    expect(page.locator(".trc-answer")).to_contain_text(str(today + timedelta(days=15)))
    assert line(number).expected_on == today + timedelta(days=15)

    page.goto(f"/po/{bought}")
    page.locator(".gd-menu summary[aria-label='更多操作']").click()
    page.get_by_role("menuitem", name="取消订单").click()
    asked = page.locator("#confirm")
    expect(asked.locator("[data-impact='1']")).to_contain_text("缺货")
    asked.get_by_role("button", name="取消", exact=True).click()

    page.goto(f"/so/{number}")
    expect(page.locator("[data-why]")).to_contain_text(bought)
