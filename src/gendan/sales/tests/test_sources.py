"""The purchases behind a sales order and the sales orders behind a purchase stand among the related documents."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gendan.accounts.tests.make import signed_in_client
from gendan.purchasing.commands import receive_goods
from gendan.sales import commands
from gendan.sales.queries.sources import sources
from gendan.sales.tests.make import make_order, make_world
from gendan.sales.tests.test_atp import buy

pytestmark = pytest.mark.django_db


def test_orders_name_the_purchases_that_they_wait_for_and_purchases_the_orders() -> None:
    world = make_world()
    today = world.actor.today()
    purchase = buy(world, "6", today + timedelta(days=9))
    number = make_order(world, 10).number
    commands.request_shortage(actor=world.actor, numbers=[number])
    found = sources(world.actor, number)
    assert [(row["kind"], row["waits"], row["expected_on"]) for row in found] == [
        ("po", True, today + timedelta(days=9)),
        ("requisition", True, None),
    ]
    client = signed_in_client(world.actor)
    shown = client.get(f"/so/{number}").content.decode()
    assert all(f'href="/{kind}/{found[n]["number"]}"' in shown for n, kind in enumerate(("po", "pr")))
    behind = client.get(f"/po/{purchase}").content.decode()
    assert f'href="/so/{number}"' in behind
    assert "在等这批货" in behind


def test_what_came_in_stays_named_and_who_does_not_see_purchasing_is_told_nothing() -> None:
    world = make_world()
    purchase = buy(world, "6", world.actor.today() + timedelta(days=9))
    number = make_order(world, 6).number
    receive_goods(actor=world.actor, order=purchase)
    assert [(row["number"], row["waits"]) for row in sources(world.actor, number)] == [(purchase, False)]
    assert sources(world.stock.colleague("sales.view"), number) == []
