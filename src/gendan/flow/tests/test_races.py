"""Two at once: nothing is decided twice, and an approval ends in one way."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from gendan.accounts.models import User
from gendan.accounts.tests.make import make_user
from gendan.flow import commands
from gendan.flow.models import Instance, Task
from gendan.flow.tests.make import Flowing, approve, draw, make_flowing
from gendan.kernel import verify
from gendan.kernel.errors import AppError
from gendan.kernel.models import Event
from gendan.kernel.tests.make import at_once
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.tests import make as buying
from gendan.purchasing.tests.test_requisitions import make_requisition
from gendan.sales import commands as sales
from gendan.sales.models import SalesOrder
from gendan.sales.queries.drafts import draft_of
from gendan.sales.tests import make as selling

pytestmark = pytest.mark.django_db(transaction=True)


def refused(results: list[Any]) -> int:
    assert all(not isinstance(one, Exception) or isinstance(one, AppError) for one in results), results
    return sum(isinstance(one, AppError) for one in results)


def said(number: str, type_: str) -> int:
    return Event.objects.filter(subject_number=number, type=type_).count()


def books_agree() -> bool:
    return [str(one) for _check, found in verify.differences() for one in found] == []


def asked(world: Flowing, *people: User, mode: str = "all") -> str:
    """An order about which these people are asked."""
    named = [{"by": "person", "value": person.username} for person in people]
    commands.save_draft(
        actor=world.admin, kind="po", definition={"nodes": [approve("n", *named, mode=mode)]}, version=0
    )
    commands.publish_flow(actor=world.admin, kind="po")
    return world.order()


def agree(world: Flowing, person: User, number: str) -> Any:
    task = Task.objects.get(user=person, instance__number=number).pk
    actor = world.actor(person)
    return lambda: commands.approve_task(actor=actor, task_id=task)


@pytest.mark.parametrize("mode", ["all", "one"])
def test_two_approvers_at_once(mode: str) -> None:
    world = make_flowing()
    other = make_user(world.company, permissions=[], limit=0)
    number = asked(world, world.boss, other, mode=mode)
    results = at_once([agree(world, world.boss, number), agree(world, other, number)])
    assert refused(results) == (0 if mode == "all" else 1)
    assert PurchaseOrder.objects.get(number=number).state == "approved"
    assert (said(number, "purchasing.order_approved"), said(number, "flow.passed")) == (1, 1)
    assert books_agree()


def test_one_who_decides_twice_decides_once() -> None:
    world = make_flowing()
    number = world.order()
    one = agree(world, world.boss, number)
    assert refused(at_once([one, one, one])) == 2
    assert said(number, "flow.task_approved") == 1


def test_approved_against_withdrawn() -> None:
    world = make_flowing()
    number = world.order()
    buyer = world.actor(world.buyer)
    results = at_once([agree(world, world.boss, number), lambda: purchasing.withdraw_order(actor=buyer, number=number)])
    assert refused(results) == 1
    ended = {"approved": "approved", "draft": "withdrawn"}
    assert Instance.objects.get().state == ended[PurchaseOrder.objects.get(number=number).state]
    assert books_agree()


def test_approved_against_edited() -> None:
    world = selling.make_world()
    draw(world.actor, approve("boss", {"by": "submitter"}), kind="so", own="allow")
    number = selling.make_order(world, 10).number
    task = Task.objects.get(state="waiting").pk
    draft = draft_of(world.actor, number).draft
    more = replace(draft, lines=tuple(replace(line, quantity=line.quantity * 3) for line in draft.lines))
    results = at_once(
        [
            lambda: commands.approve_task(actor=world.actor, task_id=task),
            lambda: sales.update_order(actor=world.actor, number=number, draft=more),
        ]
    )
    assert not isinstance(results[1], Exception), results
    order = SalesOrder.objects.get(number=number)
    assert order.state == "pending_review", "what was approved is not what it is now"
    assert Instance.objects.filter(state="running").count() == 1
    assert Instance.objects.filter(state="voided").count() == 1
    assert books_agree()


def test_submitted_twice_at_once_begins_one_approval() -> None:
    world = make_flowing()
    number = world.order()
    buyer = world.actor(world.buyer)
    purchasing.withdraw_order(actor=buyer, number=number)

    def submit() -> Any:
        return purchasing.submit_order(actor=buyer, number=number)

    assert refused(at_once([submit, submit])) == 1
    assert Instance.objects.filter(state="running").count() == 1


def pieces(kind: str, world: Any) -> list[Any]:
    """Four documents of one person about one partner, each submitted by its own call."""
    if kind == "po":
        drafts = [buying.make_order(world, 10, submit=False).number for _ in range(2)]
        submits = [partial(purchasing.submit_order, actor=world.actor, number=number) for number in drafts]
        return [*submits, *[lambda: buying.make_order(world, 10)] * 2]
    if kind == "requisition":
        drafts = [make_requisition(world, 10, submit=False).number for _ in range(4)]
        return [partial(purchasing.submit_requisition, actor=world.actor, number=number) for number in drafts]
    drafts = [selling.make_order(world, 10, submit=False).number for _ in range(2)]
    submits = [partial(sales.submit_order, actor=world.actor, number=number) for number in drafts]
    return [*submits, *[lambda: selling.make_order(world, 10)] * 2]


@pytest.mark.parametrize("kind", ["po", "requisition", "so"])
def test_pieces_of_one_order_submitted_at_once_see_each_other(kind: str) -> None:
    world: Any = selling.make_world() if kind == "so" else buying.make_world()
    draw(world.actor, approve("n", {"by": "submitter"}), kind=kind, own="allow")
    assert refused(at_once(pieces(kind, world))) == 0
    seen = [len(facts.get("split_with", [])) for facts in Instance.objects.values_list("facts", flat=True)]
    assert sorted(seen) == [0, 1, 2, 3]
