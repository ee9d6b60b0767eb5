"""The three-way match: what an invoice may ask for, and what it must not without somebody who answers for it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest

from gendan.kernel.errors import Forbidden, Invalid
from gendan.kernel.tests.make import at_once
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import OrderLine, ReceiptLine
from gendan.purchasing.rules.inspection import RejectIn
from gendan.purchasing.tests import make as buy
from gendan.purchasing.tests.test_inspect_receipt import inspecting_world
from gendan.purchasing.tests.test_returns_to_supplier import rejected
from gendan.settlement import commands
from gendan.settlement.errors import ReasonRequired, ReferenceTaken
from gendan.settlement.models import Bill, BillMatch
from gendan.settlement.queries.open_lines import open_lines
from gendan.settlement.rules.lines import BillLineIn
from gendan.settlement.tests.make import bill, findings, line, make_bill, verified

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_invoice_of_what_was_received_matches() -> None:
    world = buy.make_world()
    order = buy.make_order(world, 10, 20).number
    receipt = buy.receive(world, order).number
    done = make_bill(world, line(order, 1, 10), line(order, 2, 20), total=Decimal("297.00"))
    assert (done.state, bill(done.number).gross) == ("matched", Decimal(297))
    assert [buy.line(order, n).invoiced for n in (1, 2)] == [10, 20]
    assert set(BillMatch.objects.values_list("receipt_line__receipt__number", flat=True)) == {receipt}
    assert verified() == []


def test_an_invoice_of_many_orders_in_part() -> None:
    world = buy.make_world()
    orders = [buy.make_order(world, 10).number for _n in range(3)]
    for order in orders:
        buy.receive(world, order)
    done = make_bill(world, *(line(order, 1, 4) for order in orders))
    assert done.state == "matched"
    assert make_bill(world, *(line(order, 1, 6) for order in orders), reference="INV-2").state == "matched"
    assert make_bill(world, line(orders[0], 1, 1), reference="INV-3").state == "mismatch"
    assert findings("BILL-000003") == ["over_order", "over_receipt"]
    assert verified() == []


def test_differences_are_shown_with_their_evidence_and_need_a_reason_and_a_right() -> None:
    world = buy.make_world()
    order = buy.make_order(world, 10).number
    buy.receive(world, order, (1, "4"))
    done = make_bill(world, line(order, 1, 10, "11.00", tax_rate=Decimal(3)))
    assert done.state == "mismatch"
    (found,) = [one.findings for one in bill(done.number).lines.all()]
    assert [one["kind"] for one in found] == ["price", "tax", "over_receipt"]
    assert found[2] == {
        "kind": "over_receipt", "order": order, "line": 1, "invoiced": "10", "before": "0", "received": "4",
    }  # fmt: skip
    clerk = replace(world.actor, permissions=frozenset({"settlement.approve_bill"}))
    with pytest.raises(Forbidden):
        commands.approve_bill(actor=clerk, number=done.number, reason="急")
    with pytest.raises(ReasonRequired):
        commands.approve_bill(actor=world.actor, number=done.number)
    assert commands.approve_bill(actor=world.actor, number=done.number, reason="运费含在单价里").state == "approved"
    assert bill(done.number).approve_reason == "运费含在单价里"


def test_small_differences_of_price_pass_and_freight_by_the_companys_limit() -> None:
    world = buy.make_world()
    order = buy.make_order(world, 10).number
    buy.receive(world, order)
    freight = BillLineIn(Decimal(1), (), Decimal(50), Decimal(0), description="运费")
    done = make_bill(world, line(order, 1, 10, "9.95"), freight)
    assert (done.state, findings(done.number)) == ("mismatch", ["extra"])
    commands.save_settings(actor=world.actor, values={"extra_amount": Decimal(60)})
    assert commands.match_bill(actor=world.actor, number=done.number).state == "matched"
    assert bill(done.number).gross == Decimal("149.50")


def test_a_bill_waits_for_its_goods_and_matches_when_they_are_in() -> None:
    world = buy.make_world()
    order = buy.make_order(world, 10).number
    number = make_bill(world, line(order, 1, 10)).number
    assert bill(number).state == "mismatch"
    buy.receive(world, order)
    assert commands.approve_bill(actor=world.actor, number=number).state == "approved"
    assert findings(number) == []
    assert verified() == []


def test_the_suppliers_number_is_booked_once_however_it_is_typed() -> None:
    world = buy.make_world()
    order = buy.make_order(world, 10).number
    buy.receive(world, order)
    number = make_bill(world, line(order, 1, 4), reference="FP 0012").number
    with pytest.raises(ReferenceTaken) as refusal:
        make_bill(world, line(order, 1, 4), reference="fp0012")
    assert refusal.value.data["number"] == number
    commands.void_bill(actor=world.actor, number=number, reason="开错")
    assert make_bill(world, line(order, 1, 4), reference="fp0012").state == "matched"
    assert verified() == []


def test_what_is_wrong_is_named_beside_its_cell() -> None:
    world = buy.make_world()
    order = buy.make_order(world, 10).number
    with pytest.raises(Invalid) as refusal:
        make_bill(world, line(order, 7, 1), line("PO-999999", 1, 1), BillLineIn(Decimal(1)), reference=" ")
    assert set(refusal.value.fields) == {
        "reference", "lines.0.line", "lines.1.order", "lines.2.description", "lines.2.unit_price",
    }  # fmt: skip
    with pytest.raises(Invalid) as refusal:
        make_bill(world, line(order, 1, 10), total=Decimal("98.00"))
    assert list(refusal.value.fields) == ["total"]


def test_eight_at_once_never_invoice_more_than_came_in() -> None:
    world = buy.make_world()
    order = buy.make_order(world, 10).number
    buy.receive(world, order)
    done = at_once([partial(make_bill, world, line(order, 1, 4), reference=f"R{n}") for n in range(8)])
    assert sorted(one.state for one in done) == ["matched"] * 2 + ["mismatch"] * 6
    assert buy.line(order, 1).invoiced == 32
    matched = [line for one in Bill.objects.filter(state="matched") for line in one.lines.all()]
    assert sum(line.quantity for line in matched) <= 10
    assert verified() == []


def test_what_went_back_is_not_invoiced() -> None:
    world = buy.make_world()
    order = buy.make_order(world, 10).number
    buy.receive(world, order)
    found = OrderLine.objects.get(order__number=order)
    OrderLine.objects.filter(pk=found.pk).update(returned=3)
    ReceiptLine.objects.filter(order_line=found).update(accepted_returned=3)
    assert make_bill(world, line(order, 1, 8)).state == "mismatch"
    commands.void_bill(actor=world.actor, number="BILL-000001", reason="退货")
    assert make_bill(world, line(order, 1, 7)).state == "matched"


def test_what_was_accepted_at_a_lower_price_is_invoiced_at_it() -> None:
    world = inspecting_world()
    order, receipt = rejected(world, "6", "4")
    taken = RejectIn(1, reduce=Decimal(4), amount=Decimal("9.90"))
    purchasing.settle_rejects(actor=world.actor, number=receipt, lines=[taken])
    full = make_bill(world, line(order, 1, 10, "9.90"), post=False)
    assert commands.post_bill(actor=world.actor, number=full.number).state == "mismatch"
    ((found,),) = [one.findings for one in bill(full.number).lines.all()]
    assert (found["kind"], Decimal(found["reduced"]) > 0) == ("price", True)
    commands.void_bill(actor=world.actor, number=full.number, reason="没有扣除降价")
    (open_,) = open_lines(world.actor, orders=[order])
    assert (open_["open"], round(open_["unit_price"], 4)) == (10, Decimal("8.91"))
    (open_,) = open_lines(world.actor, receipts=[receipt])
    assert round(open_["unit_price"], 4) == Decimal("8.91")
    half = make_bill(world, line(order, 1, 5), reference="INV-2")
    rest = make_bill(world, line(order, 1, 5, receipt=receipt), reference="INV-3")
    assert [each.state for each in (half, rest)] == ["matched", "matched"]
    assert bill(half.number).gross + bill(rest.number).gross == Decimal("89.10")
    assert verified() == []
