"""Goods come back: asked for once, received, decided on, settled; what was delivered stays as it was."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from gendan.catalog.models import Partner, Product, Tax
from gendan.inventory.models import Balance
from gendan.inventory.tests import make as inventory
from gendan.kernel.errors import Forbidden, Invalid
from gendan.kernel.verify import differences
from gendan.purchasing.tests.test_order_races import at_once
from gendan.sales import commands
from gendan.sales.errors import CreditTooHigh, NotSentOfLot, OverDecided, OverReceivedBack, OverReturned
from gendan.sales.models import Delivery, ReturnLine, SalesOrder, SalesReturn
from gendan.sales.queries.review import look
from gendan.sales.rules.lines import LineIn
from gendan.sales.rules.returned import BackIn, ReturnIn, VerdictIn, shared
from gendan.sales.tests.make import World, line, make_order, make_world

D = Decimal


def signed(world: World, *quantities: int) -> str:
    """The number of an order that was delivered in full and signed for."""
    order = make_order(world, *quantities)
    sent = commands.deliver_order(actor=world.actor, number=order.number)
    commands.sign_delivery(actor=world.actor, number=sent.number)
    return order.number


def ask(world: World, order: str, quantity: str | int = 3, **fields: Any) -> str:
    entry = ReturnIn(order, 1, D(quantity), "damaged")
    return commands.request_return(actor=world.actor, lines=[entry], approve=True, **fields).number


def on_hand(world: World, kind: str) -> Decimal:
    found = Balance.objects.filter(product=world.stock.bolt, location__kind=kind)
    return sum((balance.on_hand for balance in found), D(0))


def clean(world: World) -> bool:
    return not any(found for _check, found in differences(world.actor.company_id))


@pytest.mark.django_db
def test_goods_come_back_are_inspected_and_replaced() -> None:
    world = make_world(bolts=10)
    order = signed(world, 10)
    commands.complete_order(actor=world.actor, number=order)
    number = ask(world, order, 4, note="客户来电")
    commands.receive_return(actor=world.actor, number=number, lines=[BackIn(1, D(3))])
    assert (on_hand(world, "inspection"), line(order).returned) == (3, 3)
    verdict = [VerdictIn(1, restock=D(1), scrap=D(1), bin="A-02")]
    commands.decide_return(actor=world.actor, number=number, lines=verdict)
    commands.receive_return(actor=world.actor, number=number)
    done = commands.settle_return(actor=world.actor, number=number, settlement="replace")
    commands.decide_return(actor=world.actor, number=number, lines=[VerdictIn(1, to_supplier=D(2))])
    assert (on_hand(world, "bin"), on_hand(world, "rejected"), on_hand(world, "inspection")) == (1, 2, 0)
    new = SalesOrder.objects.get(number=done.data["replacement"])
    assert (new.state, new.gross, new.lines.get().quantity) == ("draft", 0, 4)
    assert (line(order).shipped, line(order).signed, line(order).returned) == (10, 10, 4)
    assert SalesOrder.objects.get(number=order).state == "completed"
    assert clean(world)


@pytest.mark.django_db
def test_a_replacement_bears_the_tax_of_the_line_that_came_back() -> None:
    world = make_world(bolts=10)
    Tax.objects.create(company_id=world.stock.company_id, code="T7", name="7%", rate=7)
    Product.objects.filter(code="BOLT").update(tax=Tax.objects.get(code="VAT13"))
    wanted = [LineIn("BOLT", D(2), D("9.90"), tax="T7")]
    order = commands.create_order(actor=world.actor, customer="C001", warehouse="MAIN", lines=wanted, submit=True)
    sent = commands.deliver_order(actor=world.actor, number=order.number)
    commands.sign_delivery(actor=world.actor, number=sent.number)
    number = ask(world, order.number, 2)
    commands.receive_return(actor=world.actor, number=number)
    done = commands.settle_return(actor=world.actor, number=number, settlement="replace", free=False)
    assert (line(order.number).tax_rate, line(done.data["replacement"]).tax_rate) == (7, 7)


@pytest.mark.django_db
def test_each_piece_is_asked_back_once_and_only_what_was_signed_for() -> None:
    world = make_world(bolts=10)
    order = make_order(world, 10)
    sent = commands.deliver_order(actor=world.actor, number=order.number)
    with pytest.raises(OverReturned):
        ask(world, order.number, 1)
    commands.sign_delivery(actor=world.actor, number=sent.number)
    first = ask(world, order.number, 6)
    with pytest.raises(OverReturned) as refusal:
        ask(world, order.number, 5)
    assert refusal.value.data["open"] == 4
    commands.cancel_return(actor=world.actor, number=first)
    second = ask(world, order.number, 10)
    with pytest.raises(OverReceivedBack):
        commands.receive_return(actor=world.actor, number=second, lines=[BackIn(1, D(11))])
    commands.receive_return(actor=world.actor, number=second, lines=[BackIn(1, D(2))])
    with pytest.raises(OverDecided):
        commands.decide_return(actor=world.actor, number=second, lines=[VerdictIn(1, restock=D(3))])
    commands.settle_return(actor=world.actor, number=second, settlement="none")
    assert ask(world, order.number, 8)  # what never came may be asked back again
    assert clean(world)


@pytest.mark.django_db
def test_a_rejected_request_gives_its_pieces_free_and_takes_them_again_only_while_they_are() -> None:
    world = make_world(bolts=10)
    order = signed(world, 10)
    lines = [ReturnIn(order, 1, D(10), "quality")]
    refused = commands.request_return(actor=world.actor, lines=lines).number
    commands.reject_return(actor=world.actor, number=refused, reason="超过期限")
    other = ask(world, order, 4)
    with pytest.raises(OverReturned):
        commands.approve_return(actor=world.actor, number=refused)
    commands.cancel_return(actor=world.actor, number=other)
    assert commands.approve_return(actor=world.actor, number=refused).state == "approved"


@pytest.mark.django_db
def test_a_credit_is_not_above_what_came_back_and_not_for_who_may_not_see_prices() -> None:
    world = make_world(bolts=10)
    order = signed(world, 10)
    number = ask(world, order, 4)
    commands.receive_return(actor=world.actor, number=number, lines=[BackIn(1, D(2))])
    settle: dict[str, Any] = {"number": number, "settlement": "credit"}
    with pytest.raises(CreditTooHigh):
        commands.settle_return(actor=world.actor, credit=D("19.81"), **settle)
    with pytest.raises(Invalid):
        commands.settle_return(actor=world.actor, credit=D("0.001"), **settle)
    blind = world.stock.colleague("sales.settle_return")
    with pytest.raises(Forbidden):
        commands.settle_return(actor=blind, credit=D("19.80"), **settle)
    commands.settle_return(actor=world.actor, credit=D("19.80"), **settle)
    assert SalesReturn.objects.get(number=number).credit == D("19.80")


@pytest.mark.django_db
def test_what_was_credited_is_not_owed_any_more() -> None:
    """Neither under the credit limit nor as overdue; shared out among the orders whose goods came back."""
    world = make_world(bolts=100)
    Partner.objects.filter(code="C001").update(credit_limit=100)
    first, second = signed(world, 5), signed(world, 3)  # 49.50 and 29.70
    long_ago = timezone.localdate() - timedelta(days=40)
    SalesOrder.objects.update(ordered_on=long_ago)
    Delivery.objects.update(shipped_on=long_ago)
    found = {each["rule"]: each["data"] for each in look(world.actor, make_order(world, 3, submit=False).number)}
    assert (found["credit_limit"]["committed"], found["overdue"]["amount"]) == ("79.2", "79.2")
    back = [ReturnIn(first, 1, D(5), "damaged"), ReturnIn(second, 1, D(1), "damaged")]
    number = commands.request_return(actor=world.actor, lines=back, approve=True).number
    commands.receive_return(actor=world.actor, number=number)
    commands.settle_return(actor=world.actor, number=number, settlement="credit", credit=D("59.40"))
    credited = SalesOrder.objects.filter(number__in=(first, second)).order_by("id").values_list("credited", flat=True)
    assert list(credited) == [D("49.50"), D("9.90")]
    found = {each["rule"]: each["data"] for each in look(world.actor, make_order(world, 3, submit=False).number)}
    assert "credit_limit" not in found  # 19.80 and 29.70
    assert (found["overdue"]["amount"], found["overdue"]["order"]) == ("19.8", second)
    assert clean(world)


def test_a_credit_is_shared_out_to_the_cent() -> None:
    assert shared(D("10.00"), {1: D(1), 2: D(0), 3: D(2)}, 2) == {1: D("3.33"), 3: D("6.67")}
    assert shared(D(100), {7: D(3), 5: D(3), 6: D(3)}, 0) == {5: D(33), 6: D(33), 7: D(34)}


@pytest.mark.django_db
def test_goods_of_several_lots_become_lines_of_their_own() -> None:
    world = make_world()
    for lot, quantity in (("L1", 3), ("L2", 4)):
        inventory.stock(world.stock, "GLUE", quantity, lot=lot)
    wanted = [LineIn("GLUE", D(7), D("9.90"))]
    order = commands.create_order(actor=world.actor, customer="C001", warehouse="MAIN", lines=wanted, submit=True)
    sent = commands.deliver_order(actor=world.actor, number=order.number)
    commands.sign_delivery(actor=world.actor, number=sent.number)
    number = ask(world, order.number, 5)
    with pytest.raises(NotSentOfLot):
        commands.receive_return(actor=world.actor, number=number, lines=[BackIn(1, D(1), "L9")])
    commands.receive_return(actor=world.actor, number=number, lines=[BackIn(1, D(2), "L1"), BackIn(1, D(3), "L2")])
    found = ReturnLine.objects.order_by("line_no").values_list("number", "quantity", "received", "lot__code")
    assert list(found) == [(f"{number}-1", 2, 2, "L1"), (f"{number}-2", 3, 3, "L2")]
    commands.decide_return(
        actor=world.actor, number=number, lines=[VerdictIn(1, restock=D(2)), VerdictIn(2, scrap=D(3))]
    )
    assert clean(world)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_for_the_same_pieces_do_not_both_get_them() -> None:
    world = make_world(bolts=10)
    order = signed(world, 10)
    results = at_once(*[lambda: ask(world, order, 4) for _ in range(6)])
    assert sum(isinstance(found, str) for found in results) == 2
    numbers = [found for found in results if isinstance(found, str)]
    at_once(*[lambda: commands.receive_return(actor=world.actor, number=numbers[0]) for _ in range(4)])
    assert line(order).returned == 4
    assert clean(world)
