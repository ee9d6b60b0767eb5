"""Every page of settlement opens and does what its buttons say; the API does the same."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from gendan.accounts.models import Company
from gendan.accounts.tests.make import signed_in_client
from gendan.purchasing.tests import make as buy
from gendan.settlement.models import Bill, Payment
from gendan.settlement.tests.make import approved, bill, line, make_bill, verified

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> buy.World:
    return buy.make_world()


@pytest.fixture
def client(world: buy.World) -> Client:
    return signed_in_client(world.actor)


def received(world: buy.World) -> str:
    """An order whose goods are in."""
    order = buy.make_order(world, 10, 20).number
    buy.receive(world, order)
    return order


def test_a_bill_is_entered_from_an_order_in_two_clicks_and_paid(world: buy.World, client: Client) -> None:
    order = received(world)
    page = client.get(f"/po/{order}").content.decode()
    assert f"/bills/new?order={order}" in page
    form = client.get(f"/bills/new?order={order}")
    assert form.status_code == 200
    lines = form.context["lines"] if form.context else None
    rows = [
        {"order": order, "line": "1", "quantity": "10", "unit_price": "9.90", "tax_rate": "13"},
        {"order": order, "line": "2", "quantity": "20", "unit_price": "9.90", "tax_rate": "13"},
    ]
    assert lines is None or [row["quantity"] for row in lines] == ["10", "20"]
    posted = {
        "supplier": "S001", "reference": "FP-1", "tax_included": "1", "then": "post", "lines": json.dumps(rows),
    }  # fmt: skip
    answer = client.post("/bills/new", posted)
    number = Bill.objects.get().number
    assert (answer.status_code, answer["Location"]) == (302, f"/bills/{number}")
    assert client.get(f"/bills/{number}").status_code == 200
    client.post(f"/bills/{number}/do/approve", {"reason": "税率"})
    assert bill(number).state == "approved"
    assert number in client.get("/payments/new/out?bill=" + number).content.decode()
    parts = json.dumps([{"number": number, "amount": "297"}])
    answer = client.post("/payments/new/out", {"partner": "S001", "method": "bank", "lines": parts})
    assert answer.status_code == 302
    assert bill(number).state == "paid"
    paid = Payment.objects.get().number
    assert number in client.get(f"/payments/{paid}").content.decode()
    assert number in client.get(f"/po/{order}").content.decode()
    assert verified() == []


def test_differences_stand_in_the_match_table(world: buy.World, client: Client) -> None:
    order = received(world)
    number = make_bill(world, line(order, 1, 11, "12.00")).number
    page = client.get(f"/bills/{number}").content.decode()
    assert "有差异" in page
    assert "连同此前发票共开 11" in page
    assert "bl-differs" in page


def test_lists_filter_and_go_away_as_a_file(world: buy.World, client: Client) -> None:
    order = received(world)
    one = approved(world, line(order, 1, 4), reference="A-1").number
    two = make_bill(world, line(order, 1, 40), reference="B-2").number
    assert one in client.get("/bills/").content.decode()
    page = client.get("/bills/?state=mismatch&q=B-2").content.decode()
    assert two in page
    assert one not in page
    assert client.get("/bills/?export=xlsx").getvalue()[:2] == b"PK"
    for address in ("/payments/", "/payments/?view=rest&direction=out", "/bills/new"):
        assert client.get(address).status_code == 200
    for address in ("/bills/new?supplier=S001", "/payments/new/in", "/settings/settlement"):
        assert client.get(address).status_code == 200


def test_tolerances_are_changed_on_their_page(world: buy.World, client: Client) -> None:
    values = {"price_percent": "2", "amount": "5", "quantity_percent": "0", "extra_amount": "100"}
    assert client.post("/settings/settlement", values).status_code == 302
    assert 'value="100"' in client.get("/settings/settlement").content.decode()
    assert Company.objects.count() == 1
