"""The same by API and by file."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from gendan.accounts.tests.make import api_client
from gendan.kernel.bulk import resource_named
from gendan.purchasing.tests import make as buy
from gendan.settlement.models import Bill
from gendan.settlement.tests.make import bill, verified

pytestmark = pytest.mark.django_db


def test_a_program_enters_matches_approves_pays_and_takes_back() -> None:
    world = buy.make_world()
    order = buy.make_order(world, 10).number
    buy.receive(world, order)
    api = api_client(world.actor)
    (open_,) = api.get(f"/bills/open-lines?order={order}").json()["items"]
    assert (open_["open"], open_["line"]) == ("10", 1)
    covers = [{"order": order, "line": 1, "quantity": "10"}]
    body = {"supplier": "S001", "reference": "F-1", "lines": [{"quantity": "10", "covers": covers}], "post": True}
    made = api.post("/bills", body).json()
    assert made["state"] == "matched"
    again = api.post("/bills", body)
    assert (again.status_code, again.json()["code"]) == (409, "settlement.ReferenceTaken")
    number = made["number"]
    shown = api.get(f"/bills/{number}").json()
    assert (shown["gross"], shown["lines"][0]["covers"][0]["receipts"]) == ("99", "GR-000001")
    assert api.post(f"/bills/{number}/approve", {}).json()["state"] == "approved"
    parts = [{"number": number, "amount": "100"}]
    refused = api.post("/payments", {"direction": "out", "parts": parts})
    assert (refused.status_code, refused.json()["code"]) == (409, "settlement.PaidTooMuch")
    paid = api.post("/payments", {"direction": "out", "parts": [{"number": number, "amount": "99"}]}).json()
    assert paid["data"]["documents"] == {number: "paid"}
    api.post(f"/payments/{paid['number']}/reverse", {"reason": "退票"})
    assert bill(number).state == "approved"
    assert verified() == []


def test_rows_of_a_file_become_drafts() -> None:
    world = buy.make_world()
    order = buy.make_order(world, 10, 20).number
    buy.receive(world, order)
    rows = [
        {"order": "F-1", "supplier": "S001", "po": order, "line": "1", "quantity": "10"},
        {"order": "F-1", "supplier": "S001", "po": order, "line": "2", "quantity": "20", "amount": "198.00"},
        {"order": "F-1", "supplier": "S001", "quantity": "1", "unit_price": "50", "description": "运费"},
        {"order": "F-2", "supplier": "S001", "po": "PO-999999", "line": "1", "quantity": "1"},
    ]
    actor = replace(world.actor, via="import")
    outcomes = resource_named("bills").save(actor, rows, atomic=False, dry_run=False)
    assert [one.status for one in outcomes] == ["created", "created", "created", "failed"]
    assert (Bill.objects.get().gross, Bill.objects.get().reference) == (Decimal(347), "F-1")
    assert verified() == []
