"""Odd quantities and prices are refused beside their field, with nothing half written."""

from __future__ import annotations

import pytest

from gendan.sales.models import SalesOrder
from gendan.sales.tests.make import make_world
from gendan.sales.tests.test_api import Caller, body

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("quantity", ["0", "-1", "1e30", "0.00001", "NaN", "100000000000"])
def test_an_odd_quantity_is_refused(quantity: str) -> None:
    caller = Caller(make_world().actor)
    status, _answer = caller.post("/sales-orders", body(quantity))
    assert status == 422
    assert not SalesOrder.objects.exists()


@pytest.mark.parametrize(("field", "value"), [("unit_price", "1e30"), ("unit_price", "-1"), ("discount", "101")])
def test_an_odd_price_is_refused(field: str, value: str) -> None:
    caller = Caller(make_world().actor)
    asked = body("1")
    asked["lines"][0][field] = value
    assert caller.post("/sales-orders", asked)[0] == 422
    assert not SalesOrder.objects.exists()


def test_an_amount_that_no_column_holds_is_refused() -> None:
    caller = Caller(make_world().actor)
    asked = body("9999999999")
    asked["lines"][0]["unit_price"] = "9999999999"
    assert caller.post("/sales-orders", asked)[0] == 422
    assert not SalesOrder.objects.exists()
