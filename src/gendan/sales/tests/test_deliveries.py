"""Deliveries that are picked, packed, sent, cancelled: what stands where at each moment."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gendan.accounts.tests.make import signed_in_client
from gendan.inventory.models import Balance
from gendan.inventory.tests import make as inventory
from gendan.kernel.errors import Invalid, Stale, WrongState
from gendan.kernel.verify import differences
from gendan.sales import commands
from gendan.sales.errors import (
    BackOrderHolds,
    LotNeeded,
    NotEnoughStock,
    NothingPicked,
    NotOnPickList,
    OtherBin,
    OtherConsignee,
    OtherLot,
    OverDelivered,
    OverPacked,
    PartlyPicked,
    PickedEnough,
    ShortTooMuch,
)
from gendan.sales.models import Delivery, DeliveryLine, Parcel, Peg, Pick, SalesOrder, Wave
from gendan.sales.rules.lines import LineIn
from gendan.sales.rules.outbound import DeliverIn
from gendan.sales.steps.packing import ParcelIn
from gendan.sales.steps.picking import PickIn
from gendan.sales.tests.make import World, line, make_order, make_world, reserved

pytestmark = pytest.mark.django_db


def clean(world: World) -> bool:
    return [(check.name, str(one)) for check, found in differences(world.actor.company_id) for one in found] == []


def state(number: str) -> str:
    return Delivery.objects.get(number=number).state


def to_pick(world: World, *orders: str) -> str:
    return commands.create_delivery(actor=world.actor, orders=orders).number


def pick(world: World, number: str, product: str, quantity: int | str, bin_: str = "") -> None:
    commands.pick_goods(actor=world.actor, number=number, picks=[PickIn(product, Decimal(quantity), bin_)])


def test_a_delivery_holds_its_goods_until_they_leave() -> None:
    world = make_world(bolts=15, nuts=30)
    order = make_order(world)
    number = to_pick(world, order.number)
    assert (state(number), line(order.number).delivering) == ("to_pick", 10)
    assert {(peg.quantity, peg.hard) for peg in Peg.objects.all()} == {(10, 10), (20, 20)}
    commands.release_order(actor=world.actor, number=order.number)
    assert reserved(world) == 10, "what stands on a delivery is not released"
    with pytest.raises(OverDelivered):
        commands.create_delivery(actor=world.actor, lines=[DeliverIn(order.number, 1, Decimal(1))])
    assert clean(world)
    pick(world, number, "BOLT", 10, "A-01")
    assert state(number) == "picking"
    with pytest.raises(PartlyPicked):
        commands.ship_delivery(actor=world.actor, number=number)
    pick(world, number, "NUT", 20)
    commands.ship_delivery(actor=world.actor, number=number, carrier="顺丰")
    assert (state(number), SalesOrder.objects.get().state) == ("shipped", "shipped")
    assert (Balance.objects.get(product=world.stock.bolt).on_hand, reserved(world), Peg.objects.count()) == (5, 0, 0)
    assert clean(world)


def test_what_was_not_picked_goes_back_to_the_order() -> None:
    world = make_world(bolts=10, nuts=20)
    order = make_order(world)
    number = to_pick(world, order.number)
    pick(world, number, "BOLT", 4)
    commands.ship_delivery(actor=world.actor, number=number, rest="back")
    first, second = line(order.number), line(order.number, 2)
    assert (first.shipped, first.delivering, first.reserved) == (4, 0, 6)
    assert (second.shipped, second.delivering, second.reserved) == (0, 0, 20)
    assert DeliveryLine.objects.get().quantity == 4
    assert Peg.objects.filter(hard__gt=0).count() == 0
    assert clean(world)
    number = to_pick(world, order.number)
    pick(world, number, "BOLT", 1)
    commands.ship_delivery(actor=world.actor, number=number, rest="all")
    assert (line(order.number).shipped, line(order.number, 2).shipped) == (10, 20)
    assert clean(world)


def test_nothing_picked_is_no_delivery() -> None:
    world = make_world(bolts=10)
    number = to_pick(world, make_order(world, 10).number)
    pick(world, number, "BOLT", 3)
    pick(world, number, "BOLT", -3)
    assert state(number) == "to_pick"
    with pytest.raises(NothingPicked):
        commands.ship_delivery(actor=world.actor, number=number, rest="back")
    assert state(number) == "to_pick"


def test_several_orders_of_one_consignee_leave_together() -> None:
    world = make_world(bolts=20)
    first, second = make_order(world, 7), make_order(world, 8)
    number = to_pick(world, first.number, second.number)
    assert DeliveryLine.objects.filter(delivery__number=number).count() == 2
    commands.ship_delivery(actor=world.actor, number=number)
    commands.sign_delivery(actor=world.actor, number=number, signed_by="王五")
    assert set(SalesOrder.objects.values_list("state", flat=True)) == {"signed"}
    third, fourth = make_order(world, 1), make_order(world, 1)
    SalesOrder.objects.filter(number=fourth.number).update(ship_to_address="别处")
    with pytest.raises(OtherConsignee):
        to_pick(world, third.number, fourth.number)
    assert clean(world)


@pytest.mark.parametrize("rule", ["partial", "line", "complete"])
@pytest.mark.parametrize("at_once", [True, False])
def test_the_orders_rule_says_what_may_go(rule: str, at_once: bool) -> None:
    world = make_world(bolts=10, nuts=5)
    order = make_order(world)
    SalesOrder.objects.update(back_order=rule)

    def go() -> None:
        if at_once:
            commands.deliver_order(actor=world.actor, number=order.number)
        else:
            commands.create_delivery(actor=world.actor, orders=[order.number])

    if rule == "complete":
        with pytest.raises(BackOrderHolds):
            go()
        inventory.stock(world.stock, "NUT", 15)
        go()
    else:
        go()
    taken = [line.shipped + line.delivering for line in (line(order.number), line(order.number, 2))]
    assert taken == {"partial": [10, 5], "line": [10, 0], "complete": [10, 20]}[rule]
    assert clean(world)


def test_given_quantities_keep_to_the_rule() -> None:
    world = make_world(bolts=10, nuts=20)
    order = make_order(world)
    SalesOrder.objects.update(back_order="line")
    with pytest.raises(BackOrderHolds):
        commands.create_delivery(actor=world.actor, lines=[DeliverIn(order.number, 1, Decimal(4))])
    commands.create_delivery(actor=world.actor, lines=[DeliverIn(order.number, 1, Decimal(10))])
    SalesOrder.objects.update(back_order="partial")
    with pytest.raises(OverDelivered):
        commands.create_delivery(actor=world.actor, lines=[DeliverIn(order.number, 2, Decimal(21))])


@pytest.mark.parametrize("rule", ["line", "complete"])
def test_what_leaves_after_picking_keeps_to_the_rule(rule: str) -> None:
    world = make_world(bolts=10, nuts=20)
    order = make_order(world)
    SalesOrder.objects.update(back_order=rule)
    number = to_pick(world, order.number)
    pick(world, number, "BOLT", 10)
    pick(world, number, "NUT", 19)
    with pytest.raises(BackOrderHolds):
        commands.ship_delivery(actor=world.actor, number=number, rest="back")
    commands.short_pick(actor=world.actor, number=number, product="NUT", quantity=Decimal(1), reason="没有")
    with pytest.raises(BackOrderHolds):
        commands.ship_delivery(actor=world.actor, number=number)
    SalesOrder.objects.update(back_order="partial")
    commands.ship_delivery(actor=world.actor, number=number)
    assert (line(order.number).shipped, line(order.number, 2).shipped) == (10, 19)
    assert clean(world)


def test_the_rule_of_an_order_that_left_in_part_is_changed_as_the_refusal_says() -> None:
    world = make_world(bolts=10, nuts=5)
    order = make_order(world, back_order="line")
    commands.deliver_order(actor=world.actor, number=order.number)
    with pytest.raises(BackOrderHolds, match="缺货方式"):
        commands.create_delivery(actor=world.actor, lines=[DeliverIn(order.number, 2, Decimal(5))])
    page = signed_in_client(world.actor)
    assert "缺货时改为：有多少发多少" in page.get(f"/so/{order.number}").content.decode()
    shown = page.post(f"/so/{order.number}/do/back_order", {"rule": "partial"}, follow=True).content.decode()
    assert all(said in shown for said in ("缺货方式已修改", "按行备齐再发", "有多少发多少"))
    commands.create_delivery(actor=world.actor, lines=[DeliverIn(order.number, 2, Decimal(5))])
    with pytest.raises(Invalid):
        commands.change_back_order(actor=world.actor, number=order.number, rule="sometimes")
    assert clean(world)


def test_a_delivery_takes_free_stock_before_it_waits_for_more() -> None:
    world = make_world(bolts=4)
    order = make_order(world, 10)
    with pytest.raises(NotEnoughStock):
        commands.create_delivery(actor=world.actor, lines=[DeliverIn(order.number, 1, Decimal(5))])
    inventory.stock(world.stock, "BOLT", 6, "A-02")
    number = to_pick(world, order.number)
    assert {(p.balance.location.code, p.quantity) for p in Pick.objects.all()} == {("A-01", 4), ("A-02", 6)}
    assert (line(order.number).reserved, reserved(world)) == (10, 10)
    with pytest.raises(OtherBin):
        pick(world, number, "BOLT", 1, "B-09")
    with pytest.raises(NotOnPickList):
        pick(world, number, "NUT", 1)
    with pytest.raises(PickedEnough):
        pick(world, number, "BOLT", 5, "A-01")
    with pytest.raises(ShortTooMuch, match="不能登记缺 7"):
        commands.short_pick(actor=world.actor, number=number, product="BOLT", quantity=Decimal(7), reason="没有")
    assert clean(world)


def test_what_is_missing_comes_from_elsewhere_or_goes_back() -> None:
    world = make_world(bolts=10)
    order = make_order(world, 10)
    number = to_pick(world, order.number)
    inventory.stock(world.stock, "BOLT", 2, "A-02")
    done = commands.short_pick(
        actor=world.actor, number=number, product="BOLT", quantity=Decimal(5), reason="库位里只有 5"
    )
    assert (done.data["elsewhere"], done.data["back"]) == ("2", "3")
    assert {(p.balance.location.code, p.quantity) for p in Pick.objects.all()} == {("A-01", 5), ("A-02", 2)}
    assert (line(order.number).delivering, line(order.number).reserved) == (7, 7)
    assert clean(world)
    commands.short_pick(
        actor=world.actor,
        number=number,
        product="BOLT",
        bin="A-01",
        quantity=Decimal(5),
        reason="没有",
        elsewhere=False,
    )
    commands.short_pick(
        actor=world.actor,
        number=number,
        product="BOLT",
        bin="A-02",
        quantity=Decimal(2),
        reason="没有",
        elsewhere=False,
    )
    assert (state(number), line(order.number).delivering, line(order.number).reserved) == ("cancelled", 0, 0)
    assert clean(world)


def test_lots_are_told_apart() -> None:
    world = make_world()
    inventory.stock(world.stock, "GLUE", 4, lot="L1")
    inventory.stock(world.stock, "GLUE", 4, lot="L2")
    order = commands.create_order(
        actor=world.actor,
        customer="C001",
        warehouse="MAIN",
        lines=[LineIn("GLUE", Decimal(6), Decimal("9.90"))],
        submit=True,
    )
    number = to_pick(world, order.number)
    with pytest.raises(LotNeeded):
        pick(world, number, "GLUE", 1)
    with pytest.raises(OtherLot):
        commands.pick_goods(actor=world.actor, number=number, picks=[PickIn("GLUE", Decimal(1), "A-01", "L3")])
    commands.pick_goods(actor=world.actor, number=number, picks=[PickIn("GLUE", Decimal(4), "A-01", "L1")])
    commands.pick_goods(actor=world.actor, number=number, picks=[PickIn("GLUE", Decimal(2), "A-01", "L2")])
    commands.ship_delivery(actor=world.actor, number=number)
    assert (inventory.on_hand(world.stock, "GLUE", lot="L1"), inventory.on_hand(world.stock, "GLUE", lot="L2")) == (
        0,
        2,
    )
    assert clean(world)


def test_parcels_hold_what_is_delivered_and_keep_their_numbers() -> None:
    world = make_world(bolts=10)
    number = to_pick(world, make_order(world, 10).number)
    packed = [ParcelIn(((1, Decimal(6)),), Decimal("2.5")), ParcelIn(((1, Decimal(4)),))]
    with pytest.raises(PartlyPicked):
        commands.pack_delivery(actor=world.actor, number=number, parcels=packed)
    first = commands.pack_delivery(actor=world.actor, number=number, parcels=packed[:1], finish=False)
    commands.pick_goods(actor=world.actor, number=number, all=True)
    with pytest.raises(OverPacked):
        commands.pack_delivery(actor=world.actor, number=number, parcels=[*packed, ParcelIn(((1, Decimal(1)),))])
    second = commands.pack_delivery(actor=world.actor, number=number, parcels=packed)
    assert second.data["ssccs"][0] == first.data["ssccs"][0]
    assert (state(number), Parcel.objects.count()) == ("packed", 2)
    commands.ship_delivery(actor=world.actor, number=number)
    assert clean(world)


def test_a_cancelled_delivery_gives_its_goods_back() -> None:
    world = make_world(bolts=10)
    order = make_order(world, 10)
    number = to_pick(world, order.number)
    commands.cancel_delivery(actor=world.actor, number=number, reason="客户改期")
    assert (line(order.number).delivering, line(order.number).reserved) == (0, 10)
    assert Peg.objects.get().hard == 0
    number = to_pick(world, order.number)
    commands.ship_delivery(actor=world.actor, number=number)
    commands.cancel_delivery(actor=world.actor, number=number, reason="没有发走")
    assert (line(order.number).shipped, line(order.number).reserved, reserved(world)) == (0, 10, 10)
    assert Balance.objects.get(product=world.stock.bolt).on_hand == 10
    assert SalesOrder.objects.get().state == "to_ship"
    assert clean(world)
    number = to_pick(world, order.number)
    commands.ship_delivery(actor=world.actor, number=number)
    commands.sign_delivery(actor=world.actor, number=number)
    with pytest.raises(WrongState):
        commands.cancel_delivery(actor=world.actor, number=number)


def test_a_wave_is_done_when_nothing_is_left_to_pick() -> None:
    world = make_world(bolts=20)
    numbers = [to_pick(world, make_order(world, 7).number) for _ in range(2)]
    wave = commands.create_wave(actor=world.actor, deliveries=numbers)
    pick(world, wave.number, "BOLT", 9)
    assert Wave.objects.get().state == "picking"
    pick(world, wave.number, "BOLT", 5)
    assert Wave.objects.get().state == "done"
    assert {state(number) for number in numbers} == {"picking"}
    assert clean(world)


def test_a_wave_goes_on_when_one_of_its_deliveries_is_packed() -> None:
    world = make_world(bolts=20)
    first, second = (to_pick(world, make_order(world, 7).number) for _ in range(2))
    wave = commands.create_wave(actor=world.actor, deliveries=[first, second])
    pick(world, wave.number, "BOLT", 8)
    commands.pack_delivery(actor=world.actor, number=first, parcels=[ParcelIn(((1, Decimal(7)),))])
    pick(world, wave.number, "BOLT", 6)
    assert (state(first), state(second), Wave.objects.get().state) == ("packed", "picking", "done")
    assert clean(world)


def test_who_saw_another_version_of_the_order_is_told() -> None:
    world = make_world(bolts=10)
    order = make_order(world, 10)
    with pytest.raises(Stale):
        commands.create_delivery(actor=world.actor, orders=[order.number], version=99)


def test_nobody_is_sent_twice_for_what_was_not_there() -> None:
    world = make_world(bolts=10)
    order = make_order(world, 10)
    number = to_pick(world, order.number)
    commands.short_pick(actor=world.actor, number=number, product="BOLT", quantity=Decimal(3), reason="没有")
    commands.reserve_order(actor=world.actor, number=order.number)
    assert (line(order.number).reserved, line(order.number).delivering) == (7, 7)
    commands.ship_delivery(actor=world.actor, number=number)
    commands.cancel_delivery(actor=world.actor, number=number, reason="改期")
    assert inventory.on_hand(world.stock, "BOLT") == 7
    assert clean(world)


def test_parcels_of_two_companies_without_a_prefix_may_bear_one_internal_number() -> None:
    for _ in range(2):
        world = make_world(bolts=10)
        number = to_pick(world, make_order(world, 10).number)
        pick(world, number, "BOLT", 10)
        done = commands.pack_delivery(
            actor=world.actor, number=number, parcels=[ParcelIn(((1, Decimal(10)),))], finish=True
        )
        assert len(done.data["ssccs"]) == 1
