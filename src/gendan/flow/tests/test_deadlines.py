"""What happens when nobody decides in time, and when a wait is over; exactly once, also with two workers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gendan.accounts.tests.make import make_user
from gendan.flow.commands.deadlines import settle_deadline
from gendan.flow.commands.decide import approve_task
from gendan.flow.errors import NothingRuns
from gendan.flow.models import Instance, Task
from gendan.flow.queries.due import due
from gendan.flow.tasks import mind_deadlines
from gendan.flow.tests.make import Flowing, approve, make_flowing, overdue, redraw
from gendan.kernel.models import Event, Notice
from gendan.kernel.tests.make import at_once
from gendan.purchasing.models import PurchaseOrder

pytestmark = pytest.mark.django_db(transaction=True)


def run() -> None:
    mind_deadlines(0)


def waiting(number: str) -> Task:
    return Task.objects.get(instance__number=number, state="waiting")


def events(kind: str) -> int:
    return Event.objects.filter(type=kind).count()


def state(number: str) -> str:
    return PurchaseOrder.objects.get(number=number).state


def test_who_does_not_decide_in_time_is_reminded_once() -> None:
    world = make_flowing(approve(then="remind"))
    number = world.order()
    run()
    told = Notice.objects.order_by("id").values_list("user_id", "kind", "subject_number")
    assert list(told.all()) == [(world.boss.pk, "approval", number)]
    overdue()
    run()
    run()
    assert list(told.all())[1:] == [(world.boss.pk, "approval_due", number)]
    assert events("flow.deadline_passed") == 1
    assert waiting(number).user_id == world.boss.pk


def test_the_superior_is_asked_instead_and_then_the_one_above() -> None:
    world = make_flowing(approve(then="escalate"))
    number = world.order()
    overdue()
    run()
    task = waiting(number)
    assert (task.user_id, task.handed_by_id) == (world.chief.pk, world.boss.pk)
    assert task.due_at is not None
    assert task.due_at > timezone.now() + timedelta(hours=7)
    overdue()
    run()  # nobody is above 陈董: he is reminded
    assert waiting(number).user_id == world.chief.pk
    assert (events("flow.escalated"), events("flow.deadline_passed")) == (1, 1)


def test_a_submitter_never_gets_the_own_document_by_escalation() -> None:
    # an inspector who works for the buyer is asked; the buyer, who is above, submitted it herself
    world = make_flowing()
    helper = make_user(world.company, roles=["qc_inspector"], name="赵质检")
    helper.memberships.update(superior=world.buyer)
    redraw(world.admin, approve("inspect", {"by": "role", "value": "qc_inspector"}, then="escalate"))
    number = world.order()
    overdue()
    run()
    assert waiting(number).user_id == world.boss.pk


def test_a_document_passes_when_the_node_says_so() -> None:
    world = make_flowing(approve(then="pass"))
    number = world.order()
    overdue()
    run()
    assert (state(number), Task.objects.get().state) == ("approved", "passed")
    assert events("flow.passed_by_deadline") == 1


def test_a_document_goes_back_when_the_node_says_so() -> None:
    world = make_flowing(approve(then="send_back"))
    number = world.order()
    overdue()
    run()
    assert (state(number), Instance.objects.get().state) == ("draft", "sent_back")


def test_a_wait_ends_and_the_flow_goes_on() -> None:
    world = make_flowing({"key": "rest", "type": "wait", "name": "冷静期", "hours": 4}, approve())
    number = world.order()
    assert waiting(number).kind == "wait"
    run()
    assert waiting(number).kind == "wait"
    overdue()
    run()
    assert (waiting(number).kind, waiting(number).user_id) == ("approve", world.boss.pk)


def many(world: Flowing, count: int) -> None:
    overdue(*[world.order() for _n in range(count)])


@pytest.mark.parametrize("then", ["escalate", "remind"])
def test_many_deadlines_cost_as_much_as_one(then: str) -> None:
    world = make_flowing(approve(then=then))
    spent = []
    for count in (1, 4):
        many(world, count)
        with CaptureQueriesContext(connection) as queries:
            run()
        spent.append(len(queries))
    assert spent[0] == spent[1]


@pytest.mark.parametrize("then", ["escalate", "remind", "pass"])
def test_two_workers_at_once_do_it_once(then: str) -> None:
    world = make_flowing(approve(then=then))
    many(world, 6)
    at_once([run, run])
    run()
    done: dict[str, Any] = {"escalate": "flow.escalated", "remind": "flow.deadline_passed", "pass": "flow.passed"}
    assert events(done[then]) == 6
    assert not due(100)


def test_who_decides_while_the_superior_is_asked_is_heard_or_told() -> None:
    world = make_flowing(approve(then="escalate"))
    numbers = [world.order() for _n in range(4)]
    overdue()
    boss = world.actor(world.boss)

    def decide() -> None:
        for number in numbers:
            approve_task(actor=boss, task_id=Task.objects.get(instance__number=number).pk)

    at_once([decide, run])
    for number in numbers:
        left = Task.objects.filter(instance__number=number, state="waiting")
        if state(number) == "approved":
            assert not left
        else:
            assert [task.user_id for task in left] == [world.chief.pk]


def test_a_decision_and_a_deadline_at_once_leave_one_outcome() -> None:
    world = make_flowing(approve(then="pass"))
    number = world.order()
    task = waiting(number)
    overdue()
    actor = due(10)[0].actor
    settle_deadline(actor=actor, kind="po", number=number, task_id=task.pk)
    with pytest.raises(NothingRuns):
        settle_deadline(actor=actor, kind="po", number=number, task_id=task.pk)
