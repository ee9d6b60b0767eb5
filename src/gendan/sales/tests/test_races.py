"""Many at once: nothing is sold twice, nothing is sent twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from gendan.catalog.models import Partner
from gendan.inventory.models import Balance
from gendan.kernel.verify import differences
from gendan.purchasing.tests.test_order_races import at_once
from gendan.sales import commands
from gendan.sales.models import SalesLine, SalesOrder
from gendan.sales.rules.lines import DeliverIn
from gendan.sales.steps.review import APPROVE
from gendan.sales.tests.make import make_order, make_world

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_salespeople_cannot_sell_the_same_piece() -> None:
    world = make_world(bolts=10)
    at_once(*[lambda: make_order(world, 7) for _ in range(6)])
    assert sum(line.reserved for line in SalesLine.objects.all()) == 10
    assert Balance.objects.get(product=world.stock.bolt).reserved == 10
    assert not any(found for _check, found in differences(world.actor.company_id))


def test_an_order_is_sent_once_however_often_it_is_asked_for() -> None:
    world = make_world(bolts=30)
    order = make_order(world, 10)
    at_once(
        *[
            lambda: commands.deliver_order(actor=world.actor, number=order.number, lines=[DeliverIn(1, Decimal(10))])
            for _ in range(4)
        ]
    )
    assert Balance.objects.get(product=world.stock.bolt).on_hand == 20
    assert SalesLine.objects.get().shipped == 10
    assert not any(found for _check, found in differences(world.actor.company_id))


def test_sending_and_cancelling_exclude_each_other() -> None:
    world = make_world(bolts=10)
    order = make_order(world, 10)
    at_once(
        lambda: commands.deliver_order(actor=world.actor, number=order.number),
        lambda: commands.cancel_order(actor=world.actor, number=order.number),
        lambda: commands.release_order(actor=world.actor, number=order.number),
        lambda: commands.reserve_order(actor=world.actor, number=order.number),
    )
    line = SalesLine.objects.get()
    assert (line.shipped, line.cancelled) in {(10, 0), (0, 10)}
    assert not any(found for _check, found in differences(world.actor.company_id))


def test_orders_at_once_do_not_all_pass_under_one_credit_limit() -> None:
    world = make_world()
    Partner.objects.update(credit_limit=250)  # two orders of 99
    weak = world.stock.colleague("sales.create_order", "sales.submit_order")
    boss = replace(world.stock.colleague("sales.create_order", "sales.submit_order", APPROVE), amount_limit=None)
    waiting = [make_order(world, 10, actor=weak).number for _ in range(4)]
    at_once(
        *[lambda: make_order(world, 10, actor=boss) for _ in range(4)],
        *[lambda number=number: commands.approve_order(actor=boss, number=number) for number in waiting],
    )
    assert SalesOrder.objects.filter(state="to_ship").count() == 2
    assert SalesOrder.objects.filter(state="pending_review").count() == 6
