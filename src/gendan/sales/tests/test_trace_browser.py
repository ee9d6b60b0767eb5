"""From an order's line to the purchase that it waits for and back, and on to the signature, in a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from gendan.accounts.models import Company
from gendan.accounts.tests.make import make_user, signed_in_client
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.sales import commands
from gendan.sales.tests.make import World, make_order
from gendan.sales.tests.test_supply import buy, make_world

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
    return make_world(3)


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


def test_a_line_leads_to_its_purchase_and_back_and_says_when_it_was_signed(page: Page, world: World) -> None:
    bought = buy(world, 7)
    order = make_order(world, 10).number
    page.goto(f"/so/{order}")
    page.locator(".gd-lines tbody tr a").first.click()
    page.wait_for_url(f"**/so/{order}/lines/1")
    expect(page.locator(".trc-answer")).to_contain_text("3 件现货已锁定")
    page.get_by_role("link", name=f"{bought} #1").click()
    page.wait_for_url(f"**/po/{bought}/lines/1")
    expect(page.locator(".trc-waiting")).to_contain_text("等待 7 件")
    page.locator(".trc-waiting").get_by_role("link", name=f"{order} #1").click()
    page.wait_for_url(f"**/so/{order}/lines/1")
    purchasing.receive_goods(actor=world.actor, order=bought, lines=[ReceiveIn(1, Decimal(7))])
    sent = commands.deliver_order(actor=world.actor, number=order, carrier="顺丰").number
    commands.sign_delivery(actor=world.actor, number=sent, signed_by="王五")
    page.reload()
    expect(page.locator(".trc-answer")).to_contain_text("已全部签收")
    expect(page.locator(".trc-path")).to_contain_text("王五")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
