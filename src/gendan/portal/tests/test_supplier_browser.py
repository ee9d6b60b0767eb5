"""A buyer urges a supplier from the exception, the supplier answers on a phone, the buyer takes the date over."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from gendan.accounts.models import User
from gendan.accounts.tests.make import signed_in_client
from gendan.alerts.remedies.models import Urge
from gendan.alerts.remedies.urging import urge_shown
from gendan.alerts.tests.make import cases, scan
from gendan.purchasing.models import OrderLine
from gendan.purchasing.tests import make as buying

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


def opened(browser: Browser, live_server: Any, errors: list[str], **options: Any) -> BrowserContext:
    context = browser.new_context(locale="zh-CN", base_url=live_server.url, **options)
    context.set_default_timeout(60_000)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    return context


def test_a_supplier_is_urged_answers_on_a_phone_and_the_date_is_taken_over(browser: Browser, live_server: Any) -> None:
    expect.set_options(timeout=60_000)
    errors: list[str] = []
    world = buying.make_world()
    number = buying.make_order(world, 10, 20).number
    scan(world.actor, date(2026, 12, 5), "overdue_receipt")
    case = cases(world.actor, "overdue_receipt")[0]
    desk = opened(browser, live_server, errors, viewport={"width": 1440, "height": 900})
    signed = signed_in_client(User.objects.get(pk=world.actor.user_id or 0))
    session = signed.cookies[settings.SESSION_COOKIE_NAME].value
    desk.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = desk.new_page()
    page.goto(f"/ex/{case.number}")
    page.locator("[data-remedy=urge_supplier]").click()
    expect(page.locator("[name=cases]")).to_have_count(1)
    page.locator("[name=note]").fill("客户在等，请尽快")
    page.locator(".gd-form-bar .btn-primary").click()
    expect(page.locator("[data-address]")).to_be_visible()
    expect(page.locator("[data-address]")).to_have_value(urge_shown(world.actor, Urge.objects.get().pk)["url"])
    page.goto(f"/ex/{case.number}")
    expect(page.locator(".ar-done")).to_contain_text("等供应商答复")

    phone = opened(browser, live_server, errors, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    answer = phone.new_page()
    answer.goto("/s/" + urge_shown(world.actor, Urge.objects.get().pk)["url"].split("/s/")[1])
    first, second = answer.locator("[data-line]").nth(0), answer.locator("[data-line]").nth(1)
    first.locator("[data-kind=date]").click()
    first.locator("[name=on]").fill("2030-05-20")
    second.locator("[data-kind=cannot]").click()
    asked = answer.locator(".su-form")
    asked.locator("[data-who]").fill("王经理")
    assert answer.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    asked.locator(".cp-go").click()
    expect(answer.locator(".cp-done")).to_be_visible()

    page.goto(f"/ex/{case.number}")
    expect(page.locator(".ar-said").first).to_contain_text("2030-05-20")
    page.locator("[data-remedy=move_date]").click()
    expect(page.locator("[name=expected_on]")).to_have_value("2030-05-20")
    page.locator(".gd-form-bar .btn-primary").click()
    expect(page.locator(".ar-done")).to_contain_text("改为 2030-05-20")
    moved = OrderLine.objects.get(order__number=number, line_no=1, order__company_id=world.company_id)
    assert moved.expected_on == date(2030, 5, 20)
    phone.close()
    desk.close()
    assert errors == []
