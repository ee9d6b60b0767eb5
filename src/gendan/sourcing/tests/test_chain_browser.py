"""From a requisition line to the order in a browser: asked, answered by links on a phone, compared, awarded; the award
becomes a contract whose price the next order has.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from gendan.accounts.models import User
from gendan.accounts.tests.make import signed_in_client
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import OrderLine
from gendan.purchasing.rules.lines import LineIn
from gendan.sourcing import commands
from gendan.sourcing.models import Award, Contract, Inquiry
from gendan.sourcing.queries.drafts import inquiry_draft
from gendan.sourcing.rules.inquiry import SupplierIn
from gendan.sourcing.tests.make import make_world, requested, token_of

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
SHOTS = os.environ.get("TEST_SHOTS", "")  # a folder in which somebody wants to look at the pages
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


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def answer_on_a_phone(phone: BrowserContext, number: str, supplier: str, price: str, days: str) -> None:
    """The supplier fills in a price and its days, and sends it."""
    page = phone.new_page()
    page.goto(reverse("portal:inquiry", args=[token_of(number, supplier)]))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator("[name=price]").fill(price)
    page.locator("[name=delivery_days]").fill(days)
    page.locator(".su-form [name=name]").fill("王经理")
    shot(page, f"phone-{supplier}")
    page.locator(".cp-go").click()
    expect(page.locator(".cp-done")).to_be_visible()
    page.close()


def test_from_a_requisition_line_to_an_order_and_a_contract(browser: Browser, live_server: Any) -> None:
    expect.set_options(timeout=60_000)
    errors: list[str] = []
    world = make_world()
    requested(world)
    desk = opened(browser, live_server, errors, viewport={"width": 1440, "height": 900})
    signed = signed_in_client(User.objects.get(pk=world.actor.user_id or 0))
    session = signed.cookies[settings.SESSION_COOKIE_NAME].value
    desk.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = desk.new_page()
    page.goto("/pr/order")
    page.locator("[name=pick]").first.check()
    page.locator("[formaction*='from-requisitions']").click()
    expect(page).to_have_url(f"{live_server.url}/rfq/RFQ-000001/edit")
    rows = page.locator("#supplier-grid")
    expect(rows).to_be_visible()
    page.locator(".gd-form-bar [value=save]").click()
    expect(page).to_have_url(f"{live_server.url}/rfq/RFQ-000001")
    inquiry = Inquiry.objects.get()
    draft = inquiry_draft(world.actor, inquiry.number)[0]
    both = replace(draft, suppliers=(SupplierIn("S001"), SupplierIn("S002")))
    commands.update_inquiry(actor=world.actor, number=inquiry.number, draft=both)
    page.reload()
    page.get_by_role("button", name="发出询价").click()
    page.locator("#confirm [data-yes]").click()
    expect(page.locator("main")).to_contain_text("等待报价")

    phone = opened(browser, live_server, errors, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    answer_on_a_phone(phone, inquiry.number, "S001", "2.00", "5")
    answer_on_a_phone(phone, inquiry.number, "S002", "1.80", "30")

    page.goto(f"/rfq/{inquiry.number}/compare?way=price")
    expect(page.locator(".rq-best").first).to_be_visible()
    cheap = page.locator("[name='award.1.S002']")
    expect(cheap).to_have_value("100")
    shot(page, "matrix")
    page.locator(".gd-form-bar [value=save]").click()
    expect(page).to_have_url(f"{live_server.url}/rfq/{inquiry.number}")
    line = OrderLine.objects.get()
    assert (line.quantity, Award.objects.get().order_line_id) == (100, line.pk)
    assert Inquiry.objects.get().state == "awarded"

    commands.contract_awards(actor=world.actor, number=inquiry.number)
    contract = Contract.objects.get()
    page.goto(f"/contracts/{contract.number}")
    page.get_by_role("button", name="合同生效").click()
    page.locator("#confirm [data-yes]").click()
    expect(page.locator("table")).to_contain_text(["已生效"])
    wanted = [LineIn("BOLT", line.quantity)]
    made = purchasing.create_order(actor=world.actor, supplier="S002", warehouse="MAIN", lines=wanted)
    page.goto(f"/po/{made.number}")
    expect(page.locator("main")).to_contain_text(f"合同 {contract.number}")
    for path, name in ((f"/contracts/{contract.number}", "contract"), ("/contracts/", "contracts"),
                       ("/contracts/new", "contract-new")):  # fmt: skip
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        shot(page, name)
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        shot(page, f"{name}-phone")
        page.set_viewport_size({"width": 1440, "height": 900})
    phone.close()
    desk.close()
    assert errors == []
