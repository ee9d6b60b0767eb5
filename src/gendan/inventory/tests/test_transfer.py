"""Transfers: at once inside a warehouse, by transit between warehouses."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from gendan.accounts.tests.make import make_stranger
from gendan.catalog.models import Location
from gendan.inventory import commands
from gendan.inventory.errors import (
    EmptyDocument,
    NothingInTransit,
    OverArrived,
    PlaceUnderInspection,
    StockShort,
    UnknownLine,
)
from gendan.inventory.models import Transfer, TransferLine
from gendan.inventory.rules import ArrivalIn, TransferLineIn
from gendan.inventory.tests.make import (
    World,
    at_once,
    make_world,
    moves_of,
    on_hand,
    reserve,
    statements,
    stock,
    transfer,
)
from gendan.kernel import verify
from gendan.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from gendan.kernel.models import Event

pytestmark = pytest.mark.django_db


def to_east(product: str = "BOLT", quantity: int = 10, lot: str = "") -> TransferLineIn:
    return TransferLineIn(product, Decimal(quantity), "A-01", "E-01", lot)


def test_between_bins_of_a_warehouse_stock_is_there_at_once() -> None:
    world = make_world()
    stock(world, "BOLT", 100)
    draft = transfer(world)
    assert (draft.number, draft.state) == ("TR-000001", "draft")
    assert on_hand(world, "BOLT") == 100
    done = commands.post_transfer(actor=world.actor, number=draft.number, version=1)
    assert done.state == "posted"
    assert (on_hand(world, "BOLT"), on_hand(world, "BOLT", "A-02")) == (90, 10)
    assert TransferLine.objects.get(transfer__number=draft.number).received == 10
    event = Event.objects.get(type="inventory.transfer_posted")
    assert event.refs == [f"transfer:{draft.number}", "product:BOLT"]


def test_between_warehouses_it_travels_and_arrives_in_parts() -> None:
    world = make_world()
    stock(world, "BOLT", 100)
    stock(world, "GLUE", 5, lot="L1")
    done = transfer(world, to_east(), to_east("GLUE", 5, "L1"), to_warehouse="EAST", post=True)
    assert done.state == "in_transit"
    assert (on_hand(world, "BOLT"), on_hand(world, "BOLT", "transit")) == (90, 10)
    first = commands.receive_transfer(actor=world.actor, number=done.number, lines=[ArrivalIn(1, Decimal(4))])
    assert first.state == "in_transit"
    assert (on_hand(world, "BOLT", "E-01"), on_hand(world, "BOLT", "transit")) == (4, 6)
    commands.receive_transfer(actor=world.actor, number=done.number, lines=[ArrivalIn(1, Decimal(1), "DEFAULT")])
    rest = commands.receive_transfer(actor=world.actor, number=done.number)
    assert rest.state == "posted"
    assert (on_hand(world, "BOLT", "E-01"), on_hand(world, "BOLT", "transit")) == (9, 0)
    assert on_hand(world, "GLUE", "E-01", "L1") == 5
    assert Transfer.objects.get(number=done.number).posted_at is not None


def test_more_than_is_on_its_way_does_not_arrive() -> None:
    world = make_world()
    stock(world, "BOLT", 100)
    done = transfer(world, to_east(), to_warehouse="EAST", post=True)
    with pytest.raises(OverArrived) as refusal:
        commands.receive_transfer(actor=world.actor, number=done.number, lines=[ArrivalIn(1, Decimal(11))])
    assert refusal.value.data["open"] == 10
    parts = [ArrivalIn(1, Decimal(6)), ArrivalIn(1, Decimal(6))]
    with pytest.raises(OverArrived):
        commands.receive_transfer(actor=world.actor, number=done.number, lines=parts)
    with pytest.raises(UnknownLine):
        commands.receive_transfer(actor=world.actor, number=done.number, lines=[ArrivalIn(2, Decimal(1))])
    with pytest.raises(Invalid):
        commands.receive_transfer(actor=world.actor, number=done.number, lines=[ArrivalIn(1, Decimal(1), "NOWHERE")])
    with pytest.raises(Invalid):
        commands.receive_transfer(actor=world.actor, number=done.number, lines=[ArrivalIn(1, Decimal("0.5"))])
    with pytest.raises(NothingInTransit):
        commands.receive_transfer(actor=world.actor, number=done.number, lines=[])


def test_what_is_on_its_way_can_be_called_back() -> None:
    world = make_world()
    stock(world, "BOLT", 100)
    done = transfer(world, to_east(), to_warehouse="EAST", post=True)
    commands.receive_transfer(actor=world.actor, number=done.number, lines=[ArrivalIn(1, Decimal(4))])
    back = commands.recall_transfer(actor=world.actor, number=done.number, reason="车坏了")
    assert back.state == "posted"
    assert (on_hand(world, "BOLT"), on_hand(world, "BOLT", "E-01"), on_hand(world, "BOLT", "transit")) == (96, 4, 0)
    whole = transfer(world, to_east(), to_warehouse="EAST", post=True)
    assert commands.recall_transfer(actor=world.actor, number=whole.number).state == "cancelled"
    assert on_hand(world, "BOLT") == 96
    with pytest.raises(WrongState):
        commands.recall_transfer(actor=world.actor, number=whole.number)


def test_reserved_stock_does_not_leave() -> None:
    world = make_world()
    stock(world, "BOLT", 12)
    reserve(world, "BOLT", 5)
    draft = transfer(world)
    with pytest.raises(StockShort) as refusal:
        commands.post_transfer(actor=world.actor, number=draft.number)
    assert (refusal.value.data["available"], refusal.value.data["place"]) == (7, "MAIN A-01")
    assert Transfer.objects.get(number=draft.number).state == "draft"
    assert moves_of(draft.number) == []


def test_bins_may_be_typed_in_small_letters() -> None:
    world = make_world()
    stock(world, "BOLT", 10, "a-01")
    away = transfer(world, TransferLineIn("BOLT", Decimal(4), "a-01", "e-01"), to_warehouse="EAST", post=True)
    commands.receive_transfer(actor=world.actor, number=away.number, lines=[ArrivalIn(1, Decimal(4), "default")])
    assert (on_hand(world, "BOLT", "A-01"), on_hand(world, "BOLT", "DEFAULT")) == (6, 4)


def test_a_place_that_may_be_negative_may_be_negative() -> None:
    world = make_world()
    stock(world, "BOLT", 4)
    Location.objects.filter(company_id=world.company_id, code="A-01").update(allow_negative=True)
    transfer(world, post=True)
    assert (on_hand(world, "BOLT"), on_hand(world, "BOLT", "A-02")) == (-6, 10)
    Location.objects.filter(company_id=world.company_id, code="A-01").update(allow_negative=False)
    stock(world, "BOLT", 7)
    with pytest.raises(StockShort):
        transfer(world, post=True)


def may_be_negative(world: World, allowed: bool) -> None:
    Location.objects.filter(company_id=world.company_id, code="A-01").update(allow_negative=allowed)


def test_nothing_more_leaves_a_place_below_zero_that_may_not_be_negative_any_more() -> None:
    world = make_world()
    may_be_negative(world, True)
    transfer(world, post=True)
    may_be_negative(world, False)
    with pytest.raises(StockShort):
        transfer(world, post=True)
    assert on_hand(world, "BOLT") == -10
    transfer(world, TransferLineIn("BOLT", Decimal(4), "A-02", "A-01"), post=True)
    assert on_hand(world, "BOLT") == -6
    assert not [check.name for check, found in verify.differences(world.company_id) if found]
    may_be_negative(world, True)
    transfer(world, TransferLineIn("BOLT", Decimal(6), "A-01", "A-02"), post=True)
    assert on_hand(world, "BOLT") == -12


@pytest.mark.django_db(transaction=True)
def test_withdrawals_at_once_from_a_place_that_may_not_be_negative_any_more() -> None:
    world = make_world()
    may_be_negative(world, True)
    transfer(world, post=True)
    may_be_negative(world, False)
    fill = TransferLineIn("BOLT", Decimal(1), "A-02", "A-01")
    answers = at_once(
        *(lambda: transfer(world, post=True) for _ in range(3)),
        *(lambda: transfer(world, fill, post=True) for _ in range(3)),
    )
    assert [isinstance(a, StockShort) for a in answers] == [True] * 3 + [False] * 3
    assert (on_hand(world, "BOLT"), on_hand(world, "BOLT", "A-02")) == (-7, 7)


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_races_the_flag_taken_away() -> None:
    world = make_world()
    for _ in range(5):
        may_be_negative(world, True)
        before = on_hand(world, "BOLT")
        answers = at_once(
            lambda: may_be_negative(world, False),
            *(lambda: transfer(world, post=True) for _ in range(3)),
        )
        left = sum(not isinstance(a, Exception) for a in answers[1:])
        assert all(not isinstance(a, Exception) or isinstance(a, StockShort) for a in answers)
        assert on_hand(world, "BOLT") == before - 10 * left
        with pytest.raises(StockShort):
            transfer(world, post=True)


def test_a_draft_is_checked_by_field() -> None:
    world = make_world()
    with pytest.raises(EmptyDocument):
        commands.create_transfer(actor=world.actor, warehouse="MAIN", lines=[])
    with pytest.raises(Invalid) as refusal:
        commands.create_transfer(actor=world.actor, warehouse="NO", lines=[to_east()], to_warehouse="NEITHER")
    assert set(refusal.value.fields) == {"warehouse", "to_warehouse"}
    lines = [
        TransferLineIn("NONE", Decimal(1), "A-01", "A-02"),
        TransferLineIn("BOLT", Decimal("1.5"), "A-01", "A-02"),
        TransferLineIn("BOLT", Decimal(1), "X-01", "E-01"),
        TransferLineIn("GLUE", Decimal(1), "A-01", "A-02"),
        TransferLineIn("GLUE", Decimal(1), "A-01", "A-02", "L9"),
    ]
    with pytest.raises(Invalid) as refusal:
        transfer(world, *lines)
    assert set(refusal.value.fields) == {
        "lines.0.product", "lines.1.quantity", "lines.2.bin", "lines.2.to_bin", "lines.3.lot", "lines.4.lot",
    }  # fmt: skip
    assert refusal.value.fields["lines.1.quantity"] == "该单位的数量只能是整数。"
    with pytest.raises(Invalid) as refusal:
        transfer(world, TransferLineIn("BOLT", Decimal(1), "A-01", "A-01"))
    assert set(refusal.value.fields) == {"lines.0.to_bin"}
    with pytest.raises(Invalid):
        transfer(world, TransferLineIn("BOLT", Decimal(-1), "A-01", "A-02"))
    with pytest.raises(PlaceUnderInspection):
        transfer(world, TransferLineIn("BOLT", Decimal(1), "INSPECT", "A-02"))


def test_a_draft_is_changed_with_its_version() -> None:
    world = make_world()
    stock(world, "NUT", 7)
    draft = transfer(world)
    line = TransferLineIn("NUT", Decimal(7), "A-01", "A-02")
    changed = commands.update_transfer(actor=world.actor, number=draft.number, lines=[line], reason="改", version=1)
    assert changed.version == 2
    with pytest.raises(Stale):
        commands.update_transfer(actor=world.actor, number=draft.number, lines=[line], version=1)
    with pytest.raises(Stale):
        commands.post_transfer(actor=world.actor, number=draft.number, version=1)
    commands.post_transfer(actor=world.actor, number=draft.number, version=2)
    assert moves_of(draft.number) == [("NUT", "A-01", "A-02", Decimal(7))]
    for again in (
        lambda: commands.update_transfer(actor=world.actor, number=draft.number, lines=[line]),
        lambda: commands.post_transfer(actor=world.actor, number=draft.number),
        lambda: commands.cancel_document(actor=world.actor, number=draft.number),
        lambda: commands.receive_transfer(actor=world.actor, number=draft.number),
    ):
        with pytest.raises(WrongState):
            again()


def test_a_draft_is_cancelled_by_its_author_or_with_the_right() -> None:
    world = make_world()
    draft = transfer(world)
    with pytest.raises(Forbidden):
        commands.cancel_document(actor=world.colleague(), number=draft.number)
    assert commands.cancel_document(actor=world.actor, number=draft.number, reason="开错").state == "cancelled"
    author = world.colleague("inventory.view", "inventory.create_transfer")
    own = transfer(world, actor=author)
    assert commands.cancel_document(actor=author, number=own.number).state == "cancelled"
    with pytest.raises(NotFound):
        commands.cancel_document(actor=world.actor, number="PO-000001")


def test_permission_and_company() -> None:
    world = make_world()
    stock(world, "BOLT", 100)
    draft = transfer(world)
    keeper = world.colleague("inventory.create_transfer")
    with pytest.raises(Forbidden):
        commands.create_transfer(actor=world.colleague(), warehouse="MAIN", lines=[to_east()])
    with pytest.raises(Forbidden):
        transfer(world, actor=keeper, post=True)
    with pytest.raises(Forbidden):
        commands.post_transfer(actor=keeper, number=draft.number)
    with pytest.raises(Forbidden):
        commands.receive_transfer(actor=keeper, number=draft.number)
    stranger = make_stranger()
    for foreign in (commands.post_transfer, commands.receive_transfer, commands.recall_transfer):
        with pytest.raises(NotFound):
            foreign(actor=stranger, number=draft.number)
    with pytest.raises(NotFound):
        commands.cancel_document(actor=stranger, number=draft.number)


def test_a_repetition_books_once() -> None:
    world = make_world()
    stock(world, "BOLT", 100)
    once = replace(world.actor, idempotency_key="k1")
    first = transfer(world, actor=once, post=True)
    assert transfer(world, actor=once, post=True) == replace(first, replayed=True)
    assert on_hand(world, "BOLT") == 90
    away = transfer(world, to_east(), to_warehouse="EAST", post=True)
    part = [ArrivalIn(1, Decimal(4))]
    again = replace(world.actor, idempotency_key="k2")
    commands.receive_transfer(actor=again, number=away.number, lines=part)
    commands.receive_transfer(actor=again, number=away.number, lines=part)
    assert on_hand(world, "BOLT", "E-01") == 4


@pytest.mark.parametrize("count", [2, 200])
def test_statements_do_not_grow_with_lines(count: int) -> None:
    world = make_world()
    places = [
        Location(company_id=world.company_id, warehouse=world.main, kind="bin", code=f"B{n}") for n in range(count)
    ]
    Location.objects.bulk_create(places)
    stock(world, "BOLT", 1000)
    lines = [TransferLineIn("BOLT", Decimal(1), "A-01", f"B{n}") for n in range(count)]
    with statements() as create:
        draft = transfer(world, *lines)
    with statements() as post:
        commands.post_transfer(actor=world.actor, number=draft.number)
    back = [TransferLineIn("BOLT", Decimal(1), f"B{n}", "E-01") for n in range(count)]
    away = transfer(world, *back, to_warehouse="EAST", post=True)
    with statements() as receive:
        commands.receive_transfer(actor=world.actor, number=away.number)
    assert (len(create), len(post), len(receive)) == (4, 8, 8)


def test_a_transfer_is_copied_as_a_draft() -> None:
    world = make_world()
    stock(world, "GLUE", 5, lot="L1")
    away = transfer(world, to_east("GLUE", 5, "L1"), to_warehouse="EAST", reason="补货", post=True)
    copy = commands.copy_transfer(actor=world.actor, number=away.number)
    made = Transfer.objects.get(pk=copy.id)
    assert (copy.state, made.warehouse, made.to_warehouse, made.reason) == ("draft", world.main, world.east, "补货")
    (line,) = TransferLine.objects.filter(transfer=made)
    assert (line.product_id, line.lot.code if line.lot else "", line.quantity) == (world.glue.pk, "L1", 5)
    assert (line.from_location.code, line.to_location.code, line.received) == ("A-01", "E-01", 0)
    Location.objects.filter(company_id=world.company_id, code="E-01").update(is_active=False)
    with pytest.raises(Invalid) as refusal:
        commands.copy_transfer(actor=world.actor, number=away.number)
    assert set(refusal.value.fields) == {"lines.0.to_bin"}
    with pytest.raises(Forbidden):
        commands.copy_transfer(actor=world.colleague(), number=away.number)
    with pytest.raises(NotFound):
        commands.copy_transfer(actor=make_stranger(), number=away.number)


@pytest.mark.django_db(transaction=True)
def test_the_same_stock_does_not_leave_twice() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    drafts = [transfer(world).number for _ in range(3)]
    answers = at_once(*(lambda n=n: commands.post_transfer(actor=world.actor, number=n) for n in drafts))
    assert sum(isinstance(a, StockShort) for a in answers) == 2
    assert (on_hand(world, "BOLT"), on_hand(world, "BOLT", "A-02")) == (0, 10)


@pytest.mark.django_db(transaction=True)
def test_the_same_arrival_is_not_booked_twice() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    away = transfer(world, to_east(), to_warehouse="EAST", post=True)
    arrive = [ArrivalIn(1, Decimal(6))]
    answers = at_once(
        *(lambda: commands.receive_transfer(actor=world.actor, number=away.number, lines=arrive) for _ in range(2))
    )
    assert sum(isinstance(a, OverArrived) for a in answers) == 1
    assert on_hand(world, "BOLT", "E-01") == 6


@pytest.mark.django_db(transaction=True)
def test_opposite_transfers_wait_for_each_other() -> None:
    world = make_world()
    for product in ("BOLT", "NUT"):
        stock(world, product, 50, "A-01")
        stock(world, product, 50, "A-02")
    there = [TransferLineIn(p, Decimal(1), "A-01", "A-02") for p in ("BOLT", "NUT")]
    back = [TransferLineIn(p, Decimal(1), "A-02", "A-01") for p in ("NUT", "BOLT")]
    new = [TransferLineIn(p, Decimal(1), "A-02", "DEFAULT") for p in ("NUT", "BOLT")]
    for _ in range(5):
        answers = at_once(
            lambda: transfer(world, *there, post=True),
            lambda: transfer(world, *back, post=True),
            lambda: transfer(world, *new, post=True),
            lambda: [stock(world, p, 1, "DEFAULT") for p in ("BOLT", "NUT")],
        )
        assert not [a for a in answers if isinstance(a, Exception)]
    assert sum(on_hand(world, "BOLT", place) for place in ("A-01", "A-02", "DEFAULT")) == 105
