"""Situations of deliveries to customers: picked, packed, sent, signed for; and of waves."""

from __future__ import annotations

from decimal import Decimal

from gendan.sales import commands
from gendan.sales.rules.outbound import DeliverIn
from gendan.sales.steps.packing import ParcelIn
from gendan.sales.steps.picking import PickIn

from .sales import order
from .scenario import Arguments, World, scenario


def to_pick(world: World) -> str:
    """A delivery of ten BOLT that nobody has picked."""
    return commands.create_delivery(actor=world.admin, orders=[order(world)]).number


@scenario("sales.create_delivery")
def create_delivery(world: World) -> Arguments:
    return {"lines": [DeliverIn(order(world), 1, Decimal(4))]}


@scenario("sales.update_delivery")
def update_delivery(world: World) -> Arguments:
    return {"number": to_pick(world), "changes": {"carrier": "顺丰", "tracking_number": "SF1"}}


@scenario("sales.pick_goods")
def pick_goods(world: World) -> Arguments:
    return {"number": to_pick(world), "picks": [PickIn("BOLT", Decimal(3), "A-01")]}


@scenario("sales.short_pick")
def short_pick(world: World) -> Arguments:
    return {"number": to_pick(world), "product": "BOLT", "quantity": Decimal(2), "reason": "库位里没有"}


@scenario("sales.pack_delivery")
def pack_delivery(world: World) -> Arguments:
    number = to_pick(world)
    commands.pick_goods(actor=world.admin, number=number, all=True)
    return {"number": number, "parcels": [ParcelIn(((1, Decimal(6)),), Decimal("1.5")), ParcelIn(((1, Decimal(4)),))]}


@scenario("sales.ship_delivery")
def ship_delivery(world: World) -> Arguments:
    return {"number": to_pick(world), "carrier": "顺丰", "tracking_number": "SF1"}


@scenario("sales.cancel_delivery")
def cancel_delivery(world: World) -> Arguments:
    return {"number": to_pick(world), "reason": "客户改期"}


@scenario("sales.create_wave")
def create_wave(world: World) -> Arguments:
    return {"deliveries": [to_pick(world)]}


@scenario("sales.cancel_wave")
def cancel_wave(world: World) -> Arguments:
    return {"number": commands.create_wave(actor=world.admin, deliveries=[to_pick(world)]).number}
