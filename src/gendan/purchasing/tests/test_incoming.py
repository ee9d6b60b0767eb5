"""What is to come is kept as sums: exact whatever changes a line, without a writer waiting for another."""

from __future__ import annotations

import json
import threading
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from gendan.catalog.models import Warehouse
from gendan.inventory.queries import Expected
from gendan.kernel import db
from gendan.kernel.verify import differences
from gendan.purchasing import commands
from gendan.purchasing.models import Incoming, OrderLine
from gendan.purchasing.queries.incoming import EXPECTED, open_orders
from gendan.purchasing.tests.make import World, confirm, line, make_order, make_world, receive


def coming(world: World, warehouse_id: int | None = None) -> dict[tuple[str, str], Decimal]:
    """What is to come by product and warehouse; verify agrees."""
    assert [str(found) for _check, rows in differences(world.company_id) for found in rows] == []
    return sums(world, warehouse_id)


def sums(world: World, warehouse_id: int | None = None) -> dict[tuple[str, str], Decimal]:
    products = {world.bolt.pk: "BOLT", world.nut.pk: "NUT"}
    names = dict(Warehouse.objects.filter(company_id=world.company_id).values_list("pk", "code"))
    found = open_orders(world.actor, list(products), warehouse_id)
    return {(products[row.product_id], names[row.warehouse_id]): row.quantity for row in found}


@pytest.mark.django_db
def test_every_verb_keeps_the_sums() -> None:
    world = make_world()
    draft = make_order(world, 5, submit=False).number
    assert coming(world) == {}
    commands.submit_order(actor=world.actor, number=draft)
    number = make_order(world, 10, 20).number
    assert coming(world) == {("BOLT", "MAIN"): 15, ("NUT", "MAIN"): 20}
    confirm(world, number)
    receipt = receive(world, number, (1, "4"), (2, "20"))
    assert coming(world) == {("BOLT", "MAIN"): 11}
    commands.reverse_receipt(actor=world.actor, number=receipt.number, reason="错")
    commands.close_order(actor=world.actor, number=number, reason="不再交")
    assert coming(world) == {("BOLT", "MAIN"): 5}
    commands.reopen_order(actor=world.actor, number=number)
    commands.cancel_order(actor=world.actor, number=draft, reason="不要了")
    assert coming(world) == {("BOLT", "MAIN"): 10, ("NUT", "MAIN"): 20}


@pytest.mark.django_db
def test_lines_changed_by_hand_count_as_well() -> None:
    """What is loaded, repaired or removed without a command: by the triggers, all of a statement at once."""
    world = make_world()
    number = make_order(world, 10, 20, 1).number
    other = Warehouse.objects.create(company_id=world.company_id, code="EAST", name="East")
    lines = OrderLine.objects.filter(order__number=number)
    lines.filter(line_no=1).update(product=world.nut, warehouse=other, quantity=7)
    assert sums(world) == {("NUT", "EAST"): 7, ("NUT", "MAIN"): 20, ("BOLT", "MAIN"): 1}
    assert sums(world, other.pk) == {("NUT", "EAST"): 7}
    lines.filter(line_no=2).update(factor=Decimal("2.5"), received=4)
    assert sums(world)["NUT", "MAIN"] == 40
    names = [f.attname for f in OrderLine._meta.concrete_fields if f.attname not in {"id", "is_open", "incoming"}]
    copies = [{name: getattr(row, name) for name in names} for row in lines]
    OrderLine.objects.bulk_create(OrderLine(**{**copy, "line_no": n}) for n, copy in enumerate(copies, 10))
    assert sums(world) == {("NUT", "EAST"): 14, ("NUT", "MAIN"): 80, ("BOLT", "MAIN"): 2}
    lines.filter(line_no__in=(1, 2, 12)).delete()
    assert sums(world) == {("NUT", "EAST"): 7, ("NUT", "MAIN"): 40, ("BOLT", "MAIN"): 1}
    assert Incoming.objects.count() == 3


@pytest.mark.django_db
def test_nothing_read_grows_with_the_open_lines() -> None:
    world = make_world()
    for n in range(4):
        number = make_order(world, *[1] * 100).number
        OrderLine.objects.filter(order__number=number).update(expected_on=date(2026, 12, 20 - n))
    OrderLine.objects.filter(order__number=number, line_no__gt=50).update(expected_on=None, due_on=date(2026, 12, 2))
    assert open_orders(world.actor, [world.bolt.pk], None) == [
        Expected(world.bolt.pk, world.warehouse.pk, Decimal(200), date(2026, 12, 2))
    ]
    db.execute("ANALYZE purchasing_orderline")
    db.execute("ANALYZE purchasing_incoming")
    assert _lines_read(world) == 2


def _lines_read(world: World) -> int:
    """How many order lines the statement looks at, both products asked for."""
    given = {"company": world.company_id, "products": [world.bolt.pk, world.nut.pk], "warehouse": None}
    found = db.row("EXPLAIN (ANALYZE, FORMAT JSON) " + EXPECTED.format(where="", replacing=""), given)
    assert found is not None
    plan = json.loads(found[0]) if isinstance(found[0], str) else found[0]

    def read(node: dict[str, Any]) -> int:
        below = sum(read(child) for child in node.get("Plans", ()))
        own = node["Actual Rows"] * node["Actual Loops"] if node.get("Relation Name") == "purchasing_orderline" else 0
        return int(own) + below

    return read(plan[0]["Plan"])


@pytest.mark.django_db(transaction=True)
def test_two_writers_of_a_product_do_not_wait_for_each_other() -> None:
    world = make_world()
    first, second = make_order(world, 10).number, make_order(world, 20).number
    done = threading.Event()
    problems: list[str] = []

    def beside() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
            receive(world, second, (1, "5"))
        except Exception as problem:
            problems.append(repr(problem))
        finally:
            connection.close()
            done.set()

    with transaction.atomic():
        OrderLine.objects.filter(pk=line(first).pk).update(quantity=12)
        other = threading.Thread(target=beside)
        other.start()
        assert done.wait(30)
    other.join(10)
    assert problems == []
    assert Incoming.objects.count() == 2  # one more than before: the other was held
    assert coming(world) == {("BOLT", "MAIN"): 27}
    for _ in range(3):
        receive(world, first, (1, "1"))
    assert Incoming.objects.count() == 2
    assert coming(world) == {("BOLT", "MAIN"): 24}
