"""A keeper's day as one thread: what arrives, its dock, received by scan, inspected, put away, its labels printed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from gendan.accounts.tests.make import make_actor
from gendan.catalog.models import Location
from gendan.handheld.tests.make import BOLT, barcoded_world, company_of
from gendan.handheld.tests.phone import MARKS, chromium, device, said, shot, wedge
from gendan.inventory.models import Balance
from gendan.kernel.verify import differences
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import GoodsReceipt
from gendan.purchasing.tests.make import make_order
from gendan.quality import commands as quality
from gendan.quality.rules.plan import PlanIn
from gendan.transport.tests.make import make_dock

pytestmark = MARKS


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def test_from_the_board_to_the_label_without_a_dead_end(browser: Browser, live_server: Any) -> None:
    world = barcoded_world()
    world.bolt.lot_tracked = True
    world.bolt.save()
    Location.objects.create(company_id=world.company_id, warehouse=world.warehouse, kind="bin", code="A-01")
    quality.save_plan(actor=world.actor, plan=PlanIn("IQC-1", "来料检验", product="BOLT", method="all"))
    make_dock(world)
    order = make_order(world, 6).number
    day = world.actor.today() + timedelta(days=1)
    number = purchasing.create_shipment(actor=world.actor, orders=[order], expected_on=day).number
    keeper = make_actor(company_of(world), roles=["warehouse_keeper", "qc_inspector"], username="keeper")
    context = device(browser, live_server, keeper)
    page = context.new_page()
    page.goto(f"{live_server.url}/transport/")
    page.get_by_role("link", name=number).click()
    page.get_by_role("button", name="09:00").first.click()
    expect(page.locator(".tp-booked")).to_contain_text("09:00")
    shot(page, "day-1-dock")
    page.get_by_role("link", name="手持端收货").click()
    expect(page.locator('[data-row="BOLT"]')).to_have_attribute("data-state", "none")
    for _n in range(6):
        wedge(page, f"]C1010{BOLT}10L1")
    expect(page.locator('[data-row="BOLT"]')).to_have_attribute("data-done", "6")
    shot(page, "day-2-counted")
    page.locator("[data-book]").click()
    page.locator('dialog[open] button[type="submit"]').click()
    expect(page.locator("[data-booked]")).to_be_visible()
    shot(page, "day-3-booked")
    page.locator("[data-papers]").click()
    page.get_by_role("link", name="检验", exact=True).click()
    shot(page, "day-4-inspection")
    receipt = GoodsReceipt.objects.get()
    assert receipt.state == "to_inspect"
    purchasing.inspect_receipt(actor=keeper, number=receipt.number)
    page.goto(f"{live_server.url}/gr/{receipt.number}")
    expect(page.get_by_role("link", name="批次标签")).to_be_visible()
    shot(page, "day-5-receipt")
    page.get_by_role("link", name="上架", exact=True).click()
    expect(page.locator('[data-row="BOLT"]')).to_be_visible()
    wedge(page, BOLT)
    expect(page.locator("[data-chosen]")).to_contain_text("A-01")
    shot(page, "day-6-putaway")
    wedge(page, "A-01")
    said(page, "yes", "A-01")
    expect(page.locator(".hh-empty")).to_be_visible()
    assert Balance.objects.get(location__code="A-01").on_hand == 6
    page.goto(f"{live_server.url}/gr/{receipt.number}")
    page.get_by_role("link", name="批次标签").click()
    expect(page.locator("main")).to_contain_text("L1")
    shot(page, "day-7-labels")
    assert [str(one) for _check, found in differences(world.company_id) for one in found] == []
    context.close()
