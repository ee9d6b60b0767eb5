"""Stories across the contexts, told through the doors that people and programs use."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gendan.accounts.tests.make import make_api_key, make_user
from gendan.catalog.tests import make as catalog
from gendan.kernel.verify import differences

pytestmark = pytest.mark.django_db


class Caller:
    """A program acting for one person."""

    def __init__(self, user: Any) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {make_api_key(user)}", "Accept-Language": "en"})

    def post(self, path: str, body: dict[str, Any], expect: int = 0, key: str = "") -> dict[str, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        response = self.client.post(
            f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers
        )
        assert response.status_code == expect if expect else response.status_code < 300, response.content.decode()
        answer: dict[str, Any] = response.json()
        return answer

    def get(self, path: str) -> dict[str, Any]:
        response = self.client.get(f"/api/v1{path}")
        assert response.status_code == 200, response.content.decode()
        answer: dict[str, Any] = response.json()
        return answer


@pytest.fixture
def company() -> Any:
    company = catalog.make_company()
    catalog.make_supplier(company, "S001", "宁波甬江五金有限公司")
    catalog.make_product(company, "P0001", "六角螺栓 M6×20")
    catalog.make_product(company, "P0002", "六角螺母 M6")
    return company


@pytest.fixture
def people(company: Any) -> dict[str, Caller]:
    roles = ("buyer", "purchasing_manager", "warehouse_keeper", "admin", "accountant")
    return {role: Caller(make_user(company, [role])) for role in roles}


def body(quantity: str = "10", price: str = "9.90", **fields: Any) -> dict[str, Any]:
    required = (timezone.localdate() + timedelta(days=10)).isoformat()
    line = {"product": "P0001", "quantity": quantity, "unit_price": price, "required_on": required}
    return {"supplier": "S001", "warehouse": "MAIN", "currency": "CNY", "lines": [line], **fields}


def clean() -> bool:
    return not any(found for _check, found in differences())


def test_three_requests_take_an_order_from_nothing_to_stock(people: dict[str, Caller]) -> None:
    admin = people["admin"]
    order = admin.post("/purchase-orders", body(submit=True), expect=201)
    assert order["state"] == "approved"
    number = order["number"]
    admin.post(f"/purchase-orders/{number}/confirm", {})
    receipt = admin.post(f"/purchase-orders/{number}/receipts", {"all": True, "delivery_note": "DN-7"}, expect=201)
    assert receipt["state"] == "posted"
    assert admin.get(f"/purchase-orders/{number}")["state"] == "received"
    stock = {row["product"]: row for row in admin.get("/stock?warehouse=MAIN")["items"]}
    assert stock["P0001"]["on_hand"] == "10"
    moves = admin.get("/stock-moves")["items"]
    assert [(move["product"], move["quantity"]) for move in moves] == [("P0001", "10")]
    assert clean()


def test_a_late_and_partial_delivery_is_seen_by_everybody(people: dict[str, Caller]) -> None:
    buyer, keeper, manager = people["buyer"], people["warehouse_keeper"], people["purchasing_manager"]
    number = buyer.post("/purchase-orders", body("100", submit=True), expect=201)["number"]
    assert buyer.get(f"/purchase-orders/{number}")["state"] == "pending_approval"
    refusal = keeper.post(f"/purchase-orders/{number}/approve", {}, expect=403)
    assert refusal["code"] == "kernel.Forbidden"
    manager.post(f"/purchase-orders/{number}/approve", {})
    today = timezone.localdate()
    buyer.post(
        f"/purchase-orders/{number}/confirm",
        {
            "lines": [
                {"line": 1, "quantity": "60", "promised_on": today.isoformat()},
                {"line": 1, "quantity": "40", "promised_on": (today + timedelta(days=9)).isoformat()},
            ]
        },
    )
    buyer.post(
        f"/purchase-orders/{number}/shipments",
        {
            "carrier": "SF",
            "tracking_number": "SF1",
            "lines": [{"line": 1, "quantity": "60"}],
            "shipped_on": today.isoformat(),
        },
        expect=201,
    )
    keeper.post(
        f"/purchase-orders/{number}/receipts", {"delivery_note": "A1", "lines": [{"line": 1, "quantity": "60"}]}
    )
    again = keeper.post(
        f"/purchase-orders/{number}/receipts",
        {"delivery_note": "A1", "lines": [{"line": 1, "quantity": "1"}]},
        expect=409,
    )
    assert again["code"] == "purchasing.DeliveryNoteReused"
    too_much = keeper.post(
        f"/purchase-orders/{number}/receipts",
        {"delivery_note": "A2", "lines": [{"line": 1, "quantity": "41"}]},
        expect=409,
    )
    assert too_much["code"] == "purchasing.OverReceipt"
    assert "40" in too_much["message"]
    trace = manager.get(f"/order-lines/{number}/1/trace")
    text = json.dumps(trace)
    assert "A1" in text
    assert "SF1" in text
    manager.post(f"/purchase-orders/{number}/close", {"reason": "the supplier stopped production"})
    assert manager.get(f"/purchase-orders/{number}")["state"] == "closed"
    assert Decimal(manager.get("/stock?warehouse=MAIN")["items"][0]["on_hand"]) == 60
    assert clean()


def test_a_request_that_is_repeated_changes_nothing(people: dict[str, Caller]) -> None:
    admin = people["admin"]
    first = admin.post("/purchase-orders", body(submit=True), key="k-1")
    assert admin.post("/purchase-orders", body(submit=True), key="k-1") == first
    assert admin.post("/purchase-orders", body("11", submit=True), expect=422, key="k-1")["code"] == (
        "kernel.IdempotencyKeyReused"
    )
    assert len(admin.get("/purchase-orders?state=open")["items"]) == 1


def test_what_was_asked_for_can_be_followed_to_the_bin(people: dict[str, Caller]) -> None:
    buyer, manager, keeper = people["buyer"], people["purchasing_manager"], people["warehouse_keeper"]
    wish = {"warehouse": "MAIN", "lines": [{"product": "P0002", "quantity": "30", "supplier": "S001"}], "submit": True}
    request = buyer.post("/requisitions", wish)["number"]
    manager.post(f"/requisitions/{request}/approve", {})
    asked = {"lines": [{"requisition": request, "line": 1, "quantity": "20", "unit_price": "1.20"}], "submit": True}
    number = manager.post("/requisitions/orders", asked)["number"]
    assert buyer.get(f"/requisitions/{request}")["state"] == "partly_ordered"
    manager.post(f"/purchase-orders/{number}/confirm", {})
    keeper.post(f"/purchase-orders/{number}/receipts", {"all": True, "delivery_note": "B1"})
    trace = json.dumps(manager.get(f"/order-lines/{number}/1/trace"))
    assert request in trace
    assert "B1" in trace
    assert clean()


def test_nobody_of_another_company_sees_anything(people: dict[str, Caller]) -> None:
    number = people["admin"].post("/purchase-orders", body(submit=True))["number"]
    stranger = Caller(make_user(catalog.make_company(), ["admin"]))
    response = stranger.client.get(f"/api/v1/purchase-orders/{number}")
    assert response.status_code == 404
    stranger.post(f"/purchase-orders/{number}/receipts", {"all": True}, expect=404)
    assert stranger.get("/purchase-orders")["items"] == []


@pytest.mark.parametrize("quantity", ["0", "-1", "1e30", "0.00001", "NaN", "Infinity", "x", ""])
def test_a_quantity_that_makes_no_sense_is_refused_by_field(people: dict[str, Caller], quantity: str) -> None:
    refusal = people["admin"].post("/purchase-orders", body(quantity), expect=422)
    assert any("quantity" in field for field in refusal["data"]["fields"])
    assert people["admin"].get("/purchase-orders")["items"] == []
