"""Who is told of an approval: who is asked, when it is their turn; who is informed; who submitted it, when it ends."""

from __future__ import annotations

import pytest

from gendan.accounts.models import User
from gendan.flow import commands
from gendan.flow.models import Task
from gendan.flow.tests.make import Flowing, approve, make_flowing
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
