"""Picking and counting through a dead spot, the network switched in a real browser: kept, sent in order, each once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from gendan.catalog.models import Barcode, Product
from gendan.handheld.tests.make import BOLT, NUT
from gendan.handheld.tests.phone import MARKS, chromium, device, opened, said, shot, unsent, wedge
from gendan.inventory import commands as inventory
from gendan.inventory.models import StockCountEntry, StockCountLine
from gendan.inventory.tests import make as stocks
from gendan.sales import commands as sales
from gendan.sales.models import Pick
from gendan.sales.steps.picking import PickIn
from gendan.sales.tests import make as selling

pytestmark = MARKS
WRONG = "4006381333931"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def world() -> selling.World:
    """Fifty bolts in A-01, forty nuts in A-02, both with a GTIN."""
    world = selling.make_world(bolts=50)
    stocks.stock(world.stock, "NUT", 40, place="A-02")
    for product, code in (("BOLT", BOLT), ("NUT", NUT)):
        found = Product.objects.get(company_id=world.actor.company_id, code=product)
        Barcode.objects.create(company_id=world.actor.company_id, product=found, code=code)
    return world


def sent(page: Page) -> list[list[str]]:
    """The codes that the device sends at a time, in their order."""
    codes: list[list[str]] = []

    def listen(request: Request) -> None:
        if request.url.endswith("/m/send") and request.post_data:
            codes.append([one["code"] for one in json.loads(request.post_data)["operations"]])

    page.on("request", listen)
    return codes


def lose_first_answer(page: Page) -> None:
    """The server does what the device sends first, and nobody hears of it."""
    lost: list[str] = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.fetch()
            route.abort()

    page.route("**/m/send", lose)


def answer(page: Page, button: int) -> None:
    """What a question without a network is answered: the first button, or the second."""
    page.locator("dialog[open] button").nth(button).click()


def started(context: BrowserContext, live_server: Any, mode: str, number: str) -> Page:
    page = opened(context, live_server)
    page.locator(f'[data-tile="{mode}"]').click()
    page.locator(f'[data-open="{number}"]').click()
    expect(page.locator("[data-row]").first).to_be_visible()
    return page


def test_picking_goes_on_without_a_network(browser: Browser, live_server: Any, world: selling.World) -> None:
    order = selling.make_order(world, 5, 3).number
    number = sales.create_delivery(actor=world.actor, orders=[order]).number
    context = device(browser, live_server, world.actor)
    page = started(context, live_server, "pick", number)
    wedge(page, "A-01")
    expect(page.locator("[data-place]")).to_have_attribute("data-place", "A-01")
    codes = sent(page)
    context.set_offline(True)
    for _n in range(3):
        wedge(page, BOLT)
    expect(page.locator('[data-row="BOLT"]')).to_have_attribute("data-done", "3")
    page.locator("[data-take-back]").first.click()  # one too many
    expect(page.locator('[data-row="BOLT"]')).to_have_attribute("data-done", "2")
    wedge(page, "A-02")
    wedge(page, NUT)
    wedge(page, WRONG)
    answer(page, 1)  # no bin
    said(page, "wait", WRONG)
    unsent(page, 6)
    shot(page, "pick-offline")
    assert Pick.objects.filter(picked__gt=0).count() == 0
    lose_first_answer(page)
    context.set_offline(False)
    unsent(page, 0, refused=1)
    assert dict(Pick.objects.values_list("delivery_line__order_line__product__code", "picked")) == {"BOLT": 2, "NUT": 1}
    everything = [BOLT, BOLT, BOLT, BOLT, NUT, WRONG]  # the fourth takes the third back
    assert codes[-2:] == [everything, everything]  # once more, for nobody heard of the first
    page.locator("#net").click()
    expect(page.locator("[data-conflict]")).to_contain_text(WRONG)
    page.locator("[data-discard]").click()
    page.locator('dialog[open] button[type="submit"]').click()
    unsent(page, 0)
    assert page.problems == []  # type: ignore[attr-defined]
    context.close()


def test_what_a_colleague_picked_meanwhile_is_a_conflict_and_stays(
    browser: Browser, live_server: Any, world: selling.World
) -> None:
    order = selling.make_order(world, 2).number
    number = sales.create_delivery(actor=world.actor, orders=[order]).number
    context = device(browser, live_server, world.actor)
    page = started(context, live_server, "pick", number)
    context.set_offline(True)
    wedge(page, "A-01")
    wedge(page, BOLT)
    unsent(page, 1)
    sales.pick_goods(actor=world.actor, number=number, picks=[PickIn("BOLT", Decimal(2), "A-01", "")])
    context.set_offline(False)
    unsent(page, 0, refused=1)
    page.reload()  # it is on the device, not only on the screen
    unsent(page, 0, refused=1)
    page.locator("#net").click()
    expect(page.locator("[data-conflict]")).to_contain_text(BOLT)
    assert Pick.objects.get().picked == 2
    context.close()


def test_counting_goes_on_without_a_network_and_never_counts_in_the_wrong_bin(
    browser: Browser, live_server: Any, world: selling.World
) -> None:
    number = inventory.create_count(actor=world.actor, warehouse="MAIN", start=True).number
    context = device(browser, live_server, world.actor)
    page = started(context, live_server, "count", number)
    context.set_offline(True)
    wedge(page, "A-01")
    for _n in range(3):
        wedge(page, BOLT)
    expect(page.locator('[data-row="BOLT"]')).to_have_attribute("data-done", "3")
    wedge(page, "e-01")  # a bin that the device has never seen
    answer(page, 0)
    expect(page.locator("[data-place]")).to_have_attribute("data-place", "E-01")
    wedge(page, NUT)
    unsent(page, 5)
    shot(page, "count-offline")
    lose_first_answer(page)
    context.set_offline(False)
    unsent(page, 0, refused=2)  # there is no such bin, and no nut there
    assert StockCountLine.objects.get(product__code="BOLT").counted == 3
    assert StockCountLine.objects.get(product__code="NUT").counted is None
    assert StockCountEntry.objects.count() == 3
    page.locator("#net").click()
    expect(page.locator("[data-conflict]")).to_have_count(2)
    shot(page, "count-conflicts")
    context.close()
