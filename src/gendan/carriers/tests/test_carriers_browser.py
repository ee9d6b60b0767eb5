"""From setting a carrier up to the arrival on the shipment's page, in a real browser and on a phone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from gendan.accounts.models import Company
from gendan.accounts.tests.make import make_user, signed_in_client
from gendan.carriers import tasks
from gendan.carriers.models import Carrier
from gendan.carriers.tests.make import make_carrier, make_shipment
from gendan.kernel.sealed import unseal
from gendan.purchasing.tests.make import World, make_order, make_world

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
    return make_world()


@pytest.fixture
def context(browser: Browser, world: World, live_server: Any) -> Iterator[BrowserContext]:
    user = make_user(Company.objects.get(pk=world.company_id), permissions=("*",), limit=None)
    cookie = signed_in_client(user).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="zh-CN", base_url=live_server.url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    context.set_default_timeout(45_000)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    yield context
    context.close()
    assert errors == []


def test_a_carrier_is_set_up_and_its_secrets_are_asked_for_where_they_are_missing(context: BrowserContext):
    page = context.new_page()
    page.goto("/carriers/new")
    key = page.get_by_label("授权密钥 key")
    expect(key).to_be_hidden()
    page.get_by_label("代码").fill("YTO")
    page.get_by_label("名称").fill("圆通速递")
    page.locator("#id_adapter").select_option("kuaidi100")
    expect(key).to_be_visible()
    page.get_by_label("快递公司编码").fill("yuantong")
    page.get_by_label("授权码 customer").fill("C1")
    page.get_by_role("button", name="保存").click()
    missing = page.locator('[data-field="settings.kuaidi100.key"] [data-error]')
    expect(missing).to_have_text("请填写「授权密钥 key」")
    key.fill("a-secret-key")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("cell", name="快递100")).to_be_visible()
    assert unseal(Carrier.objects.get().sealed) == {"key": "a-secret-key"}
    page.goto("/carriers/YTO")
    expect(key).to_be_visible()
    expect(key).to_have_value("")
    expect(key).to_have_attribute("placeholder", "已设置")


def test_a_shipment_is_written_with_a_known_carrier_and_its_arrival_is_seen(world: World, context: BrowserContext):
    make_carrier(world.actor)
    order = make_order(world).number
    page = context.new_page()
    page.goto(f"/shipments/new?order={order}")
    assert page.locator("#carrier-names option").evaluate_all("options => options.map(o => o.value)") == ["模拟速运"]
    page.get_by_label("承运商").fill("模拟速运")
    page.get_by_label("运单号").fill("sf 100 06")
    page.get_by_label("发货日期").fill(world.actor.today().isoformat())
    page.get_by_role("button", name="登记").last.click()
    panel = page.locator(".gd-tracking")
    expect(panel).to_contain_text("物流 SF10006")
    expect(panel).to_contain_text("还没有物流信息。")
    panel.get_by_role("link", name="全部轨迹").click()
    page.locator("#id_status").select_option("delivered")
    page.get_by_label("签收人").fill("王仓管")
    page.get_by_role("button", name="登记").click()
    expect(page.locator(".gd-events").first).to_contain_text("手工登记")
    page.get_by_role("link", name="ASN-").click()
    expect(page.locator(".gd-head")).to_contain_text("已到货")
    expect(panel).to_contain_text("王仓管")


def test_silence_is_read_on_a_phone(world: World, context: BrowserContext):
    make_carrier(world.actor)
    number = make_shipment(world, "SF100000000000000000000000000007")
    tasks.poll(0)
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/asn/{number}")
    expect(page.locator(".gd-tracking")).to_contain_text("已超过 48 小时没有物流信息")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
