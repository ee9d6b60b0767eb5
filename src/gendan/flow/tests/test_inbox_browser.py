"""An order is submitted, appears on its approver's phone, is approved in two taps, and everybody sees it at once."""

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
from gendan.flow.models import Task
from gendan.flow.tests.make import Flowing, approve, make_flowing
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.tests.make import make_order
from gendan.web.tests.test_live_browser import IS_ON, hub  # noqa: F401 - a fixture

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium or Chrome"),
]
TWO: Any = [approve("boss", then="remind"), approve("chief", {"by": "superior", "value": "2"})]
SHOTS = os.environ.get("APPROVAL_SHOTS", "")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs an event loop in this thread
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def page_of(browser: Browser, world: Flowing, user: User, url: str, width: int = 1440) -> Page:
    """A page of somebody; what its scripts complain about fails the test."""
    cookie = signed_in_client(world.actor(user)).cookies[settings.SESSION_COOKIE_NAME].value
    phone: dict[str, Any] = {"has_touch": True, "is_mobile": True} if width < 500 else {}
    context = browser.new_context(
        viewport={"width": width, "height": 844}, locale="zh-CN", base_url=url, bypass_csp=True, **phone
    )
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    context.set_default_timeout(45_000)
    found = context.new_page()

    def refuse(error: object) -> None:
        raise AssertionError(str(error))

    found.on("pageerror", refuse)
    return found


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def test_an_order_is_approved_on_a_phone_in_two_taps(
    browser: Browser,
    live_server: Any,
    hub: Any,  # noqa: F811
) -> None:
    world = make_flowing(*TWO)
    desk = page_of(browser, world, world.boss, live_server.url)
    desk.goto("/approvals/")
    desk.wait_for_function(IS_ON)
    expect(desk.get_by_text("没有等您审批的单据。")).to_be_visible()
    draft = make_order(world.buy, 10, 20, actor=world.actor(world.buyer), submit=False).number
    buyer = page_of(browser, world, world.buyer, live_server.url)
    buyer.goto(f"/po/{draft}")
    buyer.get_by_role("button", name="提交审批").click()
    expect(buyer.locator(".fl-way")).to_contain_text("王总")
    shot(buyer, "submitted")

    expect(desk.locator("tr[data-href]").first).to_contain_text(draft)  # it appears by itself
    expect(desk.locator(".gd-nav a[href='/approvals/'] .gd-nav-count")).to_have_text("1")
    shot(desk, "inbox")

    phone = page_of(browser, world, world.boss, live_server.url, 390)
    phone.goto("/approvals/")
    expect(phone.locator(".gd-phone a[href='/approvals/'] .gd-nav-count")).to_have_text("1")
    shot(phone, "inbox-phone")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.locator("tr[data-href]").first.tap()
    button = phone.locator(".fl-mine").get_by_role("button", name="批准")
    expect(button).to_be_in_viewport()
    shot(phone, "order-phone")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    button.tap()
    expect(phone.locator(".fl-mine")).to_have_count(0)

    expect(desk.get_by_text("没有等您审批的单据。")).to_be_visible()  # and it is gone by itself
    chief = page_of(browser, world, world.chief, live_server.url)
    chief.goto("/approvals/")
    chief.keyboard.press("j")
    chief.keyboard.press("a")
    dialog = chief.locator("dialog#decide")
    expect(dialog).to_be_visible()
    shot(chief, "decide")
    dialog.locator("textarea").fill("同意，注意交期")
    dialog.get_by_role("button", name="批准").click()
    expect(chief.get_by_text("没有等您审批的单据。")).to_be_visible()
    assert PurchaseOrder.objects.get(number=draft).state == "approved"
    assert Task.objects.filter(note="同意，注意交期").count() == 1
    chief.goto("/approvals/?view=handled")
    shot(chief, "handled")
    buyer.goto("/approvals/?view=sent")
    shot(buyer, "sent")


def test_a_signer_is_added_and_an_order_sent_back_from_its_page(browser: Browser, live_server: Any) -> None:
    world = make_flowing(*TWO)
    number = world.order()
    page = page_of(browser, world, world.boss, live_server.url)
    page.goto(f"/po/{number}")
    shot(page, "order")
    page.get_by_role("button", name="转交、加签").click()
    dialog = page.locator("dialog#hand-on")
    dialog.locator(".ts-control").click()
    dialog.locator(".ts-control input").type("陈")
    dialog.locator(".option", has_text="陈董").click()
    shot(page, "hand-on")
    dialog.get_by_role("button", name="前加签").click()
    expect(page.locator(".fl-now")).to_contain_text("陈董")
    other = page_of(browser, world, world.chief, live_server.url)
    other.goto(f"/po/{number}")
    other.locator(".fl-mine").get_by_role("button", name="退回").click()
    dialog = other.locator("dialog#send-back")
    expect(dialog).to_be_visible()
    dialog.locator("textarea").fill("供应商不对")
    shot(other, "send-back")
    dialog.get_by_role("button", name="退回").click()
    expect(other.locator(".fl-panel")).to_contain_text("供应商不对")
    assert PurchaseOrder.objects.get(number=number).state == "draft"
    other.goto("/approvals/substitutes")
    shot(other, "substitutes")
    admin = page_of(browser, world, User.objects.get(pk=world.admin.user_id or 0), live_server.url)
    admin.goto("/settings/calendar?month=2026-10")
    shot(admin, "calendar")
    admin.locator("button.fl-cell", has_text="24").click()
    expect(admin.locator(".fl-changed")).to_have_count(1)
    admin.set_viewport_size({"width": 390, "height": 844})
    shot(admin, "calendar-phone")
    assert admin.evaluate("document.documentElement.scrollWidth") <= 390
