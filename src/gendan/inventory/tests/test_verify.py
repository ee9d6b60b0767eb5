"""verify finds nothing after any work, and everything that was tampered with."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from typer.testing import CliRunner

from gendan.inventory import commands
from gendan.inventory.models import AdjustmentLine, Balance, Lot, StockCountLine, TransferLine
from gendan.inventory.rules import AdjustmentLineIn, ArrivalIn, TransferLineIn
from gendan.inventory.tests.make import World, adjust, make_world, stock, transfer
from gendan.kernel import verify

pytestmark = pytest.mark.django_db
NAMES = {
    "inventory.balances", "inventory.balances_without_moves", "inventory.reserved", "inventory.lots",
    "inventory.transfers", "inventory.adjustments", "inventory.counts", "inventory.sources",
}  # fmt: skip


def found(company_id: int | None = None) -> dict[str, list[str]]:
    mine = {n: list(c.find(company_id)) for n, c in verify.CHECKS.items() if n.startswith("inventory.")}
    return {name: [str(d) for d in differences] for name, differences in mine.items() if differences}


def busy_world() -> World:
    """Every kind of document in every state."""
    world = make_world()
    stock(world, "BOLT", 100)
    stock(world, "GLUE", 10, lot="L1")
    away = [
        TransferLineIn("BOLT", Decimal(10), "A-01", "E-01"),
        TransferLineIn("GLUE", Decimal(2), "A-01", "E-01", "L1"),
    ]
    transfer(world)
    transfer(world, post=True)
    first = transfer(world, *away, to_warehouse="EAST", post=True)
    second = transfer(world, *away, to_warehouse="EAST", post=True)
    transfer(world, *away, to_warehouse="EAST", post=True)
    commands.receive_transfer(actor=world.actor, number=first.number, lines=[ArrivalIn(1, Decimal(3), "DEFAULT")])
    commands.recall_transfer(actor=world.actor, number=first.number)
    commands.receive_transfer(actor=world.actor, number=second.number)
    lost = adjust(world, post=True)
    adjust(world)
    commands.reverse_adjustment(actor=world.actor, number=lost.number, reason="找到了")
    count = commands.create_count(actor=world.actor, warehouse="MAIN", start=True)
    commands.count_line(actor=world.actor, number=count.number, quantity=Decimal(7), line=1)
    commands.finish_count(actor=world.actor, number=count.number, uncounted="skip")
    commands.post_count(actor=world.actor, number=count.number)
    return world


def test_work_leaves_no_difference() -> None:
    world = busy_world()
    assert set(verify.CHECKS) >= NAMES
    assert found() == {}
    assert found(world.company_id) == {}


def test_a_changed_balance_is_found_in_its_company_only() -> None:
    world, other = busy_world(), make_world()
    Balance.objects.filter(company_id=world.company_id, location__code="A-02", product__code="BOLT").update(on_hand=99)
    assert found(other.company_id) == {}
    (text,) = found(world.company_id)["inventory.balances"]
    assert "MAIN A-02" in text
    assert "found 99" in text


def test_a_balance_from_nowhere_is_found() -> None:
    world = make_world()
    place = world.main.default_location_id or 0
    Balance.objects.create(company_id=world.company_id, product=world.nut, location_id=place, on_hand=5)
    assert set(found()) == {"inventory.balances", "inventory.balances_without_moves"}


def test_counters_and_lines_that_were_tampered_with_are_found() -> None:
    world = busy_world()
    TransferLine.objects.filter(transfer__number="TR-000004", line_no=1).update(received=4)
    AdjustmentLine.objects.filter(adjustment__state="posted", change__lt=0).update(change=-5)
    StockCountLine.objects.filter(counted=7).update(counted=8)
    assert set(found()) == {"inventory.transfers", "inventory.adjustments", "inventory.counts"}
    assert all("TR-000004 / 1" in text for text in found(world.company_id)["inventory.transfers"])


def test_a_lot_of_another_product_is_found() -> None:
    world = busy_world()
    Lot.objects.filter(product=world.glue).update(product=world.nut)
    assert "inventory.lots" in found()


def test_too_much_reserved_is_found() -> None:
    world = make_world()
    stock(world, "BOLT", 5)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE inventory_balance DROP CONSTRAINT reserved_within_on_hand")
    Balance.objects.filter(product=world.bolt).update(reserved=6)
    assert set(found()) == {"inventory.reserved"}


def test_an_adjustment_with_the_same_product_twice_is_no_difference() -> None:
    world = make_world()
    lines = [AdjustmentLineIn("BOLT", Decimal(3), "A-01"), AdjustmentLineIn("BOLT", Decimal(4), "A-01")]
    adjust(world, *lines, kind="found", post=True)
    assert found() == {}


@pytest.mark.django_db(transaction=True)
def test_the_command_line_says_so_and_exits_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    from gendan.config.cli import app, serve

    monkeypatch.setattr(serve, "database", lambda environment: nullcontext())
    world = make_world()
    stock(world, "BOLT", 5)
    clean = CliRunner().invoke(app, ["verify"])
    assert clean.exit_code == 0, clean.output
    assert "inventory.balances " in clean.output
    Balance.objects.filter(product=world.bolt).update(on_hand=6)
    wrong = CliRunner().invoke(app, ["verify"])
    assert wrong.exit_code == 1
    assert "expected 5, found 6" in wrong.output
    assert CliRunner().invoke(app, ["verify", "--company", "NOBODY"]).exit_code != 0
