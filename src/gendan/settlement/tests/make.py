"""Situations of settlement for tests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from gendan.kernel.unit import Done
from gendan.kernel.verify import differences
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import GoodsReceipt
from gendan.purchasing.rules.returned import BackIn
from gendan.purchasing.tests.make import World
from gendan.settlement import commands
from gendan.settlement.models import Bill
from gendan.settlement.rules.lines import BillLineIn, Cover, PartIn


def line(order: str, line_no: int, quantity: str | int, price: str | None = None, **more: Any) -> BillLineIn:
    """An invoice line for a line of an order."""
    number = Decimal(quantity)
    price_of = None if price is None else Decimal(price)
    return BillLineIn(number, (Cover(order, line_no, number, more.pop("receipt", "")),), price_of, **more)


def make_bill(world: World, *lines: BillLineIn, reference: str = "INV-1", post: bool = True, **fields: Any) -> Done:
    """A posted invoice of S001."""
    actor = fields.pop("actor", world.actor)
    return commands.create_bill(actor=actor, supplier="S001", reference=reference, lines=lines, post=post, **fields)


def approved(world: World, *lines: BillLineIn, **fields: Any) -> Done:
    """An approved invoice."""
    number = make_bill(world, *lines, **fields).number
    return commands.approve_bill(actor=world.actor, number=number)


def part(number: str, amount: str | int) -> PartIn:
    """An amount for a document."""
    return PartIn(number, Decimal(amount))


def bill(number: str) -> Bill:
    """A bill as it is in the database."""
    return Bill.objects.get(number=number)


def findings(number: str) -> list[str]:
    """What the match found, by kind."""
    return [found["kind"] for one in bill(number).lines.order_by("line_no") for found in one.findings]


def verified() -> list[str]:
    """What ``verify`` finds; nothing, it is hoped."""
    return [f"{check.name} {found}" for check, all_found in differences() for found in all_found]


def credited(world: World, order: str, quantity: str = "2", credit: str = "19.80") -> str:
    """A return of a received order that the supplier gave a credit for."""
    actor = world.actor
    mine = GoodsReceipt.objects.filter(company_id=world.company_id, reverses=None)
    receipt = str(mine.get(lines__order_line__order__number=order).number)
    lines = [BackIn(receipt, 1, Decimal(quantity), "quality", rejected=False)]
    number = purchasing.create_return(actor=actor, lines=lines, settlement="credit").number
    purchasing.approve_return(actor=actor, number=number)
    purchasing.post_return(actor=actor, number=number)
    purchasing.credit_return(actor=actor, number=number, credit=Decimal(credit), credit_note="CN-1")
    return number
