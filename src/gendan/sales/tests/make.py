"""Situations of the sales chain for tests."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gendan.catalog.models import Partner
from gendan.catalog.tests import make as catalog
from gendan.inventory.models import Balance
from gendan.inventory.tests import make as inventory
from gendan.kernel.actor import Actor
from gendan.kernel.unit import Done
from gendan.sales import commands
from gendan.sales.models import SalesLine
from gendan.sales.rules.lines import LineIn


@dataclass(slots=True)
class World:
    """inventory's world (BOLT, NUT, MAIN) with the customer C001, seen by an administrator."""

    stock: inventory.World
    customer: Partner

    @property
    def actor(self) -> Actor:
        return self.stock.actor


def make_world(bolts: int = 0, nuts: int = 0) -> World:
    """See World; with so much in stock."""
    stock = inventory.make_world()
    customer = catalog.make_customer(stock.company_id, "C001")
    return with_stock(World(stock, customer), bolts, nuts)


def with_stock(world: World, bolts: int, nuts: int = 0) -> World:
    """The world with so much more in A-01 of MAIN."""
    for product, quantity in (("BOLT", bolts), ("NUT", nuts)):
        if quantity:
            inventory.stock(world.stock, product, quantity)
    return world


def make_order(world: World, *quantities: str | int, submit: bool = True, **fields: Any) -> Done:
    """An order of BOLT and NUT in turn with the given quantities (10 and 20) at 9.90."""
    lines = [LineIn(("BOLT", "NUT")[n % 2], Decimal(q), Decimal("9.90")) for n, q in enumerate(quantities or (10, 20))]
    actor = fields.pop("actor", world.actor)
    return commands.create_order(actor=actor, customer="C001", warehouse="MAIN", lines=lines, submit=submit, **fields)


def line(number: str, line_no: int = 1) -> SalesLine:
    """A line as it is in the database."""
    return SalesLine.objects.get(order__number=number, line_no=line_no)


def reserved(world: World) -> Decimal:
    """What is reserved of BOLT in all."""
    return sum((b.reserved for b in Balance.objects.filter(product=world.stock.bolt)), Decimal(0))
