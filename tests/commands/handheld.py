"""Situations of handheld devices: a delivery that is being counted."""

from __future__ import annotations

from decimal import Decimal

from gendan.handheld import commands
from gendan.handheld.errors import UnknownCode
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.tests.make import make_order

from .scenario import Arguments, World, scenario

WORK = "device-1"


def counted(world: World) -> str:
    """Two BOLT on a delivery of an order; the order's number."""
    number = make_order(world.buy).number
    for key, code in (("k1", number), ("k2", "BOLT"), ("k3", "BOLT")):
        commands.scan_goods(actor=world.admin, work=WORK, key=key, code=code)
    return number


def booked(world: World) -> str:
    """The receipt of what was counted."""
    number = counted(world)
    lines = [ReceiveIn(1, Decimal(2))]
    return purchasing.receive_goods(actor=world.admin, order=number, lines=lines).number


@scenario("handheld.scan_goods", asks=("purchasing.view",), refusal=UnknownCode)
def scan_goods(world: World) -> Arguments:
    counted(world)
    return {"work": WORK, "key": "k4", "code": "BOLT"}


@scenario("handheld.undo_scan")
def undo_scan(world: World) -> Arguments:
    counted(world)
    return {"work": WORK, "key": "k2"}


@scenario("handheld.close_tally", asks=("purchasing.view",))
def close_tally(world: World) -> Arguments:
    return {"work": WORK, "receipt": booked(world)}


@scenario("handheld.reopen_tally")
def reopen_tally(world: World) -> Arguments:
    receipt = booked(world)
    commands.close_tally(actor=world.admin, work=WORK, receipt=receipt)
    purchasing.reverse_receipt(actor=world.admin, number=receipt, reason="数错了")
    return {"work": WORK}


@scenario("handheld.drop_tally")
def drop_tally(world: World) -> Arguments:
    counted(world)
    return {"work": WORK}


@scenario("handheld.save_settings", own="each company has its own settings")
def save_settings(world: World) -> Arguments:
    return {"blind": True}
