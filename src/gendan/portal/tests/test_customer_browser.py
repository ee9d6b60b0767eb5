"""A customer on a phone: signs with one piece refused, asks for a return, asks a question; the salesperson sees it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from gendan.accounts.tests.make import signed_in_client
from gendan.kernel.models import Attachment
from gendan.portal.tests.make import PNG, make_link, sent
from gendan.sales.models import DeliveryLine, ReturnLine
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
def phone(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", base_url=live_server.url, has_touch=True, is_mobile=True
    )
    context.set_default_timeout(45_000)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    yield context
    context.close()
    assert errors == []


def draw(page: Page) -> None:
    """A signature in the open form."""
    pad = page.locator("[data-pad]:visible")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 90)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 40 + 25 * step, box["y"] + 90 + (30 if step % 2 else -30))
    page.mouse.up()


def staff(browser: Browser, world: World, url: str) -> Page:
    """A page of the administrator."""
    cookie = signed_in_client(world.actor).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", base_url=url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    return context.new_page()


def test_a_customer_signs_with_one_piece_refused_and_asks_for_a_return(
    phone: BrowserContext, browser: Browser, live_server: Any, tmp_path: Path
) -> None:
    world = make_world(bolts=10, nuts=20)
    order, delivery = sent(world, 10, 20)
    page = phone.new_page()
    page.goto(f"/c/{make_link(world, order)}")
    expect(page.get_by_role("heading", name=order)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.get_by_text("现在签收").click()
    form = page.locator(".cp-sign form")
    form.get_by_role("button", name="有破损或少了").first.click()
    form.get_by_label("拒收 六角螺栓 M6×20").fill("1")
    form.get_by_label("您的姓名").fill("赵六")
    form.get_by_role("button", name="用姓名代替").click()
    assert form.locator("[name=signature]").input_value().startswith("data:image/png")
    form.get_by_role("button", name="重写").click()
    assert form.locator("[name=signature]").input_value() == ""
    draw(page)
    form.get_by_role("button", name="确认签收").click()
    expect(form.get_by_text("请写明拒收或短少的原因。")).to_be_visible()
    form.get_by_label("原因 六角螺栓 M6×20").fill("锈了")
    picture = tmp_path / "a.png"
    picture.write_bytes(PNG)
    form.locator("input[type=file]").set_input_files(str(picture))
    form.get_by_role("button", name="确认签收").click()
    expect(page.get_by_text("已签收，谢谢！")).to_be_visible()
    first = DeliveryLine.objects.order_by("line_no")[0]
    assert (first.signed, first.refused, first.refuse_reason) == (9, 1, "锈了")
    assert Attachment.objects.filter(author="赵六").count() == 2

    page.get_by_text("申请退货").click()
    back = page.locator("form[action$='/return']")
    back.get_by_label("退多少 六角螺母 M6").fill("2")
    back.get_by_label("原因 六角螺母 M6").select_option("quality")
    back.locator("input[type=file]").last.set_input_files(str(picture))
    expect(back.get_by_label("您的姓名")).to_have_value("赵六")
    back.get_by_role("button", name="提交退货申请").click()
    expect(page.get_by_text("退货申请已提交")).to_be_visible()
    assert (ReturnLine.objects.get().quantity, ReturnLine.objects.get().reason) == (2, "quality")

    page.get_by_placeholder("想问什么？").fill("换新的什么时候到？")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_text("换新的什么时候到？")).to_be_visible()

    theirs = staff(browser, world, live_server.url)
    theirs.goto(f"/so/{order}")
    expect(theirs.locator("#timeline").get_by_text("赵六").first).to_be_visible()
    theirs.get_by_label("回复客户").fill("后天到")
    theirs.locator("#customer-answer").get_by_role("button", name="回复客户").click()
    expect(theirs.locator("#customer-messages").get_by_text("后天到")).to_be_visible()
    theirs.goto(f"/dn/{delivery}")
    theirs.get_by_role("button", name="拒收的货转退货单").click()
    expect(theirs.get_by_role("heading", name="RMA-000002")).to_be_visible()
    page.reload()
    expect(page.get_by_text("后天到")).to_be_visible()
    theirs.context.close()
