"""Situations of tying sales lines to their supply."""

from __future__ import annotations

from decimal import Decimal

from gendan.catalog.tests import make as catalog
from gendan.inventory.tests import make as inventory
from gendan.sales import commands
from gendan.sales.rules.lines import LineIn

from .scenario import Arguments, World, scenario


def orders(world: World, *quantities: int, stock: int = 0) -> list[str]:
    """Reviewed orders of so many BOLT each, of which so many are in stock."""
    catalog.make_customer(world.company, "C001")
    if stock:
        inventory.stock(world.stock, "BOLT", stock)
    return [
        commands.create_order(
            actor=world.admin,
            customer="C001",
            warehouse="MAIN",
            lines=[LineIn("BOLT", Decimal(quantity), Decimal("9.90"))],
            submit=True,
        ).number
        for quantity in quantities
    ]


@scenario("sales.request_shortage")
def request_shortage(world: World) -> Arguments:
    return {"numbers": orders(world, 10)}


@scenario("sales.request_safety_stock", own="what a company lacks to its own safety stock")
def request_safety_stock(world: World) -> Arguments:
    world.stock.bolt.safety_stock = Decimal(5)
    world.stock.bolt.save()
    return {"warehouse": "MAIN"}


@scenario("sales.reallocate")
def reallocate(world: World) -> Arguments:
    (number,) = orders(world, 5, stock=5)
    commands.release_order(actor=world.admin, number=number)
    return {"products": ["BOLT"]}


@scenario("sales.move_reservation")
def move_reservation(world: World) -> Arguments:
    first, second = orders(world, 5, 5, stock=5)
    return {"number": first, "line": 1, "to_number": second, "to_line": 1}


@scenario("sales.cover_line")
def cover_line(world: World) -> Arguments:
    (number,) = orders(world, 5)
    inventory.stock(world.stock, "BOLT", 5)
    return {"number": number, "line": 1}
