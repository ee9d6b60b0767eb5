"""A salesperson enters an order, a manager lets it pass, and both see what is reserved, in a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from gendan.accounts.models import Company
from gendan.accounts.tests.make import make_user, signed_in_client
from gendan.catalog.models import Partner, PartnerAddress, SalesPrice
from gendan.purchasing.tests.test_order_browser import paste
from gendan.sales.models import SalesLine, SalesOrder
from gendan.sales.tests.make import World, make_world

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
    """Twelve BOLT at 8.80 for everybody, from a hundred on at 8; C001 with two addresses and little credit."""
    found = make_world(bolts=12)
    bolt = found.stock.bolt
    for start, price in (("0", "8.80"), ("100", "8")):
        SalesPrice.objects.create(
            company_id=found.actor.company_id,
            product=bolt,
            unit_id=bolt.unit_id,
            currency="CNY",
            price=price,
            from_quantity=start,
        )
    Partner.objects.filter(pk=found.customer.pk).update(credit_limit=50)
    for code, name, default in (("A1", "一厂", True), ("A2", "二厂", False)):
        PartnerAddress.objects.create(
            company_id=found.actor.company_id,
            partner=found.customer,
            code=code,
            name=name,
            address=f"{name} 1 号",
            is_default=default,
        )
    return found


def page_of(browser: Browser, world: World, server: Any, *permissions: str, width: int = 1440) -> Page:
    """A page of somebody who holds the permissions; what its scripts complain about fails the test."""
    company = Company.objects.get(pk=world.actor.company_id)
    user = make_user(company, permissions=permissions, limit=None)
    cookie = signed_in_client(user).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": width, "height": 1000}, locale="zh-CN", base_url=server.url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server.url}])
    context.set_default_timeout(45_000)
    found = context.new_page()

    def refuse(error: object) -> None:
        raise AssertionError(str(error))

    found.on("pageerror", refuse)
    return found


SELLER = (
    *("catalog.view", "sales.view", "sales.view_price", "sales.create_order", "sales.update_order"),
    "sales.submit_order",
)


def test_an_order_is_entered_passes_its_review_and_holds_stock(
    browser: Browser, world: World, live_server: Any
) -> None:
    seller = page_of(browser, world, live_server, *SELLER)
    seller.goto("/so/new?customer=C001")
    seller.locator("#field-ship_to .ts-control").click()
    seller.locator("#field-ship_to .option", has_text="二厂").click()
    seller.locator("[name=customer_reference]").fill("KH-2026-1")
    seller.locator("[name=warehouse]").select_option("MAIN")
    row = seller.locator("[data-grid] tbody tr").first
    paste(row.locator("td[data-key=product] input"), "BOLT\t20")
    price, when = row.locator("td[data-key=unit_price] input"), row.locator("td[data-key=available]")
    expect(price).to_have_value("8.8")
    quantity = row.locator("td[data-key=quantity] input")
    for count, expected in (("100", "8"), ("20", "8.8")):
        quantity.fill(count)
        seller.keyboard.press("Tab")
        expect(price).to_have_value(expected)
    expect(when).not_to_have_text("")
    seller.get_by_role("button", name="提交审核").click()
    seller.wait_for_url("**/so/SO-*")
    number = SalesOrder.objects.get().number
    expect(seller.locator("main")).to_contain_text("超出信用额度")
    assert SalesOrder.objects.values_list("state", "ship_to_code", "gross").get() == ("pending_review", "A2", 176)

    manager = page_of(browser, world, live_server, "*")
    manager.goto(f"/so/{number}")
    manager.get_by_role("button", name="审核通过").click()
    expect(manager.locator(".gd-head .gd-status")).to_contain_text("待发货")
    expect(manager.locator(".so-cover-have")).to_contain_text("现货 12")
    expect(manager.locator(".so-cover-none")).to_contain_text("缺 8")
    line = SalesLine.objects.get()
    assert (line.reserved, line.price_source) == (12, "list")
    manager.goto("/sales/lines/?only=uncovered")
    expect(manager.locator("tbody")).to_contain_text(f"{number} #1")
    seller.context.close()
    manager.context.close()


def test_another_customer_empties_the_address(browser: Browser, world: World, live_server: Any) -> None:
    page = page_of(browser, world, live_server, "*", width=390)
    page.goto("/so/new?customer=C001")
    page.locator("#field-ship_to .ts-control").click()
    page.locator("#field-ship_to .option", has_text="一厂").click()
    expect(page.locator("[name=ship_to]")).to_have_value("A1")
    page.locator("#field-customer .gd-pick-clear").click()
    expect(page.locator("[name=ship_to]")).to_have_value("")
    page.context.close()


def test_all_that_is_wrong_is_marked_at_once_and_the_first_has_the_focus(
    browser: Browser, world: World, live_server: Any
) -> None:
    page = page_of(browser, world, live_server, "*")
    page.goto("/so/new")
    rows = page.locator("[data-grid] tbody tr")
    rows.nth(0).locator("td[data-key=product] input").fill("XYZ")
    rows.nth(0).locator("td[data-key=quantity] input").fill("abc")
    rows.nth(1).locator("td[data-key=quantity] input").fill("-3")
    page.get_by_role("button", name="存为草稿").click()
    expect(page.locator("[data-errors-list] li")).to_have_text(
        [
            "请选择客户。",
            "请选择仓库。",
            "#1 产品 XYZ 不存在或已停用。",
            "#1 「abc」不是数字",
            "#2 请选择产品。",
            "#2 数量必须大于 0。",
        ]
    )
    expect(page.locator(".gd-cell-bad")).to_have_count(4)
    expect(page.locator("#field-customer .ts-control input")).to_be_focused()
    expect(page.locator("#field-customer .ts-dropdown")).to_be_hidden()
    page.locator("[data-errors-list] a", has_text="abc").click()
    expect(rows.nth(0).locator("td[data-key=quantity] input")).to_be_focused()
    page.context.close()
