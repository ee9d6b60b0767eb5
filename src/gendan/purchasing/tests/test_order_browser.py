"""An order from the first key to the supplier's confirmation, in a real browser and without a mouse in the grid."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from gendan.accounts.models import Company
from gendan.accounts.tests.make import make_user, signed_in_client
from gendan.catalog.models import SupplierPrice
from gendan.catalog.tests.make import make_price, make_supplier
from gendan.kernel.tests.paper import texts
from gendan.purchasing.models import OrderLine, Promise, PurchaseOrder
from gendan.purchasing.rules.requisitions import RequestIn
from gendan.purchasing.tests.make import World, make_order, make_world
from gendan.purchasing.tests.test_requisitions import make_requisition

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
    found = make_world()
    make_price(found.supplier, found.bolt, "2.50")
    return found


@pytest.fixture
def page(browser: Browser, world: World, live_server: Any) -> Iterator[Page]:
    user = make_user(Company.objects.get(pk=world.company_id), permissions=("*",), limit=None)
    cookie = signed_in_client(user).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="zh-CN", base_url=live_server.url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    context.set_default_timeout(45_000)
    found = context.new_page()
    errors: list[str] = []
    found.on("pageerror", lambda error: errors.append(str(error)))
    found.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    yield found
    context.close()
    assert errors == []


def paste(cell: Locator, text: str) -> None:
    cell.click()
    expect(cell).to_be_focused()
    cell.evaluate(
        """(cell, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def test_two_hundred_lines_from_excel_to_the_suppliers_confirmation(page: Page, world: World) -> None:
    page.goto("/po/new?supplier=S001")
    rows = [f"{'BOLT' if n % 2 else 'NUT'}\t{n + 1}\tPCS\t{'' if n % 2 else '1.20'}" for n in range(200)]
    paste(page.locator("[data-grid] tbody tr").first.locator("td[data-key=product] input"), "\n".join(rows))
    expect(page.locator("[data-grid] [data-count]")).to_contain_text("200")
    expect(page.locator("[data-total-list]")).to_contain_text("CNY", timeout=20_000)
    expect(page.locator("[data-grid] tbody tr").nth(1).locator("td[data-key=unit_price] input")).to_have_value("2.5")
    page.get_by_role("button", name="存为草稿").click()
    page.wait_for_url("**/po/PO-*/edit")
    order = PurchaseOrder.objects.get()
    assert OrderLine.objects.filter(order=order).count() == 200
    assert order.gross == sum(
        ((Decimal(n + 1) * Decimal("2.50" if n % 2 else "1.20")).quantize(Decimal("0.01")) for n in range(200)),
        Decimal(0),
    )
    page.get_by_role("button", name="提交审批").click()
    page.wait_for_url(f"**/po/{order.number}")
    page.get_by_role("button", name="按订单全部确认").first.click()
    expect(page.locator(".gd-head .gd-status")).to_contain_text("已确认")
    assert PurchaseOrder.objects.get().state == "confirmed"
    assert Promise.objects.count() == 200


def test_a_larger_quantity_has_the_price_of_its_step_until_somebody_types_one(page: Page, world: World) -> None:
    step = SupplierPrice.objects.get(product__code="BOLT")
    step.pk, step.from_quantity, step.price = None, Decimal(100), Decimal("2")
    step.save()
    page.goto("/po/new?supplier=S001")
    grid = page.locator("[data-grid] tbody tr").first
    price = grid.locator("td[data-key=unit_price] input")
    grid.locator("td[data-key=product] input").fill("BOLT")
    page.keyboard.press("Enter")
    for quantity, expected in (("5", "2.5"), ("100", "2"), ("99", "2.5")):
        grid.locator("td[data-key=quantity] input").fill(quantity)
        page.keyboard.press("Tab")
        expect(price).to_have_value(expected)
    price.fill("2.4")
    grid.locator("td[data-key=quantity] input").fill("100")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="存为草稿").click()
    page.wait_for_url("**/po/PO-*/edit")
    assert PurchaseOrder.objects.get().gross == Decimal("240.00")


def test_a_line_is_split_into_two_dates_in_the_dialog(page: Page, world: World) -> None:
    number = make_order(world, 10, 20).number
    page.goto(f"/po/{number}")
    page.get_by_role("button", name="登记供应商确认…").click()
    rows = page.locator("#confirmation [data-part]")
    rows.first.locator("[data-split]").click()
    expect(rows).to_have_count(3)
    rows.nth(0).locator("[name=promised_on]").fill("2027-01-05")
    rows.nth(1).locator("[name=promised_on]").fill("2027-01-20")
    rows.nth(2).locator("[name=answer]").select_option("refused")
    page.locator("#confirmation").get_by_role("button", name="登记", exact=True).click()
    expect(page.locator(".gd-timeline")).to_contain_text("登记了供应商确认")
    first, second = OrderLine.objects.filter(order__number=number).order_by("line_no")
    assert (first.confirmed, first.promise_parts, str(first.promised_on)) == (10, 2, "2027-01-20")
    assert (second.confirmed, second.refused) == (0, 20)


