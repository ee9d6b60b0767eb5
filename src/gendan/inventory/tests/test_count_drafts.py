"""A count before it starts: changed, by zone, copied."""

from __future__ import annotations

from typing import Any

import pytest

from gendan.accounts.tests.make import make_stranger
from gendan.inventory import commands
from gendan.inventory.errors import PlaceInOtherCount
from gendan.inventory.models import StockCount, StockCountLine
from gendan.inventory.rules import ScopeIn
from gendan.inventory.tests.make import make_world, stock
from gendan.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from gendan.kernel.unit import Done

pytestmark = pytest.mark.django_db


def places(number: str) -> list[tuple[str, str]]:
    """Bin and product of the lines of a count."""
    found = StockCountLine.objects.filter(count__number=number).order_by("line_no")
    return [(x.location.code, x.product.code) for x in found]


def test_a_draft_is_changed_before_it_starts() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    stock(world, "NUT", 20, "A-02")
    stock(world, "BOLT", 1, "E-01", warehouse="EAST")
    number = commands.create_count(actor=world.actor, warehouse="MAIN", reason="月末").number

    def change(**fields: Any) -> Done:
        return commands.update_count(actor=world.actor, number=number, **fields)

    done = change(bins=["a-01"], version=1)
    assert (done.version, done.data["lines"], places(number)[0][1]) == (2, 1, "BOLT")
    assert change(blind=False).data["lines"] == 1
    done = change(warehouse="EAST", bins=[], reason="年末")
    assert (done.data["lines"], places(number)[0][0]) == (1, "E-01")
    count = StockCount.objects.get()
    assert (count.warehouse_id, count.blind, count.reason, count.version) == (world.east.pk, False, "年末", 4)
    with pytest.raises(Invalid) as refusal:
        change(bins=["E-01", "Z-9"], products=["NO", "NONE"])
    assert set(refusal.value.fields) == {"bins", "products"}
    with pytest.raises(Stale):
        change(version=1)
    with pytest.raises(Forbidden):
        commands.update_count(actor=world.colleague(), number=number)
    with pytest.raises(NotFound):
        commands.update_count(actor=make_stranger(), number=number)
    commands.start_count(actor=world.actor, number=number)
    with pytest.raises(WrongState):
        change(blind=True)


def test_a_zone_is_all_bins_that_begin_alike() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    stock(world, "NUT", 20, "A-02")
    stock(world, "NUT", 20, "DEFAULT")

    def bins(code: str) -> list[str]:
        done = commands.create_count(actor=world.actor, warehouse="MAIN", scope=ScopeIn(bins=(code,)))
        found = StockCountLine.objects.filter(count_id=done.id).order_by("line_no")
        return [x.location.code for x in found]

    assert bins("a-*") == ["A-01", "A-02"]
    assert bins("*") == ["A-01", "A-02", "DEFAULT"]
    for code in ("B*", "_-01", "A-0", "%"):
        with pytest.raises(Invalid):
            bins(code)


def test_a_count_is_copied_as_a_draft_of_today() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    stock(world, "NUT", 20)
    number = commands.create_count(
        actor=world.actor, warehouse="MAIN", scope=ScopeIn(bins=("A-01",)), start=True
    ).number
    copy = commands.copy_count(actor=world.actor, number=number)
    assert (copy.state, copy.number, copy.data["lines"]) == ("draft", "SC-000002", 2)
    made = StockCount.objects.get(pk=copy.id)
    assert (made.scope["bins"], made.blind, made.created_by_id) == (["A-01"], True, world.actor.user_id)
    with pytest.raises(PlaceInOtherCount):
        commands.start_count(actor=world.actor, number=copy.number)
    with pytest.raises(Forbidden):
        commands.copy_count(actor=world.colleague("inventory.count_line"), number=number)
    with pytest.raises(NotFound):
        commands.copy_count(actor=make_stranger(), number=number)
