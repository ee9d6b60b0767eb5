"""Many at once: nothing is sold twice, nothing is sent twice."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gendan.catalog.models import Partner
from gendan.inventory import steps
from gendan.inventory.models import Balance
from gendan.inventory.tests import make as inventory
from gendan.kernel.unit import Done
from gendan.kernel.verify import differences
from gendan.purchasing.tests.test_order_races import at_once
from gendan.sales import commands
from gendan.sales.models import SalesLine, SalesOrder
from gendan.sales.queries.drafts import draft_of
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


def test_two_orders_that_change_warehouses_do_not_wait_crosswise(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world = make_world(bolts=20)
    inventory.stock(world.stock, "BOLT", 20, "E-01", warehouse="EAST")
    east, main = make_order(world, 5).number, make_order(world, 5).number
    move(world.actor, east, "EAST")
    met = threading.Barrier(2)
    first = threading.local()
    lock = steps.lock_available

    def together(*args: Any, **kwargs: Any) -> Any:
        """After its first locks each waits until the other has its own, or cannot get them."""
        locked = lock(*args, **kwargs)
        if not getattr(first, "done", False):
            first.done = True
            with contextlib.suppress(threading.BrokenBarrierError):
                met.wait(2)
        return locked

    monkeypatch.setattr(steps, "lock_available", together)
    results = at_once(lambda: move(world.actor, east, "MAIN"), lambda: move(world.actor, main, "EAST"))
    assert [result.state for result in results] == ["to_ship", "to_ship"]
    assert "waited crosswise" not in caplog.text
    held = Balance.objects.filter(product=world.stock.bolt).values_list("location__code", "reserved")
    assert sorted(held) == [("A-01", 5), ("E-01", 5)]
    assert not any(found for _check, found in differences(world.actor.company_id))


def move(actor: Any, number: str, warehouse: str) -> Done:
    """Let the order leave from another warehouse."""
    found = draft_of(actor, number)
    draft = replace(found.draft, warehouse=warehouse)
    return commands.update_order(actor=actor, number=number, draft=draft, version=found.version)
