"""Situations of shipments and receipts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from gendan.catalog.models import Product
from gendan.purchasing import commands
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.tests.make import make_order, receive

from .scenario import Arguments, World, scenario


def announced(world: World) -> str:
    """A shipment of a whole order that has not left yet."""
    order = make_order(world.buy).number
    return commands.create_shipment(actor=world.admin, orders=[order], carrier="顺丰").number


@scenario("purchasing.create_shipment")
def create_shipment(world: World) -> Arguments:
    return {"orders": [make_order(world.buy).number], "carrier": "顺丰", "expected_on": date(2026, 12, 20)}


@scenario("purchasing.update_shipment")
def update_shipment(world: World) -> Arguments:
    return {"number": announced(world), "changes": {"tracking_number": "SF1"}}


@scenario("purchasing.dispatch_shipment")
def dispatch_shipment(world: World) -> Arguments:
    return {"number": announced(world)}


@scenario("purchasing.arrive_shipment")
def arrive_shipment(world: World) -> Arguments:
    return {"number": announced(world)}


@scenario("purchasing.cancel_shipment")
def cancel_shipment(world: World) -> Arguments:
    return {"number": announced(world), "reason": "没发出"}


@scenario("purchasing.receive_goods")
def receive_goods(world: World) -> Arguments:
    lines = [ReceiveIn(1, Decimal(4)), ReceiveIn(2, Decimal(20))]
    return {"order": make_order(world.buy).number, "lines": lines, "delivery_note": "SH-1"}


@scenario("purchasing.inspect_receipt")
def inspect_receipt(world: World) -> Arguments:
    Product.objects.filter(pk=world.buy.bolt.pk).update(inspect=True)
    done = receive(world.buy, make_order(world.buy, 10).number)
    assert done.state == "to_inspect"
    return {"number": done.number}


@scenario("purchasing.reverse_receipt")
def reverse_receipt(world: World) -> Arguments:
    return {"number": receive(world.buy, make_order(world.buy).number).number, "reason": "收错了"}
