"""A delivery and its carrier: news of its parcel move it, and sign it where the company takes the carrier's word."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gendan.carriers import tasks
from gendan.carriers.models import ParcelDocument, TrackedParcel
from gendan.carriers.tests.make import make_carrier, make_due, parcel
from gendan.kernel.models import Event
from gendan.kernel.verify import differences
from gendan.sales import commands
from gendan.sales.models import Delivery, SalesOrder, SalesSettings
from gendan.sales.queries.deliveries import DeliveryFilter, delivery_list
from gendan.sales.tests.make import World, make_order, make_world

pytestmark = pytest.mark.django_db(transaction=True)
DAYS_AGO = 4


def sent(world: World, tracking_number: str, carrier: str = "模拟速运") -> str:
    """A delivery that was handed over some days ago."""
    order = make_order(world, 5)
    SalesOrder.objects.update(ordered_on=world.actor.today() - timedelta(days=9))
    number = commands.create_delivery(actor=world.actor, orders=[order.number]).number
    day = world.actor.today() - timedelta(days=DAYS_AGO)
    return commands.ship_delivery(
        actor=world.actor, number=number, carrier=carrier, tracking_number=tracking_number, shipped_on=day
    ).number


def delivery(number: str) -> Delivery:
    return Delivery.objects.get(number=number)


@pytest.mark.parametrize("taken", [True, False])
def test_a_carriers_word_signs_where_the_company_takes_it(taken: bool) -> None:
    world = make_world(bolts=10)
    make_carrier(world.actor)
    SalesSettings.objects.create(company_id=world.actor.company_id, sign_by_carrier=taken)
    number = sent(world, "SF1002")
    tasks.poll(0)
    assert parcel("SF1002").status == "delivered"
    found = delivery(number)
    assert (found.state, found.signed_via) == (("signed", "carrier") if taken else ("shipped", ""))
    assert found.signed_by == ("前台" if taken else "")
    assert SalesOrder.objects.get().state == ("signed" if taken else "shipped")
    told = Event.objects.filter(subject_kind="dn", type="sales.delivery_signed")
    assert [event.via for event in told] == (["job"] if taken else [])
    assert not [one for _check, found in differences(world.actor.company_id) for one in found]


def test_the_expected_day_and_silence_are_seen() -> None:
    world = make_world(bolts=10)
    make_carrier(world.actor)
    number = sent(world, "SF1006")
    tasks.poll(0)
    assert delivery(number).expected_on == world.actor.today() + timedelta(days=6)
    TrackedParcel.objects.update(silent_since="2026-11-20T00:00Z")
    (row,) = delivery_list(world.actor, DeliveryFilter(state="unsigned")).items
    assert (row["number"], row["silent"]) == (number, True)


def test_the_carrier_is_told_the_consignees_phone_also_when_goods_leave_at_once() -> None:
    world = make_world(bolts=10)
    make_carrier(world.actor)
    order = make_order(world, 5)
    SalesOrder.objects.update(ship_to_phone="13800001234")
    commands.deliver_order(actor=world.actor, number=order.number, carrier="模拟速运", tracking_number="SF1009")
    assert TrackedParcel.objects.get().phone == "13800001234"


def test_another_number_is_followed_instead_and_a_cancelled_delivery_not_at_all() -> None:
    world = make_world(bolts=10)
    make_carrier(world.actor)
    number = sent(world, "SF1007")
    commands.update_delivery(actor=world.actor, number=number, changes={"tracking_number": "SF1008"})
    followed = ParcelDocument.objects.filter(kind="dn").values_list("parcel__tracking_number", flat=True)
    assert list(followed) == ["SF1008"]
    commands.cancel_delivery(actor=world.actor, number=number, reason="没有发走")
    assert not ParcelDocument.objects.filter(kind="dn").exists()


def test_a_carrier_set_up_later_follows_what_was_sent_before() -> None:
    world = make_world(bolts=10)
    number = sent(world, "SF1006")
    make_carrier(world.actor)
    make_due("SF1006")
    tasks.poll(0)
    assert delivery(number).expected_on is not None
