"""Situations of the warehouse: 100 BOLT lie at A-01 of MAIN."""

from __future__ import annotations

from decimal import Decimal

from gendan.inventory import commands
from gendan.inventory.rules import AdjustmentLineIn, TransferLineIn
from gendan.inventory.tests.make import adjust, stock, transfer
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import Done

from .scenario import Arguments, World, scenario

TO_EAST = TransferLineIn("BOLT", Decimal(10), "A-01", "E-01")
FOUND = AdjustmentLineIn("BOLT", Decimal(2), "A-01")


def counting(world: World, counted: int | None = 99) -> Done:
    """A count of MAIN that has begun, with its one line counted."""
    stock(world.stock, "BOLT", 100)
    done = commands.create_count(actor=world.admin, warehouse="MAIN", start=True)
    if counted is not None:
        commands.count_line(actor=world.admin, number=done.number, quantity=Decimal(counted), line=1)
    return done


def reviewed(world: World) -> Done:
    """A count of MAIN in review: one BOLT is missing."""
    return commands.finish_count(actor=world.admin, number=counting(world).number)


def on_the_way(world: World) -> Done:
    """A transfer from MAIN to EAST that has left."""
    stock(world.stock, "BOLT", 100)
    return transfer(world.stock, TO_EAST, to_warehouse="EAST", post=True)


@scenario("inventory.create_transfer", refusal=Invalid)
def create_transfer(world: World) -> Arguments:
    stock(world.stock, "BOLT", 100)
    return {"warehouse": "MAIN", "to_warehouse": "EAST", "lines": [TO_EAST]}


@scenario("inventory.copy_transfer")
def copy_transfer(world: World) -> Arguments:
    stock(world.stock, "BOLT", 100)
    return {"number": transfer(world.stock).number}


@scenario("inventory.update_transfer")
def update_transfer(world: World) -> Arguments:
    stock(world.stock, "BOLT", 100)
    return {
        "number": transfer(world.stock).number,
        "lines": [TransferLineIn("BOLT", Decimal(5), "A-01", "A-02")],
        "reason": "少移一些",
    }


@scenario("inventory.post_transfer")
def post_transfer(world: World) -> Arguments:
    stock(world.stock, "BOLT", 100)
    return {"number": transfer(world.stock).number}


@scenario("inventory.receive_transfer")
def receive_transfer(world: World) -> Arguments:
    return {"number": on_the_way(world).number}


@scenario("inventory.recall_transfer")
def recall_transfer(world: World) -> Arguments:
    return {"number": on_the_way(world).number, "reason": "车坏了"}


@scenario("inventory.create_adjustment", refusal=Invalid)
def create_adjustment(world: World) -> Arguments:
    return {"warehouse": "MAIN", "kind": "found", "reason": "月末清点", "lines": [FOUND]}


@scenario("inventory.copy_adjustment")
def copy_adjustment(world: World) -> Arguments:
    return {"number": adjust(world.stock, FOUND, kind="found").number}


@scenario("inventory.update_adjustment")
def update_adjustment(world: World) -> Arguments:
    number = adjust(world.stock, FOUND, kind="found").number
    return {"number": number, "lines": [AdjustmentLineIn("BOLT", Decimal(3), "A-01")], "reason": "多一个"}


@scenario("inventory.post_adjustment")
def post_adjustment(world: World) -> Arguments:
    return {"number": adjust(world.stock, FOUND, kind="found").number}


@scenario("inventory.reverse_adjustment")
def reverse_adjustment(world: World) -> Arguments:
    number = adjust(world.stock, FOUND, kind="found", post=True).number
    return {"number": number, "reason": "记错了"}


@scenario("inventory.create_count", refusal=Invalid)
def create_count(world: World) -> Arguments:
    stock(world.stock, "BOLT", 100)
    return {"warehouse": "EAST", "reason": "月末"}


@scenario("inventory.copy_count")
def copy_count(world: World) -> Arguments:
    stock(world.stock, "BOLT", 100)
    return {"number": commands.create_count(actor=world.admin, warehouse="MAIN").number}


@scenario("inventory.update_count")
def update_count(world: World) -> Arguments:
    stock(world.stock, "BOLT", 100)
    number = commands.create_count(actor=world.admin, warehouse="MAIN").number
    return {"number": number, "bins": ["A-*"], "blind": False}


@scenario("inventory.start_count")
def start_count(world: World) -> Arguments:
    stock(world.stock, "BOLT", 100)
    return {"number": commands.create_count(actor=world.admin, warehouse="MAIN").number}


@scenario("inventory.count_line")
def count_line(world: World) -> Arguments:
    return {"number": counting(world, None).number, "quantity": Decimal(98), "line": 1}


@scenario("inventory.undo_count_entry")
def undo_count_entry(world: World) -> Arguments:
    number = counting(world, None).number
    done = commands.count_line(actor=world.admin, number=number, quantity=Decimal(98), line=1)
    return {"number": number, "entry": done.data["entry"]}


@scenario("inventory.finish_count")
def finish_count(world: World) -> Arguments:
    return {"number": counting(world).number}


@scenario("inventory.recount")
def recount(world: World) -> Arguments:
    return {"number": reviewed(world).number}


@scenario("inventory.post_count")
def post_count(world: World) -> Arguments:
    return {"number": reviewed(world).number}


@scenario("inventory.cancel", asks=("inventory.cancel_document",))
def cancel(world: World) -> Arguments:
    return {"number": counting(world).number, "reason": "改天再盘"}
