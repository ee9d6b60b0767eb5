"""Goods that are lost: whom it hits is said before it is posted, and those lines get another day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from gendan.accounts.tests.make import signed_in_client
from gendan.inventory import commands as inventory
from gendan.inventory.queries.losses import losers_of_adjustment, losers_of_count
from gendan.inventory.rules import AdjustmentLineIn
from gendan.inventory.tests.make import stock
from gendan.sales import commands
from gendan.sales.tests.make import World, line, make_order, make_world
from gendan.sales.tests.test_api import Caller
from gendan.sales.tests.test_atp import buy

pytestmark = pytest.mark.django_db


def lost(world: World, quantity: int, post: bool = False) -> str:
    lines = [AdjustmentLineIn("BOLT", Decimal(-quantity), bin="A-01")]
    return inventory.create_adjustment(
        actor=world.actor, warehouse="MAIN", kind="lost", reason="找不到", lines=lines, post=post
    ).number


def test_who_loses_is_said_before_posting_and_it_comes_so() -> None:
    world = make_world(bolts=10)
    today = world.actor.today()
    first, second = make_order(world, 4).number, make_order(world, 6).number
    buy(world, "50", today + timedelta(days=7))
    number = lost(world, 5)
    told = losers_of_adjustment(world.actor, number)
    assert [(each.order, each.quantity, each.before, each.after) for each in told] == [
        (second, 5, today, today + timedelta(days=7))
    ]
    shown = signed_in_client(world.actor).get(f"/aj/{number}").content.decode()
    assert all(said in shown for said in ("过账后有 1 行销售订单缺货", second))
    (item,) = Caller(world.actor).get(f"/adjustments/{number}/impact")["items"]
    assert (item["order"], item["quantity"], item["after"]) == (second, "5", str(today + timedelta(days=7)))
    blind = world.stock.colleague("inventory.view")
    assert [(each.order, each.customer_name) for each in losers_of_adjustment(blind, number)] == [("—", "—")]
    inventory.post_adjustment(actor=world.actor, number=number)
    assert (line(first).reserved, line(second).reserved) == (4, 1)
    assert line(second).expected_on == today + timedelta(days=7)


def test_nobody_is_named_while_there_is_other_stock() -> None:
    world = make_world(bolts=6)
    make_order(world, 6)
    stock(world.stock, "BOLT", 3, "A-02")
    assert losers_of_adjustment(world.actor, lost(world, 3)) == []
    assert [each.quantity for each in losers_of_adjustment(world.actor, lost(world, 5))] == [2]


def test_a_count_says_whom_its_differences_hit() -> None:
    world = make_world(bolts=10)
    order = make_order(world, 10).number
    number = inventory.create_count(actor=world.actor, warehouse="MAIN", start=True).number
    inventory.count_line(actor=world.actor, number=number, product="BOLT", place="A-01", quantity=Decimal(7))
    inventory.finish_count(actor=world.actor, number=number)
    assert [(each.order, each.quantity) for each in losers_of_count(world.actor, number)] == [(order, 3)]
    assert order in signed_in_client(world.actor).get(f"/sc/{number}").content.decode()
    assert Caller(world.actor).get(f"/counts/{number}/impact")["items"][0]["order"] == order


def test_a_short_pick_moves_the_day_of_its_line() -> None:
    world = make_world(bolts=10)
    today = world.actor.today()
    order = make_order(world, 10).number
    number = commands.create_delivery(actor=world.actor, orders=[order]).number
    buy(world, "50", today + timedelta(days=7))
    commands.short_pick(actor=world.actor, number=number, product="BOLT", quantity=Decimal(2), reason="没有")
    assert line(order).expected_on == today + timedelta(days=7)
