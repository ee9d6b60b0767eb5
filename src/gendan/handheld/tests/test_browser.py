"""The application in a real browser at the size of a phone: wedge, camera, dead spots, another person, two devices."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import zxingcpp
from playwright.sync_api import Browser, Error, expect

from gendan.catalog.models import Location
from gendan.catalog.tests import make as catalog
from gendan.handheld.models import Tally, TallyScan
from gendan.handheld.tests.camera import film, picture
from gendan.handheld.tests.make import BOLT, NUT, barcoded_world, company_of
from gendan.handheld.tests.phone import (
    MARKS,
    begin,
    chromium,
    device,
    opened,
    said,
    shot,
    sign_in,
    unsent,
    wait_for_worker,
    wedge,
)
from gendan.inventory.models import Balance, Lot
from gendan.purchasing.models import GoodsReceipt
from gendan.purchasing.tests.make import World, line, make_order, receive

pytestmark = MARKS
# GTIN, lot, expiry and twelve pieces, as on a box
BOX = f"(01)0{BOLT}(17)280630(10)L7(30)12"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    box = picture(BOX, zxingcpp.BarcodeFormat.DataMatrix, gs1=True)
    with chromium(film(tmp_path_factory.mktemp("camera") / "box.y4m", box)) as found:
        yield found


@pytest.fixture
def world() -> World:
    return barcoded_world()


def test_a_delivery_with_a_scanner_that_types(browser: Browser, live_server: Any, world: World) -> None:
    order, other = make_order(world, 3, 20).number, make_order(world, 9, 9).number
    context = device(browser, live_server, world.actor)
    page = opened(context, live_server)
    shot(page, "home")
    page.locator('[data-tile="receive"]').click()
    expect(page.locator(f'[data-open="{order}"]')).to_be_visible()
    shot(page, "list")
    page.locator(f'[data-open="{order}"]').click()  # tapped, it is scanned into a new delivery
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator("#scan")).to_be_focused()
    page.locator(".hh-title").click()  # the focus goes astray, the scanner types on
    wedge(page, BOLT)
    wedge(page, BOLT)
    expect(page.locator('[data-row="BOLT"]')).to_have_attribute("data-done", "2")
    said(page, "yes", "BOLT")
    shot(page, "counted")
    wedge(page, "4006381333931")
    said(page, "no", "4006381333931")
    shot(page, "refused")
    for _n in range(2):
        wedge(page, BOLT)
    dialog = page.locator("dialog[open]")  # the fourth is one too many
    expect(dialog).to_contain_text("超收")
    shot(page, "over")
    dialog.locator("button").last.click()
    page.locator("[data-undo]").first.click()
    expect(page.locator('[data-row="BOLT"]')).to_have_attribute("data-done", "2")
    page.locator("[data-book]").click()
    dialog.locator('input[name="note"]').fill("D-7")
    dialog.locator('button[type="submit"]').click()
    expect(page.locator("[data-booked]")).to_be_visible()
    shot(page, "booked")
    assert (line(order).received, line(other).received) == (2, 0)
    page.locator("[data-unbook]").click()
    expect(page.locator("[data-booked]")).to_have_count(0)
    expect(page.locator("[data-book]")).to_be_visible()
    assert line(order).received == 0
    assert page.problems == []  # type: ignore[attr-defined]
    context.close()


def test_the_camera_reads_a_box_with_lot_expiry_and_quantity(browser: Browser, live_server: Any, world: World) -> None:
    world.bolt.lot_tracked = True
    world.bolt.save()
    order = make_order(world, 50).number
    context = device(browser, live_server, world.actor)
    page = opened(context, live_server)
    begin(page)
    wedge(page, order)
    expect(page.locator("[data-row]")).to_have_count(1)
    page.locator("#camera").click()
    expect(page.locator('[data-row="BOLT"]')).to_have_attribute("data-done", "12", timeout=30_000)
    shot(page, "camera")
    assert TallyScan.objects.get().lot == "L7"
    page.locator("#camera").click()
    page.locator("[data-book]").click()
    page.locator('dialog[open] button[type="submit"]').click()
    expect(page.locator("[data-booked]")).to_be_visible()
    assert str(Lot.objects.get(code="L7").expires_on) == "2028-06-30"
    assert page.problems == []  # type: ignore[attr-defined]
    context.close()


def test_through_a_dead_spot_and_a_closed_browser(browser: Browser, live_server: Any, world: World) -> None:
    order = make_order(world, 30, 20).number
    context = device(browser, live_server, world.actor)
    page = opened(context, live_server)
    wait_for_worker(page)
    begin(page)
    wedge(page, order)
    expect(page.locator("[data-row]")).to_have_count(2)
    context.set_offline(True)
    for code in (BOLT, NUT, BOLT, "4006381333931"):
        wedge(page, code)
    unsent(page, 4)
    expect(page.locator('[data-row="BOLT"]')).to_have_attribute("data-done", "2")  # what the device knows by itself
    said(page, "wait", "4006381333931")
    shot(page, "offline")
    page.close()  # somebody switches the device off
    assert TallyScan.objects.count() == 0
    page = context.new_page()
    page.goto(f"{live_server.url}/m/")  # the page comes from the device
    expect(page.locator("[data-tile]").first).to_be_visible()
    unsent(page, 4)
    context.set_offline(False)
    unsent(page, 0, refused=1)
    assert sorted(str(n) for n in TallyScan.objects.values_list("code", flat=True)) == sorted([BOLT, NUT, BOLT])
    page.locator("#net").click()
    expect(page.locator("[data-conflict]")).to_contain_text("4006381333931")
    shot(page, "conflicts")
    page.reload()
    page.locator("#net").click()
    page.locator("[data-discard]").click()
    page.locator('dialog[open] button[type="submit"]').click()
    unsent(page, 0)
    context.close()


def test_an_answer_that_got_lost_is_asked_for_again_and_nothing_is_done_twice(
    browser: Browser, live_server: Any, world: World
) -> None:
    order = make_order(world, 30).number
    context = device(browser, live_server, world.actor)
    page = opened(context, live_server)
    begin(page)
    wedge(page, order)
    expect(page.locator("[data-row]")).to_have_count(1)
    lost = 0

    def lose(route: Any) -> None:
        nonlocal lost
        if lost < 2:
            lost += 1
            route.fetch()  # the server does it
            route.abort()  # and nobody hears of it
        else:
            route.continue_()

    page.route("**/m/send", lose)
    wedge(page, BOLT)
    expect(page.locator("#net")).to_have_attribute("data-unsent", "0", timeout=30_000)
    expect(page.locator('[data-row="BOLT"]')).to_have_attribute("data-done", "1")
    page.locator("[data-book]").click()
    lost = 0
    page.locator('dialog[open] button[type="submit"]').click()
    expect(page.locator("[data-booked]")).to_be_visible(timeout=30_000)
    assert lost == 2
    assert (TallyScan.objects.count(), GoodsReceipt.objects.count(), line(order).received) == (1, 1, 1)
    context.close()


def test_a_booking_made_offline_waits_for_its_scans(browser: Browser, live_server: Any, world: World) -> None:
    order = make_order(world, 2).number
    context = device(browser, live_server, world.actor)
    page = opened(context, live_server)
    begin(page)
    wedge(page, order)
    expect(page.locator("[data-row]")).to_have_count(1)
    context.set_offline(True)
    wedge(page, BOLT)
    unsent(page, 1)
    page.locator("[data-book]").click()
    page.locator('dialog[open] button[type="submit"]').click()
    unsent(page, 2)
    receive(world, order, (1, "2"))  # a colleague was faster, at the desk
    context.set_offline(False)
    unsent(page, 1, refused=1)  # the scan is one too many now; the booking waits for what is done about it
    assert GoodsReceipt.objects.count() == 1
    page.locator("#net").click()
    expect(page.locator("[data-conflict]")).to_have_attribute("data-conflict", "handheld.TooMuch")
    page.locator("[data-again]").click()
    page.locator("dialog[open] button").first.click()  # over the tolerance: with the right, and said so
    unsent(page, 0)
    assert GoodsReceipt.objects.count() == 2
    assert line(order).received == 3
    context.close()


def test_another_person_on_the_same_device_sends_nothing_of_the_first(
    browser: Browser, live_server: Any, world: World
) -> None:
    order = make_order(world, 30).number
    colleague = catalog.make_actor(company=company_of(world), username="colleague")
    context = device(browser, live_server, world.actor)
    page = opened(context, live_server)
    begin(page)
    wedge(page, order)
    expect(page.locator("[data-row]")).to_have_count(1)
    context.set_offline(True)
    wedge(page, BOLT)
    unsent(page, 1)
    page.close()
    context.set_offline(False)
    sign_in(context, live_server, colleague)
    page = opened(context, live_server)
    expect(page.locator("#banner")).to_contain_text("1")
    unsent(page, 0)
    begin(page)
    wedge(page, order)
    expect(page.locator("[data-row]")).to_have_count(1)
    assert TallyScan.objects.count() == 0
    page.close()
    sign_in(context, live_server, world.actor)
    page = opened(context, live_server)
    unsent(page, 0)
    assert TallyScan.objects.get().tally.user_id == world.actor.user_id
    assert Tally.objects.count() == 2
    context.close()


def test_putting_away_proposes_the_bin_and_is_confirmed_by_its_label(
    browser: Browser, live_server: Any, world: World
) -> None:
    for code in ("A-01", "A-02"):
        Location.objects.create(company_id=world.company_id, warehouse=world.warehouse, kind="bin", code=code)
    order = make_order(world, 10, 20).number
    receive(world, order)
    context = device(browser, live_server, world.actor)
    page = opened(context, live_server)
    page.locator('[data-tile="putaway"]').click()
    page.locator('[data-open="MAIN"]').click()
    expect(page.locator("[data-row]")).to_have_count(2)
    wedge(page, BOLT)
    expect(page.locator("[data-chosen]")).to_contain_text("A-0")
    shot(page, "putaway")
    wedge(page, "X-99")
    said(page, "no", "X-99")
    wedge(page, "a-02")
    said(page, "yes", "A-02")
    expect(page.locator("[data-row]")).to_have_count(1)
    assert Balance.objects.get(product=world.bolt, location__code="A-02").on_hand == 10
    page.locator("[data-undo-last]").click()
    expect(page.locator("[data-row]")).to_have_count(2)
    assert Balance.objects.get(product=world.bolt, location__code="A-02").on_hand == 0
    assert page.problems == []  # type: ignore[attr-defined]
    context.close()


def test_where_people_sign_in_the_kept_page_is_dropped_and_the_scans_stay(
    browser: Browser, live_server: Any, world: World
) -> None:
    order = make_order(world, 30).number
    context = device(browser, live_server, world.actor)
    page = opened(context, live_server)
    wait_for_worker(page)
    begin(page)
    wedge(page, order)
    expect(page.locator("[data-row]")).to_have_count(1)
    context.set_offline(True)
    wedge(page, BOLT)
    unsent(page, 1)
    context.clear_cookies()  # signed out elsewhere, or too long ago
    context.set_offline(False)
    expect(page.locator("#banner")).to_be_visible()
    unsent(page, 1)
    page.goto(f"{live_server.url}/accounts/login/")
    ends = time.monotonic() + 20
    while page.evaluate("caches.match('/m/').then((kept) => Boolean(kept))") and time.monotonic() < ends:
        page.wait_for_timeout(200)
    context.set_offline(True)
    with pytest.raises(Error):
        page.goto(f"{live_server.url}/m/")  # nobody scans in the name of who was here before
    context.set_offline(False)
    sign_in(context, live_server, world.actor)
    page.close()
    page = opened(context, live_server)
    unsent(page, 0)
    assert TallyScan.objects.get().tally.user_id == world.actor.user_id
    context.close()
