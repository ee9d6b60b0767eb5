"""The figures are sums and what changed since: kept with every completion, the same before and after folding."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from gendan.catalog.tests.make import make_supplier
from gendan.insight import queries
from gendan.insight.fold import fold
from gendan.insight.models import SupplierChange, SupplierMonth
from gendan.insight.tests.test_supplier_performance import TODAY, delivered, measured_world
from gendan.kernel import db, verify
from gendan.kernel.tests.make import at_once
from gendan.purchasing import commands
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.tests.make import World, make_world

CHECK = "insight.suppliers"


def wrong(world: World) -> list[str]:
    return [str(difference) for difference in verify.CHECKS[CHECK].find(world.company_id)]


def figures(world: World, period: str = "all") -> list[tuple[Any, ...]]:
    found = queries.supplier_performance(world.actor, period).items
    return [(x.partner, x.lines, x.on_time, x.unmeasured, x.days_late) for x in found]


@pytest.mark.django_db
def test_folding_changes_no_figure() -> None:
    world = measured_world()
    before = {period: figures(world, period) for period in ("all", "year", "month", "2024")}
    assert before["all"] == [("S001", 3, 1, 0, Decimal("3.5")), ("S002", 1, 1, 1, None)]
    assert SupplierChange.objects.count() == 5
    assert fold() == 5
    assert {period: figures(world, period) for period in before} == before
    assert (SupplierChange.objects.count(), fold(), wrong(world)) == (0, 0, [])
    delivered(world, "S001", None, TODAY(), TODAY())
    assert figures(world)[0][:3] == ("S001", 4, 2)
    fold()
    assert figures(world)[0][:3] == ("S001", 4, 2)


@pytest.mark.django_db
def test_only_a_completed_line_is_written_down_and_a_reversal_takes_it_back() -> None:
    world = make_world()
    day = TODAY() - timedelta(20)
    order = commands.create_order(
        actor=world.actor,
        supplier="S001",
        warehouse="MAIN",
        lines=[LineIn("BOLT", Decimal(5), Decimal(1), required_on=day)] * 2,
        ordered_on=day,
        submit=True,
    )
    commands.confirm_order(actor=world.actor, number=order.number)
    commands.receive_goods(actor=world.actor, order=order.number, lines=[ReceiveIn(1, Decimal(4))])
    assert not SupplierChange.objects.exists()
    rest = commands.receive_goods(actor=world.actor, order=order.number)
    assert SupplierChange.objects.count() == 2
    fold()
    commands.reverse_receipt(actor=world.actor, number=rest.number, reason="数错了")
    assert figures(world) == []
    assert wrong(world) == []
    fold()
    assert set(SupplierMonth.objects.values_list("lines", "on_time", "late_days")) == {(0, 0, 0)}


@pytest.mark.django_db
def test_whoever_changes_a_line_is_seen() -> None:
    world = measured_world()
    other = make_supplier(world.company_id, "S009", "换过来的")
    line = db.row("SELECT min(id) FROM purchasing_orderline WHERE company_id = %s", [world.company_id])
    assert line is not None
    for change in (
        "promised_on = promised_on - 9",
        "promised_on = NULL, required_on = NULL",
        "completed_on = completed_on - 70",
        f"supplier_id = {other.pk}",
    ):
        db.execute(f"UPDATE purchasing_orderline SET {change} WHERE id = %s", [line[0]])
        assert wrong(world) == []
    changes = SupplierChange.objects.count()
    db.execute("UPDATE purchasing_orderline SET note = 'x', received = received WHERE id = %s", [line[0]])
    assert SupplierChange.objects.count() == changes
    SupplierMonth.objects.create(
        company_id=world.company_id, supplier=other, month=TODAY().replace(day=1), lines=1, on_time=1, unmeasured=0,
        late_days=0,
    )  # fmt: skip
    assert len(wrong(world)) == 1
    assert "S009" in wrong(world)[0]


@pytest.mark.django_db(transaction=True)
def test_receivers_and_folding_at_once() -> None:
    world = make_world()
    orders = [
        commands.create_order(
            actor=world.actor,
            supplier="S001",
            warehouse="MAIN",
            lines=[LineIn("BOLT", Decimal(5), Decimal(1), required_on=TODAY())],
            submit=True,
        ).number
        for _ in range(6)
    ]
    stop = threading.Event()
    seen: list[int] = []

    def folding() -> None:
        while not stop.is_set():
            fold()

    def reading() -> None:
        while not stop.is_set():
            seen.append(queries.supplier_performance(world.actor).total.lines)

    def receiving() -> None:
        try:
            for order in orders:
                commands.receive_goods(actor=world.actor, order=order)
        finally:
            stop.set()

    results = at_once([receiving, folding, folding, reading])
    connection.close()
    assert results == [None] * 4
    assert seen == sorted(seen)
    fold()
    assert figures(world) == [("S001", 6, 6, 0, None)]
    assert wrong(world) == []
