"""Whatever a warehouse does with deliveries, in pieces and in boxes of twelve, the books agree."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gendan.catalog.models import ProductUnit, Unit
from gendan.inventory.tests import make as inventory
from gendan.kernel.errors import AppError
from gendan.kernel.verify import differences
from gendan.purchasing.tests.test_order_races import at_once
from gendan.sales import commands
from gendan.sales.models import Delivery, DeliveryLine, Pick, SalesLine, SalesOrder
from gendan.sales.rules.lines import LineIn
from gendan.sales.rules.outbound import DeliverIn
from gendan.sales.rules.signing import SignIn
from gendan.sales.steps.packing import ParcelIn
from gendan.sales.steps.picking import PickIn
from gendan.sales.tests.make import World, make_world

BINS = ("A-01", "A-02")


class Warehouse:
    """Somebody who does with deliveries whatever the dice say; a refusal is an answer like any other."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.dice, self.actor = world, random.Random(seed), world.actor
        self.done: list[str] = []

    def work(self, times: int) -> None:
        for _ in range(times):
            act = self.dice.choice(ACTS)
            try:
                act(self)
                self.done.append(act.__name__)
            except AppError:
                pass

    def amount(self, most: int) -> Decimal:
        return Decimal(self.dice.randint(1, most))

    def delivery(self, *states: str) -> str:
        found = list(Delivery.objects.filter(company_id=self.actor.company_id, state__in=states).order_by("id"))
        return self.dice.choice(found).number if found else "DN-NONE"

    def order(self) -> str:
        found = list(SalesOrder.objects.filter(company_id=self.actor.company_id).order_by("id"))
        return self.dice.choice(found).number if found else "SO-NONE"


def sell(who: Warehouse) -> None:
    lines = [
        LineIn("BOLT", who.amount(30), Decimal("9.90")),
        LineIn("BOLT", who.amount(3), Decimal("99"), unit="BOX"),
    ]
    rule = who.dice.choice(["partial", "partial", "line", "complete"])
    done = commands.create_order(actor=who.actor, customer="C001", warehouse="MAIN", lines=lines, submit=True)
    SalesOrder.objects.filter(pk=done.id).update(back_order=rule)


def stock(who: Warehouse) -> None:
    inventory.stock(who.world.stock, "BOLT", who.dice.randint(1, 30), who.dice.choice(BINS))


def plan(who: Warehouse) -> None:
    if who.dice.random() < 0.6:
        commands.create_delivery(actor=who.actor, orders=[who.order() for _ in range(who.dice.randint(1, 2))])
    else:
        wanted = [DeliverIn(who.order(), who.dice.randint(1, 2), who.amount(6))]
        commands.create_delivery(actor=who.actor, lines=wanted)


def send_at_once(who: Warehouse) -> None:
    commands.deliver_order(actor=who.actor, number=who.order())


def pick(who: Warehouse) -> None:
    number = who.delivery("to_pick", "picking")
    quantity = who.amount(15) * who.dice.choice([1, 1, 1, -1])
    if who.dice.random() < 0.2:
        commands.pick_goods(actor=who.actor, number=number, all=True)
    else:
        commands.pick_goods(actor=who.actor, number=number, picks=[PickIn("BOLT", quantity, who.dice.choice(BINS))])


def miss(who: Warehouse) -> None:
    commands.short_pick(
        actor=who.actor,
        number=who.delivery("to_pick", "picking"),
        product="BOLT",
        bin=who.dice.choice(BINS),
        quantity=who.amount(9),
        reason="没有",
        elsewhere=who.dice.random() < 0.5,
    )


def pack(who: Warehouse) -> None:
    number = who.delivery("to_pick", "picking", "packed")
    parcels = [ParcelIn(((who.dice.randint(1, 2), who.amount(4)),)) for _ in range(who.dice.randint(0, 3))]
    commands.pack_delivery(actor=who.actor, number=number, parcels=parcels, finish=who.dice.random() < 0.5)


def wave(who: Warehouse) -> None:
    made = commands.create_wave(actor=who.actor, deliveries=[who.delivery("to_pick", "picking")])
    if who.dice.random() < 0.3:
        commands.cancel_wave(actor=who.actor, number=made.number)


def ship(who: Warehouse) -> None:
    number = who.delivery("to_pick", "picking", "packed")
    commands.ship_delivery(actor=who.actor, number=number, rest=who.dice.choice(["", "back", "all"]))


def cancel(who: Warehouse) -> None:
    commands.cancel_delivery(actor=who.actor, number=who.delivery("to_pick", "picking", "packed", "shipped"))


def sign(who: Warehouse) -> None:
    refused, short = (Decimal(who.dice.choice([0, 0, 1, 2])) for _ in range(2))
    lines = [SignIn(1, refused=refused, short=short, reason="碰伤")] if refused or short else None
    commands.sign_delivery(actor=who.actor, number=who.delivery("shipped"), lines=lines)


def release(who: Warehouse) -> None:
    commands.release_order(actor=who.actor, number=who.order())


def reserve(who: Warehouse) -> None:
    commands.reserve_order(actor=who.actor, number=who.order())


def end(who: Warehouse) -> None:
    if who.dice.random() < 0.5:
        commands.cancel_order(actor=who.actor, number=who.order(), reason="不要了")
    else:
        commands.close_order(actor=who.actor, number=who.order(), reason="不要了")


ACTS: tuple[Callable[[Warehouse], None], ...] = (
    *(sell, sell, stock, stock, plan, plan, plan, plan, send_at_once, pick, pick, pick, miss, miss, pack, wave),
    *(ship, ship, ship, cancel, sign, sign, release, reserve, end),
)


def boxed_world() -> World:
    world = make_world(bolts=40)
    unit = Unit.objects.get(company_id=world.actor.company_id, code="BOX")
    ProductUnit.objects.create(product=world.stock.bolt, unit=unit, factor=12, for_sale=False)
    return world


def wrong(world: World) -> list[str]:
    found = [f"{check.name}: {one}" for check, many in differences(world.actor.company_id) for one in many]
    for line in DeliveryLine.objects.select_related("order_line", "delivery"):
        if line.quantity != line.quantity.to_integral_value():
            found.append(f"{line.delivery.number}: {line.quantity} of a whole unit")
    found += [f"pick {p.pk}" for p in Pick.objects.all() if p.picked > p.quantity]
    return found + [f"line {one.pk}" for one in SalesLine.objects.all() if one.delivering < 0]


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_the_books_agree_whatever_the_warehouse_does(seed: int) -> None:
    world = boxed_world()
    who = Warehouse(world, seed)
    for _ in range(8):
        who.work(10)
        assert not wrong(world), who.done


@pytest.mark.django_db(transaction=True)
def test_many_at_once_in_one_warehouse() -> None:
    world = boxed_world()
    people = [Warehouse(world, seed) for seed in range(6)]
    at_once(*[lambda who=who: who.work(40) for who in people])
    assert not wrong(world)
    assert len({name for who in people for name in who.done}) >= 6, "what was done is worth asking about"
