"""Money out and in: in part, ahead, taken back; never twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest

from gendan.catalog import commands as catalog
from gendan.catalog.tests.make import make_supplier
from gendan.kernel.duties import DutiesMixed
from gendan.kernel.errors import Invalid
from gendan.kernel.tests.make import at_once
from gendan.purchasing.tests import make as buy
from gendan.sales import commands as selling
from gendan.sales.models import SalesOrder
from gendan.sales.tests import make as sell
from gendan.settlement import commands
from gendan.settlement.errors import (
    AllocatedTooMuch,
    AlreadyReversed,
    BillHasPayments,
    NotAllocated,
    NotPayable,
    OtherPartner,
    PaidTooMuch,
)
from gendan.settlement.models import Payment
from gendan.settlement.tests.make import approved, bill, credited, line, make_bill, part, verified

pytestmark = pytest.mark.django_db(transaction=True)


def owing(world: buy.World, reference: str = "INV-1") -> str:
    """An approved bill of 99.00."""
    order = buy.make_order(world, 10).number
    buy.receive(world, order)
    return approved(world, line(order, 1, 10), reference=reference).number


def test_a_bill_is_paid_in_part_and_in_full_and_back() -> None:
    world = buy.make_world()
    number = owing(world)
    first = commands.pay_bill(actor=world.actor, parts=[part(number, 40)], reference="T-1")
    assert (first.state, bill(number).state, bill(number).paid) == ("posted", "partly_paid", 40)
    assert buy.line("PO-000001").paid == 0
    second = commands.pay_bill(actor=world.actor, parts=[part(number, 59)])
    assert (bill(number).state, buy.line("PO-000001").paid) == ("paid", 10)
    with pytest.raises(PaidTooMuch):
        commands.pay_bill(actor=world.actor, parts=[part(number, 1)])
    with pytest.raises(BillHasPayments):
        commands.void_bill(actor=world.actor, number=number, reason="重复")
    back = commands.reverse_payment(actor=world.actor, number=second.number, reason="退票")
    assert Payment.objects.get(number=back.number).amount == -59
    assert (bill(number).state, bill(number).paid, buy.line("PO-000001").paid) == ("partly_paid", 40, 0)
    with pytest.raises(AlreadyReversed):
        commands.reverse_payment(actor=world.actor, number=second.number, reason="退票")
    assert verified() == []


def test_what_is_not_approved_is_not_paid_and_nobody_elses_bill() -> None:
    world = buy.make_world()
    order = buy.make_order(world, 10).number
    buy.receive(world, order)
    number = make_bill(world, line(order, 1, 10)).number
    with pytest.raises(NotPayable):
        commands.pay_bill(actor=world.actor, parts=[part(number, 1)])
    commands.approve_bill(actor=world.actor, number=number)
    make_supplier(bill(number).company, "S002")
    with pytest.raises(OtherPartner):
        commands.pay_bill(actor=world.actor, parts=[part(number, 1)], supplier="S002")


def test_an_advance_has_to_be_said_and_is_allocated_later() -> None:
    world = buy.make_world()
    number = owing(world)
    with pytest.raises(NotAllocated):
        commands.pay_bill(actor=world.actor, supplier="S001", amount=Decimal(50))
    paid = commands.pay_bill(actor=world.actor, supplier="S001", amount=Decimal(50), advance=True).number
    with pytest.raises(AllocatedTooMuch):
        commands.allocate_payment(actor=world.actor, number=paid, parts=[part(number, 51)])
    commands.allocate_payment(actor=world.actor, number=paid, parts=[part(number, 30)])
    assert (bill(number).paid, Payment.objects.get(number=paid).allocated) == (30, 30)
    commands.reverse_payment(actor=world.actor, number=paid, reason="退回")
    assert (bill(number).paid, bill(number).state) == (0, "approved")
    assert verified() == []


def test_every_part_is_exact_to_the_currencys_unit() -> None:
    world = buy.make_world()
    halves = [part(owing(world, reference), "10.005") for reference in ("INV-1", "INV-2")]
    number = commands.pay_bill(actor=world.actor, supplier="S001", amount=Decimal(50), advance=True).number
    credit = credited(world, "PO-000001")
    customers = sell.make_world(bolts=10)
    orders = [part(sell.make_order(customers, 5).number, "10.005") for _n in range(2)]
    for refused in (
        partial(commands.pay_bill, actor=world.actor, parts=halves),
        partial(commands.allocate_payment, actor=world.actor, number=number, parts=halves),
        partial(commands.record_credit, actor=world.actor, number=credit, parts=[part(halves[0].number, "9.905")]),
        partial(commands.receive_payment, actor=customers.actor, parts=orders),
    ):
        with pytest.raises(Invalid) as refusal:
            refused()
        parts = refused.keywords["parts"]
        assert list(refusal.value.fields) == [f"parts.{n}.amount" for n in range(len(parts))]
    assert [bill(half.number).paid for half in halves] == [0, 0]


def test_eight_at_once_never_pay_twice() -> None:
    world = buy.make_world()
    number = owing(world)
    done = at_once([partial(commands.pay_bill, actor=world.actor, parts=[part(number, 40)]) for _n in range(8)])
    refused = [one for one in done if isinstance(one, PaidTooMuch)]
    assert (len(refused), bill(number).paid) == (6, 80)
    assert verified() == []


def test_a_signed_order_is_completed_by_what_pays_the_rest_and_goes_back_with_it() -> None:
    world = sell.make_world(bolts=10)
    order = sell.make_order(world, 10).number
    actor = world.actor
    commands.receive_payment(actor=actor, parts=[part(order, 50)])
    delivery = selling.deliver_order(actor=actor, number=order).number
    selling.sign_delivery(actor=actor, number=delivery)
    assert SalesOrder.objects.get(number=order).state == "signed"
    rest = commands.receive_payment(actor=actor, parts=[part(order, 49)]).number
    found = SalesOrder.objects.get(number=order)
    assert (found.state, found.paid_amount, found.settled_at is not None) == ("completed", 99, True)
    with pytest.raises(PaidTooMuch):
        commands.receive_payment(actor=actor, parts=[part(order, 1)])
    commands.reverse_payment(actor=actor, number=rest, reason="支票被退")
    found = SalesOrder.objects.get(number=order)
    assert (found.state, found.paid_amount, found.settled_at) == ("signed", 50, None)
    assert verified() == []


def test_an_order_paid_ahead_is_completed_when_it_is_signed() -> None:
    world = sell.make_world(bolts=10)
    order = sell.make_order(world, 10).number
    commands.receive_payment(actor=world.actor, parts=[part(order, 99)])
    delivery = selling.deliver_order(actor=world.actor, number=order).number
    selling.sign_delivery(actor=world.actor, number=delivery)
    assert SalesOrder.objects.get(number=order).state == "completed"
    assert verified() == []


def test_who_entered_the_supplier_does_not_pay_it_and_who_entered_the_bill_does_not_approve_it() -> None:
    world = buy.make_world()
    order = buy.make_order(world, 10).number
    buy.receive(world, order)
    clerk = replace(world.actor, duties=(("bill_approve", "stop"), ("vendor_pay", "stop")))
    number = make_bill(world, line(order, 1, 10), actor=clerk).number
    with pytest.raises(DutiesMixed):
        commands.approve_bill(actor=clerk, number=number)
    commands.approve_bill(actor=world.actor, number=number)
    commands.pay_bill(actor=clerk, parts=[part(number, 9)])
    row = {"code": "S001", "name": "宁波五金", "is_supplier": True}
    catalog.save_rows(actor=clerk, resource="partners", rows=[row], atomic=True)
    with pytest.raises(DutiesMixed):
        commands.pay_bill(actor=clerk, parts=[part(number, 9)])
