"""Goods that go back to suppliers: what may, what is counted, and what comes instead; rejected goods otherwise."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gendan.catalog.models import Location
from gendan.inventory.errors import StockShort
from gendan.inventory.models import Balance
from gendan.kernel.errors import Forbidden, Invalid, WrongState
from gendan.kernel.unit import Done
from gendan.kernel.verify import differences
from gendan.purchasing import commands
from gendan.purchasing.errors import ReasonRequired
from gendan.purchasing.errors_returned import (
    CreditTooHigh,
    DifferentSources,
    HasReplacements,
    NotReturnable,
    NotWanted,
    OverReplaced,
    OverSentBack,
    OverSettled,
    ReceiptHasReturns,
    RejectsSettled,
)
from gendan.purchasing.models import GoodsReceipt, PurchaseReturn, ReceiptLine, RejectAction
from gendan.purchasing.rules.inspection import RejectIn
from gendan.purchasing.rules.returned import BackIn, InsteadIn
from gendan.purchasing.tests.make import World, line, make_order, receive
from gendan.purchasing.tests.test_inspect_receipt import inspect, inspecting_world, places
from gendan.purchasing.tests.test_shipments import statements

pytestmark = pytest.mark.django_db


def rejected(world: World, good: str = "6", bad: str = "4") -> tuple[str, str]:
    """An order of ten BOLT that came, some of them bad; the order and the receipt."""
    order = make_order(world, 10)
    receipt = receive(world, order.number)
    inspect(world, receipt.number, (1, good, bad, "A-01"))
    return order.number, receipt.number


def back(world: World, receipt: str, quantity: str, **fields: Any) -> Done:
    """A return of so many rejected BOLT, approved."""
    entry = BackIn(receipt, 1, Decimal(quantity), "quality", rejected=fields.pop("rejected", True))
    return commands.create_return(actor=world.actor, lines=[entry], approve=fields.pop("approve", True), **fields)


def clean(world: World) -> bool:
    """Whether everything adds up."""
    found = [(check, list(each)) for check, each in differences(world.company_id)]
    return not any(each for _check, each in found) or bool(print([one for one in found if one[1]]))


def counters(order: str) -> tuple[int, ...]:
    found = line(order)
    return tuple(int(getattr(found, n)) for n in ("received", "accepted", "rejected", "returned", "replaced"))


def state(number: str) -> str:
    return PurchaseReturn.objects.get(number=number).state


def test_rejected_goods_go_back_and_are_replaced_each_counted_apart() -> None:
    world = inspecting_world()
    order, receipt = rejected(world)
    rtv = back(world, receipt, "4")
    assert (rtv.state, counters(order)) == ("approved", (10, 6, 4, 0, 0))
    assert (
        commands.post_return(actor=world.actor, number=rtv.number, carrier="顺丰", tracking_number="SF1").state
        == "posted"
    )
    assert counters(order) == (10, 6, 4, 4, 0)
    assert places() == {"bin A-01": 6}
    part = commands.receive_replacement(
        actor=world.actor, number=rtv.number, lines=[InsteadIn(1, Decimal(3))], delivery_note="B-1"
    )
    assert (part.state, state(rtv.number), counters(order)) == ("to_inspect", "posted", (10, 6, 4, 4, 3))
    inspect(world, part.number, (1, "2", "1", "A-01"))
    assert counters(order) == (10, 8, 5, 4, 3)
    with pytest.raises(OverReplaced):
        commands.receive_replacement(actor=world.actor, number=rtv.number, lines=[InsteadIn(1, Decimal(2))])
    commands.receive_replacement(actor=world.actor, number=rtv.number)
    assert (state(rtv.number), counters(order)) == ("replaced", (10, 8, 5, 4, 4))
    assert clean(world)
    # what came instead and was bad, too, goes back in its turn
    again = back(world, part.number, "1", settlement="credit")
    commands.post_return(actor=world.actor, number=again.number)
    assert counters(order) == (10, 8, 5, 5, 4)
    assert clean(world)


def test_never_more_than_is_there_and_not_asked_back_yet() -> None:
    world = inspecting_world()
    order, receipt = rejected(world)
    draft = back(world, receipt, "3", approve=False)
    with pytest.raises(OverSentBack, match="1"):
        back(world, receipt, "2")
    with pytest.raises(OverSettled):
        commands.settle_rejects(actor=world.actor, number=receipt, lines=[RejectIn(1, scrap=Decimal(2))])
    commands.cancel_return(actor=world.actor, number=draft.number, reason="供应商自提")
    rtv = back(world, receipt, "4")
    commands.post_return(actor=world.actor, number=rtv.number)
    with pytest.raises(OverSentBack):
        back(world, receipt, "1")
    with pytest.raises(OverSentBack):
        back(world, receipt, "7", rejected=False)
    good = back(world, receipt, "6", rejected=False)
    Balance.objects.filter(location__code="A-01").update(reserved=1)
    with pytest.raises(StockShort):
        commands.post_return(actor=world.actor, number=good.number)
    Balance.objects.filter(location__code="A-01").update(reserved=0)
    commands.post_return(actor=world.actor, number=good.number)
    assert (counters(order), places()) == ((10, 6, 4, 10, 0), {})
    assert clean(world)


def test_a_return_that_left_by_mistake_is_reversed_and_may_go_again() -> None:
    world = inspecting_world()
    order, receipt = rejected(world)
    rtv = back(world, receipt, "4")
    with pytest.raises(WrongState):
        commands.reverse_return(actor=world.actor, number=rtv.number, reason="未出库")
    commands.post_return(actor=world.actor, number=rtv.number)
    with pytest.raises(ReceiptHasReturns, match=rtv.number):
        commands.reverse_receipt(actor=world.actor, number=receipt)
    with pytest.raises(ReasonRequired):
        commands.reverse_return(actor=world.actor, number=rtv.number, reason="")
    assert commands.reverse_return(actor=world.actor, number=rtv.number, reason="车没来").state == "reversed"
    assert (counters(order), sum(q for place, q in places().items() if "rejected" in place)) == ((10, 6, 4, 0, 0), 4)
    assert clean(world)
    again = back(world, receipt, "4")
    commands.post_return(actor=world.actor, number=again.number)
    part = commands.receive_replacement(actor=world.actor, number=again.number, lines=[InsteadIn(1, Decimal(1))])
    with pytest.raises(HasReplacements):
        commands.reverse_return(actor=world.actor, number=again.number, reason="车没来")
    commands.reverse_receipt(actor=world.actor, number=part.number)
    assert (state(again.number), counters(order)) == ("posted", (10, 6, 4, 4, 0))
    commands.reverse_return(actor=world.actor, number=again.number, reason="车没来")
    commands.reverse_receipt(actor=world.actor, number=receipt)
    assert (counters(order), places()) == ((0, 0, 0, 0, 0), {})
    assert clean(world)


def test_a_credit_is_exact_and_not_above_what_the_goods_cost() -> None:
    world = inspecting_world()
    _order, receipt = rejected(world)
    rtv = back(world, receipt, "4", settlement="credit")
    commands.post_return(actor=world.actor, number=rtv.number)
    with pytest.raises(NotWanted):
        commands.receive_replacement(actor=world.actor, number=rtv.number)
    with pytest.raises(CreditTooHigh, match="39"):
        commands.credit_return(actor=world.actor, number=rtv.number, credit=Decimal("39.61"))
    for wrong in ("0", "-1", "1.001"):
        with pytest.raises(Invalid):
            commands.credit_return(actor=world.actor, number=rtv.number, credit=Decimal(wrong))
    blind = world.actor.__class__(**{**_fields(world), "permissions": frozenset({"purchasing.credit_return"})})
    with pytest.raises(Forbidden):
        commands.credit_return(actor=blind, number=rtv.number, credit=Decimal(1))
    done = commands.credit_return(actor=world.actor, number=rtv.number, credit=Decimal("39.60"), credit_note="CN-1")
    assert (done.state, PurchaseReturn.objects.get().credit) == ("credited", Decimal("39.60"))
    with pytest.raises(WrongState):
        commands.credit_return(actor=world.actor, number=rtv.number, credit=Decimal(1))


def _fields(world: World) -> dict[str, Any]:
    return {name: getattr(world.actor, name) for name in world.actor.__dataclass_fields__}


def test_rejected_goods_are_scrapped_worked_over_or_taken_at_a_lower_price() -> None:
    world = inspecting_world()
    order, receipt = rejected(world, "4", "6")
    entry = RejectIn(1, Decimal(1), Decimal(2), Decimal(1), Decimal("3.30"), "A-01", "划伤")
    done = commands.settle_rejects(actor=world.actor, number=receipt, lines=[entry])
    found = ReceiptLine.objects.get()
    assert done.state == "to_inspect"
    assert (found.accepted, found.rejected, found.scrapped) == (5, 3, 1)
    assert (counters(order), places()["bin A-01"]) == ((10, 5, 3, 0, 0), 5)
    assert {k.split()[0]: q for k, q in places().items()} == {"bin": 5, "inspection": 2, "rejected": 2}
    assert RejectAction.objects.get(kind="reduce").amount == Decimal("3.30")
    with pytest.raises(CreditTooHigh):
        commands.settle_rejects(
            actor=world.actor, number=receipt, lines=[RejectIn(1, reduce=Decimal(1), amount=Decimal("9.91"))]
        )
    with pytest.raises(Invalid):
        commands.settle_rejects(actor=world.actor, number=receipt, lines=[RejectIn(1, reduce=Decimal(1))])
    with pytest.raises(OverSettled):
        commands.settle_rejects(actor=world.actor, number=receipt, lines=[RejectIn(1, scrap=Decimal(3))])
    inspect(world, receipt, (1, "2", "0", "A-01"))
    assert counters(order) == (10, 7, 3, 0, 0)
    with pytest.raises(RejectsSettled):
        commands.reverse_receipt(actor=world.actor, number=receipt)
    assert clean(world)


def test_one_return_is_for_one_supplier_and_not_of_what_was_reversed() -> None:
    world = inspecting_world()
    _order, receipt = rejected(world)
    east = Location.objects.create(company_id=world.company_id, warehouse=world.warehouse, kind="bin", code="B-9")
    assert east.code
    _other, second = rejected(world)
    GoodsReceipt.objects.filter(number=second).update(supplier_id=world.supplier.pk + 1_000)
    with pytest.raises((DifferentSources, Exception)):
        commands.create_return(
            actor=world.actor,
            lines=[BackIn(receipt, 1, Decimal(1), "quality"), BackIn(second, 1, Decimal(1), "quality")],
        )
    commands.reverse_receipt(actor=world.actor, number=receipt)
    with pytest.raises(NotReturnable):
        back(world, receipt, "1")


@pytest.mark.parametrize("lines", [2, 60])
def test_a_return_takes_as_many_statements_for_two_lines_as_for_sixty(lines: int) -> None:
    world = inspecting_world()
    order = make_order(world, *[10] * lines)
    receipt = receive(world, order.number)
    inspect(world, receipt.number, *[(n, "6", "4", "") for n in range(1, lines + 1, 2)])
    rows = [BackIn(receipt.number, n, Decimal(4), "quality") for n in range(1, lines + 1, 2)]
    numbers: list[str] = []
    counts = [
        statements(lambda: numbers.append(commands.create_return(actor=world.actor, lines=rows).number)),
        statements(lambda: commands.approve_return(actor=world.actor, number=numbers[0])),
        statements(lambda: commands.post_return(actor=world.actor, number=numbers[0])),
        statements(lambda: commands.receive_replacement(actor=world.actor, number=numbers[0])),
    ]
    assert counts == [6, 7, 9, 11]
