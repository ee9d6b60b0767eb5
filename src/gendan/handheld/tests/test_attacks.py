"""What a device must not be able to do: see or move what is not its own, count twice, break the server."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from gendan.accounts import commands as accounts
from gendan.accounts.models import Company
from gendan.accounts.queries import known_permissions
from gendan.accounts.tests.make import actor_for, api_client, make_user
from gendan.catalog.tests import make as catalog
from gendan.handheld.models import Tally, TallyScan
from gendan.handheld.tests.make import BOLT, NUT, Device, barcoded_world, company_of
from gendan.inventory import commands as inventory
from gendan.inventory.models import StockCountEntry
from gendan.inventory.tests import make as stocks
from gendan.kernel.actor import Actor
from gendan.kernel.verify import differences
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import GoodsReceipt, OrderLine
from gendan.purchasing.models.supplier_link import ShipmentParcel
from gendan.purchasing.rules.shipments import ParcelIn, ShipIn
from gendan.purchasing.tests.make import World, make_order
from gendan.sales import commands as sales
from gendan.sales.models import Pick
from gendan.sales.tests import make as selling

pytestmark = pytest.mark.django_db(transaction=True)


def pallets(world: World, bolts: int = 40) -> list[str]:
    """A pallet of 4 bolts in two boxes, and a box of 2, of an order of many more; their SSCCs."""
    order = make_order(world, bolts).number
    parcels = [
        ParcelIn("pallet", ()),
        ParcelIn("parcel", ((0, Decimal(3)),), parent=0),
        ParcelIn("parcel", ((0, Decimal(1)),), parent=0),
        ParcelIn("parcel", ((0, Decimal(2)),)),
    ]
    purchasing.create_shipment(actor=world.actor, lines=[ShipIn(1, Decimal(6), order)], parcels=parcels)
    return list(
        ShipmentParcel.objects.filter(company_id=world.company_id).order_by("number").values_list("sscc", flat=True)
    )


def narrowed(actor: Actor, company: Any, **scope: Any) -> Actor:
    """A colleague who may do everything, but of another warehouse."""
    user = make_user(company, permissions=sorted(known_permissions()), limit=None, username="narrowed")
    accounts.save_role_scope(actor=actor, code=user.memberships.get().roles.get().code, **scope)
    return actor_for(user)


def test_a_pallet_counts_once_however_it_is_read_and_whatever_it_stands_on() -> None:
    world = barcoded_world()
    pallet, first, _second, loose = pallets(world)
    device = Device(world.actor)
    assert device.scan(f"]C100{pallet}")["ok"]
    for code in (f"00{pallet}", f"(00){pallet}", first):  # typed, or one of its boxes
        assert device.scan(code)["code"] == "handheld.PalletCounted"
    assert device.shown()["rows"][0]["done"] == "4"
    assert device.book()["ok"]
    later = Device(catalog.make_actor(company=company_of(world), username="later"))
    assert later.scan(f"00{loose}")["ok"]
    refused = later.scan(f"00{first}")
    assert refused["code"] == "handheld.AlreadyBooked"
    assert GoodsReceipt.objects.get().number in refused["said"]
    assert device.send(device.operation(do="unbook"))[0]["ok"]  # taken back, it may come with another delivery
    assert later.scan(f"00{first}")["ok"]
    assert device.scan(f"00{pallet}")["code"] == "handheld.PalletCounted"
    assert later.book()["ok"]
    assert device.book()["code"] == "handheld.AlreadyBooked"
    assert OrderLine.objects.get(product=world.bolt).received == 5


def test_a_pallet_of_another_company_means_nothing_here() -> None:
    ours, theirs = barcoded_world(), barcoded_world()
    sscc = pallets(theirs)[0]
    device = Device(ours.actor)
    refused = device.scan(f"]C100{sscc}")
    assert refused["code"] == "handheld.UnknownCode"
    assert Tally.objects.count() == 0
    order = make_order(theirs, 3).number
    make_order(ours, 5)
    own = device.scan(order)  # numbers repeat from company to company: it is ours, or nothing
    assert Tally.objects.filter(company_id=theirs.company_id).count() == 0
    assert own["code"] == "" if own["ok"] else own["code"] == "handheld.UnknownCode"
    device.work = Tally.objects.create(
        company_id=theirs.company_id, user_id=theirs.actor.user_id or 0, work="w1", supplier=theirs.supplier,
        warehouse=theirs.warehouse, orders=[order],
    ).work  # fmt: skip
    assert device.client.get("/m/work/receive/w1").status_code == 404
    assert device.send(device.operation(do="drop"))[0]["code"] == "kernel.NotFound"


def test_who_is_narrowed_to_a_warehouse_reaches_nothing_of_another_by_device() -> None:
    world = selling.make_world(bolts=50)
    company = Company.objects.get(pk=world.actor.company_id)
    order = selling.make_order(world, 5).number
    delivery = sales.create_delivery(actor=world.actor, orders=[order]).number
    count = inventory.create_count(actor=world.actor, warehouse="MAIN", start=True).number
    keeper = narrowed(world.actor, company, warehouses=["EAST"])
    device = Device(keeper)
    for mode, work in (("pick", delivery), ("count", count), ("putaway", "MAIN")):
        assert device.client.get(f"/m/work/{mode}/{work}", headers={"Accept": "application/json"}).status_code == 404
        device.work = work
        answer = device.post(device.operation(mode, code="BOLT", place="A-01", quantity="1")).json()
        assert answer["results"][0]["code"] == "kernel.NotFound"
        assert answer["work"] is None
    assert Pick.objects.get().picked == 0
    assert StockCountEntry.objects.count() == 0
    assert device.client.get("/m/look/MAIN?code=BOLT").status_code == 404


def test_a_delivery_into_another_warehouse_is_not_opened_by_who_is_narrowed() -> None:
    world = barcoded_world()
    sscc = pallets(world)[0]
    order = make_order(world, 3).number
    catalog.make_warehouse(world.company_id, "EAST")
    device = Device(narrowed(world.actor, company_of(world), warehouses=["EAST"]))
    for code in (order, f"]C100{sscc}", BOLT):
        assert device.scan(code)["ok"] is False
    assert Tally.objects.count() == 0


ABSURD: list[dict[str, Any]] = [
    {"line": 10**30}, {"line": -1}, {"line": "x"}, {"line": [1]}, {"scans": 1e400}, {"scans": {"a": 1}},
    {"quantity": "1e99"}, {"quantity": "NaN"}, {"quantity": [1]}, {"quantity": True},
    {"at": "0001-01-01T00:00:00+14:00"}, {"at": "yesterday"}, {"at": "2026-11-22T10:00:00"},
    {"expires_on": "2026-02-30"},
    {"code": "x" * 201}, {"code": "a\x00b"}, {"code": "\ud800"}, {"code": ["x"]}, {"key": ""}, {"key": "k" * 65},
    {"work": "\udfff"}, {"mode": "steal"}, {"do": "burn"}, {"lot": "l" * 81}, {"lot": "\ud800"},
]  # fmt: skip


@pytest.mark.parametrize("more", ABSURD, ids=lambda more: str(more)[:40])
def test_what_no_device_sends_is_refused_and_breaks_nothing(more: dict[str, Any]) -> None:
    world = barcoded_world()
    device = Device(world.actor)
    answer = device.post({**device.operation(code=BOLT), **more})
    assert answer.status_code == 422, answer.content
    program = api_client(world.actor).post(
        "/handheld/operations", {"operations": [{**device.operation(code=BOLT), **more}]}
    )
    assert program.status_code == 422, program.content
    assert TallyScan.objects.count() == 0


def test_bodies_that_are_none_are_refused() -> None:
    world = barcoded_world()
    device = Device(world.actor)
    one = device.operation(code=BOLT)
    for body in (
        "", "[]", "null", "{", json.dumps({"owner": device.owner}),
        json.dumps({"owner": device.owner, "operations": []}),
        json.dumps({"owner": device.owner, "operations": [one] * 21}), "[" * 100_000,
        json.dumps({"owner": device.owner, "operations": [[one]]}), '{"operations": ' + "9" * 5000 + "}",
    ):  # fmt: skip
        answer = device.client.post("/m/send", body, content_type="application/json")
        assert answer.status_code in {403, 422}, (body[:40], answer.content)
    big = json.dumps({"owner": device.owner, "operations": [{**one, "note": "x" * (21 * 1024 * 1024)}]})
    assert device.client.post("/m/send", big, content_type="application/json").status_code in {400, 413, 422}
    assert Tally.objects.count() == 0


def test_a_key_that_is_used_for_something_else_does_nothing_new() -> None:
    world = barcoded_world()
    order = make_order(world, 30, 20).number
    device = Device(world.actor)
    device.scan(order)
    first = device.operation(code=BOLT, quantity="2")
    assert device.send(first)[0]["ok"]
    device.send({**first, "code": NUT, "quantity": "9"})  # forged under the same key
    assert [(scan.code, scan.quantity) for scan in TallyScan.objects.all()] == [(BOLT, 2)]
    other = Device(catalog.make_actor(company=company_of(world), username="other"))
    other.work = device.work
    stolen = other.send({**first, "work": device.work})[0]  # another person's key and delivery: a delivery of their own
    assert TallyScan.objects.filter(tally__user_id=world.actor.user_id or 0).count() == 1
    assert not stolen["ok"] or Tally.objects.filter(user_id=other.actor.user_id or 0).exists()
    assert [str(one) for _check, found in differences(world.company_id) for one in found] == []


def test_what_is_undone_by_the_devices_own_key_is_undone_once_and_only_if_it_was_done() -> None:
    world = selling.make_world(bolts=50)
    order = selling.make_order(world, 5).number
    device = Device(world.actor)
    device.work = sales.create_delivery(actor=world.actor, orders=[order]).number
    picked = device.operation("pick", code="BOLT", place="A-01")
    back = device.operation("pick", do="undo", target=picked["key"], code="BOLT", place="A-01")
    never = device.operation("pick", do="undo", target="never", code="BOLT", place="A-01")
    for _n in range(2):
        assert [result["ok"] for result in device.send(never, picked, back)] == [True] * 3
    assert Pick.objects.get().picked == 0
    device.work = inventory.create_count(actor=world.actor, warehouse="MAIN", start=True).number
    counted = device.operation("count", code="BOLT", place="A-01", quantity="7")
    more = device.operation("count", code="BOLT", place="A-01", quantity="2")
    back = device.operation("count", do="undo", target=counted["key"])
    for _n in range(2):
        assert [result["ok"] for result in device.send(counted, more, back)] == [True] * 3
    assert device.send(device.operation("count", do="undo", target="x" * 64))[0]["ok"]
    assert list(StockCountEntry.objects.filter(undone=False).values_list("quantity", flat=True)) == [2]


def test_nothing_of_a_bin_moves_with_a_quantity_of_nothing() -> None:
    world = stocks.make_world()
    place = world.main.default_location
    assert place is not None
    stocks.stock(world, "BOLT", 5, place=place.code)
    device = Device(world.actor)
    device.work = "MAIN"
    for quantity in ("0", "-3", "99"):
        assert device.send(device.operation("putaway", code="BOLT", place="A-02", quantity=quantity))[0]["ok"] is False
    assert [str(one) for _check, found in differences(world.company_id) for one in found] == []
