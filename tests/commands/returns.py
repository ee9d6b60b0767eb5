"""Situations of goods that come back."""

from __future__ import annotations

from decimal import Decimal

from gendan.sales import commands
from gendan.sales.rules.returned import BackIn, ReturnIn, VerdictIn

from .sales import order
from .scenario import Arguments, World, scenario


def signed(world: World) -> str:
    """An order of ten BOLT that the customer has signed for."""
    number = order(world)
    sent = commands.deliver_order(actor=world.admin, number=number)
    commands.sign_delivery(actor=world.admin, number=sent.number)
    return number


def asked(world: World, *, approve: bool = True) -> str:
    """A return of three of them."""
    lines = [ReturnIn(signed(world), 1, Decimal(3), "damaged")]
    return commands.request_return(actor=world.admin, lines=lines, approve=approve).number


def back(world: World) -> str:
    """A return that came."""
    number = asked(world)
    commands.receive_return(actor=world.admin, number=number)
    return number


@scenario("sales.request_return")
def request_return(world: World) -> Arguments:
    return {"lines": [ReturnIn(signed(world), 1, Decimal(3), "damaged")]}


@scenario("sales.approve_return")
def approve_return(world: World) -> Arguments:
    return {"number": asked(world, approve=False)}


@scenario("sales.reject_return")
def reject_return(world: World) -> Arguments:
    return {"number": asked(world, approve=False), "reason": "超过退货期限"}


@scenario("sales.cancel_return")
def cancel_return(world: World) -> Arguments:
    return {"number": asked(world)}


@scenario("sales.receive_return")
def receive_return(world: World) -> Arguments:
    return {"number": asked(world), "lines": [BackIn(1, Decimal(2))]}


@scenario("sales.decide_return")
def decide_return(world: World) -> Arguments:
    return {"number": back(world), "lines": [VerdictIn(1, restock=Decimal(1), scrap=Decimal(2))]}


@scenario("sales.settle_return", asks=("sales.create_order",))
def settle_return(world: World) -> Arguments:
    return {"number": back(world), "settlement": "replace"}
