"""Whatever happens in whatever order: counters, states and stock agree with the documents."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gendan.inventory.models import Balance
from gendan.kernel.errors import AppError, Invalid
from gendan.kernel.unit import Done
from gendan.kernel.verify import differences
from gendan.purchasing import commands
from gendan.purchasing.errors import DeliveryNoteReused
from gendan.purchasing.models import GoodsReceipt, PurchaseOrder, Shipment
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.rules.shipments import ShipIn
from gendan.purchasing.tests.make import World, line, make_order, make_world, receive

quantity = st.decimals(1, 30, places=0)
line_no = st.integers(1, 2)
day = st.integers(0, 20).map(lambda n: timezone.localdate() + timedelta(days=n))


def clean(company_id: int) -> list[str]:
    """What verify finds."""
    return [str(difference) for _check, found in differences(company_id) for difference in found]


def newest(model: Any, world: World) -> str:
    found = model.objects.filter(company_id=world.company_id).order_by("-id").first()
    return str(found.number) if found else "none"


step = st.one_of(
    st.tuples(st.just("confirm"), st.lists(st.tuples(line_no, quantity, day, st.booleans()), max_size=3)),
    st.tuples(st.just("ship"), st.lists(st.tuples(line_no, quantity), min_size=1, max_size=2)),
    st.tuples(st.just("receive"), st.lists(st.tuples(line_no, quantity), max_size=2)),
    st.tuples(st.just("reverse"), st.none()),
    st.tuples(st.just("cancel_shipment"), st.none()),
    st.tuples(st.just("cancel"), st.none()),
    st.tuples(st.just("close"), st.none()),
    st.tuples(st.just("reopen"), st.none()),
)


def perform(world: World, number: str, verb: str, argument: Any) -> Done:
    actor = world.actor
    if verb == "confirm":
        answer = [ConfirmIn(n, q, None if refused else d, refused) for n, q, d, refused in argument]
        return commands.confirm_order(actor=actor, number=number, lines=answer or None)
    if verb == "ship":
        parts = [ShipIn(n, q, number) for n, q in dict(argument).items()]
        return commands.create_shipment(actor=actor, lines=parts, orders=[number], shipped_on=timezone.localdate())
    if verb == "receive":
        lines = [ReceiveIn(n, q) for n, q in argument]
        return commands.receive_goods(actor=actor, order=number, lines=lines or None)
    if verb == "reverse":
        return commands.reverse_receipt(actor=actor, number=newest(GoodsReceipt, world), reason="错")
    if verb == "cancel_shipment":
        return commands.cancel_shipment(actor=actor, number=newest(Shipment, world), reason="x")
    if verb == "cancel":
        return commands.cancel_order(actor=actor, number=number, reason="不要了")
    if verb == "close":
        return commands.close_order(actor=actor, number=number, reason="不再交")
    return commands.reopen_order(actor=actor, number=number)


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(step, min_size=1, max_size=8))
def test_any_sequence_of_commands_keeps_the_books_clean(db: None, steps: list[tuple[str, Any]]) -> None:
    world = make_world()
    number = make_order(world, 10, 20).number
    for verb, argument in steps:
        with contextlib.suppress(AppError):  # a refusal is fine; what it must not do is leave something behind
            perform(world, number, verb, argument)
        assert clean(world.company_id) == [], (verb, argument)
    assert not Balance.objects.filter(company_id=world.company_id, on_hand__lt=0).exists()


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls in threads that start together; results and refusals in order."""
    results: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls), timeout=60)

    def run(n: int, call: Callable[[], Any]) -> None:
        start.wait(10)
        try:
            results[n] = call()
        except AppError as refusal:
            results[n] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, call)) for n, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_two_clerks_cannot_receive_more_than_was_ordered(self) -> None:
        world = make_world()
        number = make_order(world, 10).number
        results = at_once(*[lambda: receive(world, number, (1, "10"))] * 4)
        assert sum(isinstance(result, Done) for result in results) == 1
        assert line(number).received == 10
        assert Balance.objects.get(location=world.default_place).on_hand == 10
        assert clean(world.company_id) == []

    def test_parts_add_up(self) -> None:
        world = make_world()
        number = make_order(world, 10).number
        results = at_once(*[lambda: receive(world, number, (1, "3"))] * 5)
        assert sum(isinstance(result, Done) for result in results) == 3
        assert line(number).received == 9
        assert clean(world.company_id) == []

    def test_one_delivery_note_is_booked_once(self) -> None:
        world = make_world()
        number = make_order(world, 10).number
        results = at_once(*[lambda: receive(world, number, (1, "2"), delivery_note="DN-1")] * 3)
        assert sum(isinstance(result, Done) for result in results) == 1
        assert GoodsReceipt.objects.filter(delivery_note="DN-1").count() == 1

    def test_a_note_spelled_differently_on_two_orders_is_booked_once(self) -> None:
        world = make_world()
        orders = [make_order(world, 10).number for _ in range(4)]
        spelled = ("DN-7", "dn-7", "DN -7", "ＤＮ－７")
        results = at_once(
            *[
                partial(receive, world, number, (1, "2"), delivery_note=note)
                for number, note in zip(orders, spelled, strict=True)
            ]
        )
        assert [type(result) for result in results].count(DeliveryNoteReused) == 3
        assert GoodsReceipt.objects.count() == 1

    def test_receiving_and_cancelling_exclude_each_other(self) -> None:
        world = make_world()
        number = make_order(world, 10).number
        results = at_once(
            lambda: receive(world, number), lambda: commands.cancel_order(actor=world.actor, number=number, reason="x")
        )
        assert sum(isinstance(result, Done) for result in results) == 1
        assert clean(world.company_id) == []

    def test_orders_of_the_same_products_do_not_deadlock(self) -> None:
        world = make_world()
        first = make_order(world, 10, 20).number
        second = make_order(world, 20, 10).number
        results = at_once(
            lambda: receive(world, first, (1, "1"), (2, "1")),
            lambda: receive(world, second, (2, "1"), (1, "1")),
            lambda: receive(world, first, (2, "1"), (1, "1")),
            lambda: receive(world, second, (1, "1"), (2, "1")),
        )
        assert all(isinstance(result, Done) for result in results)
        assert sum(b.on_hand for b in Balance.objects.all()) == Decimal(8)

    def test_a_stale_version_is_refused(self) -> None:
        world = make_world()
        number = make_order(world, 10).number
        seen = PurchaseOrder.objects.get(number=number).version
        results = at_once(*[lambda: receive(world, number, (1, "1"), version=seen)] * 3)
        assert sum(isinstance(result, Done) for result in results) == 1


@pytest.mark.django_db
def test_a_unit_without_decimals_says_that_it_is_counted_in_whole_numbers() -> None:
    with pytest.raises(Invalid) as refusal:
        make_order(make_world(), "1.5")
    assert refusal.value.fields["lines.0.quantity"] == "该单位的数量只能是整数。"
