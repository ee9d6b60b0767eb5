"""From an offer to an order in a real browser: typed, sent, ordered in part, decided about."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from gendan.accounts.models import Company
from gendan.accounts.tests.make import make_user, signed_in_client
from gendan.catalog.models import Partner, SalesPrice
from gendan.purchasing.tests.test_order_browser import paste
from gendan.sales.models import Quotation, SalesLine, SalesOrder
from gendan.sales.tests.make import World, make_order, make_world

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
    found = make_world(bolts=20)
    bolt = found.stock.bolt
    SalesPrice.objects.create(
        company_id=found.actor.company_id, product=bolt, unit_id=bolt.unit_id, currency="CNY", price="9.90"
    )
    return found


@pytest.fixture
def page(browser: Browser, world: World, live_server: Any) -> Iterator[Page]:
    permissions = {
        "catalog.view", "sales.view", "sales.view_price", "sales.create_quotation", "sales.update_quotation",
        "sales.create_order", "sales.submit_order", "sales.approve_order", "sales.save_settings", "accounts.view",
    }  # fmt: skip
    user = make_user(Company.objects.get(pk=world.actor.company_id), permissions=permissions, limit=None)
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


def test_an_offer_is_typed_sent_and_ordered_in_part(page: Page, world: World) -> None:
    page.goto("/qu/new?customer=C001")
    page.locator("#id_warehouse").select_option("MAIN")
    paste(page.locator("[data-grid] tbody tr:first-child td[data-key=product] input"), "BOLT\t10")
    expect(page.locator("[data-grid] tbody tr:first-child td[data-key=amount]")).to_contain_text("99.00")
    page.get_by_role("button", name="保存并发给客户").click()
    page.wait_for_url("**/qu/QU-*")
    assert Quotation.objects.get().state == "sent"
    page.get_by_role("link", name="转为订单").first.click()
    wanted = page.locator("input[name='quantity.1']")
    expect(wanted).to_have_value("10")
    wanted.fill("4")
    page.get_by_role("button", name="提交审核").click()
    page.wait_for_url("**/so/SO-*")
    assert (SalesOrder.objects.get().state, SalesLine.objects.get().quantity) == ("to_ship", 4)


def test_who_decides_reads_what_was_found(page: Page, world: World) -> None:
    weak = replace(world.stock.colleague("sales.create_order", "sales.submit_order"))
    number = make_order(world, 10, actor=weak).number
    Partner.objects.update(credit_limit=50)
    page.goto(f"/so/{number}")
    expect(page.get_by_text("超出信用额度 49").first).to_be_visible()
    page.get_by_role("button", name="审核通过").click()
    expect(page.get_by_text("待发货").first).to_be_visible()
    assert SalesOrder.objects.get().state == "to_ship"


def test_the_settings_are_saved_on_one_page(page: Page, world: World) -> None:
    page.goto("/sales/settings")
    page.get_by_label("信用额度", exact=True).select_option("stop")
    page.get_by_label("先看", exact=True).select_option("order_value")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("销售设置已保存。")).to_be_visible()
    expect(page.get_by_label("信用额度", exact=True)).to_have_value("stop")
