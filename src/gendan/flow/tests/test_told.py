"""Who is told of an approval: who is asked, when it is their turn; who is informed; who submitted it, when it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gendan.accounts.models import User
from gendan.accounts.tests.make import make_user
from gendan.flow import commands
from gendan.flow.commands.deadlines import mind_deadlines
from gendan.flow.models import Task
from gendan.flow.queries import due
from gendan.flow.tests.make import Flowing, approve, make_flowing, overdue
from gendan.kernel.models import Notice

pytestmark = pytest.mark.django_db(transaction=True)


def told() -> set[tuple[int, str]]:
    """Who was told what since the last time."""
    found = set(Notice.objects.values_list("user_id", "kind"))
    Notice.objects.all().delete()
    return found


def task(user: User) -> int:
    return Task.objects.get(state="waiting", kind="approve", user=user).pk


def person(user: User) -> dict[str, str]:
    return {"by": "person", "value": user.username}


def in_turn() -> Flowing:
    """Copied to 李采购 (who submits: nobody is told of their own), then 王总, then 陈董."""
    world = make_flowing()
    copy = {"key": "copy", "type": "inform", "assignees": [person(world.buyer), person(world.chief)]}
    both = approve("both", person(world.boss), person(world.chief), mode="sequence")
    definition = {"nodes": [copy, both]}
    commands.save_draft(actor=world.admin, kind="po", definition=definition)
    commands.publish_flow(actor=world.admin, kind="po")
    return world


def test_each_is_told_when_it_is_their_turn_and_the_submitter_at_the_end() -> None:
    world = in_turn()
    number = world.order()
    assert told() == {(world.chief.pk, "approval_copied"), (world.boss.pk, "approval")}
    commands.approve_task(actor=world.actor(world.boss), task_id=task(world.boss))
    assert told() == {(world.chief.pk, "approval")}
    commands.approve_task(actor=world.actor(world.chief), task_id=task(world.chief))
    found = Notice.objects.get()
    assert (found.user_id, found.kind, found.text) == (world.buyer.pk, "approval_ended", f"{number} 已通过审批。")


def test_a_refusal_says_why_and_whom_a_task_is_handed_to_is_told() -> None:
    world = make_flowing()
    number = world.order()
    assert told() == {(world.boss.pk, "approval")}
    boss, chief = world.actor(world.boss), world.actor(world.chief)
    commands.transfer_task(actor=boss, task_id=task(world.boss), to=world.chief.username)
    assert told() == {(world.chief.pk, "approval")}
    commands.reject_task(actor=chief, task_id=task(world.chief), reason="太贵")
    assert [notice.text for notice in Notice.objects.all()] == [f"{number} 被驳回：太贵"]
    assert told() == {(world.buyer.pk, "approval_ended")}


def texts(user: User) -> list[str]:
    return list(
        Notice.objects.filter(user=user, kind__startswith="approval").order_by("id").values_list("text", flat=True)
    )


def away(world: Flowing, person: User, other: User, **fields: object) -> None:
    """Somebody goes on holiday, another stands in."""
    today = world.admin.today()
    commands.name_substitute(
        actor=world.actor(person),
        substitute=other.username,
        first=fields.pop("first", today),  # type: ignore[arg-type]
        last=today + timedelta(days=9),
        **fields,  # type: ignore[arg-type]
    )


def test_who_stands_in_is_told_when_an_approval_lands_and_for_whom() -> None:
    world = in_turn()
    zhao, qian, sun = (make_user(world.company, permissions=[], limit=0, name=name) for name in ("赵", "钱", "孙"))
    away(world, world.boss, zhao)
    away(world, world.chief, qian)
    away(world, world.boss, sun, kinds=["so"])  # of other documents
    away(world, world.boss, world.buyer)  # who submits does not stand in for who approves that
    tomorrow = world.admin.today() + timedelta(days=1)
    away(world, world.boss, sun, first=tomorrow)
    number = world.order()
    assert (texts(zhao), texts(sun), texts(world.buyer)) == ([f"{number} 等您代 王总 审批（李采购 提交）。"], [], [])
    assert texts(qian) == []  # it is not the chief's turn
    commands.approve_task(actor=world.actor(zhao), task_id=task(world.boss))
    assert texts(qian) == [f"{number} 等您代 陈董 审批（李采购 提交）。"]


def test_whom_it_is_handed_on_to_has_substitutes_too() -> None:
    world = make_flowing()
    zhao, qian = (make_user(world.company, permissions=[], limit=0, name=name) for name in ("赵", "钱"))
    away(world, world.chief, zhao)
    number = world.order()
    commands.delegate_task(actor=world.actor(world.boss), task_id=task(world.boss), to=qian.username)
    assert texts(qian) == [f"{number} 等您代 王总 审批（李采购 提交）。"]
    commands.transfer_task(actor=world.actor(world.boss), task_id=task(world.boss), to=world.chief.username)
    assert texts(zhao) == [f"{number} 等您代 陈董 审批（李采购 提交）。"]


def test_who_stands_in_for_the_superior_is_told_of_what_comes_to_them_late() -> None:
    world = make_flowing(approve(then="escalate"))
    zhao = make_user(world.company, permissions=[], limit=0, name="赵")
    away(world, world.chief, zhao)
    number = world.order()
    overdue(number)
    for found in due.due(100):
        mind_deadlines(actor=found.actor, remind=found.remind, escalate=found.escalate)
    assert texts(zhao) == [f"{number} 等您代 陈董 审批（李采购 提交）。"]
