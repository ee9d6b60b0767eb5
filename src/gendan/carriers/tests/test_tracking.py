"""From the number on a shipment to its arrival, with the carrier that does not exist."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from gendan.carriers import commands, queries, queue, tasks
from gendan.carriers.models import ParcelDocument, TrackedParcel, TrackingEvent
from gendan.carriers.tests.make import make_carrier, make_due, make_shipment, parcel, scan, shipment
from gendan.kernel import verify
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.models import Event
from gendan.kernel.tests.make import at_once
from gendan.purchasing import commands as buy
from gendan.purchasing.models import Promise
from gendan.purchasing.tests.make import World, line, make_order, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    found = make_world()
    make_carrier(found.actor, aliases=["SIM Express"])
    return found


def poll() -> None:
    tasks.poll(0)


def types(number: str) -> list[str]:
    return list(
        Event.objects.filter(subject_kind="asn", subject_number=number, type__startswith="carriers.")
        .order_by("id")
        .values_list("type", flat=True)
    )


def clean() -> bool:
    return not [one for _check, differences in verify.differences() for one in differences]


def test_an_arrival_is_seen_on_the_shipment(world: World):
    number = make_shipment(world, "SF1002", days_ago=4)
    assert parcel("SF1002").status == "unknown"
    poll()
    found, sent = parcel("SF1002"), shipment(number)
    assert (found.status, found.signed_by, found.next_check_at) == ("delivered", "前台", None)
    assert found.delivered_at is not None
    assert (sent.state, sent.arrived_on) == ("arrived", found.delivered_at.astimezone(world.actor.zone).date())
    assert types(number) == ["carriers.parcel_delivered"]
    told = Event.objects.get(subject_number=number, type="purchasing.shipment_arrived")
    assert (told.user_id, told.via) == (None, "job")
    assert clean()
    poll()
    assert shipment(number).version == sent.version


def test_a_parcel_under_way_says_when_it_is_expected(world: World):
    number = make_shipment(world, "SF1006", days_ago=4)
    poll()
    expected = world.actor.today() + timedelta(days=6)
    sent = shipment(number)
    assert (sent.state, sent.expected_on) == ("in_transit", expected)
    word = Promise.objects.filter(order_line__shipment_lines__shipment=sent).latest("id")
    assert (word.source, word.promised_on, word.kind) == ("carrier", expected, "expected")
    assert parcel("SF1006").next_check_at is not None
    assert clean()


def test_a_carrier_that_has_it_dispatches_what_was_only_announced(world: World):
    number = make_shipment(world, "SF1004", days_ago=None)
    TrackedParcel.objects.update(since=timezone.now() - timedelta(days=2))
    poll()
    sent = shipment(number)
    assert sent.state == "in_transit"
    assert sent.shipped_on is not None
    order_line = line(sent.lines.get(line_no=1).order_line.order.number)
    assert (order_line.shipped, order_line.expected_on) == (10, sent.expected_on)
    assert clean()


def test_silence_is_said_once_and_ends_with_the_next_event(world: World):
    number = make_shipment(world, "SF1007", days_ago=4)
    poll()
    assert parcel("SF1007").silent_since == parcel("SF1007").last_event_at
    make_due("SF1007")
    poll()
    assert types(number) == ["carriers.parcel_in_transit", "carriers.parcel_silent"]
    (row,) = queries.parcels_of(world.actor, "asn", [shipment(number).pk])
    assert row["silent_since"] is not None
    assert clean()
    commands.take_update(
        actor=world.actor, carrier="SIM", tracking_number="SF1007", scans=[scan("in_transit", 0.5, "到达南京")]
    )
    assert parcel("SF1007").silent_since is None
    assert types(number)[-1] == "carriers.parcel_scanned"


def test_exceptions_and_returns_leave_the_shipment_to_people(world: World):
    number = make_shipment(world, "SF1009", days_ago=5)
    poll()
    assert parcel("SF1009").status == "returned"
    assert shipment(number).state == "in_transit"
    assert types(number) == ["carriers.parcel_returned"]


def test_one_number_on_several_shipments_is_asked_for_once_and_moves_all(world: World):
    numbers = [make_shipment(world, "SF2002"), make_shipment(world, "sf 2002", carrier="sim  express")]
    assert TrackedParcel.objects.count() == 1
    poll()
    assert [shipment(number).state for number in numbers] == ["arrived", "arrived"]
    late = make_shipment(world, "SF2002")
    poll()
    assert shipment(late).state == "arrived", "who comes later is told what was missed"
    assert clean()


def test_a_shipment_of_several_parcels_arrives_with_the_last(world: World):
    number = make_shipment(world, "SF3001，SF3006")
    poll()
    assert [parcel("SF3001").status, parcel("SF3006").status] == ["delivered", "in_transit"]
    assert shipment(number).state == "in_transit"
    assert shipment(number).expected_on == parcel("SF3006").expected_on
    commands.record_event(actor=world.actor, carrier="SIM", tracking_number="SF3006", status="delivered")
    assert shipment(number).state == "arrived"


def test_another_number_is_followed_and_the_old_one_forgotten(world: World):
    number = make_shipment(world, "SF4004")
    poll()
    buy.update_shipment(actor=world.actor, number=number, changes={"tracking_number": "SF4006"})
    assert parcel("SF4004").next_check_at is None
    assert list(ParcelDocument.objects.values_list("parcel__tracking_number", flat=True)) == ["SF4006"]
    buy.cancel_shipment(actor=world.actor, number=number, reason="不发了")
    assert not ParcelDocument.objects.exists()
    assert parcel("SF4006").next_check_at is None
    assert clean()


def test_nobody_is_asked_about_unknown_or_unused_carriers(world: World):
    make_shipment(world, "SF5001", carrier="不认识的物流")
    make_shipment(world, "SF5001", carrier="")
    commands.save_carrier(actor=world.actor, code="SIM", values={"is_active": False})
    make_shipment(world, "SF5002")
    assert not TrackedParcel.objects.exists()


def test_what_is_told_again_changes_nothing(world: World):
    number = make_shipment(world, "SF6006")
    scans = [scan("picked_up", 5), scan("in_transit", 3)]
    told: dict[str, Any] = {"actor": world.actor, "carrier": "SIM", "tracking_number": "SF6006"}
    assert commands.take_update(**told, scans=scans).data == {"new": 2}
    version, events = shipment(number).version, Event.objects.count()
    assert commands.take_update(**told, scans=scans[::-1]).data == {"new": 0}
    assert commands.take_update(**told, scans=[scan("announced", 9)]).data == {"new": 1}, "an older one is kept"
    assert parcel("SF6006").status == "in_transit"
    assert (shipment(number).version, Event.objects.count()) == (version, events + 1)
    assert TrackingEvent.objects.count() == 3


def test_the_log_of_a_parcel_cannot_be_changed(world: World):
    make_shipment(world, "SF6106")
    poll()
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE carriers_trackingevent SET text = 'x'")


def test_events_by_hand_move_documents_as_the_carrier_s_do(world: World):
    make_carrier(world.actor, "DEP", "德邦", "")
    number = make_shipment(world, "DPK700", carrier="dep")
    assert parcel("DPK700").next_check_at is None
    told: dict[str, Any] = {"actor": world.actor, "carrier": "DEP", "tracking_number": "dpk700"}
    commands.record_event(**told, status="delivered", signed_by="王仓管", text="电话确认")
    assert shipment(number).state == "arrived"
    (row,) = queries.parcels_of(world.actor, "asn", [shipment(number).pk])
    assert [(e["source"], e["user"], e["text"]) for e in row["events"]] == [("manual", world.actor.name, "电话确认")]
    with pytest.raises(Invalid):
        commands.record_event(**told, status="lost")
    with pytest.raises(Invalid):
        commands.record_event(**told, status="exception", at=timezone.now() + timedelta(days=1))
    for day in (date(1, 1, 1), date(9999, 12, 31)):
        with pytest.raises(Invalid):
            commands.record_event(**told, status="exception", expected_on=day)
    with pytest.raises(NotFound):
        commands.record_event(**{**told, "tracking_number": "DPK701"}, status="delivered")


def test_a_change_of_the_shipment_does_not_ask_sooner_than_the_service_wants(world: World):
    make_carrier(world.actor)
    number = make_shipment(world, "SF3009")
    later = timezone.now() + timedelta(minutes=31)
    TrackedParcel.objects.update(next_check_at=later)
    buy.update_shipment(actor=world.actor, number=number, changes={"note": "轻放"})
    assert parcel("SF3009").next_check_at == later


def test_what_is_due_is_taken_by_one_worker_only(world: World):
    make_order(world)
    for n in range(12):
        make_shipment(world, f"SF80{n:02d}6")
    taken = at_once([lambda: [p.id for due in queue.claim(4) for p in due.parcels]] * 3)
    ids = [id_ for found in taken for id_ in found]
    assert (len(ids), len(set(ids))) == (12, 12)
    assert queue.claim(20) == []


def test_what_was_forgotten_while_it_was_asked_for_stays_forgotten(world: World):
    number = make_shipment(world, "SF8106")
    (due,) = queue.claim(5)
    buy.update_shipment(actor=world.actor, number=number, changes={"tracking_number": ""})
    queue.checked(due, {}, set())
    commands.check_now(actor=world.actor, carrier="SIM", tracking_number="SF8106")
    assert parcel("SF8106").next_check_at is None
    assert clean()


def test_asked_again_by_hand_it_waits_as_long_as_the_service_wants(world: World):
    make_shipment(world, "SF8206")
    poll()
    commands.check_now(actor=world.actor, carrier="SIM", tracking_number="sf8206")
    found = parcel("SF8206")
    assert found.last_checked_at is not None
    assert found.next_check_at == found.last_checked_at + timedelta(minutes=5)


def test_a_number_that_is_taken_off_and_put_back_is_asked_for_no_sooner_than_the_service_wants(world: World):
    number = make_shipment(world, "SF4004")
    poll()
    for tracking in ("SF4006", "SF4004"):
        buy.update_shipment(actor=world.actor, number=number, changes={"tracking_number": tracking})
    found = parcel("SF4004")
    assert found.last_checked_at is not None
    assert found.next_check_at == found.last_checked_at + timedelta(minutes=5)


def test_two_carriers_news_at_once_leave_the_books_right(world: World):
    number = make_shipment(world, "SF9001")
    told: dict[str, Any] = {"actor": world.actor, "carrier": "SIM", "tracking_number": "SF9001"}
    scans = [scan("in_transit", 9), scan("delivered", 2)]
    answers = at_once(
        [
            lambda: commands.take_update(**told, scans=scans),
            lambda: commands.take_update(**told, scans=scans),
            lambda: buy.update_shipment(actor=world.actor, number=number, changes={"note": "x"}),
        ]
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert shipment(number).state == "arrived"
    assert TrackingEvent.objects.count() == 2
    assert types(number) == ["carriers.parcel_delivered"]
    assert clean()


def test_statements_do_not_depend_on_events(world: World, django_assert_max_num_queries):
    counts = []
    for n, size in enumerate((2, 40)):
        make_shipment(world, f"SF950{n}")
        scans = [scan("in_transit", 50 - k) for k in range(size)]
        with django_assert_max_num_queries(60) as found:
            commands.take_update(actor=world.actor, carrier="SIM", tracking_number=f"SF950{n}", scans=scans)
        counts.append(len(found))
    assert counts[0] == counts[1]
