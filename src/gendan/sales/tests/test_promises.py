"""The first word to a customer is kept, later ones move the expected day, each with its source and reason."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from gendan.inventory.tests import make as inventory
from gendan.inventory.tests.make import statements
from gendan.kernel.notices import own_notices
from gendan.kernel.verify import differences
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import OrderLine
from gendan.sales import commands
from gendan.sales.models import Peg, SalesLine, SalesPromise
from gendan.sales.steps import promises
from gendan.sales.tests.make import World, line, make_order, make_world
from gendan.sales.tests.test_atp import buy

pytestmark = pytest.mark.django_db


def words(number: str, line_no: int = 1) -> list[tuple[int, str, date | None, str]]:
    """The ledger of a line."""
    found = SalesPromise.objects.filter(line__order__number=number, line__line_no=line_no).order_by("revision")
    return [(w.revision, w.source, w.promised_on, w.reason) for w in found]


def tie(world: World, number: str, bought: str, quantity: int) -> tuple[SalesLine, OrderLine]:
    """Tie the first line of a sales order to the first of a purchase order."""
    wanting, bringing = line(number), OrderLine.objects.get(order__number=bought)
    Peg.objects.create(
        company_id=world.stock.company_id, line=wanting, purchase_line=bringing, quantity=Decimal(quantity)
    )
    SalesLine.objects.filter(pk=wanting.pk).update(pegged=quantity)
    OrderLine.objects.filter(pk=bringing.pk).update(pegged=quantity)
    return line(number), bringing


def follow(world: World, *lines: SalesLine, reason: str = "PO 改期") -> Any:
    with transaction.atomic():
        return promises.follow_supply(world.actor, [each.pk for each in lines], reason)


def test_what_is_reserved_is_promised_for_today_or_for_the_day_that_the_customer_wants() -> None:
    world = make_world(bolts=100)
    today = world.actor.today()
    now, later = make_order(world, 5), make_order(world, 5, requested_on=today + timedelta(days=9))
    assert words(now.number) == [(1, "atp", today, "")]
    assert words(later.number) == [(1, "atp", today + timedelta(days=9), "")]
    found = line(later.number)
    assert found.promised_on == found.expected_on == found.due_on == today + timedelta(days=9)


def test_what_nobody_can_know_is_not_promised() -> None:
    world = make_world()
    order = make_order(world, 5, requested_on=world.actor.today())
    assert words(order.number) == []
    assert line(order.number).promised_on is None


def test_when_supply_slips_the_expected_day_moves_and_the_promise_stays_until_it_is_in_time_again() -> None:
    world = make_world()
    today = world.actor.today()
    order = make_order(world, 5)
    wanting, bringing = tie(world, order.number, buy(world, "20", today + timedelta(days=5)), 5)
    follow(world, wanting, reason="已采购")
    OrderLine.objects.filter(pk=bringing.pk).update(expected_on=today + timedelta(days=12))
    (word,) = follow(world, wanting)
    assert (word.before, word.after) == (today + timedelta(days=5), today + timedelta(days=12))
    OrderLine.objects.filter(pk=bringing.pk).update(expected_on=today + timedelta(days=2))
    with statements() as seen:
        follow(world, wanting, reason="供应商提前")
    assert len(seen) == 8, "supply, five of what can be promised, the words, the event"
    assert words(order.number) == [
        (1, "supply", today + timedelta(days=5), "已采购"),
        (2, "supply", today + timedelta(days=12), "PO 改期"),
        (3, "supply", today + timedelta(days=5), "供应商提前"),
    ]
    found = line(order.number)
    assert (found.promised_on, found.expected_on) == (today + timedelta(days=5), today + timedelta(days=5))
    assert follow(world, found) == [], "nothing moved"


def test_the_ledger_cannot_be_changed() -> None:
    world = make_world(bolts=100)
    make_order(world, 5)
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE sales_salespromise SET promised_on = NULL")


def test_the_salesperson_is_told_what_leaves_later_than_promised() -> None:
    world = make_world()
    today = world.actor.today()
    bought = buy(world, "20", today + timedelta(days=5))
    number = make_order(world, 8).number
    buyer = world.stock.colleague("purchasing.view", "purchasing.confirm_order")
    purchasing.revise_promise(actor=buyer, number=bought, line=1, expected_on=today + timedelta(days=12))
    (notice,) = own_notices(world.actor).items
    assert (notice["kind"], notice["subject_number"]) == ("late", number)
    assert str(today + timedelta(days=12)) in notice["text"]
    purchasing.revise_promise(actor=buyer, number=bought, line=1, expected_on=today + timedelta(days=4))
    assert len(own_notices(world.actor).items) == 1, "good news moves the day without a word"
    assert line(number).expected_on == today + timedelta(days=5)


def test_who_gives_back_what_an_order_holds_is_told_what_day_is_left() -> None:
    world = make_world(bolts=10)
    today = world.actor.today()
    number = make_order(world, 8).number
    buy(world, "20", today + timedelta(days=6))
    inventory.stock(world.stock, "NUT", 1)
    make_order(world, 2)
    commands.release_order(actor=world.actor, number=number)
    taken = make_order(world, 8).number
    assert line(taken).reserved == 8
    commands.promise_order(actor=world.actor, number=number)
    assert line(number).expected_on == today + timedelta(days=6)
    assert line(number).promised_on == today
    assert not [found for _check, rows in differences(world.stock.company_id) for found in rows]
