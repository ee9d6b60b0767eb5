"""What there is, what is to come, what moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from gendan.accounts.tests.make import make_stranger
from gendan.catalog.models import Location, Product
from gendan.catalog.tests.make import make_product
from gendan.inventory import commands, queries
from gendan.inventory.queries import Expected
from gendan.inventory.rules import AdjustmentLineIn, TransferLineIn
from gendan.inventory.steps import Leg, move
from gendan.inventory.tests.make import adjust, make_world, reserve, statements, stock, transfer
from gendan.kernel import paging
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden, Invalid, NotFound
from gendan.kernel.events import Subject

pytestmark = pytest.mark.django_db


def by_product(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["product"]: row for row in rows}


def test_on_hand_reserved_blocked_available() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    stock(world, "BOLT", 4, "INSPECT")
    reserve(world, "BOLT", 3)
    (row,) = queries.stock(world.actor).items
    assert (row["product"], row["on_hand"], row["reserved"], row["blocked"], row["available"]) == ("BOLT", 14, 3, 4, 7)
    assert (row["unit"], row["below_safety"], row["incoming"], row["next_on"]) == ("PCS", False, 0, None)


def test_by_warehouse_and_on_the_way() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    transfer(world, TransferLineIn("BOLT", Decimal(4), "A-01", "E-01"), to_warehouse="EAST", post=True)
    (everywhere,) = queries.stock(world.actor).items
    assert (everywhere["on_hand"], everywhere["in_transit"], everywhere["incoming"]) == (6, 4, 4)
    (main,) = queries.stock(world.actor, warehouse="MAIN").items
    assert (main["on_hand"], main["incoming"]) == (6, 0)
    assert queries.stock(world.actor, warehouse="EAST").items == []
    (east,) = queries.stock(world.actor, warehouse="EAST", show="all", product="BOLT").items
    assert (east["on_hand"], east["incoming"]) == (0, 4)
    with pytest.raises(NotFound):
        queries.stock(world.actor, warehouse="NO")


def test_other_contexts_say_what_is_to_come() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    soon, later = date(2026, 12, 1), date(2026, 12, 9)

    def orders(actor: Actor, products: Sequence[int], warehouse_id: int | None) -> list[Expected]:
        rows = [
            Expected(world.bolt.pk, world.main.pk, Decimal(7), later),
            Expected(world.bolt.pk, world.east.pk, Decimal(5), soon),
            Expected(world.bolt.pk, world.east.pk, Decimal(1)),
        ]
        return [r for r in rows if r.product_id in products and warehouse_id in (None, r.warehouse_id)]

    queries.INCOMING.append(orders)
    try:
        (row,) = queries.stock(world.actor).items
        assert (row["incoming"], row["next_on"]) == (13, soon)
        (row,) = queries.stock(world.actor, warehouse="MAIN").items
        assert (row["incoming"], row["next_on"]) == (7, later)
        (row,) = queries.stock(world.actor, by="warehouse").items
        assert (row["warehouse"], row["incoming"]) == ("MAIN", 7)
        detail = queries.product_stock(world.actor, "BOLT")
        assert [(e["warehouse"][:4], e["quantity"]) for e in detail["expected"]] == [("MAIN", 7), ("EAST", 6)]
    finally:
        queries.INCOMING.remove(orders)


def test_what_is_below_its_safety_stock() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    stock(world, "NUT", 10)
    Product.objects.filter(pk=world.bolt.pk).update(safety_stock=11)
    Product.objects.filter(pk=world.glue.pk).update(safety_stock=5)
    assert set(by_product(queries.stock(world.actor, show="below").items)) == {"BOLT", "GLUE"}
    assert by_product(queries.stock(world.actor).items)["BOLT"]["below_safety"] is True
    assert set(by_product(queries.stock(world.actor).items)) == {"BOLT", "GLUE", "NUT"}
    assert set(by_product(queries.stock(world.actor, show="stocked").items)) == {"BOLT", "NUT"}


def test_found_by_chinese_pinyin_and_code() -> None:
    world = make_world()
    for code in ("BOLT", "NUT"):
        stock(world, code, 1)
    for q, found in (
        ("螺栓", ["BOLT"]),
        ("luoshuan", ["BOLT"]),
        ("六角", ["BOLT", "NUT"]),
        ("nut", ["NUT"]),
        ("xyz", []),
    ):
        assert [row["product"] for row in queries.stock(world.actor, q=q).items] == found


def test_by_bin_and_lot() -> None:
    world = make_world()
    stock(world, "GLUE", 2, "A-01", "L1")
    stock(world, "GLUE", 3, "A-01", "L2")
    stock(world, "GLUE", 4, "A-02", "L1")
    bins = queries.stock(world.actor, by="bin").items
    assert [(r["warehouse"], r["bin"], r["on_hand"]) for r in bins] == [("MAIN", "A-01", 5), ("MAIN", "A-02", 4)]
    lots = queries.stock(world.actor, by="lot", product="GLUE").items
    assert [(r["bin"], r["lot"], r["on_hand"]) for r in lots] == [
        ("A-01", "L1", 2),
        ("A-01", "L2", 3),
        ("A-02", "L1", 4),
    ]
    with pytest.raises(Invalid):
        queries.stock(world.actor, by="colour")


@pytest.mark.parametrize("by", ["product", "warehouse", "bin", "lot"])
def test_pages_by_key_show_every_row_once(by: str) -> None:
    world = make_world()
    for n in range(7):
        make_product(world.company_id, f"P{n}")
        stock(world, f"P{n}", n + 1)
        stock(world, f"P{n}", n + 1, "A-02")
    seen, after = [], ""
    while True:
        page = queries.stock(world.actor, by=by, limit=3, after=after)
        seen += [(r["product"], r.get("bin", "")) for r in page.items]
        after = page.after
        if not after:
            break
    assert seen == sorted(set(seen))
    assert len(seen) == (14 if by in ("bin", "lot") else 7)
    assert len(list(queries.every(world.actor, {"by": by}))) == len(seen)


def test_the_product_by_place() -> None:
    world = make_world()
    stock(world, "GLUE", 5, "A-01", "L1")
    stock(world, "GLUE", 2, "REJECT", "L2")
    detail = queries.product_stock(world.actor, "GLUE")
    assert (detail["on_hand"], detail["available"], detail["blocked"]) == (7, 5, 2)
    assert [(p["bin"], p["lot"], p["on_hand"]) for p in detail["places"]] == [("A-01", "L1", 5), ("REJECT", "L2", 2)]
    with pytest.raises(NotFound):
        queries.product_stock(make_stranger(), "GLUE")


def test_the_ledger_newest_first() -> None:
    world = make_world()
    opening = stock(world, "BOLT", 10)
    stock(world, "NUT", 5)
    away = transfer(world, TransferLineIn("BOLT", Decimal(4), "A-01", "E-01"), to_warehouse="EAST", post=True)
    commands.receive_transfer(actor=world.actor, number=away.number)
    rows = queries.moves(world.actor).items
    assert [(r["product"], r["from_bin"], r["to_bin"]) for r in rows] == [
        ("BOLT", "transit", "E-01"), ("BOLT", "A-01", "transit"), ("NUT", "adjustment", "A-01"),
        ("BOLT", "adjustment", "A-01"),
    ]  # fmt: skip
    assert [r["quantity"] for r in queries.moves(world.actor, product="NUT").items] == [5]
    assert len(queries.moves(world.actor, warehouse="EAST").items) == 1
    assert [r["source_number"] for r in queries.moves(world.actor, source=opening.number).items] == [opening.number]
    assert len(queries.moves(world.actor, kind="transfer").items) == 2
    today = timezone.localdate()
    assert len(queries.moves(world.actor, since=today, until=today).items) == 4
    assert queries.moves(world.actor, since=today + timedelta(days=1)).items == []
    assert queries.moves(world.actor, until=today - timedelta(days=1)).items == []
    first = queries.moves(world.actor, limit=3)
    assert len(queries.moves(world.actor, limit=3, after=first.after).items) == 1
    assert len(list(queries.every_move(world.actor, {}))) == 4
    with pytest.raises(NotFound):
        queries.moves(world.actor, product="NONE")


def test_stock_as_of_a_day() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    away = [TransferLineIn("BOLT", Decimal(4), "A-01", "E-01")]
    transfer(world, *away, to_warehouse="EAST", post=True)
    today = timezone.localdate()
    (row,) = queries.stock_as_of(world.actor, today).items
    assert row["on_hand"] == 6
    (row,) = queries.stock_as_of(world.actor, today - timedelta(days=1)).items
    assert row["on_hand"] == 0
    (row,) = queries.stock_as_of(world.actor, today, warehouse="MAIN").items
    assert row["on_hand"] == 6


def test_lists_of_documents() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    draft = transfer(world, reason="补货到拣货区")
    transfer(world, post=True)
    adjust(world, reason="摔坏")
    count = commands.create_count(actor=world.actor, warehouse="MAIN", start=True)
    assert [r["number"] for r in queries.documents(world.actor, "transfer", state="open").items] == [draft.number]
    assert [r["state"] for r in queries.documents(world.actor, "transfer").items] == ["posted", "draft"]
    assert [r["number"] for r in queries.documents(world.actor, "transfer", q="补货").items] == [draft.number]
    (adjustment,) = queries.documents(world.actor, "adjustment", state="draft").items
    assert (adjustment["kind_label"], adjustment["minus"], adjustment["lines"]) == ("丢失", -3, 1)
    (row,) = queries.documents(world.actor, "count").items
    assert (row["lines"], row["counted"], row["state_label"]) == (1, 0, "盘点中")
    assert queries.open_counts(world.actor, "transfer") == {"draft": 1}
    assert queries.document(world.actor, "transfer", draft.number)["lines"][0]["to_bin"] == "A-02"
    assert queries.document(world.actor, "count", count.number)["lines"][0]["bin"] == "A-02"
    first = queries.documents(world.actor, "transfer", limit=1)
    assert [r["number"] for r in queries.documents(world.actor, "transfer", after=first.after).items] == [draft.number]
    with pytest.raises(NotFound):
        queries.document(make_stranger(), "transfer", draft.number)
    with pytest.raises(Invalid):
        queries.documents(world.actor, "transfer", state="lost")


def test_who_may_not_see_sees_nothing() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    blind = world.colleague("catalog.view")
    for ask in (
        lambda: queries.stock(blind),
        lambda: queries.moves(blind),
        lambda: queries.documents(blind, "transfer"),
        lambda: queries.product_stock(blind, "BOLT"),
        lambda: queries.stock_as_of(blind, date(2026, 11, 21)),
    ):
        with pytest.raises(Forbidden):
            ask()
    stranger = make_stranger()
    assert queries.stock(stranger).items == []
    assert queries.moves(stranger).items == []


def test_the_ledger_is_in_the_order_of_time_whenever_it_was_booked() -> None:
    world = make_world()
    place = Location.objects.get(company_id=world.company_id, code="A-01").pk
    outside = Location.objects.get(company_id=world.company_id, kind="adjustment").pk
    now = timezone.now()
    with transaction.atomic():
        for days, quantity in ((3, 1), (1, 2), (3, 3), (9, 4), (0, 5), (3, 6)):
            leg = Leg(world.bolt.pk, outside, place, Decimal(quantity))
            move(world.actor, [leg], Subject("adjustment", 1, "AJ-1"), at=now - timedelta(days=days))

    def pages(**asked: Any) -> list[int]:
        found: list[int] = []
        page = queries.moves(world.actor, limit=2, **asked)
        while True:
            found += [int(row["quantity"]) for row in page.items]
            if not page.after:
                return found
            page = queries.moves(world.actor, limit=2, after=page.after, **asked)

    assert pages() == [5, 2, 6, 3, 1, 4]
    assert pages(product="BOLT", since=timezone.localdate() - timedelta(days=3)) == [5, 2, 6, 3, 1]
    for cursor in (paging.encode([1]), paging.encode(["x", 1]), paging.encode([now.isoformat(), 2**70])):
        with pytest.raises(Invalid):
            queries.moves(world.actor, after=cursor)


@pytest.mark.parametrize("count", [2, 60])
def test_a_page_is_one_statement_and_its_providers(count: int) -> None:
    world = make_world()
    Location.objects.bulk_create(
        Location(company_id=world.company_id, warehouse=world.main, kind="bin", code=f"B{n:02}") for n in range(count)
    )
    for n in range(count):
        make_product(world.company_id, f"P{n}")
    adjust(
        world,
        *(AdjustmentLineIn(f"P{n}", Decimal(5), f"B{n:02}") for n in range(count)),
        kind="opening",
        post=True,
    )
    providers = len(queries.INCOMING)
    for ask, expected in (
        (lambda: queries.stock(world.actor, limit=100), 1 + providers),
        (lambda: queries.stock(world.actor, by="bin", limit=100), 1),
        (lambda: queries.moves(world.actor, limit=100), 1),
        (lambda: queries.documents(world.actor, "adjustment"), 1),
        (lambda: queries.product_stock(world.actor, "P0"), 3 + providers),
    ):
        with statements() as found:
            ask()
        assert len(found) == expected
