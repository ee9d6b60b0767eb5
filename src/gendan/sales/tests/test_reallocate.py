"""Everything soft is given out anew by priority; a line's stock is moved to another by hand."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from gendan.catalog.models import CustomerClass
from gendan.catalog.tests import make as catalog
from gendan.kernel.errors import Invalid
from gendan.purchasing.models import PurchaseOrder
from gendan.sales import commands
from gendan.sales.errors import NothingToMove
from gendan.sales.models import Peg, PriorityRule, SalesOrder
from gendan.sales.queries.reallocation import plan, scope_of
from gendan.sales.rules.lines import LineIn
from gendan.sales.tests.make import World
from gendan.sales.tests.test_supply import bought, buy, clean, coverage, make_world

pytestmark = pytest.mark.django_db(transaction=True)
SOON = date(2027, 1, 4)
LATER = SOON + timedelta(days=30)


def order(world: World, quantity: int, customer: str = "C001", on: date = LATER) -> str:
    lines = [LineIn("BOLT", Decimal(quantity), Decimal("9.90"), requested_on=on)]
    return commands.create_order(
        actor=world.actor, customer=customer, warehouse="MAIN", lines=lines, submit=True
    ).number


def test_the_more_urgent_line_gets_the_stock_and_the_other_what_is_on_the_way() -> None:
    world = make_world(bolts=10)
    number = buy(world, 10)
    late, soon = order(world, 10), order(world, 10, on=SOON)
    assert (coverage(late), coverage(soon)) == ((10, 0, 0), (0, 10, 0))
    tried = plan(world.actor, scope_of(world.actor))
    assert [(c.number, c.gains) for c in tried.changes] == [(late, False), (soon, True)]
    assert coverage(late) == (10, 0, 0)
    done = commands.reallocate(actor=world.actor)
    assert (done.data["changed"], done.data["lines"]) == (2, 2)
    assert (coverage(late), coverage(soon)) == ((0, 10, 0), (10, 0, 0))
    assert bought(number).pegged == 10
    assert commands.reallocate(actor=world.actor).data["changed"] == 0
    assert clean(world)


def test_the_company_decides_who_is_served_first() -> None:
    world = make_world(bolts=5)
    best = CustomerClass.objects.create(company=world.customer.company, code="A", name="A", priority=9)
    gold = catalog.make_customer(world.customer.company, "C002")
    gold.customer_class = best
    gold.save()
    plain, golden = order(world, 5, on=SOON), order(world, 5, "C002")
    commands.reallocate(actor=world.actor)
    assert (coverage(plain)[0], coverage(golden)[0]) == (0, 5)
    PriorityRule.objects.create(company=world.customer.company, position=1, key="promised_on")
    SalesOrder.objects.filter(number=golden).update(requested_on=LATER)
    commands.reallocate(actor=world.actor)
    assert (coverage(plain)[0], coverage(golden)[0]) == (5, 0)
    assert clean(world)


def test_stock_moves_by_hand_and_stays_there() -> None:
    world = make_world(bolts=10)
    buy(world, 10)
    first, second = order(world, 10, on=SOON), order(world, 6)
    commands.move_reservation(actor=world.actor, number=first, line=1, to_number=second, to_line=1)
    assert (coverage(first), coverage(second)) == ((4, 6, 0), (6, 0, 0))
    assert Peg.objects.get(line__order__number=second).moved_by_hand
    commands.reallocate(actor=world.actor)
    assert coverage(second) == (6, 0, 0)
    with pytest.raises(NothingToMove):
        commands.move_reservation(actor=world.actor, number=first, line=1, to_number=second, to_line=1)
    assert clean(world)


def test_what_a_buyer_changes_at_this_moment_is_not_given_in_exchange() -> None:
    """The buyer has locked the orders that wait for it already, and would not know of the one that gets it."""
    world = make_world(bolts=10)
    number = buy(world, 10)
    first, second = order(world, 10, on=SOON), order(world, 6)
    held, moved = threading.Event(), threading.Event()

    def buyer() -> None:
        try:
            with transaction.atomic():
                PurchaseOrder.objects.select_for_update(no_key=True).get(number=number)
                held.set()
                moved.wait(30)
        finally:
            connection.close()

    other = threading.Thread(target=buyer)
    other.start()
    assert held.wait(30)
    try:
        commands.move_reservation(actor=world.actor, number=first, line=1, to_number=second, to_line=1)
    finally:
        moved.set()
        other.join(30)
    assert (coverage(first), coverage(second)) == ((4, 0, 0), (6, 0, 0))
    assert bought(number).pegged == 0
    commands.reserve_order(actor=world.actor, number=first)
    assert coverage(first) == (4, 6, 0)
    assert clean(world)


def test_statements_of_a_reallocation_do_not_depend_on_the_lines() -> None:
    def count(size: int) -> int:
        world = make_world(bolts=10)
        for _ in range(size):
            order(world, 10)
            order(world, 10, on=SOON)
        with CaptureQueriesContext(connection) as queries:
            commands.reallocate(actor=world.actor)
        return len(queries)

    assert count(1) == count(5)


def test_half_a_piece_does_not_move() -> None:
    world = make_world(bolts=10)
    first, second = order(world, 10, on=SOON), order(world, 6)
    with pytest.raises(Invalid):
        commands.move_reservation(
            actor=world.actor, number=first, line=1, to_number=second, to_line=1, quantity=Decimal("0.5")
        )
