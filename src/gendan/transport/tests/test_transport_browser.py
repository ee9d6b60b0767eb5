"""What arrives, in a real browser: the board, the calendar, a place at a dock, freight, and what the carrier says."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from gendan.accounts.tests.make import signed_in_client
from gendan.alerts.commands import scan
from gendan.carriers import tasks
from gendan.carriers.tests import make as carriers
from gendan.purchasing.models import Shipment
from gendan.purchasing.tests.make import World, make_world
from gendan.transport.models import Booking, FreightShare
from gendan.transport.tests.make import make_dock, make_shipment, tomorrow, transport_differences

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
SHOTS = os.environ.get("SHOTS_FOLDER", "")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium or Chrome"),
]
expect.set_options(timeout=20_000)


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
def context(browser: Browser, world: World, live_server: Any) -> Iterator[BrowserContext]:
    cookie = signed_in_client(world.actor).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="zh-CN", base_url=live_server.url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    context.set_default_timeout(45_000)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    yield context
    context.close()
    assert errors == []


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def in_column(page: Page, code: str, number: str) -> Any:
    return page.locator(f'[data-column="{code}"] [data-number="{number}"]')


def narrow(page: Page) -> None:
    """What is looked at fits a phone."""
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1440, "height": 1000})


def test_a_shipment_is_moved_over_the_board_by_keyboard_and_by_hand(world: World, context: BrowserContext) -> None:
    first, second = (make_shipment(world, 10, dispatched=False, expected_on=tomorrow(world)) for _n in range(2))
    page = context.new_page()
    page.goto("/transport/")
    expect(in_column(page, "announced", first)).to_be_visible()
    expect(in_column(page, "announced", first)).to_contain_text("供应商填写")
    in_column(page, "announced", first).focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(in_column(page, "in_transit", first)).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    expect(in_column(page, "arrived", first)).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "POST"):  # the card is there before it is moved
        in_column(page, "announced", second).drag_to(page.locator('[data-column="in_transit"]'))
    expect(in_column(page, "in_transit", second)).to_be_visible()
    assert {s.number: s.state for s in Shipment.objects.all()} == {first: "arrived", second: "in_transit"}
    in_column(page, "arrived", first).focus()
    page.keyboard.press("Shift+ArrowLeft")  # nothing comes back from there
    expect(page.get_by_text("这张发货单不能移到这一栏。")).to_be_visible()
    expect(in_column(page, "arrived", first)).to_be_visible()
    shot(page, "board")
    narrow(page)


def test_the_calendar_says_what_comes_today_and_this_week(world: World, context: BrowserContext) -> None:
    today = world.actor.today()
    now = make_shipment(world, 10, expected_on=today)
    late = make_shipment(world, 10, expected_on=today)
    Shipment.objects.filter(number=late).update(expected_on=today - timedelta(days=3))
    undated = make_shipment(world, 10)
    page = context.new_page()
    page.goto("/transport/")
    page.get_by_role("navigation", name="显示方式").get_by_role("link", name="日历").click()
    expect(page.locator(".tp-today")).to_contain_text(now)
    expect(page.locator(".gd-head")).to_contain_text("今天到 1 单")
    expect(page.locator(".gd-head")).to_contain_text("晚了 1 单")
    expect(page.locator(".gd-card", has_text="没有预计到货日期")).to_contain_text(undated)
    expect(page.locator(".tp-list").first).to_contain_text(late)
    shot(page, "calendar")
    narrow(page)
    page.locator(".tp-today").get_by_role("link", name=now).click()
    expect(page.locator("h1")).to_contain_text(now)


def test_a_dock_is_booked_from_the_shipment_moved_and_full_for_others(world: World, context: BrowserContext) -> None:
    make_dock(world)
    day = tomorrow(world)
    number, other = (make_shipment(world, 10, expected_on=day) for _n in range(2))
    page = context.new_page()
    page.goto(f"/asn/{number}")
    panel = page.locator(".tp-panel")
    expect(panel).to_contain_text("供应商填写")
    panel.get_by_role("link", name="月台与运费").click()
    page.get_by_role("button", name="09:00").first.click()
    expect(page.locator(".tp-booked")).to_contain_text("09:00")
    page.get_by_role("button", name="11:00").first.click()
    expect(page.locator(".tp-booked")).to_contain_text("11:00")
    assert Booking.objects.get().starts_at.astimezone(world.actor.zone).hour == 11
    shot(page, "dock-book")
    narrow(page)
    page.goto(f"/transport/asn/{other}")
    taken = page.locator(".tp-plan section").first.locator("[aria-disabled]", has_text="11:00")
    expect(taken).to_be_visible()
    page.goto(f"/transport/docks?warehouse=MAIN&on={day}")
    expect(page.locator(".tp-full")).to_contain_text(number)
    shot(page, "docks")
    narrow(page)
    page.locator(".tp-full a").click()
    page.get_by_role("link", name="发货单", exact=True).last.click()
    expect(panel).to_contain_text("D1")
    panel.get_by_role("link", name="月台与运费").click()
    page.get_by_role("button", name="取消预约").click()
    page.locator("dialog[open]").get_by_role("button", name="取消预约").click()
    expect(page.locator(".tp-booked")).to_have_count(0)


def test_freight_is_shared_over_the_lines_and_seen_on_the_shipment(world: World, context: BrowserContext) -> None:
    number = make_shipment(world, 10, 20)
    page = context.new_page()
    page.goto(f"/transport/asn/{number}")
    page.locator("input[name=amount]").fill("100.01")
    page.get_by_label("账单号").fill("B-1")
    expect(page.locator("[data-weights]")).to_be_hidden()
    page.get_by_label("分摊方式").select_option("weight")
    page.get_by_role("button", name="登记并分摊").click()
    expect(page.locator('[data-field="weights.1"] [data-error]')).not_to_be_empty()
    for line, weight in ((1, "30"), (2, "10")):
        page.locator(f'input[name="weights.{line}"]').fill(weight)
    page.get_by_role("button", name="登记并分摊").click()
    expect(page.locator(".tp-bill")).to_contain_text("B-1")
    assert [str(part.amount) for part in FreightShare.objects.order_by("line_no")] == ["75.0100", "25.0000"]
    expect(page.locator(".tp-freight tbody tr").first).to_contain_text("75.01")
    shot(page, "freight")
    narrow(page)
    page.goto(f"/asn/{number}")
    expect(page.locator(".tp-panel")).to_contain_text("100.01")
    assert transport_differences() == []


def test_what_the_carrier_says_moves_the_day_and_silence_becomes_an_exception(
    world: World, context: BrowserContext
) -> None:
    carriers.make_carrier(world.actor)
    make_dock(world)
    said = world.actor.today() + timedelta(days=1)
    moved = carriers.make_shipment(world, "SF1006", expected_on=said)
    silent = carriers.make_shipment(world, "SF1007", expected_on=said)
    page = context.new_page()
    page.goto(f"/transport/asn/{moved}")
    page.get_by_role("button", name="09:00").first.click()
    expect(page.locator(".tp-booked")).to_contain_text("09:00")
    tasks.poll(0)
    new = Shipment.objects.get(number=moved).expected_on
    assert new is not None
    assert new > said
    page.goto(f"/asn/{moved}")
    expect(page.locator(".tp-panel")).to_contain_text("承运商预计")
    expect(page.locator(".tp-panel")).to_contain_text("早于预计到货")  # its place at the dock is too early now
    expect(page.locator(".gd-timeline")).to_contain_text(str(new))
    scan(actor=world.actor)
    page.goto("/transport/")
    card = in_column(page, "in_transit", silent)
    expect(card.locator(".tp-mark").first).to_contain_text("物流停滞")
    expect(in_column(page, "in_transit", moved)).to_contain_text("月台约早了")
    shot(page, "board-silent")
    card.get_by_role("link", name=silent).click()
    expect(page.locator("main")).to_contain_text("已超过 48 小时没有物流信息")
