"""Who is hit when a purchase line slips, what helps, and that nothing more is read than needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from gendan.inventory.tests import make as inventory
from gendan.inventory.tests.make import statements
from gendan.purchasing import commands as purchasing
from gendan.purchasing.queries.impact import LineChange, impact_of_answer, impact_of_order, impact_of_shipment
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.rules.shipments import ShipIn
from gendan.sales.tests.make import World, line, make_order, make_world
from gendan.sales.tests.test_atp import buy
from gendan.sales.tests.test_promises import follow, tie
from gendan.sales.tests.test_why import client

pytestmark = pytest.mark.django_db


@pytest.fixture
def slipped() -> tuple[World, str, str, str]:
    """Two orders of 5 and 8 wait for a purchase of 20 that comes in five days; the purchase and both orders."""
    world = make_world()
    first = make_order(world, 5, requested_on=world.actor.today() + timedelta(days=1)).number
    second = make_order(world, 8, requested_on=world.actor.today() + timedelta(days=20)).number
    bought = buy(world, "20", world.actor.today() + timedelta(days=5))
    for number, quantity in ((first, 5), (second, 8)):
        wanting, bringing = tie(world, number, bought, quantity)
        follow(world, wanting)
    bringing.refresh_from_db()
    type(bringing).objects.filter(pk=bringing.pk).update(pegged=13)
    return world, bought, first, second


def told(found: Any) -> list[tuple[str, str, Decimal, int | None]]:
    return [(hit.kind, hit.order, hit.quantity, hit.late_days) for hit in found.hits]


def test_a_later_day_hits_those_whose_promise_it_breaks(slipped: tuple[World, str, str, str]) -> None:
    world, bought, first, _second = slipped
    today = world.actor.today()
    found = impact_of_order(world.actor, bought, [LineChange(1, today + timedelta(days=12), True)])
    assert told(found) == [("late", first, 5, 7)]
    hit = found.hits[0]
    assert (hit.due_on, hit.before, hit.after) == (
        today + timedelta(days=5),
        today + timedelta(days=5),
        today + timedelta(days=12),
    )
    assert hit.amount == found.amount
    assert hit.amount is not None
    assert round(hit.amount, 2) == round(line(first).net, 2)
    assert (found.waiting, found.customers, found.currency) == (2, 1, "CNY")
    assert told(impact_of_order(world.actor, bought, [LineChange(1, today + timedelta(days=2), True)])) == []
    both = impact_of_order(world.actor, bought, [LineChange(1, today + timedelta(days=25), True)])
    assert [hit.late_days for hit in both.hits] == [20, 5]


def test_less_is_taken_from_the_least_urgent_and_an_end_from_all(slipped: tuple[World, str, str, str]) -> None:
    world, bought, first, second = slipped
    assert told(impact_of_order(world.actor, bought, [LineChange(1, quantity=Decimal(7))])) == [
        ("short", second, 6, None)
    ]
    ended = impact_of_order(world.actor, bought, ended=True)
    assert told(ended) == [("short", first, 5, None), ("short", second, 8, None)]
    day = world.actor.today() + timedelta(days=9)
    answer = [ConfirmIn(1, Decimal(6), day), ConfirmIn(1, None, None, refused=True)]
    found = impact_of_answer(world.actor, bought, answer)
    assert told(found) == [("short", second, 7, None), ("late", first, 5, 4)]


def test_a_shipment_that_comes_later_brings_less_or_does_not_come(slipped: tuple[World, str, str, str]) -> None:
    world, bought, first, second = slipped
    today = world.actor.today()
    sent = purchasing.create_shipment(
        actor=world.actor, lines=[ShipIn(1, Decimal(20), bought)], expected_on=today + timedelta(days=5)
    ).number
    moved = impact_of_shipment(world.actor, sent, expected_on=today + timedelta(days=8), moved=True)
    assert told(moved) == [("late", first, 5, 3)]
    less = impact_of_shipment(world.actor, sent, quantities={1: Decimal(10)})
    assert told(less) == [("postponed", second, 3, None)]
    assert told(impact_of_shipment(world.actor, sent, cancelled=True)) == [], "the promised day holds without it"


def test_what_helps_is_offered(slipped: tuple[World, str, str, str]) -> None:
    world, bought, first, _second = slipped
    today = world.actor.today()
    inventory.stock(world.stock, "BOLT", 30, "E-01", warehouse="EAST")
    inventory.stock(world.stock, "BOLT", 4)
    other = buy(world, "9", today + timedelta(days=7))
    found = impact_of_order(world.actor, bought, [LineChange(1, today + timedelta(days=12), True)])
    offers = {offer.kind: offer for offer in found.hits[0].offers}
    assert set(offers) == {"stock", "supply", "transfer", "tell"}
    assert "4 件" in offers["stock"].text
    assert other in offers["supply"].text
    assert "EAST" in offers["transfer"].text
    assert first in offers["tell"].letter
    assert str(today + timedelta(days=12)) in offers["tell"].letter


def test_who_may_not_see_prices_sees_no_money_and_the_number_of_statements_is_fixed(
    slipped: tuple[World, str, str, str],
) -> None:
    world, bought, _first, _second = slipped
    buyer = world.stock.colleague("purchasing.view", "sales.view")
    change = [LineChange(1, world.actor.today() + timedelta(days=30), True)]
    with statements() as seen:
        found = impact_of_order(buyer, bought, change)
    assert [hit.amount for hit in found.hits] == [None, None]
    assert found.amount is None
    assert len(seen) == 11, "lines; criteria and company; who waits; five of what can be promised; two of who helps"
    free = buy(world, "5", world.actor.today())
    with statements() as seen:
        impact_of_order(buyer, free, change)
    assert len(seen) == 1, "nothing waits for it"


def test_who_may_not_see_sales_learns_how_many_are_hit_and_not_who(slipped: tuple[World, str, str, str]) -> None:
    world, bought, first, second = slipped
    buyer = replace(world.actor, permissions=frozenset({"purchasing.view"}))
    found = impact_of_order(buyer, bought, ended=True)
    assert (len(found.hits), found.customers, found.waiting, found.amount) == (2, 1, 2, None)
    assert [(hit.url, hit.offers) for hit in found.hits] == [("", ())] * 2
    assert not any(name in str(found) for name in (first, second, "C001", world.customer.name))


def test_a_shipment_that_is_being_announced_is_asked_about_in_its_form(slipped: tuple[World, str, str, str]) -> None:
    world, bought, first, _second = slipped
    day = str(world.actor.today() + timedelta(days=8))
    form = {"expected_on": day, "order": bought, "line": "1", "quantity": "20"}
    page = client(world).post("/shipments/impact", form).content.decode()
    assert first in page
    assert "晚 3 天" in page
    assert client(world).post("/shipments/impact", {**form, "expected_on": "nonsense"}).content.decode().strip() == ""
