"""Refused and surplus goods go back to the supplier out of their exception."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from gendan.alerts.models import Case
from gendan.alerts.remedies.doing import do, remedies_of
from gendan.alerts.tests.make import cases, scan
from gendan.inventory.models import Adjustment, Lot
from gendan.inventory.rules import TransferLineIn
from gendan.inventory.tests import make as inventory
from gendan.kernel.errors import Invalid
from gendan.purchasing.models import GoodsReceipt, PurchaseReturn, ReceiptLine
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


def test_what_becomes_of_refused_goods_is_decided_in_the_case() -> None:
    world = inspecting_world()
    receipt = receive(world, make_order(world, 10).number).number
    inspect(world, receipt, (1, "6", "4", "A-01"))
    scan(world.actor, world.actor.today(), "failed_inspection")
    (case,) = cases(world.actor, "failed_inspection")
    values = {"of": f"{receipt}/1", "decision": "scrap", "quantity": "5"}
    with pytest.raises(Invalid):
        do(actor=world.actor, number=case.number, code="decide_rejects", values=values)
    do(actor=world.actor, number=case.number, code="decide_rejects", values={**values, "quantity": "1"})
    more = {"of": f"{receipt}/1", "decision": "rework", "quantity": "3", "note": "打磨"}
    do(actor=world.actor, number=case.number, code="decide_rejects", values=more)
    line = ReceiptLine.objects.get(receipt__number=receipt, receipt__company_id=world.company_id)
    assert (line.accepted, line.rejected, line.scrapped) == (6, 1, 1)
    assert GoodsReceipt.objects.get(number=receipt, company_id=world.company_id).state == "to_inspect"
    texts = [row["text"] for row in remedies_of(world.actor, case.number)["done"]]
    assert texts == [f"{receipt} 的 3 件 返工后再检", f"{receipt} 的 1 件 报废"]
    scan(world.actor, world.actor.today(), "failed_inspection")
    case.refresh_from_db()
    assert case.state == "resolved"


def test_what_expires_is_written_off_out_of_the_case() -> None:
    stock = inventory.make_world()
    today = stock.actor.today()
    inventory.stock(stock, "GLUE", 8, lot="L1")
    Lot.objects.filter(company_id=stock.company_id).update(expires_on=today + timedelta(days=3))
    scan(stock.actor, today, "expiring_lot")
    (case,) = cases(stock.actor, "expiring_lot")
    offers = {row["code"]: row for row in remedies_of(stock.actor, case.number)["offers"]}
    fields = {field["name"]: field for field in offers["write_off"]["fields"]}
    assert Decimal(fields["quantity"]["value"]) == 8
    values = {"place": "MAIN/A-01/L1", "quantity": "9", "kind": "scrap", "reason": "过期"}
    with pytest.raises(Invalid):
        do(actor=stock.actor, number=case.number, code="write_off", values=values)
    do(actor=stock.actor, number=case.number, code="write_off", values={**values, "quantity": "3"})
    draft = Adjustment.objects.get(company_id=stock.company_id, kind="scrap")
    assert (draft.state, case.number in draft.reason) == ("draft", True)
    do(actor=stock.actor, number=case.number, code="write_off", values={**values, "quantity": "8", "post": True})
    assert Adjustment.objects.filter(company_id=stock.company_id, kind="scrap", state="posted").count() == 1
    scan(stock.actor, today, "expiring_lot")
    case.refresh_from_db()
    assert case.state == "resolved"


def test_what_was_chosen_and_is_gone_meanwhile_is_refused_rather_than_the_next_of_the_list_written_off() -> None:
    stock = inventory.make_world()
    today = stock.actor.today()
    for place, quantity in (("A-01", 5), ("A-02", 8)):
        inventory.stock(stock, "GLUE", quantity, place, lot="L1")
    Lot.objects.filter(company_id=stock.company_id).update(expires_on=today + timedelta(days=3))
    scan(stock.actor, today, "expiring_lot")
    (case,) = cases(stock.actor, "expiring_lot")
    offers = {row["code"]: row for row in remedies_of(stock.actor, case.number)["offers"]}
    fields = {field["name"]: field for field in offers["write_off"]["fields"]}
    assert [option["value"] for option in fields["place"]["options"]] == ["MAIN/A-01/L1", "MAIN/A-02/L1"]
    values = {"place": fields["place"]["value"], "quantity": "2", "kind": "scrap", "reason": "过期", "post": True}
    inventory.transfer(stock, TransferLineIn("GLUE", Decimal(5), "A-01", "A-02", "L1"), post=True)
    with pytest.raises(Invalid) as refused:
        do(actor=stock.actor, number=case.number, code="write_off", values=values)
    assert set(refused.value.fields) == {"place"}
    assert not Adjustment.objects.filter(company_id=stock.company_id, kind="scrap").exists()


def test_a_rejected_line_that_was_dealt_with_meanwhile_is_not_taken_for_another() -> None:
    world = inspecting_world()
    receipt = receive(world, make_order(world, 10).number).number
    inspect(world, receipt, (1, "6", "4", "A-01"))
    scan(world.actor, world.actor.today(), "failed_inspection")
    (case,) = cases(world.actor, "failed_inspection")
    for other in ("0", f"{receipt}/2", "GR-0/1"):
        values = {"of": other, "decision": "scrap", "quantity": "1"}
        with pytest.raises(Invalid) as refused:
            do(actor=world.actor, number=case.number, code="decide_rejects", values=values)
        assert set(refused.value.fields) == {"of"}
