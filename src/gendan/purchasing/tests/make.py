"""Situations of the purchase chain for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from gendan.catalog.models import Location, Partner, Product, Warehouse
from gendan.catalog.tests import make as catalog
from gendan.kernel.actor import Actor
from gendan.kernel.unit import Done
from gendan.purchasing import commands
from gendan.purchasing.models import OrderLine
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.rules.receipts import ReceiveIn


@dataclass(slots=True)
class World:
    """A company with one supplier, two products (BOLT, NUT) and the warehouse MAIN, seen by an administrator."""

    actor: Actor
    supplier: Partner
    bolt: Product
    nut: Product
    warehouse: Warehouse

    @property
    def company_id(self) -> int:
        return self.actor.company_id

    @property
    def default_place(self) -> Location:
        place = self.warehouse.default_location
        assert place is not None
        return place


def make_world() -> World:
    """See World."""
    company = catalog.make_company()
    actor = catalog.make_actor(company=company)
    return World(
        actor,
        catalog.make_supplier(company, "S001"),
        catalog.make_product(company, "BOLT", "六角螺栓 M6×20"),
        catalog.make_product(company, "NUT", "六角螺母 M6"),
        Warehouse.objects.select_related("default_location").get(company=company, code="MAIN"),
    )


def make_order(world: World, *quantities: str | int, submit: bool = True, **fields: Any) -> Done:
    """An order of BOLT and NUT in turn with the given quantities (10 and 20) at 9.90."""
    products = ("BOLT", "NUT")
    lines = [
        LineIn(products[n % 2], Decimal(q), Decimal("9.90"), required_on=date(2026, 12, 1))
        for n, q in enumerate(quantities or (10, 20))
    ]
    actor = fields.pop("actor", world.actor)
    return commands.create_order(
        actor=actor, supplier="S001", warehouse="MAIN", lines=fields.pop("lines", lines), submit=submit, **fields
    )


def confirm(world: World, number: str, *parts: tuple[int, str, str]) -> Done:
    """Confirm (line, quantity, date) parts; everything as ordered without parts."""
    lines = [ConfirmIn(line, Decimal(q), date.fromisoformat(on)) for line, q, on in parts] or None
    return commands.confirm_order(actor=world.actor, number=number, lines=lines)


def receive(world: World, number: str, *parts: tuple[int, str], **fields: Any) -> Done:
    """Receive (line, quantity) parts of an order; everything open without parts."""
    lines = [ReceiveIn(line, Decimal(q)) for line, q in parts] or None
    return commands.receive_goods(actor=fields.pop("actor", world.actor), order=number, lines=lines, **fields)


def line(number: str, line_no: int = 1) -> OrderLine:
    """A line of an order, as it is now."""
    return OrderLine.objects.get(order__number=number, line_no=line_no)
