"""What a flow does beside asking people: other systems, fields, waits."""

from __future__ import annotations

from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from gendan.accounts.tests.make import signed_in_client
from gendan.flow import commands, outgoing
from gendan.flow.errors import NotAsked
from gendan.flow.models import Delegate, Task
from gendan.flow.queries.due import MIND
from gendan.flow.tests.make import approve, make_flowing
from gendan.kernel import verify
from gendan.kernel.actor import Actor
from gendan.kernel.outgoing import OutgoingError, Reply
from gendan.purchasing.models import PurchaseOrder

pytestmark = pytest.mark.django_db
ERP = {"key": "erp", "type": "webhook", "name": "告知 ERP", "url": "https://erp.example.com/orders"}


def sent(monkeypatch: pytest.MonkeyPatch, *answers: int | str) -> list[bytes]:
    """Let the other system answer with these: a status, or the code of what went wrong."""
    bodies: list[bytes] = []
    left = list(answers)

    def send(method: str, url: str, body: bytes, headers: Any) -> Reply:
        bodies.append(body)
        answer = left.pop(0)
        if isinstance(answer, str):
            raise OutgoingError(answer, url)
        return Reply(answer, {}, b"")

    monkeypatch.setattr("gendan.kernel.outgoing.send", send)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return bodies


def call_of(number: str) -> dict[str, Any]:
    """What the worker was asked to do."""
    job = ProcrastinateJob.objects.get(task_name="flow.call_webhook", args__number=number)
    return dict(job.args)


def test_the_approval_goes_on_when_the_other_system_took_it(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_flowing(ERP, approve())
    number = world.order()
    bodies = sent(monkeypatch, 503, "timeout", 204)
    outgoing.call(**call_of(number))
    assert len(bodies) == 3
    assert number.encode() in bodies[0]
    assert Task.objects.get(state="waiting").user == world.boss
    outgoing.call(**call_of(number))
    assert len(bodies) == 3, "it waits for nothing any more"
    assert outgoing.left_behind(10) == []


def test_people_decide_when_the_other_system_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_flowing(ERP)
    number = world.order()
    sent(monkeypatch, 500, 500, 500)
    outgoing.call(**call_of(number))
    task = Task.objects.get(state="waiting")
    assert (task.user_id, task.note) == (world.admin.user_id, "HTTP 500")
    page = signed_in_client(world.admin).get(f"/po/{number}").content.decode()
    assert page.count("对方没有收下（HTTP 500）") >= 2  # where it stands, and in the story
    assert [str(one) for _check, found in verify.differences() for one in found] == []
    commands.approve_task(actor=world.admin, task_id=task.pk)
    assert PurchaseOrder.objects.get(number=number).state == "approved"


def test_a_field_takes_a_value_and_the_flow_waits_for_a_day() -> None:
    noted = {"key": "s", "type": "set", "field": "note", "value": '"金额 " + string(amount)', "expression": True}
    world = make_flowing(noted, {"key": "w", "type": "wait", "until": "ordered_on"}, approve())
    number = world.order(10)
    assert PurchaseOrder.objects.get(number=number).note == "金额 99"
    task = Task.objects.get(state="waiting")
    assert (task.kind, task.due_at is not None) == ("wait", True)
    commands.settle_deadline(actor=minder(world.admin.company_id), kind="po", number=number, task_id=task.pk)
    assert Task.objects.get(state="waiting").user == world.boss


def test_who_stands_in_does_not_approve_the_own_document() -> None:
    world = make_flowing()
    day = world.admin.today()
    people = {"person": world.boss, "substitute": world.buyer, "first": day, "last": day}
    Delegate.objects.create(company=world.company, **people)
    number = world.order()
    task = Task.objects.get(state="waiting").pk
    with pytest.raises(NotAsked):
        commands.approve_task(actor=world.actor(world.buyer), task_id=task)
    Delegate.objects.update(substitute=world.chief)
    commands.approve_task(actor=world.actor(world.chief), task_id=task)
    assert PurchaseOrder.objects.get(number=number).state == "approved"


def minder(company_id: int) -> Actor:
    """Who acts when a deadline has passed."""
    return Actor(company_id, None, "", frozenset({MIND}), via="job")
