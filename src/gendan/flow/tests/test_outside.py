"""What a flow does beside asking people: other systems, fields, waits."""

from __future__ import annotations

from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from gendan.flow import commands, outgoing
from gendan.flow.models import Task
from gendan.flow.tests.make import approve, make_flowing
from gendan.kernel import verify
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
    assert [str(one) for _check, found in verify.differences() for one in found] == []
    commands.approve_task(actor=world.admin, task_id=task.pk)
    assert PurchaseOrder.objects.get(number=number).state == "approved"
