"""Several people at one delivery: nothing is counted, sent or given back twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gendan.inventory.models import Balance
from gendan.kernel.verify import differences
from gendan.purchasing.tests.test_order_races import at_once
from gendan.sales import commands
from gendan.sales.models import Delivery, Peg, Pick, SalesLine, Wave
from gendan.sales.steps.picking import PickIn
from gendan.sales.tests.make import World, make_order, make_world

pytestmark = pytest.mark.django_db(transaction=True)


def clean(world: World) -> bool:
    return not [one for _check, found in differences(world.actor.company_id) for one in found]


def to_pick(world: World, quantity: int) -> str:
    return commands.create_delivery(actor=world.actor, orders=[make_order(world, quantity).number]).number


def count(world: World, number: str, quantity: int) -> None:
    commands.pick_goods(actor=world.actor, number=number, picks=[PickIn("BOLT", Decimal(quantity))])


def test_two_pickers_count_each_piece_once() -> None:
    world = make_world(bolts=20)
    number = to_pick(world, 10)
    at_once(*[lambda: count(world, number, 3) for _ in range(6)])
    assert Pick.objects.get().picked == 9, "three of them fit, the others are told"
    assert clean(world)


def test_what_is_sent_twice_leaves_once() -> None:
    world = make_world(bolts=20)
    number = to_pick(world, 10)
    at_once(*[lambda: commands.ship_delivery(actor=world.actor, number=number) for _ in range(4)])
    assert (Balance.objects.get().on_hand, SalesLine.objects.get().shipped) == (10, 10)
    assert clean(world)


@pytest.mark.parametrize("_n", range(3))
def test_sending_and_cancelling_a_delivery_exclude_each_other(_n: int) -> None:
    world = make_world(bolts=10)
    number = to_pick(world, 10)
    at_once(
        lambda: commands.ship_delivery(actor=world.actor, number=number),
        lambda: commands.cancel_delivery(actor=world.actor, number=number),
        lambda: commands.sign_delivery(actor=world.actor, number=number),
    )
    assert (Delivery.objects.get().state, SalesLine.objects.get().shipped) in {
        ("shipped", 10),
        ("signed", 10),
        ("cancelled", 0),
    }
    assert clean(world)


def test_what_is_planned_twice_is_there_once() -> None:
    world = make_world(bolts=10)
    orders = [make_order(world, 10).number, make_order(world, 10).number]
    commands.release_order(actor=world.actor, number=orders[0])
    at_once(
        *[lambda number=number: commands.create_delivery(actor=world.actor, orders=[number]) for number in orders * 2],
        lambda: commands.reserve_order(actor=world.actor, number=orders[1]),
        lambda: commands.release_order(actor=world.actor, number=orders[0]),
    )
    assert sum(peg.hard for peg in Peg.objects.all()) == sum(line.delivering for line in SalesLine.objects.all()) == 10
    assert clean(world)


def test_missing_goods_and_picked_goods_meet() -> None:
    world = make_world(bolts=20)
    number = to_pick(world, 10)

    def missing() -> None:
        commands.short_pick(
            actor=world.actor, number=number, product="BOLT", quantity=Decimal(6), reason="没有", elsewhere=False
        )

    at_once(missing, missing, lambda: count(world, number, 4), lambda: count(world, number, 4))
    pick = Pick.objects.get()
    assert pick.picked <= pick.quantity
    assert clean(world)


@pytest.mark.parametrize("_n", range(3))
def test_the_last_pieces_of_a_wave_finish_it(_n: int) -> None:
    world = make_world(bolts=20)
    numbers = [to_pick(world, 5) for _ in range(2)]
    commands.create_wave(actor=world.actor, deliveries=numbers)
    at_once(*[lambda number=number: count(world, number, 5) for number in numbers])
    assert Wave.objects.get().state == "done"
    assert clean(world)
