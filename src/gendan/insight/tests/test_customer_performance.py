"""What left for customers on time is counted by the first promise, else by the day that they asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from gendan.accounts.tests.make import api_client, make_stranger, signed_in_client
from gendan.insight import queries
from gendan.insight.fold import fold
from gendan.insight.models import CustomerChange
from gendan.kernel import db, verify
from gendan.kernel.errors import Forbidden
from gendan.sales import commands
from gendan.sales.rules.past import PastDelivery, PastLine, PastOrder
from gendan.sales.tests.make import World, make_world

pytestmark = pytest.mark.django_db
DUE, LATE = date(2014, 3, 10), date(2014, 3, 14)


def left(world: World, key: str, came: date, promised: date | None = DUE, wished: date | None = None) -> None:
    """A line of BOLT that left for C001 on a day."""
    line = PastLine(key, "BOLT", Decimal(5), Decimal(1), requested_on=wished, promised_on=promised)
    sent = PastDelivery(f"{key}:D", came, ((key, Decimal(5)),))
    order = PastOrder(f"{key}:O", "C001", "MAIN", "CNY", date(2014, 1, 1), (line,), (sent,))
    commands.import_orders(actor=replace(world.actor, via="import"), orders=[order])


def wrong(world: World) -> list[object]:
    return list(verify.CHECKS["insight.customers"].find(world.actor.company_id))


@pytest.fixture
def world() -> World:
    world = make_world(bolts=100)
    left(world, "1", DUE)
    left(world, "2", LATE)
    left(world, "3", LATE, promised=None, wished=LATE)
    left(world, "4", LATE, promised=None)
    return world


def test_the_figures_are_sums_and_changes(world: World) -> None:
    for _round in range(2):
        (found,) = queries.customer_performance(world.actor).items
        assert (found.partner, found.lines, found.on_time, found.unmeasured, found.days_late) == ("C001", 3, 2, 1, 4)
        assert queries.customer_performance(world.actor, "2013").items == []
        assert wrong(world) == []
        fold()
    assert not CustomerChange.objects.exists()
    db.execute("UPDATE sales_salesline SET promised_on = promised_on + 9 WHERE completed_on = %s::date", [LATE])
    assert queries.customer_performance(world.actor).items[0].on_time == 3
    assert wrong(world) == []


def test_pages_and_api_lead_to_the_lines(world: World) -> None:
    client = signed_in_client(world.actor)
    assert "66.7" in client.get("/customers/performance").content.decode()
    for only, count in (("late", 1), ("on_time", 2), ("unmeasured", 1), ("measured", 3), ("", 4)):
        lines = queries.completed_lines(world.actor, queries.CUSTOMERS, partner="C001", only=only).items
        assert len(lines) == count
        assert client.get(f"/customers/performance/lines?customer=C001&only={only}").status_code == 200
    assert api_client(world.actor).get("/customer-performance").json() == {
        "total": {"lines": 3, "on_time": 2, "rate": "0.6667"},
        "items": [{"customer": "C001", "name": world.customer.name, "lines": 3, "on_time": 2, "rate": "0.6667"}],
    }
    assert api_client(make_stranger()).get("/customer-performance").json()["items"] == []


def test_who_may_not_see_figures_sees_none(world: World) -> None:
    seller = replace(world.actor, permissions=frozenset({"sales.view"}))
    with pytest.raises(Forbidden):
        queries.customer_performance(seller)
