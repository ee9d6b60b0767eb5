"""Reversing a receipt takes everything back: counters, dates, shipments, stock, the delivery note."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from gendan.accounts.models import Company
from gendan.catalog.models import Product
from gendan.catalog.queries import virtual_location
from gendan.catalog.tests.make import make_actor
from gendan.inventory.errors import StockShort
from gendan.inventory.models import Balance, StockMove
from gendan.inventory.steps import Leg, move
from gendan.kernel.errors import AppError, Forbidden, NotFound, Stale, WrongState
from gendan.kernel.events import Subject
from gendan.kernel.models import Event
from gendan.kernel.unit import Done, command
from gendan.purchasing import commands
from gendan.purchasing.errors import AlreadyReversed
from gendan.purchasing.models import GoodsReceipt, PurchaseOrder, ReceiptLine, Shipment
from gendan.purchasing.rules.inspection import InspectIn
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.tests.make import World, confirm, line, make_order, make_world, receive
from gendan.purchasing.tests.test_shipments import ship, statements

TODAY = timezone.localdate


def reverse(world: World, number: str, **fields: Any) -> Done:
    return commands.reverse_receipt(actor=fields.pop("actor", world.actor), number=number, **fields)


def on_hand(world: World) -> dict[int, Decimal]:
    return {b.product_id: b.on_hand for b in Balance.objects.filter(location=world.default_place)}


@pytest.mark.django_db
def test_a_reversal_takes_everything_back() -> None:
    world = make_world()
    order = make_order(world)
    confirm(world, order.number, (1, "10", "2026-12-03"), (2, "20", "2026-12-05"))
    receipt = receive(world, order.number, delivery_note="DN-7")
    assert line(order.number).completed_on == TODAY()
    done = reverse(world, receipt.number, reason="点错了", version=1)
    assert done.data["reverses"] == receipt.number
    found = line(order.number)
    assert (found.received, found.accepted, found.completed_on) == (0, 0, None)
    assert found.due_on == date(2026, 12, 3)
    assert PurchaseOrder.objects.get().state == "confirmed"
    assert set(on_hand(world).values()) == {Decimal(0)}
    old, new = GoodsReceipt.objects.get(number=receipt.number), GoodsReceipt.objects.get(number=done.number)
    assert (old.state, old.reverse_reason, new.state, new.reverses_id) == ("reversed", "点错了", "posted", old.pk)
    assert sorted(ReceiptLine.objects.filter(receipt=new).values_list("quantity", flat=True)) == [-20, -10]
    back = StockMove.objects.filter(source_number=done.number)
    assert back.filter(reverses__source_number=receipt.number).count() == back.count() == 2
    event = Event.objects.get(type="purchasing.receipt_reversed")
    assert {f"gr:{receipt.number}", f"gr:{done.number}", f"po:{order.number}"} <= set(event.refs)


@pytest.mark.django_db
def test_the_delivery_note_is_free_again_and_nothing_is_reversed_twice() -> None:
    world = make_world()
    order = make_order(world, 10)
    receipt = receive(world, order.number, (1, "4"), delivery_note="DN-7")
    done = reverse(world, receipt.number)
    receive(world, order.number, (1, "5"), delivery_note="DN-7")
    for number in (receipt.number, done.number):
        with pytest.raises(AlreadyReversed):
            reverse(world, number)
    assert line(order.number).received == 5


@pytest.mark.django_db
def test_goods_that_are_gone_cannot_be_taken_back() -> None:
    world = make_world()
    order = make_order(world, 10)
    receipt = receive(world, order.number)
    scrap = virtual_location(world.company_id, "scrap")
    _take(actor=world.actor, legs=[Leg(world.bolt.pk, world.default_place.pk, scrap, Decimal(3))])
    with pytest.raises(StockShort) as refusal:
        reverse(world, receipt.number)
    assert "BOLT" in str(refusal.value)
    assert "7" in str(refusal.value)
    assert line(order.number).received == 10
    assert GoodsReceipt.objects.count() == 1


@pytest.mark.django_db
def test_a_line_that_stays_complete_keeps_the_day_on_which_it_became_so() -> None:
    world = make_world()
    order = make_order(world, 10, ordered_on=TODAY() - timedelta(20))
    first = receive(world, order.number, (1, "8"), received_on=TODAY() - timedelta(9))
    receive(world, order.number, (1, "2"), received_on=TODAY() - timedelta(5))
    extra = receive(world, order.number, (1, "8"), over=True)
    assert line(order.number).completed_on == TODAY() - timedelta(5)
    reverse(world, extra.number)
    assert line(order.number).completed_on == TODAY() - timedelta(5)
    receive(world, order.number, (1, "8"), over=True)
    reverse(world, first.number)
    assert line(order.number).completed_on == TODAY()


@pytest.mark.django_db
def test_the_shipment_is_on_the_way_again() -> None:
    world = make_world()
    order = make_order(world, 10)
    asn = ship(world, orders=[order.number], shipped_on=TODAY())
    receipt = commands.receive_goods(actor=world.actor, shipment=asn.number, lines=None)
    reverse(world, receipt.number)
    found = Shipment.objects.get()
    assert (found.state, found.arrived_on, found.lines.get().received) == ("in_transit", None, 0)
    commands.arrive_shipment(actor=world.actor, number=asn.number)
    receipt = commands.receive_goods(
        actor=world.actor, shipment=asn.number, lines=[ReceiveIn(1, Decimal(4), order.number)]
    )
    reverse(world, receipt.number)
    found.refresh_from_db()
    assert (found.state, found.arrived_on) == ("arrived", TODAY())
    assert PurchaseOrder.objects.get().state == "shipped"


@pytest.mark.django_db
def test_an_inspected_receipt_is_taken_back_from_bin_and_rejected_place() -> None:
    world = make_world()
    Product.objects.filter(pk=world.bolt.pk).update(inspect=True)
    order = make_order(world, 10)
    receipt = receive(world, order.number)
    commands.inspect_receipt(actor=world.actor, number=receipt.number, lines=[InspectIn(1, Decimal(7), Decimal(3))])
    reverse(world, receipt.number)
    found = line(order.number)
    assert (found.received, found.accepted, found.rejected) == (0, 0, 0)
    assert set(Balance.objects.values_list("on_hand", flat=True)) == {Decimal(0)}


@pytest.mark.django_db
def test_refusals() -> None:
    world = make_world()
    order = make_order(world, 10, 20)
    receipt = receive(world, order.number, (1, "10"))
    with pytest.raises(Stale):
        reverse(world, receipt.number, version=9)
    with pytest.raises(NotFound):
        reverse(world, "GR-999999")
    with pytest.raises(NotFound):
        reverse(world, receipt.number, actor=make_actor())
    colleague = make_actor("purchasing.receive_goods", company=Company.objects.get(pk=world.company_id))
    with pytest.raises(Forbidden):
        reverse(world, receipt.number, actor=colleague)
    commands.close_order(actor=world.actor, number=order.number, reason="停产")
    with pytest.raises(WrongState):
        reverse(world, receipt.number)


@pytest.mark.django_db
def test_repeating_with_the_same_key_reverses_once() -> None:
    world = make_world()
    order = make_order(world, 10)
    receipt = receive(world, order.number)
    actor = world.actor.with_key("undo-1")
    first, again = (reverse(world, receipt.number, actor=actor) for _ in range(2))
    assert (first.number, again.replayed) == (again.number, True)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [2, 30])
def test_statements_do_not_depend_on_lines(count: int) -> None:
    world = make_world()
    order = make_order(world, *([10] * count))
    ship(world, orders=[order.number], shipped_on=TODAY())
    receipt = receive(world, order.number)
    assert statements(lambda: reverse(world, receipt.number)) == 18


@pytest.mark.django_db(transaction=True)
def test_two_clerks_reverse_the_same_receipt_once() -> None:
    world = make_world()
    order = make_order(world, 10)
    receipt = receive(world, order.number)
    answers: list[object] = []
    start = threading.Barrier(2, timeout=60)

    def clerk() -> None:
        start.wait()
        try:
            answers.append(reverse(world, receipt.number))
        except AppError as refusal:
            answers.append(refusal)

    run(clerk, clerk)
    assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyReversed", "Done"]
    assert line(order.number).received == 0


@pytest.mark.django_db(transaction=True)
def test_two_shipments_at_once_do_not_exceed_the_order() -> None:
    world = make_world()
    order = make_order(world, 10)
    answers: list[object] = []
    start = threading.Barrier(2, timeout=60)

    def supplier() -> None:
        start.wait()
        try:
            answers.append(ship(world, (order.number, 1, "7"), shipped_on=TODAY()))
        except AppError as refusal:
            answers.append(refusal)

    run(supplier, supplier)
    assert sorted(type(answer).__name__ for answer in answers) == ["Done", "OverShipped"]
    assert line(order.number).shipped == 7


@pytest.mark.django_db(transaction=True)
def test_a_reversal_and_a_receipt_of_the_same_shipment_at_once() -> None:
    world = make_world()
    order = make_order(world, 10)
    asn = ship(world, orders=[order.number], shipped_on=TODAY())
    receipt = receive(world, order.number, (1, "4"))
    start = threading.Barrier(2, timeout=60)

    def undo() -> None:
        start.wait()
        reverse(world, receipt.number)

    def book() -> None:
        start.wait()
        commands.receive_goods(actor=world.actor, shipment=asn.number, lines=[ReceiveIn(1, Decimal(6), order.number)])

    run(undo, book)
    found = line(order.number)
    assert (found.received, Shipment.objects.get().lines.get().received) == (6, 6)
    assert on_hand(world) == {world.bolt.pk: Decimal(6)}


def run(*jobs: Any) -> None:
    """All jobs at once, each on its own connection."""

    def work(job: Any) -> None:
        try:
            job()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)


@command("test.take", "take", permission="")
def _take(*, actor: Any, legs: list[Leg]) -> Done:
    move(actor, legs, Subject("test", 1, "T-1"))
    return Done("test", 1, "T-1")
