"""A keeper with a phone: from an order to goods that left, scan by scan; what is wrong is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from gendan.catalog.models import Barcode
from gendan.inventory.tests import make as inventory
from gendan.purchasing.tests.test_receiving_browser import (  # noqa: F401 - fixtures
    DESK,
    chromium,
    go,
    page_for,
    scan,
    shot,
)
from gendan.sales import commands
from gendan.sales.models import Delivery, Parcel
from gendan.sales.tests.make import World, make_order, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def barcoded_world() -> World:
    world = make_world(bolts=6, nuts=30)
    inventory.stock(world.stock, "BOLT", 9, "A-02")
    for product, code in ((world.stock.bolt, "6901234567892"), (world.stock.nut, "6909876543210")):
        Barcode.objects.create(company_id=world.actor.company_id, product=product, code=code)
    return world


def test_picked_by_scan_packed_and_sent(chromium: Browser, live_server: Any) -> None:  # noqa: F811
    world = barcoded_world()
    order = make_order(world, 8, 20)
    number = commands.create_delivery(actor=world.actor, orders=[order.number]).number
    page = page_for(chromium, live_server, world)  # type: ignore[arg-type]
    go(page, "/pick")
    expect(page.locator("[data-scan-input]")).to_be_focused()
    shot(page, "pick-empty")
    scan(page, number.lower())
    expect(page.locator(".pck-row")).to_have_count(3)
    shot(page, "pick-list")
    scan(page, "A-01")
    expect(page.locator(".pck-here")).to_have_count(2)
    for n in range(1, 4):
        scan(page, "6901234567892")
        expect(page.locator("[data-pick-said]")).to_contain_text(f"{n} / 6")
    shot(page, "pick-counted")
    scan(page, "4006381333931")
    expect(page.locator("#scan-said [data-scan=no]")).to_contain_text("4006381333931")
    shot(page, "pick-wrong")
    page.get_by_role("button", name="全部 3 BOLT").click()
    expect(page.locator("[data-pick-said]")).to_contain_text("6 / 6")
    scan(page, "6901234567892")
    expect(page.locator("#scan-said [data-scan=no]")).to_contain_text("不能再拣")
    nuts = page.locator(".pck-row", has_text="NUT")
    nuts.locator("summary").click()
    shot(page, "pick-more")
    nuts.locator('.pck-short input[name="quantity"]').fill("5")
    nuts.get_by_role("button", name="登记缺货").click()
    expect(page.locator("[data-pick-said]")).to_contain_text("退回订单 5")
    page.get_by_role("button", name="全部 15 NUT").click()
    expect(page.locator("[data-pick-said]")).to_contain_text("15 / 15")
    scan(page, "A-02")
    page.get_by_role("button", name="全部 2 BOLT").click()
    expect(page.locator("[data-pick-done]")).to_be_visible()
    shot(page, "pick-done")
    page.locator("[data-pick-done]").get_by_role("link", name="装箱").click()
    page.locator('[data-box] input[name="quantity"]').first.fill("5")
    page.locator("[data-add-box]").click()
    expect(page.locator("[data-box]")).to_have_count(2)
    expect(page.locator('[data-box] input[name="quantity"]').nth(2)).to_have_value("3")
    page.locator('input[name="weight"]').first.fill("2.5")
    shot(page, "pack")
    page.get_by_role("button", name="完成装箱并出库").click()
    page.locator('input[name="carrier"]').fill("顺丰")
    page.locator('input[name="tracking_number"]').fill("SF1001")
    shot(page, "ship")
    page.get_by_role("button", name="确认出库").click()
    expect(page.locator("h1")).to_contain_text("已出库")
    shot(page, "delivery-phone")
    assert (Parcel.objects.count(), Delivery.objects.get().state) == (2, "shipped")
    assert page.problems == []  # type: ignore[attr-defined]


def test_planned_sent_in_a_batch_and_signed_for_at_a_desk(chromium: Browser, live_server: Any) -> None:  # noqa: F811
    world = barcoded_world()
    orders = [make_order(world, 3, 5).number for _ in range(2)]
    page = page_for(chromium, live_server, world, DESK)  # type: ignore[arg-type]
    go(page, f"/dn/new?order={orders[0]}")
    shot(page, "delivery-new")
    page.get_by_role("button", name="安排发货").click()
    expect(page.locator("h1")).to_contain_text("DN-")
    shot(page, "delivery-open")
    commands.create_delivery(actor=world.actor, orders=[orders[1]])
    go(page, "/dn/")
    for box in page.locator('input[name="ids"]').all():
        box.check()
    shot(page, "delivery-list")
    page.get_by_role("button", name="批量出库").click()
    page.locator("[data-carrier-all]").fill("顺丰")
    expect(page.locator('input[name="carrier"]').last).to_have_value("顺丰")
    page.locator('input[name="tracking_number"]').first.fill("SF1")
    page.get_by_label("一起出库").check()
    shot(page, "ship-many")
    page.get_by_role("button", name="全部出库").click()
    expect(page.locator("h1")).to_contain_text("批量出库结果")
    shot(page, "ship-done")
    number = Delivery.objects.earliest("id").number
    go(page, f"/dn/{number}/sign")
    page.locator('input[name="refused"]').first.fill("1")
    expect(page.locator("[data-accepted]").first).to_have_text("2")
    page.locator('input[name="why"]').first.fill("碰伤")
    shot(page, "sign")
    page.get_by_role("button", name="登记签收").click()
    expect(page.locator("h1")).to_contain_text("已签收")
    shot(page, "delivery-signed")
    wave = commands.create_wave(
        actor=world.actor,
        deliveries=[commands.create_delivery(actor=world.actor, orders=[make_order(world, 2, 4).number]).number],
    )
    commands.pick_goods(actor=world.actor, number=wave.number, picks=[_bolts()])
    go(page, f"/wv/{wave.number}")
    shot(page, "wave")
    go(page, f"/pick?n={wave.number}")
    shot(page, "pick-wave-desk")
    assert page.problems == []  # type: ignore[attr-defined]


def _bolts() -> Any:
    from gendan.sales.steps.picking import PickIn

    return PickIn("BOLT", Decimal(1))
