"""From nothing to stock in three requests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from gendan.inventory.models import Balance, StockMove
from gendan.kernel.errors import Invalid
from gendan.purchasing import commands
from gendan.purchasing.errors import DeliveryNoteReused, OverReceipt
from gendan.purchasing.models import GoodsReceipt, PurchaseOrder
from gendan.purchasing.queries.receipts import ReceiptFilter, receipt_list
from gendan.purchasing.queries.receiving import scanned
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.tests.make import confirm, line, make_order, make_world, receive

pytestmark = pytest.mark.django_db


def test_an_order_becomes_stock() -> None:
    world = make_world()
    order = make_order(world)
    assert order.state == "approved"
    assert confirm(world, order.number, (1, "10", "2026-12-03"), (2, "20", "2026-12-05")).state == "confirmed"
    receipt = receive(world, order.number, delivery_note="DN-7")
    assert receipt.state == "posted"
    assert PurchaseOrder.objects.get(number=order.number).state == "received"
    balances = {b.product_id: b.on_hand for b in Balance.objects.filter(location=world.default_place)}
    assert balances == {world.bolt.pk: Decimal(10), world.nut.pk: Decimal(20)}
    assert StockMove.objects.filter(source_number=receipt.number).count() == 2
    assert line(order.number).promised_on is not None
    assert line(order.number).received == 10


def test_part_then_rest_then_no_more() -> None:
    world = make_world()
    order = make_order(world, 10)
    receive(world, order.number, (1, "4"))
    assert PurchaseOrder.objects.get(number=order.number).state == "partly_received"
    with pytest.raises(OverReceipt) as refusal:
        receive(world, order.number, (1, "7"))
    assert "6" in str(refusal.value)
    receive(world, order.number)
    assert PurchaseOrder.objects.get(number=order.number).state == "received"
    with pytest.raises(OverReceipt):
        receive(world, order.number, (1, "1"))


def test_a_delivery_note_is_booked_once() -> None:
    world = make_world()
    order = make_order(world, 10)
    first = receive(world, order.number, (1, "4"), delivery_note="DN-7")
    with pytest.raises(DeliveryNoteReused) as refusal:
        receive(world, order.number, (1, "4"), delivery_note="DN-7")
    assert first.number in str(refusal.value)
    assert GoodsReceipt.objects.count() == 1


@pytest.mark.parametrize("note", ["dn-7", " DN-7 ", "DN- 7", "ＤＮ－７", "Dn-\u30007"])
def test_a_delivery_note_is_the_same_however_it_is_typed(note: str) -> None:
    world = make_world()
    first = receive(world, make_order(world, 10).number, (1, "4"), delivery_note="DN-7")
    order = make_order(world, 10)
    with pytest.raises(DeliveryNoteReused) as refusal:
        receive(world, order.number, (1, "4"), delivery_note=note)
    assert first.number in str(refusal.value)
    assert scanned(world.actor, note).number == first.number
    assert [row["number"] for row in receipt_list(world.actor, ReceiptFilter(q=note)).items] == [first.number]
    assert GoodsReceipt.objects.get().delivery_note == "DN-7"


def test_what_the_supplier_refuses_is_an_answer() -> None:
    world = make_world()
    order = make_order(world)
    answer = [ConfirmIn(1, Decimal(10), date(2026, 12, 3)), ConfirmIn(2, refused=True, note="停产")]
    done = commands.confirm_order(actor=world.actor, number=order.number, lines=answer)
    assert done.state == "confirmed"
    assert line(order.number, 2).refused == 20
    assert line(order.number, 2).expected_on is None
    receive(world, order.number)  # «all»: what was refused does not come
    assert (line(order.number, 1).received, line(order.number, 2).received) == (10, 0)


def test_goods_do_not_come_before_they_were_ordered() -> None:
    world = make_world()
    order = make_order(world, 10)
    with pytest.raises(Invalid) as refusal:
        receive(world, order.number, received_on=date(2020, 1, 1))
    assert "received_on" in refusal.value.fields
