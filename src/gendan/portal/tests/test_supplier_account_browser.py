"""Somebody of a supplier on a phone: invited, chooses a password, confirms a line, announces a shipment; at a desk:
signs in, brings an Excel file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from gendan.portal.sheets import ANSWERS
from gendan.portal.tests.accounts import PASSWORD, invite, token_of
from gendan.portal.tests.test_supplier_accounts import sent
from gendan.portal.tests.test_supplier_browser import CHROMIUM, browser, opened
from gendan.purchasing.models import OrderLine, Shipment
from gendan.purchasing.tests import make as buying

__all__ = ["browser"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium or Chrome"),
]


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_who_is_invited_works_on_a_phone_and_at_a_desk(browser: Browser, live_server: Any, tmp_path: Path) -> None:
    expect.set_options(timeout=60_000)
    errors: list[str] = []
    world = buying.make_world()
    first, second = sent(world, 10, 20), sent(world, 30)
    token = token_of(invite(world.actor))

    phone = opened(browser, live_server, errors, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = phone.new_page()
    page.goto(f"/s/join/{token}")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=again]").fill(PASSWORD)
    page.locator(".cp-go").click()
    expect(page.locator(".sp-todo")).to_contain_text("3")
    assert fits(page)
    page.goto(f"/s/me/po/{first}")
    assert page.locator("[name=name][type=text], .cp-field [name=name]").count() == 0  # who signed in is known
    page.locator("[name=kind-1][value=accept]").check()
    page.locator(".sp-second, .sp-send .btn-primary").last.click()
    expect(page.locator(".cp-done")).to_be_visible()
    page.goto(f"/s/me/ship?order={first}")
    page.locator("[name=quantity]").nth(1).fill("")
    page.locator(".cp-go").click()
    expect(page.locator("#shipments")).to_contain_text("ASN-")
    assert fits(page)
    page.goto(f"/s/join/{token}")
    expect(page.locator("body")).not_to_contain_text(first)  # the link is used up

    desk = opened(browser, live_server, errors, viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = desk.new_page()
    page.goto(f"/s/me/po/{second}")
    page.locator("[name=email]").fill("li@s001.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator(".cp-go").click()
    expect(page.locator("h1").first).to_have_text(second)  # where it was going
    page.goto("/s/me/lines?show=confirm")
    with page.expect_download() as download:
        page.locator("a[href*='lines.xlsx']").click()
    path = tmp_path / "lines.xlsx"
    download.value.save_as(path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for row in range(4, sheet.max_row + 1):
        sheet.cell(row, ANSWERS.index("said") + 1, "确认")
    book.save(path)
    for name, shown in (("try", ".sp-warn"), ("apply", ".cp-done")):
        page.goto("/s/me/upload")
        page.locator("#answers [name=file]").set_input_files(path)
        page.locator(f"#answers [name={name}]").click()
        expect(page.locator(shown)).to_be_visible()
    assert {line.confirmed for line in OrderLine.objects.filter(order__number=second)} == {30}
    assert Shipment.objects.get().lines.count() == 1
    page.goto("/po/" + second)
    assert "/accounts/login/" in page.url
    phone.close()
    desk.close()
    assert errors == []
