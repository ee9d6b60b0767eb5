"""Stock-take: list, count, review, post."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gendan.accounts.tests.make import make_stranger
from gendan.catalog.models import Category, Location, Product, ProductUnit, Unit
from gendan.inventory import commands
from gendan.inventory.errors import (
    CountedBelowZero,
    CountIncomplete,
    EmptyDocument,
    EntryGone,
    NotOnList,
    PlaceInOtherCount,
    StockShort,
    UnknownBarcode,
    UnknownLine,
    WhichPlace,
)
from gendan.inventory.models import StockCount, StockCountEntry, StockCountLine
from gendan.inventory.rules import AdjustmentLineIn, ScopeIn
from gendan.inventory.tests.make import (
    World,
    adjust,
    at_once,
    make_world,
    moves_of,
    on_hand,
    reserve,
    statements,
    stock,
)
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from gendan.kernel.unit import Done

pytestmark = pytest.mark.django_db


def counting(world: World, *, filled: bool = True, **scope: tuple[str, ...]) -> str:
    """A running count of MAIN, where 10 BOLT lie at A-01, 20 NUT at A-01 and 5 GLUE (L1) at A-02."""
    if filled:
        stock(world, "BOLT", 10)
        stock(world, "NUT", 20)
        stock(world, "GLUE", 5, "A-02", "L1")
    return commands.create_count(actor=world.actor, warehouse="MAIN", scope=ScopeIn(**scope), start=True).number


def enter(world: World, number: str, quantity: int | str, actor: Actor | None = None, **where: Any) -> Done:
    return commands.count_line(actor=actor or world.actor, number=number, quantity=Decimal(quantity), **where)


def line(number: str, line_no: int) -> StockCountLine:
    return StockCountLine.objects.get(count__number=number, line_no=line_no)


def test_a_list_is_made_in_walking_order() -> None:
    world = make_world()
    number = counting(world)
    assert number == "SC-000001"
    lines = StockCountLine.objects.filter(count__number=number).order_by("line_no")
    found = [(x.location.code, x.product.code, x.lot.code if x.lot else "", x.expected) for x in lines]
    assert found == [("A-01", "BOLT", "", 10), ("A-01", "NUT", "", 20), ("A-02", "GLUE", "L1", 5)]


def test_a_list_by_bins_categories_and_products() -> None:
    world = make_world()
    parent = Category.objects.create(company_id=world.company_id, code="HW", name="五金")
    child = Category.objects.create(company_id=world.company_id, code="FAST", name="紧固件", parent=parent)
    Product.objects.filter(pk=world.bolt.pk).update(category=child)

    def listed(**scope: tuple[str, ...]) -> set[str]:
        done = commands.create_count(actor=world.actor, warehouse="MAIN", scope=ScopeIn(**scope))
        return set(StockCountLine.objects.filter(count_id=done.id).values_list("product__code", flat=True))

    commands.cancel_document(actor=world.actor, number=counting(world))
    assert listed(bins=("A-02",)) == {"GLUE"}
    assert listed(categories=("HW",)) == {"BOLT"}
    assert listed(products=("NUT", "GLUE"), bins=("A-01",)) == {"NUT"}
    with pytest.raises(Invalid) as refusal:
        listed(bins=("X",), categories=("Y",), products=("Z",))
    assert set(refusal.value.fields) == {"bins", "categories", "products"}


def test_what_differs_is_posted() -> None:
    world = make_world()
    number = counting(world)
    enter(world, number, 8, line=1)
    enter(world, number, 20, line=2)
    enter(world, number, 6, line=3)
    finished = commands.finish_count(actor=world.actor, number=number, version=1)
    assert (finished.state, finished.data["differences"]) == ("review", 2)
    posted = commands.post_count(actor=world.actor, number=number, version=finished.version)
    assert posted.state == "posted"
    assert (on_hand(world, "BOLT"), on_hand(world, "NUT"), on_hand(world, "GLUE", "A-02")) == (8, 20, 6)
    assert moves_of(number) == [("BOLT", "A-01", "difference", Decimal(2)), ("GLUE", "difference", "A-02", Decimal(1))]
    assert not StockCountLine.objects.filter(is_open=True).exists()


def test_what_moved_since_is_taken_into_account() -> None:
    world = make_world()
    number = counting(world, products=("BOLT",))
    stock(world, "BOLT", 5)  # before it is counted: expected rises to 15
    enter(world, number, 14, line=1)
    adjust(world, post=True)  # after it was counted: 3 leave
    commands.finish_count(actor=world.actor, number=number)
    commands.post_count(actor=world.actor, number=number)
    assert on_hand(world, "BOLT") == 15 - 3 - 1
    counted = line(number, 1)
    assert (counted.expected, counted.counted, counted.moved_since) == (15, 14, -3)


def test_scans_add_up_and_can_be_undone() -> None:
    world = make_world()
    number = counting(world)
    first = enter(world, number, 1, product="6900001", place="A-01", add=True)
    enter(world, number, 1, product="BOLT", add=True)
    assert line(number, 1).counted == 2
    total = enter(world, number, 7, line=1)
    assert enter(world, number, 1, line=1, add=True).data["counted"] == "8"
    commands.undo_count_entry(actor=world.actor, number=number, entry=total.data["entry"])
    assert line(number, 1).counted == 3
    with pytest.raises(EntryGone):
        commands.undo_count_entry(actor=world.actor, number=number, entry=total.data["entry"])
    for entry in StockCountEntry.objects.filter(undone=False).values_list("pk", flat=True):
        commands.undo_count_entry(actor=world.actor, number=number, entry=entry)
    assert line(number, 1).counted is None
    assert first.data["bin"] == "A-01"


def test_a_scanned_carton_counts_its_pieces() -> None:
    world = make_world()
    carton = Unit.objects.get(company_id=world.company_id, code="CTN")
    ProductUnit.objects.create(product=world.bolt, unit=carton, factor=12)
    world.bolt.barcodes.create(company_id=world.company_id, unit=carton, code="1690")
    number = counting(world)
    enter(world, number, 2, product="1690", add=True)
    assert line(number, 1).counted == 24


def test_a_place_or_lot_that_the_list_did_not_know() -> None:
    world = make_world()
    number = counting(world)
    with pytest.raises(NotOnList):
        enter(world, number, 4, product="NUT", place="A-02")
    enter(world, number, 4, product="NUT", place="A-02", new=True)
    enter(world, number, 2, product="GLUE", place="A-02", lot="L2", new=True)
    assert (line(number, 4).added, line(number, 4).expected, line(number, 5).counted) == (True, 0, 2)
    commands.finish_count(actor=world.actor, number=number, uncounted="skip")
    commands.post_count(actor=world.actor, number=number)
    assert (on_hand(world, "NUT", "A-02"), on_hand(world, "GLUE", "A-02", "L2")) == (4, 2)
    assert on_hand(world, "BOLT") == 10


def test_what_cannot_be_entered() -> None:
    world = make_world()
    stock(world, "BOLT", 1, "A-02")
    number = counting(world)
    for refusal, quantity, where in (
        (UnknownLine, 1, {"line": 99}),
        (UnknownBarcode, 1, {"product": "0000"}),
        (UnknownBarcode, 1, {}),
        (WhichPlace, 1, {"product": "BOLT"}),
        (Invalid, -1, {"line": 1}),
        (Invalid, "0.5", {"line": 1}),
        (CountedBelowZero, -1, {"line": 1, "add": True}),
        (Invalid, 1, {"product": "GLUE", "place": "X", "new": True}),
        (Invalid, 1, {"product": "GLUE", "place": "A-01", "new": True}),
    ):
        with pytest.raises(refusal):
            enter(world, number, quantity, **where)
    with pytest.raises(Invalid, match="整数"):
        enter(world, number, "0.5", line=1)
    assert not StockCountEntry.objects.exists()


def test_lines_that_nobody_counted() -> None:
    world = make_world()
    number = counting(world)
    enter(world, number, 10, line=1)
    with pytest.raises(CountIncomplete) as refusal:
        commands.finish_count(actor=world.actor, number=number)
    assert refusal.value.data["count"] == 2
    with pytest.raises(Invalid):
        commands.finish_count(actor=world.actor, number=number, uncounted="guess")
    commands.finish_count(actor=world.actor, number=number, uncounted="zero")
    commands.post_count(actor=world.actor, number=number)
    assert (on_hand(world, "BOLT"), on_hand(world, "NUT"), on_hand(world, "GLUE", "A-02")) == (10, 0, 0)


def test_lines_are_sent_back_to_be_counted_again() -> None:
    world = make_world()
    number = counting(world)
    for n, quantity in ((1, 8), (2, 20), (3, 5)):
        enter(world, number, quantity, line=n)
    commands.finish_count(actor=world.actor, number=number)
    with pytest.raises(UnknownLine):
        commands.recount(actor=world.actor, number=number, lines=[1, 9])
    assert commands.recount(actor=world.actor, number=number).state == "counting"
    again = line(number, 1)
    assert (again.counted, again.previous, again.round, line(number, 2).counted) == (None, 8, 2, 20)
    enter(world, number, 10, line=1)
    commands.finish_count(actor=world.actor, number=number)
    with pytest.raises(EmptyDocument):
        commands.recount(actor=world.actor, number=number)
    assert commands.post_count(actor=world.actor, number=number).data["differences"] == 0
    assert moves_of(number) == []


def test_posting_does_not_go_below_reserved() -> None:
    world = make_world()
    number = counting(world, products=("BOLT",))
    enter(world, number, 3, line=1)
    commands.finish_count(actor=world.actor, number=number)
    reserve(world, "BOLT", 5)
    with pytest.raises(StockShort):
        commands.post_count(actor=world.actor, number=number)
    assert StockCount.objects.get(number=number).state == "review"


def test_a_place_is_in_one_running_count() -> None:
    world = make_world()
    number = counting(world, products=("BOLT",))
    with pytest.raises(PlaceInOtherCount) as refusal:
        commands.create_count(actor=world.actor, warehouse="MAIN", start=True)
    assert number in str(refusal.value)
    second = commands.create_count(actor=world.actor, warehouse="MAIN", scope=ScopeIn(products=("NUT",)), start=True)
    with pytest.raises(PlaceInOtherCount):
        enter(world, second.number, 1, product="BOLT", place="A-01", new=True)
    waiting = commands.create_count(actor=world.actor, warehouse="MAIN")
    with pytest.raises(PlaceInOtherCount):
        commands.start_count(actor=world.actor, number=waiting.number)
    commands.cancel_document(actor=world.actor, number=number)
    commands.cancel_document(actor=world.actor, number=second.number)
    assert commands.start_count(actor=world.actor, number=waiting.number, version=1).data["lines"] == 3


def test_states_versions_permissions_company() -> None:
    world = make_world()
    draft = commands.create_count(actor=world.actor, warehouse="MAIN")
    keeper, stranger = world.colleague(), make_stranger()
    verbs: list[tuple[Any, dict[str, Any]]] = [
        (commands.start_count, {}),
        (commands.count_line, {"quantity": Decimal(1), "line": 1}),
        (commands.undo_count_entry, {"entry": 1}),
        (commands.finish_count, {}),
        (commands.recount, {}),
        (commands.post_count, {}),
    ]
    for verb, fields in verbs:
        with pytest.raises(Forbidden):
            verb(actor=keeper, number=draft.number, **fields)
        with pytest.raises(NotFound):
            verb(actor=stranger, number=draft.number, **fields)
        if verb is not commands.start_count:
            with pytest.raises(WrongState):
                verb(actor=world.actor, number=draft.number, **fields)
    with pytest.raises(Forbidden):
        commands.create_count(actor=keeper, warehouse="MAIN")
    for verb in (commands.start_count, commands.finish_count, commands.recount, commands.post_count):
        with pytest.raises(Stale):
            verb(actor=world.actor, number=draft.number, version=7)
    counter = world.colleague("inventory.view", "inventory.create_count")
    own = commands.create_count(actor=counter, warehouse="MAIN", start=True)
    with pytest.raises(Forbidden):
        commands.cancel_document(actor=counter, number=own.number)


def test_a_repetition_counts_once() -> None:
    world = make_world()
    number = counting(world)
    once = replace(world.actor, idempotency_key="k1")
    first = enter(world, number, 1, actor=once, line=1, add=True)
    assert enter(world, number, 1, actor=once, line=1, add=True) == replace(first, replayed=True)
    assert line(number, 1).counted == 1


@pytest.mark.parametrize("count", [2, 200])
def test_statements_do_not_grow_with_lines(count: int) -> None:
    world = make_world()
    Location.objects.bulk_create(
        Location(company_id=world.company_id, warehouse=world.main, kind="bin", code=f"B{n}") for n in range(count)
    )
    adjust(world, *(AdjustmentLineIn("BOLT", Decimal(5), f"B{n}") for n in range(count)), kind="opening", post=True)
    with statements() as create:
        number = commands.create_count(actor=world.actor, warehouse="MAIN").number
    with statements() as start:
        commands.start_count(actor=world.actor, number=number)
    with statements() as counted:
        enter(world, number, 1, line=1)
    with statements() as finish:
        commands.finish_count(actor=world.actor, number=number, uncounted="zero")
    with statements() as post:
        commands.post_count(actor=world.actor, number=number)
    assert (len(create), len(start), len(counted), len(finish), len(post)) == (6, 6, 5, 6, 11)


@pytest.mark.django_db(transaction=True)
def test_two_people_scanning_lose_nothing() -> None:
    world = make_world()
    number = counting(world)
    answers = at_once(*(lambda: enter(world, number, 1, line=1, add=True) for _ in range(6)))
    assert not [a for a in answers if isinstance(a, Exception)]
    assert line(number, 1).counted == 6


@pytest.mark.django_db(transaction=True)
def test_two_people_posting_book_once() -> None:
    world = make_world()
    number = counting(world, products=("BOLT",))
    enter(world, number, 8, line=1)
    commands.finish_count(actor=world.actor, number=number)
    answers = at_once(*(lambda: commands.post_count(actor=world.actor, number=number) for _ in range(2)))
    assert sum(isinstance(a, WrongState) for a in answers) == 1
    assert on_hand(world, "BOLT") == 8


@pytest.mark.django_db(transaction=True)
def test_two_counts_of_a_place_do_not_start_together() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    drafts = [commands.create_count(actor=world.actor, warehouse="MAIN").number for _ in range(2)]
    answers = at_once(*(lambda n=n: commands.start_count(actor=world.actor, number=n) for n in drafts))
    assert sum(isinstance(a, PlaceInOtherCount) for a in answers) == 1
