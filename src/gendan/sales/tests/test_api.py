"""The chain over HTTP: three requests to a delivery; statements that do not depend on the number of lines."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gendan.accounts.tests.make import make_api_key
from gendan.inventory.models import Balance
from gendan.inventory.tests import make as inventory
from gendan.kernel.actor import Actor
from gendan.sales.tests.make import World, make_order, make_world

pytestmark = pytest.mark.django_db


class Caller:
    """A program with a key of the actor."""

    def __init__(self, actor: Actor) -> None:
        from gendan.accounts.models import User

        self.client = Client()
        self.headers = {"Authorization": f"Bearer {make_api_key(User.objects.get(pk=actor.user_id or 0))}"}

    def post(self, path: str, body: dict[str, Any], key: str = "") -> tuple[int, dict[str, Any]]:
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        answer = self.client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    def get(self, path: str) -> dict[str, Any]:
        answer = self.client.get(f"/api/v1{path}", headers=self.headers)
        assert answer.status_code == 200, answer.content
        return answer.json()  # type: ignore[no-any-return]


def body(*quantities: str) -> dict[str, Any]:
    lines = [{"product": "BOLT", "quantity": quantity, "unit_price": "9.90"} for quantity in quantities]
    return {"customer": "C001", "warehouse": "MAIN", "currency": "CNY", "lines": lines, "submit": True}


def test_three_requests_take_an_order_to_the_customer() -> None:
    world = make_world(bolts=30)
    caller = Caller(world.actor)
    status, order = caller.post("/sales-orders", body("10", "5"))
    assert (status, order["state"]) == (201, "to_ship")
    status, held = caller.post(f"/sales-orders/{order['number']}/reserve", {})
    assert (status, held["data"]["short"]) == (200, [])
    status, sent = caller.post(f"/sales-orders/{order['number']}/deliveries", {"all": True}, key="K1")
    assert (status, sent["state"]) == (201, "shipped")
    again = caller.post(f"/sales-orders/{order['number']}/deliveries", {"all": True}, key="K1")
    assert again[1]["number"] == sent["number"]
    assert Balance.objects.get(product=world.stock.bolt).on_hand == 15
    assert caller.post(f"/deliveries/{sent['number']}/sign", {"signed_by": "王五"})[0] == 200
    shown = caller.get(f"/sales-orders/{order['number']}")
    assert (shown["state"], shown["lines"][0]["signed"], shown["gross"]) == ("signed", "10", "148.5")
    assert [d["number"] for d in shown["deliveries"]] == [sent["number"]]
    assert [o["number"] for o in caller.get("/sales-orders?customer=C001")["items"]] == [order["number"]]
    assert caller.get("/sales-orders?customer=NOBODY")["items"] == []


def test_prices_are_for_those_who_may_see_them() -> None:
    world = make_world()
    number = make_order(world, 10).number
    seen = Caller(world.stock.colleague("sales.view")).get(f"/sales-orders/{number}")
    assert (seen["gross"], seen["lines"][0]["unit_price"]) == (None, None)


@pytest.mark.parametrize("verb", ["create", "deliver"])
def test_statements_do_not_depend_on_the_number_of_lines(verb: str) -> None:
    counts = set()
    world: World = make_world()
    caller = Caller(world.actor)
    for quantities in (("1",), ("1",) * 40):
        inventory.stock(world.stock, "BOLT", 100)
        with CaptureQueriesContext(connection) as created:
            _status, order = caller.post("/sales-orders", body(*quantities))
        with CaptureQueriesContext(connection) as delivered:
            status, _sent = caller.post(f"/sales-orders/{order['number']}/deliveries", {"all": True})
        assert status == 201
        counts.add(len(created if verb == "create" else delivered))
    assert len(counts) == 1


def test_an_order_is_changed_closed_copied_and_deleted_by_a_program() -> None:
    world = make_world(bolts=10)
    caller = Caller(world.actor)
    _status, order = caller.post("/sales-orders", body("10", "5") | {"submit": False, "customer_reference": "K-1"})
    number = order["number"]

    def patch(**values: Any) -> dict[str, Any]:
        answer = caller.client.patch(
            f"/api/v1/sales-orders/{number}",
            json.dumps(values),
            content_type="application/json",
            headers=caller.headers,
        )
        return {"status": answer.status_code, **answer.json()}

    line = {"product": "BOLT", "unit_price": "9.90"}
    assert patch(note="加急", lines=[{**line, "line": 2, "quantity": "4"}])["status"] == 200
    shown = caller.get(f"/sales-orders/{number}")
    assert (shown["note"], [each["quantity"] for each in shown["lines"]]) == ("加急", ["4"])
    assert patch(note="x", version=1)["code"] == "kernel.Stale"
    assert caller.post(f"/sales-orders/{number}/copy", {})[0] == 201
    caller.post(f"/sales-orders/{number}/submit", {})
    assert [each["reserved"] for each in caller.get("/sales-order-lines?only=ready")["items"]] == ["4"]
    caller.post(f"/sales-orders/{number}/deliveries", {"lines": [{"line": 1, "quantity": "1"}]})
    assert caller.post(f"/sales-orders/{number}/close", {})[1]["code"] == "purchasing.ReasonRequired"
    assert caller.post(f"/sales-orders/{number}/close", {"reason": "停产"})[1]["state"] == "shipped"
    copied = caller.get("/sales-orders?state=draft")["items"][0]["number"]
    gone = caller.client.delete(f"/api/v1/sales-orders/{copied}", headers=caller.headers)
    assert gone.status_code == 200
    assert caller.get("/sales-orders?q=k-1&state=all")["items"][0]["number"] == number
