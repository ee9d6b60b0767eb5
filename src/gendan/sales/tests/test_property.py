"""Whatever happens in both chains: reserved ≤ on hand, ties ≤ both their ends, the books agree."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gendan.inventory.models import Balance
from gendan.purchasing.tests.test_order_races import at_once
from gendan.sales.models import SalesLine
from gendan.sales.tests.chaos import Chaos, deliver, receive, reserve, sell, what_is_wrong
from gendan.sales.tests.test_supply import make_world

ACTS_EACH = 60


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), inspected=st.booleans())
def test_nothing_is_promised_twice_whatever_happens(seed: int, inspected: bool) -> None:
    world = make_world(bolts=15)
    world.stock.bolt.inspect = inspected
    world.stock.bolt.save()
    chaos = Chaos(world, seed)
    for _ in range(ACTS_EACH // 10):
        chaos.act(10)
        assert not what_is_wrong(world), chaos.done


@pytest.mark.django_db(transaction=True)
def test_nothing_is_promised_twice_by_many_at_once() -> None:
    world = make_world(bolts=30)
    people = [Chaos(world, seed) for seed in range(8)]
    at_once(*[lambda who=who: who.act(40) for who in people])
    assert not what_is_wrong(world)
    assert sum(len(who.done) for who in people) > 100


@pytest.mark.django_db(transaction=True)
def test_thousands_of_attempts_sell_what_there_is_and_no_more() -> None:
    world = make_world(bolts=200)
    people = [Chaos(world, seed) for seed in range(8)]

    def rush(who: Chaos) -> None:
        for n in range(130):
            who.once((sell, reserve, deliver, receive)[n % 4] if n % 8 else sell)

    at_once(*[lambda who=who: rush(who) for who in people])
    assert not what_is_wrong(world)
    shipped = sum(line.shipped for line in SalesLine.objects.all())
    left = sum(balance.on_hand for balance in Balance.objects.filter(location__kind="bin"))
    assert shipped + left == 200
