"""Situations of transport: docks, bookings, freight."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

from gendan.kernel.errors import Invalid
from gendan.transport import commands
from gendan.transport.tests import make

from .scenario import Arguments, World, scenario

MONEY = ("purchasing.view_price",)


@scenario("transport.save_dock", refusal=Invalid)
def save_dock(world: World) -> Arguments:
    make.make_dock(world.buy, warehouse="EAST")
    return {"code": "D1", "warehouse": "EAST", "capacity": 3}


@scenario("transport.book_dock")
def book_dock(world: World) -> Arguments:
    make.make_dock(world.buy)
    number = make.make_shipment(world.buy, 10)
    return {"number": number, "dock": "D1", "on": make.tomorrow(world.buy), "at": time(9)}


@scenario("transport.cancel_booking")
def cancel_booking(world: World) -> Arguments:
    booked = book_dock(world)
    commands.book_dock(actor=world.admin, **booked)
    return {"number": booked["number"]}


@scenario("transport.save_freight", asks=MONEY)
def save_freight(world: World) -> Arguments:
    billed: Arguments = {"number": make.make_shipment(world.buy, 10), "amount": Decimal("100.01"), "currency": "CNY"}
    commands.save_freight(actor=world.admin, **billed)
    return billed | {"no": 1}


@scenario("transport.remove_freight", asks=MONEY)
def remove_freight(world: World) -> Arguments:
    return {"number": save_freight(world)["number"], "no": 1}
