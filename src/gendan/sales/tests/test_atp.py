"""What can be promised, and that the same piece is not promised twice."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gendan.catalog.models import SupplierPrice
from gendan.catalog.tests import make as catalog
from gendan.inventory.tests.make import statements
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.rules.returned import BackIn
from gendan.sales.models import SalesSettings
from gendan.sales.queries.atp import promisable
from gendan.sales.rules.atp import LEAD, PURCHASE, STOCK, Demand, Shelf, Supply, reduce
from gendan.sales.tests.make import World, make_order, make_world

TODAY = date(2026, 11, 22)


def day(n: int) -> date:
    return TODAY + timedelta(days=n)


def test_stock_first_then_what_comes_then_what_must_be_bought() -> None:
    shelf = Shelf([Supply(STOCK, TODAY, Decimal(4)), Supply(PURCHASE, day(5), Decimal(3), "PO-1", 2)], 20, day(20))
    answer = shelf.take(Decimal(9))
    assert [(p.kind, p.on, p.quantity) for p in answer.parts] == [
        (STOCK, TODAY, 4),
        (PURCHASE, day(5), 3),
        (LEAD, day(20), 2),
    ]
    assert answer.on == day(20)
    assert answer.by(day(6)) == 7


def test_without_a_lead_time_nobody_knows_when_and_a_second_line_gets_what_the_first_left() -> None:
    shelf = Shelf([Supply(STOCK, TODAY, Decimal(4))])
    assert shelf.take(Decimal(3)).on == TODAY
    second = shelf.take(Decimal(2))
    assert second.on is None
    assert [(p.kind, p.quantity) for p in second.parts] == [(STOCK, 1), (LEAD, 1)]


def test_what_others_need_is_set_aside_as_late_as_it_serves_them() -> None:
    supplies = [Supply(STOCK, TODAY, Decimal(10)), Supply(PURCHASE, day(5), Decimal(10))]
    left = reduce(supplies, [Demand(Decimal(8), day(7))], TODAY)
    assert [(s.kind, s.quantity) for s in left] == [(STOCK, 10), (PURCHASE, 2)], "the delivery serves them in time"
    supplies = [Supply(STOCK, TODAY, Decimal(10)), Supply(PURCHASE, day(5), Decimal(10))]
    left = reduce(supplies, [Demand(Decimal(12), day(2)), Demand(Decimal(3))], TODAY)
    assert [(s.kind, s.quantity) for s in left] == [(PURCHASE, 5)], "no wish means at once; the rest comes late"


def buy(world: World, quantity: str, on: date, product: str = "BOLT") -> str:
    """A confirmed purchase order; its number."""
    ensure_supplier(world)
    actor = world.actor
    line = LineIn(product, Decimal(quantity), Decimal(1), required_on=on)
    order = purchasing.create_order(actor=actor, supplier="S001", warehouse="MAIN", lines=[line], submit=True)
    purchasing.confirm_order(actor=actor, number=order.number, lines=[ConfirmIn(1, Decimal(quantity), on)])
    return order.number


def ensure_supplier(world: World) -> Any:
    from gendan.catalog.models import Partner

    found = Partner.objects.filter(company_id=world.stock.company_id, code="S001").first()
    return found or catalog.make_supplier(world.stock.company_id, "S001")


def ask(world: World, quantity: str) -> Any:
    key = (world.stock.main.pk, world.stock.bolt.pk)
    return promisable(world.actor, [key]).shelves[key].take(Decimal(quantity))


@pytest.mark.django_db
def test_the_rows_behind_it() -> None:
    world = make_world(bolts=10)
    today = world.actor.today()
    number = buy(world, "20", today + timedelta(days=9))
    supplier = ensure_supplier(world)
    SupplierPrice.objects.create(
        company_id=world.stock.company_id,
        partner=supplier,
        product=world.stock.bolt,
        unit=world.stock.bolt.unit,
        currency="CNY",
        price=1,
        lead_time_days=30,
    )
    SalesSettings.objects.create(company_id=world.stock.company_id, handling_days=2)
    with statements() as seen:
        answer = ask(world, "35")
    assert len(seen) == 5, "one exchange, however many products"
    assert [(p.kind, p.on, p.quantity, p.number) for p in answer.parts] == [
        (STOCK, today, 10, ""),
        (PURCHASE, today + timedelta(days=11), 20, number),
        (LEAD, today + timedelta(days=32), 5, ""),
    ]


@pytest.mark.django_db
def test_what_is_overdue_is_not_promised_but_told() -> None:
    world = make_world()
    today = world.actor.today()
    number = buy(world, "20", today + timedelta(days=1))
    from gendan.purchasing.models import OrderLine

    OrderLine.objects.update(expected_on=today - timedelta(days=1))
    key = (world.stock.main.pk, world.stock.bolt.pk)
    found = promisable(world.actor, [key])
    assert found.shelves[key].take(Decimal(1)).on is None
    assert [(u.number, u.quantity) for u in found.unsure[key]] == [(number, 20)]


@pytest.mark.django_db
def test_what_waits_for_inspection_takes_nothing_from_what_is_still_to_come() -> None:
    world = make_world()
    world.stock.bolt.inspect = True
    world.stock.bolt.save()
    number = buy(world, "100", world.actor.today() + timedelta(days=5))
    make_order(world, "60")
    purchasing.receive_goods(actor=world.actor, order=number, lines=[ReceiveIn(1, Decimal(60))])
    assert [(p.kind, p.quantity) for p in ask(world, "50").parts] == [(PURCHASE, 40), (LEAD, 10)]


@pytest.mark.django_db
def test_what_is_promised_to_reviewed_orders_without_supply_is_not_promised_again() -> None:
    world = make_world()
    make_order(world, "15")
    from gendan.inventory.tests import make as inventory

    inventory.stock(world.stock, "BOLT", 20)
    answer = ask(world, "6")
    assert answer.on is None
    assert answer.by(world.actor.today()) == 5


@pytest.mark.django_db
def test_what_a_supplier_owes_instead_of_returned_goods_is_promised() -> None:
    world = make_world()
    today = world.actor.today()
    number = buy(world, "10", today + timedelta(days=1))
    receipt = purchasing.receive_goods(actor=world.actor, order=number, lines=[ReceiveIn(1, Decimal(10))]).number
    back = [BackIn(receipt, 1, Decimal(10), "wrong", rejected=False)]
    rtv = purchasing.create_return(actor=world.actor, lines=back, approve=True).number
    purchasing.post_return(actor=world.actor, number=rtv)
    key = (world.stock.main.pk, world.stock.bolt.pk)
    assert [(u.number, u.quantity, u.due_on) for u in promisable(world.actor, [key]).unsure[key]] == [(rtv, 10, None)]
    purchasing.promise_replacement(actor=world.actor, number=rtv, replace_on=today + timedelta(days=6))
    parts = ask(world, "8").parts
    assert [(p.kind, p.on, p.quantity, p.number) for p in parts] == [(PURCHASE, today + timedelta(days=6), 8, rtv)]
