"""Docks: when they can be booked, by how many, and that nobody gets a place that is taken."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from django.urls import reverse

from gendan.accounts.tests.make import signed_in_client
from gendan.catalog.tests.make import make_warehouse
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.tests.make import at_once
from gendan.purchasing import commands as purchasing
from gendan.purchasing.tests import make as buying
from gendan.transport import commands
from gendan.transport.errors import DockClosed, DockElsewhere, DockFull, NotBooked, NotComing
from gendan.transport.models import Booking
from gendan.transport.queries.docks import days_plan, free_slots
from gendan.transport.tests.make import make_dock, make_shipment, tomorrow, transport_differences


@pytest.mark.django_db
def test_a_shipment_takes_a_place_moves_and_lets_it_go() -> None:
    world = buying.make_world()
    make_dock(world)
    number, day = make_shipment(world, 10), tomorrow(world)
    commands.book_dock(actor=world.actor, number=number, dock="d1", on=day, at=time(9))
    places = {place["at"]: place for place in days_plan(world.actor, "MAIN", day)[0]["docks"][0]["places"]}
    assert [place["free"] for place in places.values()] == [1, 0, 1, 1]
    assert places[time(9)]["booked"][0]["number"] == number
    (hidden,) = free_slots(world.actor, "MAIN", day)[0]["docks"][0]["places"][1]["booked"]
    assert hidden == {"number": "", "supplier_name": "", "seen": False}  # for who books from outside
    commands.book_dock(actor=world.actor, number=number, dock="D1", on=day, at=time(11))
    (booking,) = Booking.objects.all()
    assert booking.starts_at == datetime.combine(day, time(11), world.actor.zone)
    commands.cancel_booking(actor=world.actor, number=number)
    with pytest.raises(NotBooked):
        commands.cancel_booking(actor=world.actor, number=number)
    assert transport_differences() == []


@pytest.mark.django_db
def test_no_day_that_documents_cannot_name_is_looked_at() -> None:
    world = buying.make_world()
    make_dock(world)
    number, web = make_shipment(world, 10), signed_in_client(world.actor)
    for day in (date.min, date.max):
        with pytest.raises(Invalid, match="日期"):
            days_plan(world.actor, "MAIN", day)
        for page in (reverse("transport:docks"), reverse("transport:shipment", args=[number])):
            assert web.get(f"{page}?on={day}").status_code == 200


@pytest.mark.django_db
def test_what_cannot_be_booked_says_why() -> None:
    world = buying.make_world()
    make_dock(world, weekdays=str(tomorrow(world).isoweekday()))
    number, day = make_shipment(world, 10), tomorrow(world)

    def book(on=day, at=time(9), dock="D1"):
        return commands.book_dock(actor=world.actor, number=number, dock=dock, on=on, at=at)

    for on, at in (
        (day, time(9, 30)),
        (day, time(12)),
        (day + timedelta(days=1), time(9)),
        (day - timedelta(7), time(9)),
    ):
        with pytest.raises(DockClosed):
            book(on, at)
    with pytest.raises(NotFound):
        book(dock="D9")
    make_warehouse(world.company_id, "EAST")
    make_dock(world, "D2", warehouse="EAST")
    with pytest.raises(DockElsewhere):
        book(dock="D2")
    purchasing.cancel_shipment(actor=world.actor, number=number, reason="不来了")
    with pytest.raises(NotComing):
        book()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("capacity", {"capacity": 0}),
        ("slot_minutes", {"slot_minutes": 1}),
        ("closes", {"opens": time(12), "closes": time(8)}),
        ("closes", {"slot_minutes": 600}),
        ("weekdays", {"weekdays": ""}),
        ("weekdays", {"weekdays": "8"}),
        ("warehouse", {"warehouse": "NOWHERE"}),
    ],
)
def test_a_dock_that_makes_no_sense_is_refused_by_field(field: str, said: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        make_dock(buying.make_world(), **said)
    assert field in refused.value.fields


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_the_last_places_only_as_many_get_one() -> None:
    world = buying.make_world()
    make_dock(world, capacity=2)
    day = tomorrow(world)
    numbers = [make_shipment(world, 10) for _n in range(6)]
    results = at_once(
        partial(commands.book_dock, actor=world.actor, number=number, dock="D1", on=day, at=time(8))
        for number in numbers
    )
    assert sum(isinstance(result, DockFull) for result in results) == 4
    assert Booking.objects.count() == 2
    assert Booking.objects.filter(starts_at__lt=datetime.now(UTC)).count() == 0
