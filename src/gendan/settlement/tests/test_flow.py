"""Invoices that a company's own flow lets be paid: what happened to the goods meanwhile counts."""

from __future__ import annotations

import pytest

from gendan.accounts.models import Company
from gendan.accounts.tests.make import actor_for, make_user
from gendan.flow import commands as flow
from gendan.flow.models import Task
from gendan.flow.tests.make import approve, draw
from gendan.kernel.actor import Actor
from gendan.kernel.models import Event
from gendan.purchasing import commands as purchasing
from gendan.purchasing.tests import make as buying
from gendan.settlement import commands, tasks
from gendan.settlement.errors import NotPayable, ReasonRequired
from gendan.settlement.tests import make

pytestmark = pytest.mark.django_db


def asked(world: buying.World) -> Actor:
    """Somebody who is asked about every invoice from now on."""
    company = Company.objects.get(pk=world.company_id)
    user = make_user(company, permissions=("settlement.view",), name="王总")
    draw(world.actor, approve("boss", {"by": "person", "value": user.username}), kind="bill")
    return actor_for(user, company)


def agreed(boss: Actor, number: str) -> str:
    """What the invoice is after the one who was asked said yes."""
    task = Task.objects.get(instance__number=number, state="waiting", user_id=boss.user_id or 0)
    return flow.approve_task(actor=boss, task_id=task.pk).state


def test_what_went_back_while_the_flow_ran_is_not_paid_without_a_reason() -> None:
    world = buying.make_world()
    boss = asked(world)
    order = buying.make_order(world, 10).number
    receipt = buying.receive(world, order).number
    number = make.make_bill(world, make.line(order, 1, 10)).number
    assert commands.approve_bill(actor=world.actor, number=number).data["approval"] == "running"
    purchasing.reverse_receipt(actor=world.actor, number=receipt, reason="收错")
    assert agreed(boss, number) == "mismatch"
    assert (make.bill(number).state, make.findings(number)) == ("mismatch", ["over_receipt"])
    assert Event.objects.get(type="settlement.bill_held_back").subject_number == number
    assert not Event.objects.filter(type="settlement.bill_approved").exists()
    with pytest.raises(NotPayable):
        commands.pay_bill(actor=world.actor, parts=[make.part(number, 1)])
    with pytest.raises(ReasonRequired):
        commands.approve_bill(actor=world.actor, number=number)
    commands.approve_bill(actor=world.actor, number=number, reason="货在路上，先付")
    assert agreed(boss, number) == "approved"
    assert make.verified() == []


def test_what_came_in_while_the_flow_ran_is_no_difference_any_more() -> None:
    world = buying.make_world()
    boss = asked(world)
    order = buying.make_order(world, 10).number
    number = make.make_bill(world, make.line(order, 1, 10)).number
    commands.approve_bill(actor=world.actor, number=number, reason="先付款")
    buying.receive(world, order)
    assert agreed(boss, number) == "approved"
    assert make.findings(number) == []


def test_what_is_in_approval_does_not_keep_others_from_being_compared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "AT_ONCE", 1)
    world = buying.make_world()
    boss = asked(world)
    orders = [buying.make_order(world, 10).number for _n in range(2)]
    first, second = (make.make_bill(world, make.line(order, 1, 10), reference=order).number for order in orders)
    commands.approve_bill(actor=world.actor, number=first, reason="先付款")
    for order in orders:
        buying.receive(world, order)
    assert [tasks.rematch_changed(world.actor) for _n in range(2)] == [1, 0]
    assert [make.bill(number).state for number in (first, second)] == ["mismatch", "matched"]
    task = Task.objects.get(instance__number=first, state="waiting")
    flow.send_back_task(actor=boss, task_id=task.pk, reason="等货")
    assert (tasks.rematch_changed(world.actor), make.bill(first).state) == (1, "matched")
