"""Putting away, picking and counting by scan: the commands of their contexts, once each, and undone."""

from __future__ import annotations

import pytest

from gendan.catalog.models import Location
from gendan.handheld.tests.make import BOLT, Device, barcoded_world
from gendan.inventory import commands as inventory
from gendan.inventory.models import Balance, StockCountLine, Transfer
from gendan.inventory.tests import make as stocks
from gendan.kernel.verify import differences
from gendan.purchasing.tests.make import make_order, receive
from gendan.sales import commands as sales
from gendan.sales.models import Pick
from gendan.sales.tests import make as selling

pytestmark = pytest.mark.django_db(transaction=True)


def test_putting_away_goes_where_the_product_lies_and_only_once() -> None:
    world = barcoded_world()
    bins = [
        Location.objects.create(company_id=world.company_id, warehouse=world.warehouse, kind="bin", code=code)
        for code in ("A-01", "A-02", "B-01")
    ]
    order = make_order(world, 10, 20).number
    receive(world, order, (1, "4"))
    device = Device(world.actor)
    device.work = "MAIN"
    move = device.operation("putaway", code=BOLT, place="b-01", quantity="3")
    assert [device.send(move)[0]["ok"] for _n in range(3)] == [True] * 3
    assert (Transfer.objects.count(), Balance.objects.get(location=bins[2]).on_hand) == (1, 3)
    receive(world, order, (1, "2"), (2, "5"))
    proposed = {row["product"]: (row["place"], row["todo"]) for row in device.shown("putaway")["rows"]}
    assert proposed["BOLT"] == ("B-01", "3")  # beside its like
    assert proposed["NUT"][0] in {"A-01", "A-02"}
    refused = device.send(device.operation("putaway", code=BOLT, place="C-9"))[0]
    assert refused["code"] == "handheld.UnknownBin"
    assert device.send(device.operation("putaway", code="4006381333931", place="B-01"))[0]["ok"] is False
    assert [str(one) for _check, found in differences(world.company_id) for one in found] == []


def test_picking_counts_once_and_is_taken_back() -> None:
    world = selling.make_world(bolts=50)
    order = selling.make_order(world, 5).number
    number = sales.create_delivery(actor=world.actor, orders=[order]).number
    device = Device(world.actor)
    device.work = number
    shown = device.shown("pick")
    assert (shown["rows"][0]["product"], shown["rows"][0]["todo"]) == ("BOLT", "5")
    picked = device.operation("pick", code="BOLT", quantity="2")
    results = [device.send(picked)[0] for _n in range(2)]
    assert [result["ok"] for result in results] == [True, True]
    assert Pick.objects.get().picked == 2
    assert device.send(device.operation("pick", code="BOLT", quantity="9"))[0]["ok"] is False
    undo = device.operation("pick", **results[0]["undo"])
    assert device.send(undo)[0]["did"] == "undone"
    assert Pick.objects.get().picked == 0
    assert device.send(device.operation("pick", code="BOLT", quantity="5"))[0]["did"] == "done"


def test_counting_stands_in_a_bin_counts_and_is_taken_back() -> None:
    world = stocks.make_world()
    stocks.stock(world, "BOLT", 3)
    number = inventory.create_count(actor=world.actor, warehouse="MAIN", start=True).number
    device = Device(world.actor)
    device.work = number
    assert "todo" not in device.shown("count")["rows"][0]  # a blind count
    assert device.send(device.operation("count", code="A-01"))[0]["place"] == "A-01"
    scan = device.operation("count", code="BOLT", place="A-01")
    results = [device.send(scan)[0] for _n in range(2)]
    assert StockCountLine.objects.get(product__code="BOLT").counted == 1
    assert device.send(device.operation("count", code="BOLT", place="A-02"))[0]["code"] == "inventory.NotOnList"
    assert device.send(device.operation("count", **results[0]["undo"]))[0]["did"] == "undone"
    assert StockCountLine.objects.get(product__code="BOLT").counted in {None, 0}
