"""Shipments, receipts, open lines and the trace over the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from gendan.accounts.models import Company
from gendan.accounts.tests.make import api_client, make_stranger
from gendan.catalog.models import Product
from gendan.catalog.tests.make import make_actor
from gendan.purchasing.models import GoodsReceipt, Shipment
from gendan.purchasing.tests.make import line, make_order, make_world

pytestmark = pytest.mark.django_db


def ok(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.content
    return response.json()


def test_a_shipment_from_announcement_to_receipt() -> None:
    world = make_world()
    order = make_order(world, 10, 20)
    api = api_client(world.actor)
    made = ok(
        api.post(
            f"/purchase-orders/{order.number}/shipments",
            {
                "carrier": "顺丰",
                "tracking_number": "SF1",
                "expected_on": "2026-12-24",
                "lines": [{"line": 1, "quantity": "10"}],
            },
            key="s1",
        ),
        201,
    )
    number = made["number"]
    assert made["state"] == "announced"
    assert ok(api.patch(f"/shipments/{number}", {"tracking_number": "SF2", "version": 1}))["version"] == 2
    stale = api.patch(f"/shipments/{number}", {"tracking_number": "SF3", "version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "kernel.Stale")
    assert ok(api.post(f"/shipments/{number}/dispatch"))["state"] == "in_transit"
    assert ok(api.post(f"/shipments/{number}/arrive"))["state"] == "arrived"
    shown = ok(api.get(f"/shipments/{number}"))
    assert (shown["tracking_number"], shown["lines"][0]["quantity"], shown["orders"]) == ("SF2", "10", [order.number])
    booked = ok(api.post(f"/shipments/{number}/receipts", {"delivery_note": "DN-1", "all": True}), 201)
    assert ok(api.get("/shipments?state=all"))["items"][0]["received"] == "10"
    receipt = ok(api.get(f"/receipts/{booked['number']}"))
    assert (receipt["shipment"], receipt["lines"][0]["order"]) == (number, order.number)
    assert ok(api.get("/receipts?q=DN-1"))["items"][0]["number"] == booked["number"]
    reversal = ok(api.post(f"/receipts/{booked['number']}/reverse", {"reason": "点错"}), 201)
    assert reversal["data"]["reverses"] == booked["number"]
    assert api.post(f"/receipts/{booked['number']}/reverse").json()["code"] == "purchasing.AlreadyReversed"
    assert ok(api.post(f"/shipments/{number}/cancel", {"reason": "退运"}))["state"] == "cancelled"


def test_one_shipment_of_several_orders() -> None:
    world = make_world()
    first, second = make_order(world, 10), make_order(world, 5)
    api = api_client(world.actor)
    lines = [
        {"order": first.number, "line": 1, "quantity": "4"},
        {"order": second.number, "line": 1, "quantity": "5"},
    ]
    day = timezone.localdate().isoformat()
    number = ok(api.post("/shipments", {"lines": lines, "shipped_on": day}), 201)["number"]
    assert line(first.number).shipped == 4
    counted = [{"order": second.number, "line": 1, "quantity": "5"}]
    ok(api.post(f"/shipments/{number}/receipts", {"lines": counted}), 201)
    assert (line(first.number).received, line(second.number).received) == (0, 5)
    assert ok(api.post("/shipments", {"orders": [first.number], "all": True}), 201)["state"] == "announced"
    assert api.post("/shipments", {"all": True}).status_code == 422
    over = api.post(f"/purchase-orders/{first.number}/shipments", {"lines": [{"line": 1, "quantity": "1"}]})
    assert over.json()["code"] == "purchasing.OverShipped"


def test_inspection() -> None:
    world = make_world()
    Product.objects.filter(pk=world.bolt.pk).update(inspect=True)
    order = make_order(world, 10)
    api = api_client(world.actor)
    number = ok(api.post(f"/purchase-orders/{order.number}/receipts", {"all": True}), 201)["number"]
    part = ok(api.post(f"/receipts/{number}/inspect", {"lines": [{"line": 1, "accepted": "7", "rejected": "1"}]}))
    assert part["state"] == "to_inspect"
    assert ok(api.post(f"/receipts/{number}/inspect"))["state"] == "posted"
    assert line(order.number).accepted == 9


def test_late_lines_and_the_trace() -> None:
    world = make_world()
    order = make_order(world, 10, 20)
    line_ = line(order.number)
    type(line_).objects.filter(pk=line_.pk).update(due_on="2026-01-05", required_on="2026-01-05")
    api = api_client(world.actor)
    late = ok(api.get("/order-lines?late=true"))["items"]
    assert [(row["order"], row["line"], row["basis"]) for row in late] == [(order.number, 1, "required")]
    assert late[0]["days_late"] > 0
    first = ok(api.get("/order-lines?limit=1"))
    assert first["items"][0]["line"] == 1
    rest = ok(api.get(f"/order-lines?limit=1&after={first['after']}"))
    assert rest["items"][0]["line"] == 2
    assert ok(api.get("/order-lines?supplier=S001&product=NUT"))["items"][0]["line"] == 2
    assert ok(api.get("/order-lines?supplier=S999"))["items"] == []
    ok(api.post(f"/order-lines/{order.number}/1/expect", {"expected_on": "2026-12-31", "note": "缺料"}))
    shown = ok(api.get(f"/order-lines/{order.number}/1/trace"))
    assert shown["counters"]["outstanding"] == "10"
    assert shown["dates"]["expected_on"] == "2026-12-31"
    assert shown["promises"][0]["note"] == "缺料"
    assert api.get(f"/order-lines/{order.number}/99999999999/trace").status_code == 404


@pytest.mark.parametrize("after", ["WyJ4Il0", "WyJ4Iiwi", "WzFd", "W251bGwsICJ4Il0", "W3RydWVd", "WyJ4IiwgMV0"])
def test_foreign_cursors_are_refused(after: str) -> None:
    api = api_client(make_world().actor)
    for path in ("/order-lines", "/shipments", "/receipts"):
        assert api.get(f"{path}?after={after}").status_code in {200, 422}


def test_strangers_and_colleagues_without_the_right() -> None:
    world = make_world()
    order = make_order(world, 10)
    stranger = api_client(make_stranger())
    assert stranger.get(f"/order-lines/{order.number}/1/trace").status_code == 404
    assert stranger.post(f"/purchase-orders/{order.number}/shipments", {"all": True}).status_code == 404
    assert ok(stranger.get("/order-lines"))["items"] == []
    colleague = api_client(make_actor("catalog.view", company=Company.objects.get(pk=world.company_id)))
    for path in ("/order-lines", "/shipments", "/receipts", f"/order-lines/{order.number}/1/trace"):
        assert colleague.get(path).status_code == 403
        assert api_client(None).get(path).status_code == 401
    assert colleague.post(f"/purchase-orders/{order.number}/shipments", {"all": True}).status_code == 403
    assert not Shipment.objects.exists()


def test_repeating_with_the_same_key_changes_nothing() -> None:
    world = make_world()
    order = make_order(world, 10)
    api = api_client(world.actor)
    receipt = ok(api.post(f"/purchase-orders/{order.number}/receipts", {"all": True}), 201)["number"]
    answers = [ok(api.post(f"/receipts/{receipt}/reverse", {"reason": "x"}, key="r1"), 201) for _ in range(2)]
    assert answers[0]["number"] == answers[1]["number"]
    assert GoodsReceipt.objects.count() == 2
    body = {"lines": [{"line": 1, "quantity": "3"}]}
    numbers = {
        ok(api.post(f"/purchase-orders/{order.number}/shipments", body, key="s1"), 201)["number"] for _ in range(2)
    }
    assert len(numbers) == 1
    assert Shipment.objects.get().lines.get().quantity == Decimal(3)
