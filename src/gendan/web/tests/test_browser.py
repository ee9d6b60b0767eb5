"""The design system at work in a real browser: list, palette, line grid, refusals, phone."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, Dialog, Locator, Page, expect, sync_playwright

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
def kit(live_server) -> Iterator[str]:
    with override_settings(ROOT_URLCONF="gendan.web.tests.urls_with_kit"):
        yield live_server.url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="zh-CN")
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.route("**/bell", lambda route: route.fulfill(body=""))
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    yield page
    context.close()
    assert errors == []


def cell(page: Page, row: int, key: str) -> Locator:
    return page.locator("[data-grid] tbody tr").nth(row).locator(f"td[data-key={key}] input")


def posted_lines(page: Page) -> str:
    return page.locator("[data-grid] > input[name=lines]").input_value()


def paste(page: Page, text: str) -> None:
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


def test_lines_are_entered_by_keyboard_alone(page: Page, kit: str):
    page.goto(f"{kit}/_kit/long")
    page.locator("[data-add]").click()
    page.keyboard.type("注射")
    expect(page.locator(".gd-suggest-item").first).to_contain_text("P0003")
    page.keyboard.press("Enter")
    expect(cell(page, 200, "quantity")).to_be_focused()
    page.keyboard.type("1,200")
    page.keyboard.press("Tab")
    expect(cell(page, 200, "unit_price")).to_have_value("18.80")
    page.keyboard.press("Enter")
    expect(cell(page, 201, "product")).to_be_focused()
    assert '"product":"P0003","quantity":"1200"' in posted_lines(page)
    expect(page.locator("[data-total-list]")).to_contain_text("CNY")


def test_rows_are_pasted_from_excel_and_unknown_codes_are_marked(page: Page, kit: str):
    page.goto(f"{kit}/_kit/long")
    page.locator("[data-add]").click()
    paste(page, "P0001\t1,200\t0.33\t2026/12/3\t急\nZZZ9\t7\t1\t20261204\t\n")
    expect(page.locator(".gd-cell-bad")).to_have_count(1)
    expect(page.locator(".gd-cell-bad .gd-cell-note")).to_have_text("找不到「ZZZ9」")
    lines = posted_lines(page)
    assert '"quantity":"1200","unit_price":"0.33","required_on":"2026-12-03","note":"急"' in lines
    assert '"required_on":"2026-12-04"' in lines


def test_nothing_typed_is_lost_and_leaving_asks(page: Page, kit: str):
    page.goto(f"{kit}/_kit/long")
    page.wait_for_timeout(800)
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    cell(page, 3, "quantity").fill("77")
    for _ in range(100):
        if page.evaluate("Object.values(localStorage).some((kept) => kept.includes('77'))"):
            break
        page.wait_for_timeout(50)
    page.reload()
    assert asked == ["beforeunload"]
    expect(cell(page, 3, "quantity")).to_have_value("77")
    expect(page.locator("#toasts")).to_contain_text("草稿")


def test_a_refusal_stands_beside_its_fields_and_keeps_what_was_typed(page: Page, kit: str):
    page.goto(f"{kit}/_kit/long")
    cell(page, 1, "quantity").fill("-5")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".gd-cell-bad .gd-cell-note")).to_have_text("数量必须大于 0。")
    expect(page.locator("[data-errors]")).to_be_visible()
    expect(cell(page, 1, "quantity")).to_have_value("-5")


def test_a_verb_says_what_will_happen_and_asks_for_the_reason(page: Page, kit: str):
    page.goto(f"{kit}/_kit")
    page.locator("summary.btn-icon").first.click()
    page.get_by_role("menuitem", name="作废").click()
    expect(page.locator("#confirm")).to_contain_text("未交的 3 行不再跟踪")
    page.fill("#confirm-reason", "供应商缺货")
    with page.expect_request("**/_kit/save") as sent:
        page.keyboard.press("Enter")
    assert "reason=" in (sent.value.post_data or "")
    expect(page.locator("#problem")).to_contain_text("有 2 处填写有误")


def taken_hold(page: Page, selector: str) -> None:
    """Wait until htmx listens to an element of a page that was just opened: a click before that does nothing."""
    script = "selector => Boolean(document.querySelector(selector)?.['htmx-internal-data']?.initHash)"
    for _attempt in range(100):
        if page.evaluate(script, selector):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"htmx has not taken hold of {selector}")


def test_a_list_is_used_by_keyboard_filtered_and_extended(page: Page, kit: str):
    page.goto(f"{kit}/_kit")
    page.locator(".gd-chip", has_text="没有的").click()
    expect(page.locator(".gd-empty").first).to_contain_text("还没有采购订单")
    assert page.url.endswith("state=none")
    page.go_back()
    expect(page.locator("tbody tr[data-href]")).to_have_count(14)
    taken_hold(page, "[data-more]")
    page.locator("[data-more]").click()
    expect(page.locator("tbody tr[data-href]")).to_have_count(28)
    page.evaluate("document.activeElement.blur()")
    page.locator("h1").first.click()
    page.locator("tbody .gd-check input").nth(1).check()
    page.locator("tbody .gd-check input").nth(3).click(modifiers=["Shift"])
    expect(page.locator("[data-selected]")).to_have_text("已选 3 行")


def test_on_a_phone_rows_are_cards_and_nothing_scrolls_sideways(browser: Browser, kit: str):
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    page.route("**/bell", lambda route: route.fulfill(body=""))
    page.goto(f"{kit}/_kit")
    expect(page.locator(".gd-phone")).to_be_visible()
    expect(page.locator(".gd-nav")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("tbody tr").first.evaluate("row => getComputedStyle(row).display") == "flex"
    context.close()


def test_on_a_phone_the_lines_of_a_grid_are_cards_with_every_field_in_sight(browser: Browser, kit: str):
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    page.route("**/bell", lambda route: route.fulfill(body=""))
    page.goto(f"{kit}/_kit/long")
    for key in ("product", "quantity", "unit_price", "note"):
        box = cell(page, 1, key).bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cell(page, 1, "quantity").fill("-5")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".gd-cell-bad .gd-cell-note")).to_be_visible()
    bar = page.locator(".gd-form-bar").bounding_box()
    assert bar
    assert bar["height"] <= 72
    context.close()
