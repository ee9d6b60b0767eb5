"""Programs write plain numbers and parameters that exist; what people write is read more kindly."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gendan.accounts.tests.make import ApiClient, api_client, make_actor
from gendan.config.api import api
from gendan.kernel.strict import every_router
from gendan.kernel.values import BadValue, to_number
from gendan.portal.tests.accounts import invite, make_key
from gendan.purchasing.tests.make import make_world

pytestmark = pytest.mark.django_db
ODD = [
    "1_000",
    "１２",
    " 5",
    "5 ",
    "+5",
    "1e3",
    "1E+3",
    ".5",
    "5.",
    "1,000",
    "NaN",
    "Infinity",
    "-inf",
    "",
    "0x10",
    "٣",
]


def order(quantity: Any, **more: Any) -> dict[str, Any]:
    return {
        "supplier": "S001",
        "warehouse": "MAIN",
        "lines": [{"product": "BOLT", "quantity": quantity, "unit_price": "1"}],
        **more,
    }


@pytest.mark.parametrize("odd", [*ODD, True, float("nan"), float("inf")])
def test_a_program_writes_plain_numbers(odd: Any) -> None:
    answer = api_client(make_world().actor).post("/purchase-orders", order(odd))
    assert answer.status_code == 422
    assert list(answer.json()["data"]["fields"]) == ["lines.0.quantity"]


def test_plain_numbers_are_taken_as_text_or_as_numbers() -> None:
    client = api_client(make_world().actor)
    for good in ("12", "0012.000000", "12.0", 12, 12.0):
        answer = client.post("/purchase-orders", order(good))
        assert (answer.status_code, answer.content.decode()) == (201, answer.content.decode())


def test_whole_numbers_are_numbers() -> None:
    client = api_client(make_world().actor)
    number = client.post("/purchase-orders", order("12")).json()["number"]
    for odd in ("1_0", "1", 1.5, True):
        answer = client.post(f"/purchase-orders/{number}/confirm", {"lines": [{"line": odd, "quantity": "1"}]})
        assert list(answer.json()["data"]["fields"]) == ["lines.0.line"]


def test_a_parameter_that_an_address_does_not_have_is_refused_with_those_that_it_has() -> None:
    client = api_client(make_actor())
    answer = client.get("/purchase-orders?suplier=S001")
    assert answer.status_code == 422
    told = answer.json()["data"]["fields"]["suplier"]
    assert "supplier、" in told
    assert list(client.get("/stock?limit=1_0").json()["data"]["fields"]) == ["limit"]
    assert client.get("/stock?limit=10&after=").status_code == 200


def test_every_address_refuses_unknown_parameters() -> None:
    client, actor = api_client(make_actor()), 0
    theirs = ApiClient(make_key(invite(make_world().actor)))
    for router in every_router(api):
        for path, view in router.path_operations.items():
            if "{" not in path and any("GET" in operation.methods for operation in view.operations):
                answer = (theirs if path.startswith("/supplier/") else client).get(f"{path}?nonsense=1")
                assert (path, answer.status_code) == (path, 422)
                actor += 1
    assert actor > 20


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,000", "1000"),
        ("１２．５", "12.5"),
        (" 5 ", "5"),
        ("+5", "5"),
        ("1.5E+3", "1500"),
        (1e-05, "0.00001"),
        ("5%", "5"),
    ],
)
def test_people_and_spreadsheets_write_numbers_in_their_ways(text: Any, number: str) -> None:
    assert to_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["1_000", "NaN", "Infinity", "1e999", "0x10", "1 000", "--1", "٣x"])
def test_what_only_python_takes_for_a_number_is_none(text: str) -> None:
    with pytest.raises(BadValue):
        to_number(text)
