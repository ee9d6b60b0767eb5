"""A supplier answers while the buyer changes the order: every answer is kept, no line is taken that was not seen."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest
from django.test import Client

from gendan.changes import commands as changes
from gendan.kernel import verify
from gendan.kernel.tests.make import at_once
from gendan.portal import commands, many, rules
from gendan.portal.models import SupplierAnswer
from gendan.portal.queries.visitors import visitor_by_key
from gendan.portal.rules import Asked, LineAnswer
from gendan.portal.seen import mark_of
from gendan.portal.tests.accounts import PASSWORD, invite, make_key, token_of
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import OrderLine
from gendan.purchasing.queries.change import changeable
from gendan.purchasing.rules.shipments import ShipIn
from gendan.purchasing.tests import make as buying


@pytest.mark.django_db(transaction=True)
def test_answers_and_a_change_at_once() -> None:
    world = buying.make_world()
    number = buying.make_order(world, 10, 20).number
    purchasing.send_order(actor=world.actor, number=number, email="", recipient="王经理")
    mine = OrderLine.objects.filter(order__number=number, order__company_id=world.company_id).order_by("line_no")
    lines = [
        LineAnswer(line.line_no, "accept", seen=mark_of(Asked(line.quantity, line.required_on, line.unit_price), 0))
        for line in mine
    ]
    content = changeable(world.actor, number).content
    wanted = {**content, "lines": [{**content["lines"][0], "quantity": "15"}, content["lines"][1]]}
    supplier = replace(
        world.actor, user_id=None, name="王经理", permissions=rules.permissions_of(["answer"]), via="supplier"
    )
    answer = partial(commands.answer_order, actor=supplier, number=number, lines=lines)
    change = partial(
        changes.create_change, actor=world.actor, kind="po", order=number, content=wanted, agreed=True, submit=True
    )
    results = at_once([answer, change, answer])
    assert [type(result) for result in results if isinstance(result, Exception)] == [], results
    kept = list(SupplierAnswer.objects.filter(company_id=world.company_id))
    outcomes = sorted(row["outcome"] for each in kept for row in each.lines if row["line"] == 2)
    assert outcomes == ["outdated", "taken"]
    one, two = mine.all()
    assert (one.quantity, two.quantity, two.confirmed) == (15, 20, 20)
    assert [found for _check, found in verify.differences(world.company_id) if found] == []


@pytest.mark.django_db(transaction=True)
def test_a_link_that_is_opened_twice_at_once_lets_one_in() -> None:
    world = buying.make_world()
    token = token_of(invite(world.actor))
    tries = [
        partial(Client().post, f"/s/join/{token}", {"password": own, "again": own}) for own in (PASSWORD, "x-" * 9)
    ]
    answers = at_once(tries)
    assert sorted(answer.status_code for answer in answers)[0] == 302
    assert sum(answer.status_code == 302 for answer in answers) == 1
    winner = answers[0].status_code == 302
    signed = Client().post("/s/sign-in", {"email": "li@s001.example", "password": PASSWORD})
    assert (signed.status_code == 302) == winner


@pytest.mark.django_db(transaction=True)
def test_two_files_with_the_same_orders_in_another_order_wait_for_each_other() -> None:
    world = buying.make_world()
    numbers = [buying.make_order(world, 10).number for _n in range(6)]
    for number in numbers:
        purchasing.send_order(actor=world.actor, number=number, email="", recipient="王经理")
    person = invite(world.actor)
    key = make_key(person)
    visitor = visitor_by_key(key)
    assert visitor is not None
    orders = [many.OrderAnswer(number, [LineAnswer(1, "accept")]) for number in numbers]
    tries = [
        partial(many.answer_all, visitor.actor(), visitor, given, dry_run=False) for given in (orders, orders[::-1]) * 2
    ]
    results = at_once(tries)
    assert [result for result in results if isinstance(result, Exception)] == []
    same = partial(many.answer_all, visitor.actor(key="once"), visitor, orders, dry_run=False)
    before = SupplierAnswer.objects.filter(company_id=world.company_id).count()
    results = at_once([same, same])
    assert results[0] == results[1]
    assert SupplierAnswer.objects.filter(company_id=world.company_id).count() == before + len(orders)
    notice = many.Notice([ShipIn(1, Decimal(1), numbers[0])], [""], {})
    ship = partial(many.ship_all, visitor.actor(), visitor, [notice], dry_run=False, key="once")
    assert sum(isinstance(result, many.Refused) for result in at_once([ship, ship])) == 1
