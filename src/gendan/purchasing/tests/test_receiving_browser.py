"""The receiving desk in a real browser: scan, count, book, undo; a second browser sees it."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, Error, Page, ViewportSize, expect, sync_playwright

from gendan.accounts.tests.make import signed_in_client
from gendan.catalog.models import Barcode, Location, Product
from gendan.purchasing.models import GoodsReceipt
from gendan.purchasing.tests.make import World, confirm, line, make_order, make_world
from gendan.purchasing.tests.test_shipments import ship
from gendan.web.live import Application

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SHOTS_FOLDER", "")
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        path = next((p for p in ("/usr/bin/chromium", "/usr/bin/google-chrome") if Path(p).exists()), None)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture
def live(settings: Any, live_server: Any) -> Iterator[str]:
    """The process that tells pages of changes, on a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    values = connection.settings_dict
    parts = {"host": values["HOST"], "port": values["PORT"], "user": values["USER"], "password": values["PASSWORD"]}
    address = " ".join(f"{name}={value}" for name, value in parts.items() if value) + f" dbname={values['NAME']}"
    application = Application(database_url=address, secret=settings.SECRET_KEY, origins=[live_server.url])
    config = uvicorn.Config(application, port=port, log_level="error", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    settings.LIVE_URL = f"http://127.0.0.1:{port}"
    yield settings.LIVE_URL
    server.should_exit = True
    thread.join(10)


def page_for(browser: Browser, live_server: Any, world: World, size: ViewportSize = PHONE, **options: Any) -> Page:
    context = browser.new_context(viewport=size, locale="zh-CN", has_touch=size is PHONE, **options)
    cookie = signed_in_client(world.actor).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(8000)
    page.base = live_server.url  # type: ignore[attr-defined]
    page.problems = []  # type: ignore[attr-defined]

    def note(error: Error) -> None:
        page.problems.append(str(error))  # type: ignore[attr-defined]

    page.on("pageerror", note)
    return page


def go(page: Page, path: str) -> None:
    page.goto(page.base + path)  # type: ignore[attr-defined]


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def scan(page: Page, code: str) -> None:
    page.locator("[data-scan-input]").fill(code)
    page.keyboard.press("Enter")


def barcoded_world() -> World:
    world = make_world()
    Barcode.objects.create(company_id=world.company_id, product=world.bolt, code="6901234567892")
    Barcode.objects.create(company_id=world.company_id, product=world.nut, code="6909876543210")
    return world


def test_scan_count_book_and_take_back(chromium: Browser, live_server: Any) -> None:
    world = barcoded_world()
    order = make_order(world, 3, 20)
    page = page_for(chromium, live_server, world)
    go(page, "/receive")
    expect(page.locator("[data-scan-input]")).to_be_focused()
    shot(page, "receive-empty")
    scan(page, order.number.lower())
    expect(page.locator("[data-line]")).to_have_count(2)
    expect(page.locator('input[name="quantity"]').first).to_have_value("3")
    shot(page, "receive-order")
    for _n in range(2):
        scan(page, "6901234567892")
    expect(page.locator('input[name="quantity"]').first).to_have_value("2")
    expect(page.locator('input[name="quantity"]').nth(1)).to_have_value("0")
    expect(page.locator("#scan-said")).to_contain_text("2 / 3")
    shot(page, "receive-counted")
    scan(page, "4006381333931")
    expect(page.locator("#scan-said [data-scan=no]")).to_contain_text("4006381333931")
    expect(page.locator('input[name="quantity"]').first).to_have_value("2")
    shot(page, "receive-wrong")
    page.locator("[data-line]").nth(1).locator('[data-step="1"]').click()
    page.locator('input[name="delivery_note"]').fill("DN-7")
    page.locator(".rcv-book").click()
    expect(page.locator("[data-booked]")).to_be_visible()
    receipt = GoodsReceipt.objects.get()
    expect(page.locator("[data-booked]")).to_contain_text(receipt.number)
    shot(page, "receive-done")
    assert (line(order.number).received, line(order.number, 2).received) == (2, 1)
    expect(page.locator("[data-scan-input]")).to_be_focused()
    page.locator("[data-undo] button").click()
    expect(page.locator("[data-receive-form]")).to_be_visible()
    receipt.refresh_from_db()
    assert (receipt.state, line(order.number).received) == ("reversed", 0)
    shot(page, "receive-undone")
    assert page.problems == []  # type: ignore[attr-defined]


def test_what_was_counted_is_not_lost_and_too_much_is_asked(chromium: Browser, live_server: Any) -> None:
    world = barcoded_world()
    order, other = make_order(world, 3), make_order(world, 9, 4)
    page = page_for(chromium, live_server, world)
    go(page, f"/receive?order={order.number}")
    scan(page, "BOLT")
    scan(page, other.number)
    expect(page.locator("[data-line]")).to_have_count(2)
    scan(page, order.number)
    expect(page.locator("[data-line]")).to_have_count(1)
    expect(page.locator('input[name="quantity"]')).to_have_value("1")
    page.locator('input[name="quantity"]').fill("5")
    page.locator(".rcv-book").click()
    expect(page.locator(".rcv-over")).to_be_visible()
    shot(page, "receive-over")
    page.locator(".rcv-over button").click()
    expect(page.locator("[data-booked]")).to_be_visible()
    assert line(order.number).received == 5


def test_a_product_of_several_orders_asks_which(chromium: Browser, live_server: Any) -> None:
    world = barcoded_world()
    order = make_order(world, 3)
    make_order(world, 9, 4)
    page = page_for(chromium, live_server, world)
    go(page, "/receive")
    scan(page, "6901234567892")
    expect(page.locator(".rcv-choose")).to_have_count(2)
    shot(page, "receive-choices")
    page.locator(".rcv-choose", has_text=order.number).click()
    expect(page.locator('input[name="quantity"]')).to_have_value("1")


def test_a_shipment_with_lots_and_bins(chromium: Browser, live_server: Any) -> None:
    world = barcoded_world()
    Product.objects.filter(pk=world.bolt.pk).update(lot_tracked=True)
    Location.objects.create(company_id=world.company_id, warehouse=world.warehouse, kind="bin", code="A-01")
    order = make_order(world, 10, 20)
    asn = ship(world, (order.number, 1, "6"), (order.number, 2, "20"), carrier="顺丰", tracking_number="SF777")
    page = page_for(chromium, live_server, world)
    go(page, "/receive")
    scan(page, "SF777")
    expect(page.locator('input[name="quantity"]').first).to_have_value("6")
    page.locator(".rcv-book").click()
    expect(page.locator("#scan-said")).to_contain_text("批次号")
    expect(page.locator("#progress.on")).to_have_count(0)
    page.locator('input[name="lot"]:not([type=hidden])').fill("L-1")
    page.locator('input[name="bin"]:not([type=hidden])').first.fill("A-01")
    shot(page, "receive-lots")
    page.evaluate("document.body.style.minHeight = '3000px'; window.scrollTo(0, 1500)")
    page.locator(".rcv-book").click()
    expect(page.locator("[data-booked]")).to_contain_text("A-01")
    expect(page.locator("[data-booked]")).to_be_in_viewport()
    assert GoodsReceipt.objects.get().shipment.number == asn.number  # type: ignore[union-attr]


def test_a_second_browser_sees_the_receipt_appear(chromium: Browser, live_server: Any, live: str) -> None:
    world = barcoded_world()
    order = make_order(world, 3, 20)
    confirm(world, order.number)
    keeper = page_for(chromium, live_server, world)
    buyer = page_for(
        chromium, live_server, world, DESK, bypass_csp=True
    )  # the port is chosen after the policy was made
    go(buyer, f"/po/{order.number}/lines/1")
    buyer.wait_for_function("document.documentElement.dataset.liveState === 'on'")
    go(keeper, f"/receive?order={order.number}")
    keeper.locator(".rcv-book").click()
    expect(keeper.locator("[data-booked]")).to_be_visible()
    number = GoodsReceipt.objects.get().number
    expect(buyer.locator(".trc-path")).to_contain_text(
        number, timeout=10_000
    )  # a page that is not told asks after 15 s
    shot(buyer, "trace-live")


def test_a_click_on_an_order_line_shows_where_it_is_beside_the_order(chromium: Browser, live_server: Any) -> None:
    world = barcoded_world()
    order = make_order(world, 3, 20)
    confirm(world, order.number)
    page = page_for(chromium, live_server, world, DESK)
    go(page, f"/po/{order.number}")
    page.locator(".gd-lines tbody tr").nth(1).locator("td").nth(1).click()
    expect(page.locator(".trc-drawer .trc-path")).to_contain_text(order.number)
    shot(page, "drawer")
    page.locator(".trc-drawer [data-close]").click()
    expect(page.locator(".trc-drawer")).not_to_be_visible()
    page.set_viewport_size(PHONE)
    page.locator(".gd-lines tbody tr").first.click()
    page.wait_for_url(f"**/po/{order.number}/lines/1")
    assert page.problems == []  # type: ignore[attr-defined]
