"""Deliveries over HTTP: set aside, picked, packed, sent, signed for in part; the same statements for any size."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gendan.inventory.tests import make as inventory
from gendan.sales.tests.make import make_order, make_world
from gendan.sales.tests.test_api import Caller, body

pytestmark = pytest.mark.django_db


def test_a_delivery_goes_through_the_warehouse() -> None:
    world = make_world(bolts=30, nuts=30)
    caller = Caller(world.actor)
    order = make_order(world).number
    status, made = caller.post(f"/sales-orders/{order}/deliveries", {"all": True, "ship": False})
    assert (status, made["state"]) == (201, "to_pick")
    number = made["number"]
    status, refused = caller.post(f"/deliveries/{number}/ship", {"rest": "picked"})
    assert (status, refused["code"]) == (409, "sales.NotPicked")
    status, refused = caller.post(f"/deliveries/{number}/pick", {"picks": [{"product": "BOLT", "quantity": "11"}]})
    assert (status, refused["code"]) == (409, "sales.PickedEnough")
    assert caller.post(f"/deliveries/{number}/pick", {"picks": [{"product": "BOLT", "quantity": "10"}]})[0] == 200
    short = {"product": "NUT", "quantity": "5", "reason": "库位里没有", "elsewhere": False}
    assert caller.post(f"/deliveries/{number}/short", short)[1]["data"]["back"] == "5"
    assert caller.post(f"/deliveries/{number}/pick", {"all": True})[1]["data"]["full"]
    parcels = [{"lines": [{"line": 1, "quantity": "10"}], "weight": "2.5"}, {"lines": [{"line": 2, "quantity": "15"}]}]
    assert len(caller.post(f"/deliveries/{number}/pack", {"parcels": parcels})[1]["data"]["ssccs"]) == 2
    assert [d["number"] for d in caller.get("/deliveries?state=packed")["items"]] == [number]
    status, sent = caller.post(f"/deliveries/{number}/ship", {"carrier": "顺丰", "tracking_number": "SF1"})
    assert (status, sent["data"]["orders"]) == (200, {order: "partly_shipped"})
    lines = [{"line": 1, "refused": "2", "reason": "碰伤"}, {"line": 2, "short": "5", "reason": "少一箱"}]
    status, refused = caller.post(f"/deliveries/{number}/sign", {"lines": [{"line": 1, "refused": "2"}]})
    assert (status, refused["code"]) == (422, "purchasing.ReasonRequired")
    assert caller.post(f"/deliveries/{number}/sign", {"lines": lines, "signed_by": "王五"})[0] == 200
    seen = caller.get(f"/deliveries/{number}")
    assert [(row["signed"], row["refused"], row["short"]) for row in seen["lines"]] == [
        ("8", "2", "0"),
        ("10", "0", "5"),
    ]
    assert [parcel["lines"][0]["quantity"] for parcel in seen["parcels"]] == ["10", "15"]
    kept = caller.get(f"/sales-orders/{order}")["lines"]
    assert [(row["shipped"], row["signed"]) for row in kept] == [("10", "8"), ("10", "10")]


def test_waves_are_picked_over_the_api() -> None:
    world = make_world(bolts=30)
    caller = Caller(world.actor)
    numbers = [caller.post("/deliveries", {"orders": [make_order(world, 5).number]})[1]["number"] for _ in range(2)]
    wave = caller.post("/waves", {"deliveries": numbers})[1]["number"]
    assert caller.post("/waves", {"deliveries": numbers})[1]["code"] == "sales.InAnotherWave"
    assert len(caller.get(f"/waves/{wave}")["picks"]) == 2
    assert caller.post(f"/waves/{wave}/pick", {"picks": [{"product": "BOLT", "quantity": "10"}]})[0] == 200
    assert caller.get("/waves")["items"] == []
    assert [row["number"] for row in caller.get("/waves?state=all")["items"]] == [wave]


def test_statements_do_not_depend_on_the_number_of_lines() -> None:
    world = make_world()
    caller = Caller(world.actor)
    counts = set()
    for quantities in (("1",), ("1",) * 40):
        inventory.stock(world.stock, "BOLT", 100)
        _status, order = caller.post("/sales-orders", body(*quantities))
        found = []
        with CaptureQueriesContext(connection) as made:
            number = caller.post("/deliveries", {"orders": [order["number"]]})[1]["number"]
        found.append(len(made))
        for verb, asked in (("pick", {"all": True}), ("pack", {}), ("ship", {}), ("sign", {})):
            with CaptureQueriesContext(connection) as did:
                status, _answer = caller.post(f"/deliveries/{number}/{verb}", asked)
            assert status == 200
            found.append(len(did))
        counts.add(tuple(found))
    assert len(counts) == 1, counts
