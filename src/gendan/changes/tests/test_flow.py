"""A change order passes an approval flow as any document does."""

from __future__ import annotations

from typing import Any

import pytest

from gendan.accounts.tests.make import make_user, signed_in_client
from gendan.changes import commands
from gendan.changes.models import ChangeOrder
from gendan.changes.targets import TARGETS
from gendan.flow import commands as flows
from gendan.flow.errors import NotAsked
from gendan.flow.models import Task
from gendan.flow.tests.make import Flowing, approve, draw, make_flowing
from gendan.kernel.verify import differences
from gendan.purchasing.tests.make import line, make_order

pytestmark = pytest.mark.django_db


def make_change(world: Flowing, quantity: str = "12") -> str:
    """A change by the buyer, of an order that the administrator made."""
    number = make_order(world.buy, 10).number
    content: dict[str, Any] = TARGETS["po"].read(world.admin, number).content
    content["lines"][0]["quantity"] = quantity
    return commands.create_change(actor=world.admin, kind="po", order=number, content=content, submit=True).number


def test_who_is_asked_decides_and_nobody_else_until_it_applies() -> None:
    world = _flowing()
    number = make_change(world)
    change = ChangeOrder.objects.get(number=number)
    assert change.state == "pending_approval"
    with pytest.raises(NotAsked):
        commands.approve_change(actor=world.admin, number=number)
    flows.approve_task(actor=world.actor(world.boss), task_id=_task(number), note="好")
    change.refresh_from_db()
    assert (change.state, line(change.order_number).quantity) == ("applied", 12)
    assert not any(found for _check, found in differences(world.buy.company_id))


def test_who_is_asked_decides_on_its_page_and_everybody_sees_whose_turn_it_is() -> None:
    world = make_flowing()
    flows.switch_off(actor=world.admin, kind="po")
    asked = make_user(world.company, permissions=["purchasing.view", "changes.view"], limit=0, name="赵经理")
    draw(world.admin, approve("boss", {"by": "person", "value": asked.username}), kind="co")
    number = make_change(world)
    page = signed_in_client(asked).get(f"/co/{number}").content.decode()
    assert f"/approvals/tasks/{_task(number)}/approve" in page
    other = signed_in_client(world.admin).get(f"/co/{number}").content.decode()
    assert "赵经理" in other
    assert f"/co/{number}/do/approve" not in other


def test_sent_back_it_is_a_draft_again() -> None:
    world = _flowing()
    number = make_change(world)
    flows.send_back_task(actor=world.actor(world.boss), task_id=_task(number), reason="写明原因")
    assert ChangeOrder.objects.get(number=number).state == "draft"


def _task(number: str) -> int:
    return Task.objects.get(instance__number=number, state="waiting").pk


def _flowing() -> Flowing:
    world = make_flowing()
    flows.switch_off(actor=world.admin, kind="po")
    draw(world.admin, approve("boss", {"by": "person", "value": world.boss.username}), kind="co")
    return world
