"""Shipments: announced, sent, arrived, cancelled; what they say of order lines."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gendan.accounts.models import Company
from gendan.catalog.models import Partner
from gendan.catalog.tests import make as catalog
from gendan.catalog.tests.make import make_actor
from gendan.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from gendan.kernel.models import Event
from gendan.kernel.unit import Done
from gendan.purchasing import commands
from gendan.purchasing.errors import (
    DifferentSuppliers,
    EmptyDocument,
    ExternalKeyReused,
    NothingToReceive,
    NothingToShip,
    OverShipped,
    ReasonRequired,
    ShipmentHasReceipts,
    ShipmentLineReceived,
    UnknownLine,
)
from gendan.purchasing.models import Promise, PurchaseOrder, Shipment, ShipmentLine
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.rules.shipments import ShipIn, ShipmentLineIn
from gendan.purchasing.tests.make import World, confirm, line, make_order, make_world, receive

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def ship(world: World, *parts: tuple[str, int, str], **fields: Any) -> Done:
    """Ship (order, line, quantity) parts; everything open of ``orders`` without parts."""
    lines = [ShipIn(line_no, Decimal(q), number) for number, line_no, q in parts] or None
    return commands.create_shipment(actor=fields.pop("actor", world.actor), lines=lines, **fields)


def shipment(number: str) -> Shipment:
    return Shipment.objects.get(number=number)


def state_of(number: str) -> str:
    return PurchaseOrder.objects.get(number=number).state


def test_an_announced_shipment_changes_no_counter_a_sent_one_does() -> None:
    world = make_world()
    order = make_order(world)
    done = ship(world, orders=[order.number], carrier="顺丰", tracking_number="SF100")
    assert done.state == "announced"
    assert line(order.number).shipped == 0
    sent = commands.dispatch_shipment(actor=world.actor, number=done.number, version=1)
    assert (sent.state, shipment(done.number).shipped_on) == ("in_transit", TODAY())
    assert (line(order.number).shipped, line(order.number, 2).shipped) == (10, 20)
    assert state_of(order.number) == "shipped"
    with pytest.raises(WrongState):
        commands.dispatch_shipment(actor=world.actor, number=done.number)


def test_one_shipment_carries_lines_of_several_orders() -> None:
    world = make_world()
    first, second = make_order(world, 10), make_order(world, 5, 8)
    done = ship(world, (first.number, 1, "4"), (second.number, 2, "8"), shipped_on=TODAY())
    assert ShipmentLine.objects.filter(shipment__number=done.number).count() == 2
    assert (state_of(first.number), state_of(second.number)) == ("partly_shipped", "partly_shipped")
    event = Event.objects.get(type="purchasing.shipment_created")
    assert {f"po:{first.number}", f"po:{second.number}", f"asn:{done.number}", "partner:S001"} <= set(event.refs)


def test_no_more_is_shipped_than_was_ordered_announcements_counted() -> None:
    world = make_world()
    order = make_order(world, 10)
    ship(world, (order.number, 1, "6"))
    with pytest.raises(OverShipped) as refusal:
        ship(world, (order.number, 1, "5"))
    assert "4" in str(refusal.value)
    ship(world, orders=[order.number])
    with pytest.raises(NothingToShip):
        ship(world, orders=[order.number])


def test_what_came_in_without_announcement_counts_too() -> None:
    world = make_world()
    order = make_order(world, 10)
    receive(world, order.number, (1, "7"))
    with pytest.raises(OverShipped):
        ship(world, (order.number, 1, "4"))
    assert ship(world, (order.number, 1, "3"), shipped_on=TODAY()).state == "in_transit"


def test_the_tolerance_of_the_line_is_respected() -> None:
    world = make_world()
    Partner.objects.filter(pk=world.supplier.pk).update(over_tolerance=10)
    order = make_order(world, 10)
    with pytest.raises(OverShipped):
        ship(world, (order.number, 1, "12"))
    ship(world, (order.number, 1, "11"))


def test_beyond_the_tolerance_needs_a_permission() -> None:
    world = make_world()
    order = make_order(world, 10)
    keeper = make_actor("purchasing.create_shipment", company=Company.objects.get(pk=world.company_id))
    with pytest.raises(Forbidden):
        ship(world, (order.number, 1, "12"), over=True, actor=keeper)
    assert ship(world, (order.number, 1, "12"), over=True).state == "announced"


def test_the_expected_date_goes_into_the_ledger_and_overwrites_nothing() -> None:
    world = make_world()
    order = make_order(world, 10)
    confirm(world, order.number, (1, "10", "2026-12-03"))
    later = date(2026, 12, 9)
    done = ship(world, orders=[order.number], carrier="顺丰", shipped_on=TODAY(), expected_on=later)
    found = line(order.number)
    assert (found.promised_on, found.expected_on, found.due_on) == (date(2026, 12, 3), later, date(2026, 12, 3))
    entry = Promise.objects.filter(order_line=found).order_by("-revision").first()
    assert entry is not None
    assert (entry.kind, entry.source, entry.quantity, entry.promised_on) == ("expected", "carrier", 10, later)
    assert entry.note == done.number
    assert Promise.objects.filter(order_line=found).count() == 2


def test_news_of_a_shipment_are_kept_and_the_newest_counts() -> None:
    world = make_world()
    order = make_order(world, 10)
    done = ship(world, orders=[order.number], shipped_on=TODAY(), expected_on=TODAY() + timedelta(5))
    later = TODAY() + timedelta(8)
    answer = commands.update_shipment(
        actor=world.actor, number=done.number, changes={"expected_on": later, "tracking_number": "YT9"}, version=1
    )
    assert answer.version == 2
    assert shipment(done.number).tracking_number == "YT9"
    assert line(order.number).expected_on == later
    assert [p.source for p in Promise.objects.filter(order_line=line(order.number)).order_by("revision")] == [
        "supplier",
        "supplier",
    ]
    with pytest.raises(Stale):
        commands.update_shipment(actor=world.actor, number=done.number, changes={"carrier": "德邦"}, version=1)
    commands.update_shipment(actor=world.actor, number=done.number, changes={"carrier": "德邦"})
    assert Promise.objects.filter(order_line=line(order.number)).count() == 2


def test_dates_that_cannot_be_are_refused() -> None:
    world = make_world()
    order = make_order(world, 10)
    with pytest.raises(Invalid):
        ship(world, orders=[order.number], shipped_on=TODAY() + timedelta(1))
    with pytest.raises(Invalid):
        ship(world, orders=[order.number], shipped_on=TODAY(), expected_on=TODAY() - timedelta(1))
    with pytest.raises(Invalid):
        ship(world, orders=[order.number], packages=-1)
    with pytest.raises(Invalid):
        ship(world, (order.number, 1, "0"))
    done = ship(world, orders=[order.number], shipped_on=TODAY() - timedelta(3))
    for day in (TODAY() + timedelta(1), TODAY() - timedelta(4)):
        with pytest.raises(Invalid):
            commands.arrive_shipment(actor=world.actor, number=done.number, arrived_on=day)


def test_arrival_of_what_was_only_announced_counts_it_as_shipped() -> None:
    world = make_world()
    order = make_order(world, 10)
    done = ship(world, orders=[order.number])
    assert commands.arrive_shipment(actor=world.actor, number=done.number).state == "arrived"
    assert (line(order.number).shipped, shipment(done.number).arrived_on) == (10, TODAY())


def test_a_cancelled_shipment_gives_everything_back() -> None:
    world = make_world()
    order = make_order(world, 10)
    confirm(world, order.number, (1, "10", "2026-12-03"))
    done = ship(world, orders=[order.number], shipped_on=TODAY(), expected_on=date(2026, 12, 20))
    with pytest.raises(ReasonRequired):
        commands.cancel_shipment(actor=world.actor, number=done.number, reason=" ")
    commands.cancel_shipment(actor=world.actor, number=done.number, reason="供应商撤回")
    found = line(order.number)
    assert (found.shipped, found.expected_on, state_of(order.number)) == (0, date(2026, 12, 3), "confirmed")
    assert ship(world, orders=[order.number]).state == "announced"
    with pytest.raises(WrongState):
        commands.cancel_shipment(actor=world.actor, number=done.number, reason="again")


def test_a_shipment_of_which_something_came_in_is_corrected_not_cancelled() -> None:
    world = make_world()
    order = make_order(world, 10)
    done = ship(world, orders=[order.number], shipped_on=TODAY())
    commands.receive_goods(actor=world.actor, shipment=done.number, lines=None)
    assert shipment(done.number).state == "received"
    second = make_order(world, 10)
    other = ship(world, orders=[second.number], shipped_on=TODAY())
    receive(world, second.number, (1, "7"))
    assert shipment(other.number).state == "arrived"
    with pytest.raises(ShipmentHasReceipts):
        commands.cancel_shipment(actor=world.actor, number=other.number, reason="x")
    with pytest.raises(ShipmentLineReceived):
        commands.update_shipment(actor=world.actor, number=other.number, lines=[ShipmentLineIn(1, Decimal(6))])
    fixed = commands.update_shipment(actor=world.actor, number=other.number, lines=[ShipmentLineIn(1, Decimal(7))])
    assert (fixed.state, line(second.number).shipped) == ("received", 7)
    assert ship(world, orders=[second.number], shipped_on=TODAY()).state == "in_transit"
    assert line(second.number).shipped == 10


def test_corrected_quantities_stay_within_the_order() -> None:
    world = make_world()
    order = make_order(world, 10, 20)
    done = ship(world, (order.number, 1, "4"), (order.number, 2, "20"), shipped_on=TODAY())
    with pytest.raises(OverShipped):
        commands.update_shipment(actor=world.actor, number=done.number, lines=[ShipmentLineIn(1, Decimal(11))])
    commands.update_shipment(
        actor=world.actor,
        number=done.number,
        lines=[ShipmentLineIn(1, Decimal(10)), ShipmentLineIn(2, Decimal(0))],
    )
    assert (line(order.number).shipped, line(order.number, 2).shipped) == (10, 0)
    assert ShipmentLine.objects.filter(shipment__number=done.number).count() == 1
    with pytest.raises(EmptyDocument):
        commands.update_shipment(actor=world.actor, number=done.number, lines=[ShipmentLineIn(1, Decimal(0))])
    with pytest.raises(UnknownLine):
        commands.update_shipment(actor=world.actor, number=done.number, lines=[ShipmentLineIn(9, Decimal(1))])
    with pytest.raises(Invalid):
        commands.update_shipment(actor=world.actor, number=done.number, changes={"state": "received"})


def test_receiving_by_the_number_of_an_announced_shipment_sends_it_first() -> None:
    world = make_world()
    order = make_order(world, 10, 20)
    done = ship(world, orders=[order.number])
    commands.receive_goods(actor=world.actor, shipment=done.number, lines=None)
    assert (shipment(done.number).state, shipment(done.number).shipped_on) == ("received", TODAY())
    assert (line(order.number).shipped, line(order.number).received) == (10, 10)


def test_nothing_is_received_on_a_shipment_that_was_cancelled_or_has_come_in() -> None:
    world = make_world()
    order = make_order(world, 10)
    cancelled = ship(world, (order.number, 1, "4"), shipped_on=TODAY()).number
    commands.cancel_shipment(actor=world.actor, number=cancelled, reason="退单")
    done = ship(world, (order.number, 1, "4"), shipped_on=TODAY()).number
    commands.receive_goods(actor=world.actor, shipment=done)
    for number in (cancelled, done):
        with pytest.raises(NothingToReceive):
            commands.receive_goods(
                actor=world.actor, shipment=number, lines=[ReceiveIn(1, Decimal(2), order=order.number)]
            )
    assert line(order.number).received == 4


def test_refusals_of_orders() -> None:
    world = make_world()
    draft = make_order(world, 10, submit=False)
    with pytest.raises(WrongState):
        ship(world, orders=[draft.number])
    order = make_order(world, 10)
    with pytest.raises(UnknownLine):
        ship(world, (order.number, 9, "1"))
    with pytest.raises(EmptyDocument):
        ship(world)
    with pytest.raises(EmptyDocument):
        commands.create_shipment(actor=world.actor, orders=[order.number], lines=[])
    catalog.make_warehouse(world.company_id, "W2")
    other = commands.create_order(actor=world.actor, supplier="S001", warehouse="W2", submit=True, lines=[_bolts()])
    with pytest.raises(DifferentSuppliers):
        ship(world, orders=[order.number, other.number])
    ship(world, orders=[order.number], external_key="K1")
    with pytest.raises(ExternalKeyReused):
        ship(world, orders=[make_order(world, 10).number], external_key="K1")


def _bolts() -> LineIn:
    return LineIn("BOLT", Decimal(3), Decimal(1))


VERBS = [
    ("purchasing.create_shipment", lambda actor, order, asn: commands.create_shipment(actor=actor, orders=[order])),
    ("purchasing.update_shipment", lambda actor, order, asn: commands.update_shipment(actor=actor, number=asn)),
    ("purchasing.update_shipment", lambda actor, order, asn: commands.dispatch_shipment(actor=actor, number=asn)),
    ("purchasing.update_shipment", lambda actor, order, asn: commands.arrive_shipment(actor=actor, number=asn)),
    (
        "purchasing.cancel_shipment",
        lambda actor, order, asn: commands.cancel_shipment(actor=actor, number=asn, reason="x"),
    ),
]


@pytest.mark.parametrize(("permission", "verb"), VERBS)
def test_every_verb_needs_its_permission_and_the_company(permission: str, verb: Any) -> None:
    world = make_world()
    order = make_order(world, 10, 20)
    done = ship(world, (order.number, 1, "4"))
    company = Company.objects.get(pk=world.company_id)
    with pytest.raises(Forbidden):
        verb(make_actor("purchasing.view", company=company), order.number, done.number)
    with pytest.raises(NotFound):
        verb(make_actor(), order.number, done.number)
    verb(make_actor(permission, company=company), order.number, done.number)


def test_repeating_with_the_same_key_ships_once() -> None:
    world = make_world()
    order = make_order(world, 10)
    actor = world.actor.with_key("k1")
    first = ship(world, (order.number, 1, "4"), actor=actor)
    again = ship(world, (order.number, 1, "4"), actor=actor)
    assert (again.number, again.replayed) == (first.number, True)
    assert Shipment.objects.count() == 1


def statements(verb: Any) -> int:
    """How many statements a verb sends, savepoints of the test's transaction apart."""
    with CaptureQueriesContext(connection) as captured:
        verb()
    return len([q for q in captured if "SAVEPOINT" not in q["sql"]])


@pytest.mark.parametrize("count", [2, 30])
def test_statements_do_not_depend_on_lines(count: int) -> None:
    world = make_world()
    order = make_order(world, *([10] * count))
    soon = TODAY() + timedelta(3)
    created = statements(lambda: ship(world, orders=[order.number], expected_on=soon))
    same: dict[str, Any] = {"actor": world.actor, "number": Shipment.objects.get().number}
    assert created == 7
    assert statements(lambda: commands.update_shipment(**same, changes={"expected_on": TODAY()})) == 8
    assert statements(lambda: commands.dispatch_shipment(**same)) == 7
    assert statements(lambda: commands.arrive_shipment(**same)) == 6
    assert statements(lambda: commands.cancel_shipment(**same, reason="x")) == 9
