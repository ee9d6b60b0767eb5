"""Counting with a scanner and a thumb, on a phone, in a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from gendan.accounts.tests.make import signed_in_client
from gendan.inventory import commands
from gendan.inventory.models import StockCount
from gendan.inventory.tests.make import World, make_world, on_hand, stock
from gendan.web.tests.test_browser import taken_hold

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
    world = make_world()
    stock(world, "BOLT", 3)
    stock(world, "NUT", 20)
    stock(world, "GLUE", 5, "A-02", "L1")
    commands.create_count(actor=world.actor, warehouse="MAIN", start=True)
    return world


@pytest.fixture
def page(browser: Browser, world: World, live_server: Any) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, locale="zh-CN")
    context.set_default_timeout(10_000)
    cookie = signed_in_client(world.actor).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.route("**/bell", lambda route: route.fulfill(body=""))
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    page.goto(f"{live_server.url}/sc/SC-000001/counting")
    yield page
    context.close()
    assert errors == []


def scan(page: Page, code: str) -> None:
    """A scanner types fast and ends with Enter, wherever the focus is."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_counting_by_scan_from_first_bin_to_posting(page: Page, world: World) -> None:
    field = page.locator("[data-scan-input]")
    expect(field).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    scan(page, "A-01")
    expect(page.locator(".cnt-place")).to_contain_text("A-01")
    scan(page, "6900001")
    expect(page.locator(".cnt-yes")).to_contain_text("BOLT")
    expect(page.locator(".cnt-now")).to_have_text("1")
    scan(page, "6900001")
    expect(page.locator(".cnt-now")).to_have_text("2")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    scan(page, "NUT")
    expect(page.locator(".cnt-yes")).to_contain_text("NUT")
    scan(page, "18")  # a typed number is the quantity of the line that came last
    expect(page.locator(".cnt-now")).to_have_text("18")
    scan(page, "0000")
    expect(page.locator(".cnt-no")).to_contain_text("0000")
    expect(page.locator(".cnt-figures")).to_contain_text("2 / 3")
    expect(page.locator("#counting")).not_to_contain_text("账面")

    page.locator(".cnt-last li").nth(0).get_by_role("button").tap()
    expect(page.locator(".cnt-last li")).to_have_count(3)
    scan(page, "NUT")
    expect(page.locator(".cnt-now")).to_have_text("2")
    scan(page, "19")
    expect(page.locator(".cnt-now")).to_have_text("19")

    page.locator("[data-leave]").tap()
    expect(page.locator(".cnt-todo li")).to_have_count(1)
    taken_hold(page, ".cnt-todo form")
    page.locator(".cnt-todo input[name=quantity]").fill("5")
    page.locator(".cnt-todo .btn").tap()
    page.get_by_role("button", name="提交复核").tap()
    page.wait_for_url("**/sc/SC-000001")
    expect(page.locator(".gd-title")).to_contain_text("待复核")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("button", name="差异过账").tap()
    page.locator("dialog[open]").get_by_role("button", name="差异过账").tap()
    expect(page.locator(".gd-title")).to_contain_text("已过账")
    assert (on_hand(world, "BOLT"), on_hand(world, "NUT")) == (2, 19)


def test_what_the_list_did_not_know_is_added_with_one_tap(page: Page, world: World) -> None:
    scan(page, "A-02")
    expect(page.locator(".cnt-place")).to_contain_text("A-02")
    scan(page, "6900001")
    expect(page.locator(".cnt-no")).to_contain_text("清单里没有")
    page.get_by_role("button", name="加入清单").tap()
    expect(page.locator(".cnt-yes")).to_contain_text("BOLT")
    expect(page.locator(".cnt-figures")).to_contain_text("1 / 4")
    assert StockCount.objects.get().lines.filter(added=True).count() == 1


def test_scans_that_come_faster_than_answers_are_counted_one_by_one(page: Page, world: World) -> None:
    def slowly(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/scan", slowly)
    for code in ("A-01", "6900001", "NUT", "18", "6900001"):
        scan(page, code)
    expect(page.locator(".cnt-last li")).to_have_count(4)
    expect(page.locator(".cnt-place")).to_contain_text("A-01")
    counted = dict(StockCount.objects.get().lines.values_list("product__code", "counted"))
    assert (counted["BOLT"], counted["NUT"]) == (2, 18)


def test_what_to_count_is_chosen_from_what_there_is(page: Page, world: World, live_server: Any) -> None:
    commands.cancel_document(actor=world.actor, number="SC-000001")
    page.goto(f"{live_server.url}/sc/new")
    page.locator("#id_bins").tap()
    page.keyboard.type("a-0")
    expect(page.locator(".gd-suggest-item")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#id_bins")).to_have_value("A-02 ")
    page.locator("#id_products").tap()
    page.keyboard.type("GLUE, nu")
    expect(page.locator(".gd-suggest-item")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator("#id_products")).to_have_value("GLUE, NUT ")
    page.get_by_role("button", name="开始盘点").tap()
    expect(page.locator(".cnt-figures")).to_contain_text("0 / 1")
    assert StockCount.objects.latest("pk").scope == {"bins": ["A-02"], "categories": [], "products": ["GLUE", "NUT"]}


def test_the_only_button_of_a_page_opens_its_menu_on_the_screen(page: Page, world: World, live_server: Any) -> None:
    commands.cancel_document(actor=world.actor, number="SC-000001")
    page.goto(f"{live_server.url}/sc/SC-000001")
    page.locator("main .gd-menu > summary").tap()
    box = page.locator("main .gd-menu-list").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
