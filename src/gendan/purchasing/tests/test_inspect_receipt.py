"""Inspection: good goods go into a bin, bad ones to the rejected place, in parts if need be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gendan.accounts.models import Company
from gendan.catalog.models import Location, Product
from gendan.catalog.tests.make import make_actor
from gendan.inventory.errors import UnknownPlace
from gendan.inventory.models import Balance
from gendan.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from gendan.kernel.models import Event
from gendan.kernel.unit import Done
from gendan.purchasing import commands
from gendan.purchasing.errors import NothingToInspect, OverInspected, UnknownLine
from gendan.purchasing.models import GoodsReceipt, ReceiptLine
from gendan.purchasing.rules.inspection import InspectIn
from gendan.purchasing.tests.make import World, line, make_order, make_world, receive
from gendan.purchasing.tests.test_shipments import statements

pytestmark = pytest.mark.django_db


def inspecting_world() -> World:
    world = make_world()
    Product.objects.filter(pk=world.bolt.pk).update(inspect=True)
    Location.objects.create(company_id=world.company_id, warehouse=world.warehouse, kind="bin", code="A-01")
    return world


def inspect(world: World, number: str, *parts: tuple[int, str, str, str], **fields: Any) -> Done:
    lines = [InspectIn(n, Decimal(good), Decimal(bad), bin_) for n, good, bad, bin_ in parts] or None
    return commands.inspect_receipt(actor=fields.pop("actor", world.actor), number=number, lines=lines, **fields)


def places() -> dict[str, Decimal]:
    found = Balance.objects.exclude(on_hand=0).select_related("location")
    return {f"{b.location.kind} {b.location.code}": b.on_hand for b in found}


def test_goods_wait_then_go_to_bin_and_rejected_place() -> None:
    world = inspecting_world()
    order = make_order(world, 10)
    receipt = receive(world, order.number)
    assert receipt.state == "to_inspect"
    assert (line(order.number).received, line(order.number).accepted) == (10, 0)
    done = inspect(world, receipt.number, (1, "8", "2", "A-01"), version=1)
    assert done.state == "posted"
    found = line(order.number)
    assert (found.received, found.accepted, found.rejected) == (10, 8, 2)
    assert {kind.split()[0]: q for kind, q in places().items()} == {"bin": 8, "rejected": 2}
    assert "bin A-01" in places()
    assert ReceiptLine.objects.get().location.code == "A-01"
    event = Event.objects.get(type="purchasing.receipt_inspected")
    assert f"po:{order.number}" in event.refs


def test_a_failed_line_holds_nothing_else_up() -> None:
    world = inspecting_world()
    order = make_order(world, 10, 20)
    receipt = receive(world, order.number)
    assert line(order.number, 2).accepted == 20
    assert inspect(world, receipt.number, (1, "4", "0", "")).state == "to_inspect"
    assert inspect(world, receipt.number, (1, "0", "1", "")).state == "to_inspect"
    assert inspect(world, receipt.number).state == "posted"
    assert (line(order.number).accepted, line(order.number).rejected) == (9, 1)
    with pytest.raises(WrongState):
        inspect(world, receipt.number)


def test_refusals() -> None:
    world = inspecting_world()
    order = make_order(world, 10)
    receipt = receive(world, order.number)
    with pytest.raises(OverInspected):
        inspect(world, receipt.number, (1, "8", "3", ""))
    with pytest.raises(OverInspected):
        inspect(world, receipt.number, (1, "8", "0", ""), (1, "3", "0", ""))
    with pytest.raises(UnknownLine):
        inspect(world, receipt.number, (9, "1", "0", ""))
    with pytest.raises(UnknownPlace):
        inspect(world, receipt.number, (1, "1", "0", "Z-99"))
    with pytest.raises(NothingToInspect):
        inspect(world, receipt.number, (1, "0", "0", ""))
    with pytest.raises(Invalid):
        inspect(world, receipt.number, (1, "-1", "2", ""))
    with pytest.raises(Stale):
        inspect(world, receipt.number, version=7)
    with pytest.raises(NotFound):
        inspect(world, receipt.number, actor=make_actor())
    colleague = make_actor("purchasing.receive_goods", company=Company.objects.get(pk=world.company_id))
    with pytest.raises(Forbidden):
        inspect(world, receipt.number, actor=colleague)
    assert GoodsReceipt.objects.get().state == "to_inspect"
    assert list(places().values()) == [10]


def test_a_closed_order_does_not_stop_the_inspection() -> None:
    world = inspecting_world()
    order = make_order(world, 10)
    receipt = receive(world, order.number, (1, "4"))
    commands.close_order(actor=world.actor, number=order.number, reason="停产")
    assert inspect(world, receipt.number).state == "posted"
    assert line(order.number).accepted == 4


def test_repeating_with_the_same_key_inspects_once() -> None:
    world = inspecting_world()
    receipt = receive(world, make_order(world, 10).number)
    actor = world.actor.with_key("q1")
    first, again = (inspect(world, receipt.number, (1, "8", "2", ""), actor=actor) for _ in range(2))
    assert (first.version, again.replayed) == (again.version, True)


@pytest.mark.parametrize("count", [2, 30])
def test_statements_do_not_depend_on_lines(count: int) -> None:
    world = inspecting_world()
    receipt = receive(world, make_order(world, *([10] * count)).number)
    assert statements(lambda: inspect(world, receipt.number)) == 12
