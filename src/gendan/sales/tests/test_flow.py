"""Sales orders and the approval flow: who passes, what an edit of what was judged does, what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from gendan.catalog.tests.make import make_supplier
from gendan.flow import commands as flow
from gendan.flow.errors import NotAsked
from gendan.flow.models import Instance, Task
from gendan.flow.tests.make import approve, draw
from gendan.kernel import verify
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.requisitions import RequestIn
from gendan.sales import commands
from gendan.sales.models import SalesOrder
from gendan.sales.queries.drafts import draft_of
from gendan.sales.tests.make import make_order, make_world

pytestmark = pytest.mark.django_db


def state(number: str) -> str:
    return SalesOrder.objects.get(number=number).state


def agree(world, number: str) -> None:
    task = Task.objects.get(instance__number=number, state="waiting")
    flow.approve_task(actor=world.actor, task_id=task.pk)


def asked(world, number: str) -> int:
    return Task.objects.filter(instance__number=number, state="waiting").count()


@pytest.fixture
def world():
    """The administrator is asked about every order, also about the own."""
    made = make_world()
    draw(
        made.actor,
        approve("boss", {"by": "submitter"}),
        kind="so",
        own="allow",
        judged=[{"fact": "amount", "percent": 10}],
    )
    yield made
    assert [(check.name, str(one)) for check, found in verify.differences() for one in found] == []


def test_an_order_takes_stock_when_its_approval_ends(world) -> None:
    number = make_order(world, 10).number
    assert (state(number), asked(world, number)) == ("pending_review", 1)
    with pytest.raises(NotAsked):
        commands.approve_order(actor=replace(world.actor, user_id=None), number=number)
    agree(world, number)
    assert state(number) == "to_ship"
    other = make_order(world, 10, submit=False).number
    assert commands.submit_order(actor=world.actor, number=other).state == "pending_review"
    assert commands.approve_order(actor=world.actor, number=other).state == "to_ship"


def test_rejected_sent_back_and_cancelled(world) -> None:
    number = make_order(world, 10).number
    task = Task.objects.get(instance__number=number, state="waiting")
    flow.send_back_task(actor=world.actor, task_id=task.pk, reason="再谈")
    assert state(number) == "rejected"
    commands.submit_order(actor=world.actor, number=number)
    commands.reject_order(actor=world.actor, number=number, reason="不做")
    assert state(number) == "rejected"
    commands.submit_order(actor=world.actor, number=number)
    commands.cancel_order(actor=world.actor, number=number)
    assert [one.state for one in Instance.objects.order_by("id")] == ["sent_back", "rejected", "ended"]


def edit(world, number: str, factor: str) -> str:
    """Order so many times as much."""
    draft = draft_of(world.actor, number).draft
    lines = tuple(replace(line, quantity=line.quantity * Decimal(factor)) for line in draft.lines)
    return commands.update_order(actor=world.actor, number=number, draft=replace(draft, lines=lines)).state


def test_an_edit_of_what_was_judged_makes_the_approval_void_and_others_keep_it(world) -> None:
    number = make_order(world, 1000).number
    first = Instance.objects.get()
    assert edit(world, number, "1.05") == "pending_review"
    assert Instance.objects.get() == first, "5 % are within the threshold"
    assert edit(world, number, "2") == "pending_review"
    first.refresh_from_db()
    assert (first.state, asked(world, number)) == ("voided", 1)
    agree(world, number)
    assert edit(world, number, "1.01") == "to_ship"
    assert edit(world, number, "2") == "pending_review"
    assert [one.state for one in Instance.objects.order_by("id")] == ["voided", "voided", "running"]


def test_who_ordered_a_product_last_is_its_buyer_for_documents_that_have_none() -> None:
    world = make_world()
    make_supplier(world.customer.company, "S001")
    wang = world.stock.colleague("purchasing.create_order", "catalog.view")
    lines = [LineIn("BOLT", Decimal(5), Decimal(9), required_on=date(2026, 12, 1))]
    purchasing.create_order(actor=wang, supplier="S001", warehouse="MAIN", lines=lines)
    draw(world.actor, approve("buyer", {"by": "buyer"}), kind="so")
    draw(world.actor, approve("buyer", {"by": "buyer"}), kind="requisition")
    draw(world.actor, approve("buyer", {"by": "buyer"}), kind="quotation")
    order = make_order(world, 10).number
    wish = [RequestIn("BOLT", Decimal(1), required_on=date(2026, 12, 1))]
    request = purchasing.create_requisition(actor=world.actor, warehouse="MAIN", lines=wish, submit=True).number
    for number in (order, request):
        waiting = Task.objects.filter(instance__number=number, state="waiting")
        assert [task.user_id for task in waiting] == [wang.user_id]
