"""The flows to begin with do what they say, in any company with the standard roles."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gendan.accounts.models import Company, User
from gendan.accounts.tests.make import actor_for, make_user
from gendan.catalog.tests.make import make_price, make_product
from gendan.flow import commands
from gendan.flow.commands.deadlines import mind_deadlines
from gendan.flow.examples import example, offered
from gendan.flow.models import Task
from gendan.flow.queries import due
from gendan.flow.rules.definition import problems
from gendan.flow.subjects import subject_of
from gendan.flow.tests.make import overdue
from gendan.kernel.actor import Actor
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.tests import make as buying
from gendan.purchasing.tests.test_requisitions import make_requisition
from gendan.sales import commands as sales
from gendan.sales.rules.lines import LineIn as SoldIn
from gendan.sales.tests import make as selling

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("one", offered(), ids=lambda one: one["code"])
def test_every_example_can_be_used_as_it_is(one: dict[str, Any]) -> None:
    subject = subject_of(one["kind"], one["transition"])
    assert problems(one["definition"], list(subject.facts), list(subject.settable)) == []
    assert one["name"]
    assert one["text"]


def switch_on(actor: Actor, code: str) -> None:
    one = example(code)
    commands.create_flow(actor=actor, kind=one["kind"], name=one["name"], definition=one["definition"])
    commands.publish_flow(actor=actor, kind=one["kind"])


def people(company_id: int, *roles: str) -> list[User]:
    company = Company.objects.get(pk=company_id)
    return [make_user(company, [role], name=role) for role in roles]


def asked(number: str) -> list[str]:
    found = Task.objects.filter(instance__number=number, state="waiting").order_by("id")
    return [task.user.name if task.user else "" for task in found]


def agree(person: User, number: str) -> None:
    task = Task.objects.get(user=person, instance__number=number, state="waiting")
    commands.approve_task(actor=actor_for(person), task_id=task.pk)


def test_large_orders_go_to_the_director() -> None:
    world = buying.make_world()
    manager, _director = people(world.company_id, "purchasing_manager", "management")
    switch_on(world.actor, "large_orders")
    for price, after in (("50000", []), ("50000.01", ["management"])):
        number = buying.make_order(world, lines=[LineIn("BOLT", Decimal(1), Decimal(price))]).number
        assert asked(number) == ["purchasing_manager"]
        agree(manager, number)
        assert asked(number) == after


def test_small_requisitions_pass_unless_a_price_is_missing() -> None:
    world = buying.make_world()
    people(world.company_id, "purchasing_manager", "management")
    switch_on(world.actor, "small_requests")
    unpriced = make_requisition(world, 10)
    assert (unpriced.state, asked(unpriced.number)) == ("pending_approval", ["purchasing_manager"])
    make_price(world.supplier, world.bolt, "9.90")
    assert make_requisition(world, 101).state == "approved"
    assert make_requisition(world, 102).state == "pending_approval"


def test_a_custom_made_product_is_countersigned_by_the_production_manager() -> None:
    world = selling.make_world()
    company = Company.objects.get(pk=world.actor.company_id)
    seller, maker = people(company.pk, "sales_manager", "production_manager")
    switch_on(world.actor, "custom_made")
    assert asked(selling.make_order(world, 10).number) == ["sales_manager"]
    make_product(company, "BOX", "定制礼盒")
    sold = [SoldIn("BOX", Decimal(1), Decimal(100))]
    done = sales.create_order(actor=world.actor, customer="C001", warehouse="MAIN", lines=sold, submit=True)
    number = done.number
    assert asked(number) == ["sales_manager", "production_manager"]
    agree(maker, number)
    assert asked(number) == ["sales_manager"]
    agree(seller, number)
    assert asked(number) == []


def test_what_nobody_answers_goes_to_the_superior() -> None:
    world = buying.make_world()
    manager, boss = people(world.company_id, "purchasing_manager", "management")
    manager.memberships.update(superior=boss)
    switch_on(world.actor, "unanswered")
    number = buying.make_order(world).number
    overdue(number)
    for found in due.due(100):
        mind_deadlines(actor=found.actor, remind=found.remind, escalate=found.escalate)
    assert asked(number) == ["management"]