def test_an_absurd_date_is_refused_beside_the_part_that_was_split_off(page: Page, world: World) -> None:
    number = make_order(world, 10, 20).number
    page.goto(f"/po/{number}")
    page.get_by_role("button", name="登记供应商确认…").click()
    rows = page.locator("#confirmation [data-part]")
    rows.nth(1).locator("[data-split]").click()
    rows.nth(0).locator("[name=answer]").select_option("none")
    rows.nth(2).locator("[name=promised_on]").fill("9999-12-31")
    page.locator("#confirmation").get_by_role("button", name="登记", exact=True).click()
    expect(rows.nth(2).locator("td", has=page.locator("[name=promised_on]"))).to_contain_text("之间")
    expect(rows.nth(0)).not_to_contain_text("之间")
    assert not Promise.objects.exists()


def test_a_remark_is_written_in_its_place(page: Page, world: World) -> None:
    number = make_order(world, 10, 20).number
    page.goto(f"/po/{number}")
    note = page.locator(".po-note").nth(1)
    note.hover()
    note.get_by_role("button").click()
    note.locator("input[name=note]").fill("不要")
    page.keyboard.press("Escape")
    expect(note.locator("form")).to_have_count(0)
    note.get_by_role("button").click()
    note.locator("input[name=note]").fill("分两箱")
    page.keyboard.press("Enter")
    expect(page.locator("[data-note-text]").nth(1)).to_have_text("分两箱")
    assert list(OrderLine.objects.order_by("line_no").values_list("note", flat=True)) == ["", "分两箱"]


def test_a_refusal_stands_beside_its_cell_and_nothing_is_lost(page: Page, world: World) -> None:
    page.goto("/po/new?supplier=S001")
    grid = page.locator("[data-grid] tbody tr").first
    grid.locator("td[data-key=product] input").fill("NUT")
    page.keyboard.press("Enter")
    grid.locator("td[data-key=quantity] input").fill("5")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="存为草稿").click()
    expect(page.locator("[data-grid] .gd-cell-bad")).to_contain_text("没有供应商价格")
    expect(grid.locator("td[data-key=quantity] input")).to_have_value("5")
    assert not PurchaseOrder.objects.exists()
    grid.locator("td[data-key=unit_price] input").fill("1.5")
    page.get_by_role("button", name="存为草稿").click()
    page.wait_for_url("**/po/PO-*/edit")
    assert PurchaseOrder.objects.get().gross == Decimal("7.50")


def test_another_supplier_is_picked_by_typing_and_takes_the_hints_of_the_first_away(page: Page, world: World) -> None:
    make_price(make_supplier(world.company_id, "S002", "北方紧固件"), world.bolt, "2.40")
    number = make_requisition(world, lines=[RequestIn("BOLT", Decimal(10)), RequestIn("NUT", Decimal(5))]).number
    page.goto(f"/pr/order?pr={number}")
    row = page.locator(f'tr[data-place="{number} #1"]')
    price = row.locator("[name=unit_price]")
    expect(row.locator(".ts-wrapper .item")).to_contain_text("S002")
    expect(price).to_have_attribute("placeholder", "2.4")
    row.locator(".ts-control").click()
    expect(row.locator(".ts-control input")).to_be_focused()
    page.keyboard.type("S001", delay=20)
    expect(row.locator(".ts-dropdown .option.active")).to_contain_text("S001")
    page.keyboard.press("Enter")
    expect(row.locator(".ts-wrapper .item")).to_contain_text("S001")
    expect(row.locator("[data-why-supplier]")).to_be_hidden()
    expect(price).to_have_attribute("placeholder", "")
    row.locator("[name=pick]").uncheck()
    page.get_by_role("button", name="生成草稿订单").click()
    expect(page.locator("[data-errors-list]")).to_contain_text(f"{number} #2 请选择供应商")
    bare = page.locator(f'tr[data-place="{number} #2"]')
    expect(bare.locator(".po-pick-supplier [data-error]")).to_contain_text("请选择供应商")
    bare.locator("[name=pick]").uncheck()
    row.locator("[name=pick]").check()
    page.get_by_role("button", name="生成草稿订单").click()
    page.wait_for_url("**/po/PO-*")
    assert PurchaseOrder.objects.get().supplier.code == "S001"


def test_orders_that_are_ticked_in_the_list_are_printed_in_the_language_chosen(page: Page, world: World):
    numbers = [make_order(world, 10).number, make_order(world, 20).number]
    page.goto("/po/?state=all")
    for number in numbers:
        page.get_by_role("checkbox", name=number).check()
    page.locator("#bulk").get_by_role("button", name="打印").click()
    expect(page.get_by_role("heading", name="打印采购订单")).to_be_visible()
    page.locator("#id_language").select_option("en")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="生成 PDF").click()
    answer = page.request.get(opened.value.url)
    assert answer.headers["content-type"] == "application/pdf"
    found = texts(answer.body())
    assert all(number in text for number, text in zip(sorted(numbers), sorted(found), strict=True))
    assert all("Purchase order" in text for text in found)
