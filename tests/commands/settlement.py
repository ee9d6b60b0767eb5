"""Situations of settlement: bills and payments."""

from __future__ import annotations

from decimal import Decimal

from gendan.accounts.secret import Secret
from gendan.kernel.errors import Invalid
from gendan.purchasing.commands.save_many import Undone
from gendan.purchasing.tests import make as purchasing
from gendan.settlement import commands
from gendan.settlement.rules.lines import PartIn
from gendan.settlement.tests import make

from .sales import order
from .scenario import Arguments, World, scenario


def received(world: World) -> str:
    """An order of ten BOLT whose goods are in."""
    number = purchasing.make_order(world.buy, 10).number
    purchasing.receive(world.buy, number)
    return number


def draft(world: World) -> str:
    """A draft of their invoice."""
    return make.make_bill(world.buy, make.line(received(world), 1, 10), post=False).number


def approved(world: World) -> str:
    """The invoice, to be paid."""
    return make.approved(world.buy, make.line(received(world), 1, 10)).number


def advance(world: World) -> str:
    """Ten paid ahead."""
    done = commands.pay_bill(actor=world.admin, supplier="S001", amount=Decimal(10), advance=True)
    return done.number


@scenario("settlement.create_bill", refusal=Invalid)
def create_bill(world: World) -> Arguments:
    return {"supplier": "S001", "reference": "F-1", "lines": [make.line(received(world), 1, 10)]}


@scenario("settlement.save_bills", refusal=Undone)
def save_bills(world: World) -> Arguments:
    return {"documents": [create_bill(world)]}


@scenario("settlement.update_bill")
def update_bill(world: World) -> Arguments:
    order_number = received(world)
    number = make.make_bill(world.buy, make.line(order_number, 1, 10), post=False).number
    return {"number": number, "supplier": "S001", "reference": "F-2", "lines": [make.line(order_number, 1, 9)]}


@scenario("settlement.copy_bill")
def copy_bill(world: World) -> Arguments:
    number = make.make_bill(world.buy, make.line(received(world), 1, 10)).number
    commands.void_bill(actor=world.admin, number=number, reason="开错")
    return {"number": number}


@scenario("settlement.delete_bill")
def delete_bill(world: World) -> Arguments:
    return {"number": draft(world)}


@scenario("settlement.post_bill")
def post_bill(world: World) -> Arguments:
    return {"number": draft(world)}


@scenario("settlement.match_bill")
def match_bill(world: World) -> Arguments:
    order = purchasing.make_order(world.buy, 10).number
    number = make.make_bill(world.buy, make.line(order, 1, 10)).number
    purchasing.receive(world.buy, order)
    return {"number": number}


@scenario("settlement.approve_bill")
def approve_bill(world: World) -> Arguments:
    return {"number": make.make_bill(world.buy, make.line(received(world), 1, 10)).number}


@scenario("settlement.void_bill")
def void_bill(world: World) -> Arguments:
    return {"number": approved(world), "reason": "开错"}


@scenario("settlement.pay_bill")
def pay_bill(world: World) -> Arguments:
    return {"parts": [PartIn(approved(world), Decimal(40))]}


@scenario("settlement.receive_payment")
def receive_payment(world: World) -> Arguments:
    return {"parts": [PartIn(order(world), Decimal(40))]}


@scenario("settlement.allocate_payment")
def allocate_payment(world: World) -> Arguments:
    return {"number": advance(world), "parts": [PartIn(approved(world), Decimal(10))]}


@scenario("settlement.reverse_payment")
def reverse_payment(world: World) -> Arguments:
    return {"number": advance(world), "reason": "退回"}


@scenario("settlement.save_settings", own="it changes the settings of one's own company")
def save_settings(world: World) -> Arguments:
    return {"values": {"price_percent": Decimal(2)}}


@scenario("settlement.save_account")
def save_account(world: World) -> Arguments:
    return {"partner": "S001", "number": Secret("6222 0000 1111 2222"), "holder": "供应商", "bank": "工商银行"}


@scenario("settlement.remove_account")
def remove_account(world: World) -> Arguments:
    done = commands.save_account(actor=world.admin, **save_account(world))
    return {"account_id": done.data["account"]}


@scenario("settlement.record_credit")
def record_credit(world: World) -> Arguments:
    return {"number": make.credited(world.buy, received(world))}
