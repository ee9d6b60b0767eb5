"""When a shipment arrives, and by whose word."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from gendan.kernel import db
from gendan.purchasing import commands as purchasing
from gendan.purchasing.tests import make as buying
from gendan.transport.queries.arrivals import arrival, arrivals, by_column, by_day
from gendan.transport.rules.forecast import Expected, Usual, expected
from gendan.transport.tests.make import make_shipment

DAY = date(2026, 5, 4)


@pytest.mark.parametrize(
    ("known", "on", "source"),
    [
        ({}, None, ""),
        ({"stated": DAY}, DAY, "supplier"),
        ({"stated": DAY, "shipped": DAY, "usual": Usual(5, 3)}, DAY + timedelta(days=5), "usual"),
        ({"stated": DAY, "shipped": DAY, "usual": Usual(5, 2)}, DAY, "supplier"),
        ({"stated": DAY, "usual": Usual(5, 9)}, DAY, "supplier"),
        ({"carrier": DAY, "shipped": DAY, "usual": Usual(5, 9)}, DAY, "carrier"),
        ({"arrived": DAY, "carrier": DAY + timedelta(days=9)}, DAY, "arrived"),
    ],
)
def test_who_knows_best_is_believed(known: dict[str, Any], on: date | None, source: str) -> None:
    given = dict.fromkeys(("arrived", "carrier", "shipped", "stated", "usual")) | known
    assert expected(**given) == Expected(on, source)


@pytest.mark.django_db
def test_past_shipments_say_how_long_it_takes_with_their_carrier_first() -> None:
    world = buying.make_world()
    today = world.actor.today()
    for carrier, days in (("慢运", 10), ("慢运", 12), ("慢运", 14), ("快运", 2), ("快运", 2), ("快运", 2), ("快运", 2)):
        number = make_shipment(world, 10, carrier=carrier)
        db.execute(
            "UPDATE purchasing_shipment SET state = 'received', shipped_on = %s, arrived_on = %s WHERE number = %s",
            [today - timedelta(days=30), today - timedelta(days=30 - days), number],
        )
    slow, any_ = make_shipment(world, 10, carrier="慢运"), make_shipment(world, 10, carrier="")
    assert arrival(world.actor, slow)["expected_on"] == today + timedelta(days=12)
    assert arrival(world.actor, slow)["usual"] == Usual(12, 3, "慢运")
    assert arrival(world.actor, any_)["expected_on"] == today + timedelta(days=2)
    assert arrival(world.actor, any_)["source"] == "usual"


@pytest.mark.django_db
def test_each_stands_in_its_column_and_on_its_day() -> None:
    world = buying.make_world()
    today = world.actor.today()
    said = make_shipment(world, 10, dispatched=False, expected_on=today + timedelta(days=2))
    way, came = make_shipment(world, 10), make_shipment(world, 10)
    purchasing.arrive_shipment(actor=world.actor, number=came)
    late = make_shipment(world, 10)
    db.execute("UPDATE purchasing_shipment SET expected_on = %s WHERE number = %s", [today - timedelta(days=3), late])
    rows = arrivals(world.actor)
    columns = {code: [row["number"] for row in found] for code, found in by_column(rows).items()}
    assert columns == {"announced": [said], "in_transit": [late, way], "arrived": [came], "receiving": []}
    days = {on: [row["number"] for row in found] for on, found in by_day(rows).items()}
    assert days[today + timedelta(days=2)] == [said]
    assert days[today - timedelta(days=3)] == [late]
    assert {row["number"]: row["days_late"] for row in rows}[late] == 3
