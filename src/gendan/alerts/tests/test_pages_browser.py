"""An exception appears in its owner's browser by itself, is taken to the next state by keyboard, and many at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from gendan.accounts.tests.make import signed_in_client
from gendan.alerts.models import Case
from gendan.alerts.tests.make import cases, scan
from gendan.kernel.actor import Actor
from gendan.purchasing.tests import make as buying
from gendan.web.tests.test_live_browser import IS_ON, hub  # noqa: F401 - a fixture

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium or Chrome"),
]
DUE = date(2026, 12, 1)  # of make_order's lines
RULE = "overdue_receipt"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs an event loop in this thread
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def page_of(browser: Browser, actor: Actor, url: str, width: int = 1440) -> Page:
    """A page of somebody; what its scripts complain about fails the test."""
    cookie = signed_in_client(actor).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(
        viewport={"width": width, "height": 844}, locale="zh-CN", base_url=url, bypass_csp=True
    )
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    context.set_default_timeout(45_000)
    found = context.new_page()

    def refuse(error: object) -> None:
        raise AssertionError(str(error))

    found.on("pageerror", refuse)
    return found


def late(world: buying.World, *quantities: int) -> list[Case]:
    buying.make_order(world, *quantities)
    scan(world.actor, DUE + timedelta(days=3), RULE)
    return cases(world.actor, RULE, "open")


def test_an_exception_appears_by_itself_and_is_dealt_with(
    browser: Browser,
    live_server: Any,
    hub: Any,  # noqa: F811
) -> None:
    world = buying.make_world()
    page = page_of(browser, world.actor, live_server.url)
    page.goto("/cases")
    expect(page.get_by_text("没有需要处理的异常。")).to_be_visible()
    page.wait_for_function(IS_ON)
    first, second = late(world, 10, 20)

    row = page.locator("tr[data-href]", has_text=f"{first.document_number} #1")
    expect(row).to_contain_text("超期未入库")  # without a reload
    expect(page.locator(".gd-nav a[href='/cases'] .gd-nav-count")).to_have_text("2")
    page.locator("[data-check-all]").check()
    page.get_by_role("button", name="推迟…").click()
    dialog = page.locator("dialog#bulk-snooze")
    dialog.locator("input[name=until]").fill((world.actor.today() + timedelta(days=2)).isoformat())
    dialog.get_by_role("button", name="推迟", exact=True).click()
    expect(page.get_by_text("没有需要处理的异常。")).to_be_visible()
    assert Case.objects.filter(snoozed_until__isnull=False).count() == 2

    page.goto("/cases?view=snoozed")
    page.locator("[data-check-all]").check()
    expect(page.locator("[data-take-all]")).to_have_count(0)  # nothing beyond what is shown
    page.goto(f"/ex/{second.number}")
    page.get_by_role("button", name="开始处理").click()
    expect(page.locator(".gd-title .gd-status")).to_have_text("处理中")
    page.goto(f"/po/{first.document_number}")
    expect(page.locator(".gd-trouble-list li")).to_have_count(2)
    expect(page.locator("a.gd-mark-high")).to_have_count(2)


def test_a_card_is_taken_to_the_next_states_by_keyboard(browser: Browser, live_server: Any) -> None:
    world = buying.make_world()
    (case,) = late(world, 10)
    page = page_of(browser, world.actor, live_server.url)
    page.goto("/cases/board")
    card = page.locator(f".al-card[data-number='{case.number}']")
    card.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("[data-state=in_progress] .al-card")).to_have_count(1)
    page.locator(f".al-card[data-number='{case.number}']").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("[data-state=resolved] .al-card")).to_have_count(1)
    case.refresh_from_db()
    assert case.state == "resolved"
    page.locator(f".al-card[data-number='{case.number}']").focus()
    page.keyboard.press("Shift+ArrowLeft")  # the way back
    expect(page.locator("[data-state=open] .al-card")).to_have_count(1)
    case.refresh_from_db()
    assert (case.state, case.closed_at) == ("open", None)
    phone = page_of(browser, world.actor, live_server.url, 390)
    for address in ("/cases?state=all", "/cases/groups", "/cases/board", "/cases/calendar", "/cases/rules"):
        phone.goto(address)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_a_rule_is_switched_off_and_its_threshold_changed(browser: Browser, live_server: Any) -> None:
    world = buying.make_world()
    page = page_of(browser, world.actor, live_server.url)
    page.goto("/cases/rules")
    rule = page.locator(f"#rule-{RULE}")
    rule.locator("input[name=t_days]").fill("3")
    rule.get_by_role("button", name="保存").click()
    expect(page.locator(f"#rule-{RULE} input[name=t_days]")).to_have_attribute("data-changed", "")
    page.locator(f"#rule-{RULE} [data-active]").uncheck()
    expect(page.locator(f"#rule-{RULE}.al-off")).to_have_count(1)
    assert scan(world.actor, DUE + timedelta(days=9), RULE)["found"] == 0
