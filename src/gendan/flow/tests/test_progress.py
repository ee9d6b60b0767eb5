"""The approval on the page of a document: who decided, who is next, who is foreseen, what I may do."""

from __future__ import annotations

from typing import Any

import pytest

from gendan.accounts.tests.make import make_user, signed_in_client
from gendan.flow import commands
from gendan.flow.models import Instance, Task
from gendan.flow.queries.progress import Progress, progress
from gendan.flow.tests.make import MAY, Flowing, approve, make_flowing
from gendan.purchasing.models import PurchaseOrder

pytestmark = pytest.mark.django_db(transaction=True)
TWICE: Any = [approve("boss"), approve("chief", {"by": "superior", "value": "2"})]


def of(world: Flowing, who: Any, number: str) -> Progress:
    found = progress(world.actor(who), "po", PurchaseOrder.objects.get(number=number).pk)
    assert found is not None
    return found


def steps(found: Progress) -> list[tuple[str, str, list[str]]]:
    return [(step.key, step.tone, [one.name for one in step.people]) for step in found.steps]


def waiting() -> int:
    return Task.objects.get(state="waiting", kind="approve").pk


def test_who_is_next_and_who_is_foreseen() -> None:
    world = make_flowing(*TWICE, {"key": "told", "type": "inform", "assignees": [{"by": "submitter"}]})
    number = world.order()
    found = of(world, world.boss, number)
    assert steps(found) == [
        ("boss", "now", ["王总"]), ("chief", "later", ["陈董"]), ("told", "later", ["李采购"])
    ]  # fmt: skip
    assert found.mine.task_id == waiting()
    assert not found.mine.urge
    commands.approve_task(actor=world.actor(world.boss), task_id=waiting(), note="可以")
    found = of(world, world.chief, number)
    assert steps(found)[:2] == [("boss", "done", ["王总"]), ("chief", "now", ["陈董"])]
    assert found.steps[0].people[0].note == "可以"
    assert found.mine.back_to == [("boss", "主管审批")]
    commands.approve_task(actor=world.actor(world.chief), task_id=waiting())
    found = of(world, world.chief, number)
    assert (found.state, found.mine.task_id) == ("approved", 0)
    assert [tone for _key, tone, _people in steps(found)] == ["done", "done", "done"]


def test_what_the_submitter_and_a_bystander_may_do() -> None:
    world = make_flowing()
    number = world.order()
    mine = of(world, world.buyer, number).mine
    assert (mine.task_id, mine.withdraw, mine.urge) == (0, True, [waiting()])
    commands.urge_task(actor=world.actor(world.buyer), task_id=waiting())
    mine = of(world, world.buyer, number).mine
    assert (mine.urge, mine.urged) == ([], True)
    bystander = make_user(world.company, permissions=["catalog.view"])
    mine = of(world, bystander, number).mine
    assert (mine.task_id, mine.withdraw, mine.urge) == (0, False, [])


def test_a_split_order_is_shown_without_amounts_to_who_may_not_see_them() -> None:
    world = make_flowing()
    first, second = world.order(), world.order()
    assert [part["number"] for part in of(world, world.boss, second).split_with] == [first]
    blind = make_user(world.company, permissions=["purchasing.view"])
    assert of(world, blind, second).split_with[0]["amount"] is None


def test_the_page_shows_the_panel_and_decides() -> None:
    world = make_flowing(*TWICE)
    number = world.order()
    client = signed_in_client(world.actor(world.boss))
    page = client.get(f"/po/{number}").content.decode()
    assert "fl-mine" in page
    assert "陈董" in page
    client.post(f"/approvals/tasks/{waiting()}/approve", {"reason": "好"})
    assert "fl-mine" not in client.get(f"/po/{number}").content.decode()
    client = signed_in_client(world.actor(world.chief))
    client.post(f"/approvals/tasks/{waiting()}/send_back", {"to": "boss", "reason": "再看看"})
    assert Task.objects.get(state="waiting").user_id == world.boss.pk
    client = signed_in_client(world.actor(world.boss))
    helper = make_user(world.company, permissions=MAY, name="小刘")
    client.post(f"/approvals/tasks/{waiting()}/add_before", {"person": helper.username})
    assert Task.objects.get(state="waiting").user_id == helper.pk
    client = signed_in_client(world.actor(helper))
    other = make_user(world.company, permissions=MAY, name="小张")
    client.post(f"/approvals/tasks/{waiting()}/transfer", {"person": other.username})
    assert Task.objects.get(state="waiting").user_id == other.pk
    client = signed_in_client(world.actor(world.buyer))
    assert "撤回审批" in client.get(f"/po/{number}").content.decode()
    client.post(f"/approvals/po/{number}/withdraw")
    assert Instance.objects.get().state == "withdrawn"
    assert "已撤回" in client.get(f"/po/{number}").content.decode()


def test_it_is_one_statement_however_many_tasks(django_assert_num_queries: Any) -> None:
    world = make_flowing(*TWICE)
    number = world.order()
    for _n in range(3):
        commands.approve_task(actor=world.actor(world.boss), task_id=waiting())
        commands.send_back_task(actor=world.actor(world.chief), task_id=waiting(), to="boss", reason="再看")
    order, actor = PurchaseOrder.objects.get(number=number).pk, world.actor(world.boss)
    with django_assert_num_queries(1):
        found = progress(actor, "po", order)
    assert found is not None
    assert len(found.steps) == 8
