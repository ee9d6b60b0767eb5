"""Everything that is scanned at the dock, in a real browser: seen by a camera, typed by a scanner, refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from gendan.accounts.tests.make import signed_in_client
from gendan.catalog.models import SupplierPrice
from gendan.catalog.tests import make as catalog
from gendan.handheld import commands
from gendan.handheld.models import TallyScan
from gendan.handheld.tests.camera import SIZE, film, picture
from gendan.handheld.tests.make import BOLT, NUT, barcoded_world, company_of
from gendan.handheld.tests.phone import MARKS, begin, chromium, device, opened, said, shot, unsent, wedge
from gendan.inventory.models import Lot
from gendan.kernel.tests.paper import content_of
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models.supplier_link import ShipmentParcel
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.shipments import ParcelIn, ShipIn
from gendan.purchasing.tests.make import World, make_order

pytestmark = MARKS
CASE = f"(01)0{BOLT}(10)L8(17)290131(30)5"
HEARD = """
window.heard = [];
const made = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  const source = made.call(this), start = source.start;
  source.start = function (at) { window.heard.push(source.frequency.value); return start.call(source, at); };
  return source;
};
"""


@pytest.fixture
def world() -> World:
    world = barcoded_world()
    world.bolt.lot_tracked = True
    world.bolt.save()
    return world


def label(world: World, name: str, number: str) -> Image.Image:
    """A label of ours as it is printed, on the desk."""
    made = content_of(signed_in_client(world.actor).get(f"/print/{name}/pdf?n={number}&size=60x40"))
    paper = pypdfium2.PdfDocument(made)[0].render(scale=203 / 72 * 1.4).to_pil().convert("L")
    desk = Image.new("L", SIZE, 210)
    desk.paste(paper, ((SIZE[0] - paper.width) // 2, (SIZE[1] - paper.height) // 2))
    return desk


def announced(world: World, order: str) -> list[str]:
    """A shipment with a pallet of 4 nuts; the numbers of the pallet."""
    lines, parcels = [ShipIn(2, Decimal(4), order)], [ParcelIn("pallet", ((0, Decimal(4)),))]
    purchasing.create_shipment(actor=world.actor, lines=lines, parcels=parcels)
    return list(ShipmentParcel.objects.values_list("sscc", flat=True))


def seen_all(wanted: set[str]) -> set[str]:
    """What was counted, when it is all that is wanted or nothing more can be hoped for."""
    ends = time.monotonic() + 90
    while (found := set(TallyScan.objects.values_list("code", flat=True))) < wanted and time.monotonic() < ends:
        time.sleep(0.3)
    return found


def test_the_camera_reads_every_kind_of_code(live_server: Any, world: World, tmp_path: Path) -> None:
    order = make_order(world, 5000, 5000).number
    (pallet,) = announced(world, order)
    kinds = zxingcpp.BarcodeFormat
    shown = [
        picture(order, kinds.Code128),
        picture(NUT, kinds.EAN13),
        picture(CASE, kinds.Code128, gs1=True),
        picture(f"(00){pallet}", kinds.Code128, gs1=True),
        label(world, "catalog.product", "NUT"),
    ]
    printed = next(code.text for code in zxingcpp.read_barcodes(shown[-1]))
    with chromium(film(tmp_path / "codes.y4m", *shown, each=8)) as browser:
        context = device(browser, live_server, world.actor)
        page = opened(context, live_server)
        begin(page)
        page.locator("#camera").click()
        found = seen_all({NUT, f"]C1010{BOLT}10L8\x1d1729013130" + "5", pallet, printed})
        assert {NUT, pallet, printed} <= found
        assert [code for code in found if code.startswith("]C1010")]
        page.locator("#camera").click()
        unsent(page, 0)
        context.close()
    case = TallyScan.objects.filter(code__startswith="]C1").first()
    assert case is not None
    assert (case.lot, str(case.expires_on), case.quantity) == ("L8", "2029-01-31", 5)
    assert TallyScan.objects.filter(code=pallet, undone=False).count() == 1  # however often it was seen


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def heard(page: Page) -> list[float]:
    return list(page.evaluate("window.heard.splice(0)"))


def colour(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.getElementById('said')).backgroundColor"))


def test_what_a_scanner_types_counts_or_is_refused_by_sound_and_colour(
    browser: Browser, live_server: Any, world: World
) -> None:
    order = make_order(world, 50, 50).number
    (pallet,) = announced(world, order)
    catalog.make_supplier(company_of(world), "S002")
    nuts = [LineIn("NUT", Decimal(5), Decimal(1))]
    theirs = purchasing.create_order(
        actor=world.actor, supplier="S002", warehouse="MAIN", lines=nuts, submit=True
    ).number
    SupplierPrice.objects.create(
        company_id=world.company_id, partner=world.supplier, product=world.nut, unit=world.nut.unit, currency="CNY",
        price=1, supplier_code="HX-0620",
    )  # fmt: skip
    context = device(browser, live_server, world.actor)
    context.add_init_script(HEARD)
    page = opened(context, live_server)
    begin(page)
    wedge(page, order)
    expect(page.locator("[data-row]")).to_have_count(2)
    page.keyboard.type(f"]C1010{BOLT}10L8")
    page.keyboard.press("Control+BracketRight")  # how most scanners type the separator
    page.keyboard.type("17290131305")
    page.keyboard.press("Enter")
    expect(page.locator('[data-row="BOLT"]')).to_have_attribute("data-done", "5")
    said(page, "yes", "L8")
    high, green = heard(page), colour(page)
    wedge(page, "hx-0620")
    expect(page.locator('[data-row="NUT"]')).to_have_attribute("data-done", "1")
    wedge(page, f"]C100{pallet}")
    expect(page.locator('[data-row="NUT"]')).to_have_attribute("data-done", "5")
    heard(page)
    for code, why in ((theirs, "S002"), ("4006381333931", "4006381333931"), (f"00{pallet}", pallet)):
        wedge(page, code)
        said(page, "no", why if why != "S002" else theirs)
        low = heard(page)
        assert low
        assert max(low) < min(high)
        assert colour(page) != green
    expect(page.locator("body")).to_have_class("hh hh-flash-no")
    shot(page, "refused-supplier")
    assert TallyScan.objects.values("key").distinct().count() == 3
    assert page.problems == []  # type: ignore[attr-defined]
    context.close()


def test_lot_and_expiry_are_asked_only_where_they_are_needed(browser: Browser, live_server: Any, world: World) -> None:
    Lot.objects.create(company_id=world.company_id, product=world.bolt, code="OLD", expires_on="2027-01-01")
    order = make_order(world, 50, 50).number
    context = device(browser, live_server, world.actor)
    page = opened(context, live_server)
    begin(page)
    wedge(page, order)
    expect(page.locator("[data-row]")).to_have_count(2)
    wedge(page, NUT)
    expect(page.locator('[data-row="NUT"]')).to_have_attribute("data-done", "1")
    expect(page.locator("dialog[open]")).to_have_count(0)
    wedge(page, BOLT)
    page.locator('dialog[open] input[name="lot"]').fill("L9")
    shot(page, "lot-asked")
    page.keyboard.press("Enter")
    page.locator('dialog[open] input[name="expires_on"]').fill("2028-05-31")
    page.locator('dialog[open] button[type="submit"]').click()
    expect(page.locator('[data-row="BOLT"]')).to_have_attribute("data-done", "1")
    scan = TallyScan.objects.get(order_line__product=world.bolt)
    assert (scan.lot, str(scan.expires_on)) == ("L9", "2028-05-31")
    wedge(page, NUT)  # after a question the scanner goes on
    expect(page.locator('[data-row="NUT"]')).to_have_attribute("data-done", "2")
    context.close()


def test_counting_blind_shows_only_what_was_counted_and_over_needs_the_right(
    browser: Browser, live_server: Any, world: World
) -> None:
    commands.save_settings(actor=world.actor, blind=True)
    world.bolt.lot_tracked = False
    world.bolt.save()
    order = make_order(world, 3, 8888).number
    keeper = catalog.make_actor(
        *("purchasing.view", "purchasing.receive_goods", "catalog.view"), company=company_of(world), username="keeper"
    )
    context = device(browser, live_server, keeper)
    page = opened(context, live_server)
    begin(page)
    wedge(page, order)
    expect(page.locator("[data-row]")).to_have_count(2)
    for _n in range(4):
        wedge(page, BOLT)
    said(page, "no", "超收")  # three were ordered: without the right nothing can be confirmed
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator('[data-row="BOLT"]')).to_have_attribute("data-done", "3")
    shown = page.locator("main").inner_text()
    assert "/ 3" not in shown
    assert "8888" not in shown
    shot(page, "blind")
    context.close()
