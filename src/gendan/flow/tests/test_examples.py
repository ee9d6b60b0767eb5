"""The flows to begin with do what they say, in any company with the standard roles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gendan.accounts.models import Company, User
from gendan.accounts.tests.make import actor_for, api_client, make_user, signed_in_client
from gendan.catalog.tests.make import make_price, make_product, make_supplier
from gendan.flow import commands
from gendan.flow.commands.deadlines import mind_deadlines
from gendan.flow.examples import example, offered
from gendan.flow.models import Instance, Task
from gendan.flow.queries import due
from gendan.flow.rules.definition import problems
from gendan.flow.subjects import subject_of
from gendan.flow.tests.make import overdue
from gendan.kernel.actor import Actor
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.requisitions import RequestIn
from gendan.purchasing.tests import make as buying
from gendan.purchasing.tests.test_requisitions import make_requisition
from gendan.sales import commands as sales
from gendan.sales.queries.drafts import draft_of
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


def buying_actor(world: buying.World) -> Actor:
    """Somebody else who may ask for goods and submit."""
    may = ("purchasing.create_requisition", "purchasing.submit_requisition", "purchasing.view")
    return actor_for(make_user(Company.objects.get(pk=world.company_id), permissions=may, limit=0))


def agree(person: User, number: str) -> None:
    task = Task.objects.get(user=person, instance__number=number, state="waiting")
    commands.approve_task(actor=actor_for(person), task_id=task.pk)


def test_large_orders_go_to_the_director() -> None:
    world = buying.make_world()
    manager, _director = people(world.company_id, "purchasing_manager", "management")
    make_supplier(world.company_id, "S002")
    switch_on(world.actor, "large_orders")
    for supplier, price, after in (("S001", "50000", []), ("S002", "50000.01", ["management"])):
        lines = [LineIn("BOLT", Decimal(1), Decimal(price))]
        made = purchasing.create_order(actor=world.actor, supplier=supplier, warehouse="MAIN", lines=lines, submit=True)
        number = made.number
        assert asked(number) == ["purchasing_manager"]
        agree(manager, number)
        assert asked(number) == after


def test_a_large_order_cut_in_pieces_goes_to_the_director_with_the_piece_that_makes_it_large() -> None:
    world = buying.make_world()
    manager, _director = people(world.company_id, "purchasing_manager", "management")
    switch_on(world.actor, "large_orders")
    drafts = [
        buying.make_order(world, lines=[LineIn("BOLT", Decimal(1), Decimal(20000))], submit=False).number
        for _n in range(3)
    ]
    for number in reversed(drafts):  # the order in which drafts are submitted hides nothing
        purchasing.submit_order(actor=world.actor, number=number)
    for number, after in zip(reversed(drafts), ([], [], ["management"]), strict=True):
        agree(manager, number)
        assert asked(number) == after
    page = signed_in_client(world.actor).get(f"/po/{drafts[0]}").content.decode()
    assert "60,000.00" in page
    told = api_client(world.actor).get(f"/api/v1/approvals/po/{drafts[0]}").json()
    assert (told["joint_amount"], {part["number"] for part in told["split_with"]}) == ("60000", set(drafts[1:]))


def test_small_requisitions_that_may_be_one_are_asked_about_together() -> None:
    world = buying.make_world()
    people(world.company_id, "purchasing_manager", "management")
    switch_on(world.actor, "small_requests")
    make_price(world.supplier, world.bolt, "9.90")
    make_price(world.supplier, world.nut, "9.90")
    other = buying_actor(world)
    first = make_requisition(world, 60)
    assert (first.state, make_requisition(world, 60, actor=other).state) == ("approved", "approved")
    # other goods of the same supplier, by the price list, with no supplier named
    lines = [RequestIn("NUT", Decimal(60), required_on=date(2026, 12, 10))]
    second = make_requisition(world, lines=lines)
    assert (second.state, asked(second.number)) == ("pending_approval", ["purchasing_manager"])
    assert Instance.objects.get(number=second.number).facts["joint_amount"] == 1188.0
    assert [part["number"] for part in Instance.objects.get(number=second.number).facts["split_with"]] == [first.number]


def test_an_edit_that_makes_the_sum_of_the_pieces_large_asks_again() -> None:
    world = selling.make_world()
    company = Company.objects.get(pk=world.actor.company_id)
    manager, _boss = people(company.pk, "sales_manager", "management")
    switch_on(world.actor, "large_sales")
    first, number = (
        sales.create_order(
            actor=world.actor,
            customer="C001",
            warehouse="MAIN",
            lines=[SoldIn("BOLT", Decimal(20), Decimal(1000))],
            submit=True,
        ).number
        for _n in range(2)
    )
    agree(manager, number)
    assert asked(number) == []
    draft = draft_of(world.actor, number).draft
    lines = tuple(replace(line, quantity=Decimal(31)) for line in draft.lines)
    sales.update_order(actor=world.actor, number=number, draft=replace(draft, lines=lines))
    agree(manager, number)
    assert asked(number) == ["management"]
    assert Instance.objects.filter(number=number).latest("id").facts["joint_amount"] == 51000.0
    assert first


def test_small_requisitions_pass_unless_a_price_is_missing() -> None:
    world = buying.make_world()
    people(world.company_id, "purchasing_manager", "management")
    switch_on(world.actor, "small_requests")
    unpriced = make_requisition(world, 10)
    assert (unpriced.state, asked(unpriced.number)) == ("pending_approval", ["purchasing_manager"])
    make_price(world.supplier, world.bolt, "9.90")
    assert make_requisition(world, 101, actor=buying_actor(world)).state == "approved"
    assert make_requisition(world, 102, actor=buying_actor(world)).state == "pending_approval"


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
