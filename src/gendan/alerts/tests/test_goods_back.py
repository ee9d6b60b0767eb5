"""Refused and surplus goods go back to the supplier out of their exception."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from gendan.alerts.models import Case
from gendan.alerts.remedies.doing import do, remedies_of
from gendan.alerts.tests.make import cases, scan
from gendan.kernel.errors import Invalid
from gendan.purchasing.models import PurchaseReturn
from gendan.purchasing.tests.make import World, make_order, make_world, receive
from gendan.purchasing.tests.test_inspect_receipt import inspect, inspecting_world

pytestmark = pytest.mark.django_db


def offer(world: World, case: Case) -> dict[str, dict[str, str]]:
    offers = {row["code"]: row for row in remedies_of(world.actor, case.number)["offers"]}
    return {field["name"]: field for field in offers["return_goods"]["fields"]} if "return_goods" in offers else {}


def test_what_inspection_refused_is_drafted_as_a_return_of_its_receipt() -> None:
    world = inspecting_world()
    receipt = receive(world, make_order(world, 10).number).number
    inspect(world, receipt, (1, "6", "4", "A-01"))
    scan(world.actor, world.actor.today(), "failed_inspection")
    (case,) = cases(world.actor, "failed_inspection")
    fields = offer(world, case)
    assert (fields["quantity"]["value"], fields["reason"]["value"]) == ("4", "quality")
    values = {"quantity": "5", "reason": "quality", "settlement": "replace"}
    with pytest.raises(Invalid):
        do(actor=world.actor, number=case.number, code="return_goods", values=values)
    do(actor=world.actor, number=case.number, code="return_goods", values={**values, "quantity": "3"})
    found = PurchaseReturn.objects.get(company_id=world.company_id)
    assert [(line.quantity, line.reason) for line in found.lines.all()] == [(3, "quality")]
    (done,) = remedies_of(world.actor, case.number)["done"]
    assert done["links"] == [(found.number, f"/returns-to-suppliers/{found.number}")] or found.number in done["text"]
    assert offer(world, case)["quantity"]["value"] == "1"  # what is asked back already is not offered again


def test_what_came_too_much_goes_back_out_of_stock() -> None:
    world = make_world()
    number = make_order(world, 10).number
    receive(world, number, (1, "12"), over=True)
    scan(world.actor, world.actor.today() + timedelta(days=1), "over_receipt")
    (case,) = cases(world.actor, "over_receipt")
    fields = offer(world, case)
    assert (Decimal(fields["quantity"]["value"]), fields["reason"]["value"]) == (2, "surplus")
    values = {"quantity": "2", "reason": "surplus", "settlement": "credit", "note": "多送"}
    do(actor=world.actor, number=case.number, code="return_goods", values=values)
    found = PurchaseReturn.objects.get(company_id=world.company_id)
    assert (found.settlement, case.number in found.note) == ("credit", True)
    assert offer(world, case)["quantity"]["value"] == "2"
