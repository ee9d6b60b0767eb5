"""A delivery counted scan by scan: what adds, what is refused and why, and that nothing is booked twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gendan.catalog.models import SupplierPrice
from gendan.catalog.tests import make as catalog
from gendan.handheld import commands
from gendan.handheld.models import Tally, TallyScan
from gendan.handheld.tests.make import BOLT, NUT, Device, barcoded_world, company_of
from gendan.inventory.models import Lot, StockMove
from gendan.kernel.models import Event
from gendan.kernel.tests.make import at_once
from gendan.kernel.verify import differences
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import GoodsReceipt
from gendan.purchasing.models.supplier_link import ShipmentParcel
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.shipments import ParcelIn, ShipIn
from gendan.purchasing.tests.make import World, line, make_order
from gendan.purchasing.tests.test_shipments import ship

pytestmark = pytest.mark.django_db(transaction=True)


def clean(world: World) -> None:
    assert [str(one) for _check, found in differences(world.company_id) for one in found] == []


def test_an_order_is_scanned_counted_booked_and_taken_back() -> None:
    world = barcoded_world()
    order = make_order(world, 3, 20).number
    device = Device(world.actor)
    assert device.scan(order)["did"] == "opened"
    first = device.scan(BOLT)
    assert (first["ok"], first["did"], first["undo"]["do"]) == (True, "counted", "undo")
    device.scan(BOLT)
    device.scan(NUT, quantity="5")
    shown = device.shown()
    assert [(row["product"], row["done"], row["todo"], row["state"]) for row in shown["rows"]] == [
        ("BOLT", "2", "3", "some"),
        ("NUT", "5", "20", "some"),
    ]
    assert shown["count"] == 3
    device.send(device.operation(do="undo", target=first["key"]))
    assert device.shown()["rows"][0]["done"] == "1"
    booked = device.book(note="D-7", scans=2)
    receipt = GoodsReceipt.objects.get(number=booked["data"]["gr"])
    assert receipt.delivery_note == "D-7"
    assert (line(order).received, line(order, 2).received) == (1, 5)
    assert Event.objects.get(type="purchasing.goods_received").via == "device"
    refused = device.scan(BOLT)
    assert refused["code"] == "handheld.TallyClosed"
    assert device.send(device.operation(do="unbook"))[0]["did"] == "undone"
    assert (line(order).received, line(order, 2).received) == (0, 0)
    assert device.scan(BOLT)["ok"]
    device.book()
    assert (line(order).received, line(order, 2).received) == (2, 5)
    clean(world)


def test_what_is_wrong_is_refused_in_one_sentence() -> None:
    world = barcoded_world()
    order, other = make_order(world, 3).number, make_order(world, 4, 4).number
    device = Device(world.actor)
    device.scan(order)
    assert device.scan("4006381333931")["code"] == "handheld.UnknownCode"
    wrong = device.scan(NUT)
    assert wrong["code"] == "handheld.OtherOrder"
    assert other in wrong["said"]
    assert device.scan(NUT, order=other)["ok"]  # several orders in one delivery
    assert Tally.objects.get().orders == sorted([order, other])
    too_much = device.scan(BOLT, quantity="9")
    assert (too_much["code"], too_much["data"]["may"]) == ("handheld.TooMuch", True)
    assert device.scan(BOLT, quantity="9", over=True)["ok"]
    device.book()
    assert line(order).received + line(other).received == 9
    clean(world)


def test_over_the_tolerance_needs_the_right() -> None:
    world = barcoded_world()
    order = make_order(world, 3).number
    keeper = catalog.make_actor(
        *("purchasing.view", "purchasing.receive_goods", "catalog.view"), company=company_of(world), username="keeper"
    )
    device = Device(keeper)
    device.scan(order)
    assert device.scan(BOLT, quantity="4")["data"]["may"] is False
    assert device.scan(BOLT, quantity="4", over=True)["code"] == "kernel.Forbidden"
    assert TallyScan.objects.count() == 0


def test_goods_of_another_supplier_are_refused() -> None:
    world = barcoded_world()
    mine = make_order(world, 3).number
    catalog.make_supplier(company_of(world), "S002")
    lines = [LineIn("NUT", Decimal(5), Decimal("1.00"))]
    theirs = purchasing.create_order(
        actor=world.actor, supplier="S002", warehouse="MAIN", lines=lines, submit=True
    ).number
    device = Device(world.actor)
    device.scan(mine)
    for code in (theirs, NUT):
        refused = device.scan(code)
        assert refused["code"] == "handheld.OtherSupplier"
        assert theirs in refused["said"]


def test_lot_expiry_and_quantity_come_out_of_the_code_and_are_asked_only_when_missing() -> None:
    world = barcoded_world()
    world.bolt.lot_tracked = True
    world.bolt.save()
    Lot.objects.create(company_id=world.company_id, product=world.bolt, code="OLD", expires_on=date(2027, 1, 1))
    order = make_order(world, 50, 20).number
    device = Device(world.actor)
    device.scan(order)
    assert device.scan(NUT)["ok"]
    asked = device.scan(BOLT)
    assert (asked["code"], asked["data"]["ask"]) == ("handheld.LotAsked", "lot")
    asked = device.scan(BOLT, lot="L1")
    assert (asked["code"], asked["data"]["ask"]) == ("handheld.ExpiryAsked", "expires_on")
    assert device.scan(BOLT, lot="L1", expires_on="2028-03-31")["ok"]
    assert device.scan(f"]d2010{BOLT}10L2\x1d17280630\x1d3012")["ok"]  # DataMatrix
    assert device.scan(f"]C1020{BOLT}3708\x1d10OLD")["ok"]  # GS1-128
    device.book()
    found = {m.lot.code: m.quantity for m in StockMove.objects.filter(product=world.bolt) if m.lot}
    assert found == {"L1": 1, "L2": 12, "OLD": 8}
    assert Lot.objects.get(code="L2").expires_on == date(2028, 6, 30)
    assert Lot.objects.get(code="L1").expires_on == date(2028, 3, 31)


def test_the_suppliers_part_number_counts() -> None:
    world = barcoded_world()
    order = make_order(world, 3).number
    SupplierPrice.objects.create(
        company_id=world.company_id,
        partner=world.supplier,
        product=world.bolt,
        unit=world.bolt.unit,
        currency="CNY",
        price=1,
        supplier_code="HX-0620",
    )
    device = Device(world.actor)
    assert device.scan("hx-0620")["code"] == "handheld.UnknownCode"  # whose number is it?
    device.scan(order)
    assert device.scan("hx-0620")["ok"]
    assert device.shown()["rows"][0]["done"] == "1"


def test_a_shipment_is_received_against_its_own_lines() -> None:
    world = barcoded_world()
    order = make_order(world, 10, 20).number
    number = ship(world, (order, 1, "4")).number
    device = Device(world.actor)
    device.scan(number)
    assert device.shown()["rows"][0]["todo"] == "4"
    device.scan(BOLT, quantity="4")
    receipt = GoodsReceipt.objects.get(number=device.book()["data"]["gr"])
    assert receipt.shipment is not None
    assert receipt.shipment.state == "received"


def test_nothing_is_done_twice_however_often_it_is_sent() -> None:
    world = barcoded_world()
    order = make_order(world, 30).number
    device = Device(world.actor)
    opened, counted = device.operation(code=order), device.operation(code=BOLT, quantity="2")
    booked = device.operation(do="book", scans=1)
    for _n in range(3):
        results = device.send(opened, counted)
    assert [result["ok"] for result in results] == [True, True]
    assert TallyScan.objects.count() == 1
    answers = at_once([lambda: device.post(booked).json()["results"][0] for _n in range(4)])
    answers += device.send(booked, device.operation(do="book"))
    assert GoodsReceipt.objects.count() == 1
    assert {answer["data"]["gr"] for answer in answers if answer["ok"]} == {GoodsReceipt.objects.get().number}
    assert line(order).received == 2
    clean(world)


def test_a_booking_that_was_cut_short_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server dies between the receipt and the end of the tally; the device sends again."""
    world = barcoded_world()
    order = make_order(world, 30).number
    device = Device(world.actor)
    device.scan(order)
    device.scan(BOLT)

    class Killed(BaseException):
        pass

    def die(**_arguments: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(commands, "close_tally", die)
        with pytest.raises(Killed):
            device.book()
    assert (Tally.objects.get().state, GoodsReceipt.objects.count()) == ("open", 1)
    assert device.book()["ok"]
    assert (Tally.objects.get().state, GoodsReceipt.objects.count()) == ("booked", 1)
    assert line(order).received == 1


def test_two_devices_at_one_order_never_receive_more_than_was_ordered() -> None:
    world = barcoded_world()
    order = make_order(world, 5).number
    colleague = catalog.make_actor(company=company_of(world), username="colleague")
    devices = [Device(world.actor), Device(colleague)]
    for device in devices:
        device.scan(order)
        assert device.scan(BOLT, quantity="4")["ok"]
    answers = at_once([device.book for device in devices])
    assert sorted(answer["ok"] for answer in answers) == [False, True]
    refused = next(answer for answer in answers if not answer["ok"])
    assert refused["code"] == "handheld.TooMuch"
    late = devices[[answer["ok"] for answer in answers].index(False)]
    assert late.shown()["rows"][0]["done"] == "4"  # nothing of it is lost
    scan = late.shown()["scans"][0]["key"]
    late.send(late.operation(do="undo", target=scan))
    assert late.scan(BOLT)["ok"]
    assert late.book()["ok"]
    assert line(order).received == 5
    clean(world)


def test_scans_that_did_not_arrive_keep_the_delivery_from_being_booked() -> None:
    world = barcoded_world()
    order = make_order(world, 5).number
    device = Device(world.actor)
    device.scan(order)
    device.scan(BOLT)
    refused = device.book(scans=2)
    assert refused["code"] == "handheld.ScansMissing"
    assert GoodsReceipt.objects.count() == 0
    assert device.book(scans=1)["ok"]


def test_blind_says_nowhere_what_is_expected() -> None:
    world = barcoded_world()
    commands.save_settings(actor=world.actor, blind=True)
    order = make_order(world, 7777, 8888).number
    device = Device(world.actor)
    answers = [device.post(device.operation(code=code)).content.decode() for code in (order, BOLT)]
    answers.append(device.post(device.operation(code=BOLT, quantity="9999")).content.decode())
    answers.append(device.client.get(f"/m/work/receive/{device.work}").content.decode())
    answers.append(device.client.get("/m/waiting").content.decode())
    for text in answers:
        assert "7777" not in text.replace(device.work, "")
        assert "7776" not in text.replace(device.work, "")
        assert "8888" not in text.replace(device.work, "")
    assert "todo" not in answers[3]


def test_nobody_sends_what_another_person_scanned() -> None:
    world = barcoded_world()
    order = make_order(world, 5).number
    device = Device(world.actor)
    other = Device(catalog.make_actor(company=company_of(world), username="other"))
    refused = other.post(device.operation(code=order), owner=device.owner)
    assert (refused.status_code, refused.json()["code"]) == (403, "handheld.AnotherPerson")
    device.scan(order)
    assert other.client.get(f"/m/work/receive/{device.work}").status_code == 404
    other.work = device.work
    assert other.send(other.operation(do="undo", target="x"))[0]["code"] == "kernel.NotFound"


@pytest.mark.parametrize("lines", [2, 60])
def test_a_scan_costs_the_same_however_much_is_on_the_order(lines: int) -> None:
    world = barcoded_world()
    order = make_order(world, *[10] * lines).number
    device = Device(world.actor)
    device.scan(order)
    device.scan(BOLT)
    actor = world.actor.with_key("k1")
    with CaptureQueriesContext(connection) as captured:
        commands.scan_goods(actor=actor, work=device.work, key="k1", code=BOLT)
    own = [q for q in captured.captured_queries if not q["sql"].startswith(("BEGIN", "COMMIT", "SET", "SAVEPOINT"))]
    assert len(own) <= 9, [q["sql"][:80] for q in own]


def test_a_whole_pallet_is_received_against_its_notice_by_one_scan() -> None:
    world = barcoded_world()
    order = make_order(world, 10, 20).number
    lines = [ShipIn(1, Decimal(6), order), ShipIn(2, Decimal(20), order)]
    parcels = [
        ParcelIn("pallet", ((0, Decimal(4)),)),
        ParcelIn("parcel", ((1, Decimal(20)),), parent=0),
        ParcelIn("parcel", ((0, Decimal(2)),)),
    ]
    number = purchasing.create_shipment(actor=world.actor, lines=lines, parcels=parcels).number
    ssccs = list(ShipmentParcel.objects.order_by("number").values_list("sscc", flat=True))
    device = Device(world.actor)
    pallet = device.scan(f"]C100{ssccs[0]}")
    assert pallet["ok"], pallet
    assert [row["done"] for row in device.shown()["rows"]] == ["4", "20"]
    assert device.scan(f"00{ssccs[0]}")["code"] in {"handheld.PalletCounted", "handheld.TooMuch"}
    assert device.scan(BOLT)["ok"]
    assert GoodsReceipt.objects.get(number=device.book()["data"]["gr"]).shipment_id is not None
    assert (line(order).received, line(order, 2).received) == (5, 20)
    assert line(order).shipped == 6
    assert number
    clean(world)
