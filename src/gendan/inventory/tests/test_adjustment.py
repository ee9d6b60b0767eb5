"""Adjustments: a reason, a direction by kind, and the way back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from gendan.accounts.tests.make import make_stranger
from gendan.catalog.models import Location
from gendan.inventory import commands
from gendan.inventory.errors import AlreadyReversed, EmptyDocument, IsReversal, ReasonRequired, StockShort
from gendan.inventory.models import Adjustment, Lot, StockMove
from gendan.inventory.rules import AdjustmentLineIn
from gendan.inventory.tests.make import adjust, at_once, make_world, moves_of, on_hand, reserve, statements, stock
from gendan.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from gendan.kernel.models import Event

pytestmark = pytest.mark.django_db


def test_an_opening_balance_makes_stock_and_lots() -> None:
    world = make_world()
    done = stock(world, "GLUE", 5, lot="L1")
    assert (done.number, done.state) == ("AJ-000001", "posted")
    assert on_hand(world, "GLUE", lot="L1") == 5
    assert moves_of(done.number) == [("GLUE", "adjustment", "A-01", Decimal(5))]
    assert Event.objects.get(type="inventory.adjustment_posted").refs == [f"adjustment:{done.number}", "product:GLUE"]


def test_lost_goods_leave_when_it_is_posted() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    draft = adjust(world)
    assert on_hand(world, "BOLT") == 10
    assert commands.post_adjustment(actor=world.actor, number=draft.number, version=1).state == "posted"
    assert on_hand(world, "BOLT") == 7
    broken = adjust(world, kind="broken", post=True)
    assert moves_of(broken.number) == [("BOLT", "A-01", "scrap", Decimal(3))]


def test_a_correction_goes_both_ways_in_one_document() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    lines = [AdjustmentLineIn("BOLT", Decimal(-4), "A-01"), AdjustmentLineIn("NUT", Decimal(4), "A-02")]
    adjust(world, *lines, kind="correction", post=True)
    assert (on_hand(world, "BOLT"), on_hand(world, "NUT", "A-02")) == (6, 4)


def test_an_adjustment_is_copied_as_a_draft() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    posted = adjust(world, post=True)
    copy = commands.copy_adjustment(actor=world.actor, number=posted.number)
    made = Adjustment.objects.get(pk=copy.id)
    assert (copy.state, made.kind, made.reason, made.reverses_id) == ("draft", "lost", "月末清点", None)
    (line,) = made.lines.all()
    assert (line.product_id, line.location.code, line.change) == (world.bolt.pk, "A-01", -3)
    assert on_hand(world, "BOLT") == 7
    reversal = commands.reverse_adjustment(actor=world.actor, number=posted.number, reason="找到了")
    with pytest.raises(IsReversal):
        commands.copy_adjustment(actor=world.actor, number=reversal.number)
    with pytest.raises(Forbidden):
        commands.copy_adjustment(actor=world.colleague(), number=posted.number)
    with pytest.raises(NotFound):
        commands.copy_adjustment(actor=make_stranger(), number=posted.number)


def test_a_posted_one_is_reversed_by_a_new_one() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    posted = adjust(world, post=True)
    reversal = commands.reverse_adjustment(actor=world.actor, number=posted.number, reason="找到了")
    assert on_hand(world, "BOLT") == 10
    original, back = (
        StockMove.objects.get(source_number=posted.number),
        StockMove.objects.get(source_number=reversal.number),
    )
    assert back.reverses_id == original.pk
    assert Adjustment.objects.get(number=reversal.number).reverses.number == posted.number  # type: ignore[union-attr]
    with pytest.raises(AlreadyReversed) as refusal:
        commands.reverse_adjustment(actor=world.actor, number=posted.number, reason="再来")
    assert reversal.number in str(refusal.value)
    with pytest.raises(IsReversal):
        commands.reverse_adjustment(actor=world.actor, number=reversal.number, reason="再来")
    with pytest.raises(ReasonRequired):
        commands.reverse_adjustment(actor=world.actor, number=posted.number, reason=" ")


def test_what_was_used_cannot_be_reversed_away() -> None:
    world = make_world()
    opening = stock(world, "BOLT", 10)
    reserve(world, "BOLT", 4)
    with pytest.raises(StockShort):
        commands.reverse_adjustment(actor=world.actor, number=opening.number, reason="重复")
    assert on_hand(world, "BOLT") == 10
    assert Adjustment.objects.count() == 1


def test_refusals_name_the_field() -> None:
    world = make_world()
    with pytest.raises(ReasonRequired):
        adjust(world, reason=" ")
    with pytest.raises(Invalid) as refusal:
        adjust(world, kind="stolen")
    assert set(refusal.value.fields) == {"kind"}
    with pytest.raises(EmptyDocument):
        commands.create_adjustment(actor=world.actor, warehouse="MAIN", kind="opening", lines=[])
    with pytest.raises(Invalid) as refusal:
        adjust(world, AdjustmentLineIn("BOLT", Decimal(3), "A-01"))
    assert set(refusal.value.fields) == {"lines.0.quantity"}
    with pytest.raises(Invalid):
        adjust(world, AdjustmentLineIn("BOLT", Decimal(0), "A-01"), kind="correction")
    with pytest.raises(Invalid) as refusal:
        adjust(world, AdjustmentLineIn("GLUE", Decimal(-1), "A-01", "L9"))
    assert set(refusal.value.fields) == {"lines.0.lot"}
    assert not Lot.objects.exists()
    short = adjust(world)
    with pytest.raises(StockShort):
        commands.post_adjustment(actor=world.actor, number=short.number)


def test_a_draft_is_changed_with_its_version() -> None:
    world = make_world()
    draft = adjust(world)
    lines = [AdjustmentLineIn("NUT", Decimal(5), "A-01")]
    changed = commands.update_adjustment(actor=world.actor, number=draft.number, lines=lines, kind="found", version=1)
    with pytest.raises(Stale):
        commands.post_adjustment(actor=world.actor, number=draft.number, version=1)
    commands.post_adjustment(actor=world.actor, number=draft.number, version=changed.version)
    assert on_hand(world, "NUT") == 5
    for again in (
        lambda: commands.post_adjustment(actor=world.actor, number=draft.number),
        lambda: commands.update_adjustment(actor=world.actor, number=draft.number, lines=lines),
        lambda: commands.cancel_document(actor=world.actor, number=draft.number),
    ):
        with pytest.raises(WrongState):
            again()
    other = adjust(world)
    with pytest.raises(WrongState):
        commands.reverse_adjustment(actor=world.actor, number=other.number, reason="草稿")


def test_permission_and_company() -> None:
    world = make_world()
    draft = adjust(world)
    keeper = world.colleague("inventory.create_adjustment")
    with pytest.raises(Forbidden):
        adjust(world, actor=world.colleague())
    with pytest.raises(Forbidden):
        adjust(world, actor=keeper, post=True)
    with pytest.raises(Forbidden):
        commands.post_adjustment(actor=keeper, number=draft.number)
    with pytest.raises(Forbidden):
        commands.reverse_adjustment(actor=keeper, number=draft.number, reason="x")
    stranger = make_stranger()
    with pytest.raises(NotFound):
        commands.post_adjustment(actor=stranger, number=draft.number)
    with pytest.raises(NotFound):
        commands.reverse_adjustment(actor=stranger, number=draft.number, reason="x")


def test_a_repetition_books_once() -> None:
    world = make_world()
    once = replace(world.actor, idempotency_key="k1")
    stock(world, "BOLT", 10, actor=once)
    stock(world, "BOLT", 10, actor=once)
    assert on_hand(world, "BOLT") == 10


@pytest.mark.parametrize("count", [2, 200])
def test_statements_do_not_grow_with_lines(count: int) -> None:
    world = make_world()
    Location.objects.bulk_create(
        Location(company_id=world.company_id, warehouse=world.main, kind="bin", code=f"B{n}") for n in range(count)
    )
    lines = [AdjustmentLineIn("GLUE", Decimal(1), f"B{n}", f"L{n}") for n in range(count)]
    with statements() as create:
        draft = adjust(world, *lines, kind="found")
    with statements() as post:
        commands.post_adjustment(actor=world.actor, number=draft.number)
    with statements() as back:
        commands.reverse_adjustment(actor=world.actor, number=draft.number, reason="重复")
    assert (len(create), len(post), len(back)) == (5, 9, 11)


@pytest.mark.django_db(transaction=True)
def test_one_of_two_reversals_wins() -> None:
    world = make_world()
    opening = stock(world, "BOLT", 10)
    answers = at_once(
        *(
            lambda: commands.reverse_adjustment(actor=world.actor, number=opening.number, reason="重复")
            for _ in range(2)
        )
    )
    assert sum(isinstance(a, AlreadyReversed) for a in answers) == 1
    assert on_hand(world, "BOLT") == 0
