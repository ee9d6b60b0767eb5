"""From an order to the customer's signature."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gendan.inventory.models import Balance
from gendan.inventory.rules import AdjustmentLineIn
from gendan.inventory.tests import make as inventory
from gendan.kernel.errors import Invalid
from gendan.kernel.verify import differences
from gendan.purchasing.errors import ReasonRequired
from gendan.sales import commands
from gendan.sales.errors import NotEnoughStock, NothingToDeliver, NotSigned, OverDelivered, ReferenceReused
from gendan.sales.models import Peg, SalesOrder
from gendan.sales.rules.lines import DeliverIn, LineIn
from gendan.sales.tests.make import World, line, make_order, make_world, reserved

pytestmark = pytest.mark.django_db


def state(number: str) -> str:
    return SalesOrder.objects.get(number=number).state


def clean(world: World) -> bool:
    return not any(found for _check, found in differences(world.actor.company_id))


def test_an_order_is_reserved_sent_signed_and_completed() -> None:
    world = make_world(bolts=15, nuts=50)
    order = make_order(world)
    assert (order.state, order.data["short"]) == ("to_ship", [])
    assert (line(order.number).reserved, reserved(world)) == (10, 10)
    sent = commands.deliver_order(actor=world.actor, number=order.number, carrier="顺丰", tracking_number="SF1")
    assert (sent.state, state(order.number)) == ("shipped", "shipped")
    assert (reserved(world), Peg.objects.count()) == (0, 0)
    assert Balance.objects.get(product=world.stock.bolt).on_hand == 5
    with pytest.raises(NotSigned):
        commands.complete_order(actor=world.actor, number=order.number)
    commands.sign_delivery(actor=world.actor, number=sent.number, signed_by="王五")
    assert (state(order.number), line(order.number).signed) == ("signed", 10)
    commands.complete_order(actor=world.actor, number=order.number)
    assert state(order.number) == "completed"
    assert clean(world)


def test_what_is_there_is_sent_and_the_rest_waits() -> None:
    world = make_world(bolts=4)
    order = make_order(world)
    assert order.data["short"] == [
        {"line": 1, "product": "BOLT", "quantity": "6"},
        {"line": 2, "product": "NUT", "quantity": "20"},
    ]
    commands.deliver_order(actor=world.actor, number=order.number)
    assert (state(order.number), line(order.number).shipped) == ("partly_shipped", 4)
    with pytest.raises(NothingToDeliver):
        commands.deliver_order(actor=world.actor, number=order.number)
    inventory.stock(world.stock, "BOLT", 20)
    with pytest.raises(OverDelivered):
        commands.deliver_order(actor=world.actor, number=order.number, lines=[DeliverIn(1, Decimal(7))])
    commands.deliver_order(actor=world.actor, number=order.number, lines=[DeliverIn(1, Decimal(6))])
    assert line(order.number).shipped == 10
    assert clean(world)


def test_what_one_order_holds_nobody_else_takes() -> None:
    world = make_world(bolts=10)
    first, second = make_order(world, 10), make_order(world, 10)
    assert second.data["short"] == [{"line": 1, "product": "BOLT", "quantity": "10"}]
    with pytest.raises(NotEnoughStock):
        commands.deliver_order(actor=world.actor, number=second.number, lines=[DeliverIn(1, Decimal(1))])
    inventory.adjust(world.stock, AdjustmentLineIn("BOLT", Decimal(-1), "A-01"), post=True, reason="丢失")
    assert (line(first.number).reserved, reserved(world)) == (9, 9)  # what is lost cannot be held
    commands.release_order(actor=world.actor, number=first.number)
    assert reserved(world) == 0
    commands.reserve_order(actor=world.actor, number=second.number)
    assert (line(second.number).reserved, line(first.number).reserved) == (9, 0)
    commands.cancel_order(actor=world.actor, number=second.number, reason="客户取消")
    assert (reserved(world), state(second.number)) == (0, "cancelled")
    assert clean(world)


def test_a_customers_number_is_booked_once() -> None:
    world = make_world()
    first = make_order(world, 10, customer_reference="KH-7")
    with pytest.raises(ReferenceReused):
        make_order(world, 10, customer_reference=" ｋｈ- 7")
    commands.cancel_order(actor=world.actor, number=first.number)
    make_order(world, 10, customer_reference="KH-7")


def test_an_order_waits_for_somebody_who_may_let_it_pass() -> None:
    world = make_world(bolts=10)
    clerk = world.stock.colleague("sales.create_order", "sales.submit_order")
    order = make_order(world, 10, actor=clerk)
    assert (order.state, reserved(world)) == ("pending_review", 0)
    assert "gross" not in order.data  # who may not see prices is not told the amount
    with pytest.raises(ReasonRequired):
        commands.reject_order(actor=world.actor, number=order.number)
    commands.reject_order(actor=world.actor, number=order.number, reason="价格不对")
    assert commands.submit_order(actor=clerk, number=order.number).state == "pending_review"
    commands.approve_order(actor=world.actor, number=order.number)
    assert (state(order.number), reserved(world)) == ("to_ship", 10)


def test_unknown_codes_are_named_beside_their_fields() -> None:
    world = make_world()
    with pytest.raises(Invalid) as refusal:
        commands.create_order(
            actor=world.actor, customer="NOBODY", warehouse="X", lines=[LineIn("BOLT", Decimal(1))], ship_to="A"
        )
    assert set(refusal.value.fields) == {"customer", "warehouse"}
    with pytest.raises(Invalid) as refusal:
        commands.create_order(actor=world.actor, customer="C001", warehouse="MAIN", lines=[LineIn("BOLT", Decimal(1))])
    assert set(refusal.value.fields) == {"lines.0.unit_price"}
