"""The engine on purchase orders: who is asked, what decisions come to, who may not decide, what ends an approval."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gendan.accounts.models import User
from gendan.accounts.tests.make import make_api_key, make_user
from gendan.flow import commands
from gendan.flow.errors import (
    AlreadyAsked,
    NotAsked,
    NotEarlier,
    NothingRuns,
    NotSubmitter,
    OwnDocument,
    UrgedAlready,
)
from gendan.flow.models import Instance, Task
from gendan.flow.tests.make import SUBMITS, Flowing, approve, make_flowing
from gendan.kernel import verify
from gendan.kernel.actor import Limit, Scope
from gendan.kernel.errors import Forbidden, NotFound
from gendan.kernel.models import Event
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import PurchaseOrder

pytestmark = pytest.mark.django_db


def state(number: str) -> str:
    return PurchaseOrder.objects.get(number=number).state


def task_of(person: User, number: str, **more: Any) -> int:
    return Task.objects.get(user=person, instance__number=number, state="waiting", **more).pk


def person(who: User) -> dict[str, str]:
    return {"by": "person", "value": who.username}


def waiting(number: str) -> list[str]:
    """Who is asked now."""
    found = Task.objects.filter(instance__number=number, state="waiting", kind="approve").order_by("id")
    return [task.user.name if task.user else "" for task in found]


def agree(world: Flowing, who: User, number: str, note: str = "") -> None:
    commands.approve_task(actor=world.actor(who), task_id=task_of(who, number), note=note)


@pytest.fixture(autouse=True)
def _books_agree() -> Any:
    yield
    assert [(check.name, str(one)) for check, found in verify.differences() for one in found] == []


def three(world: Flowing, *names: str) -> list[User]:
    return [make_user(world.company, permissions=["purchasing.view"], limit=0, name=name) for name in names]


def test_the_superior_is_asked_and_the_order_is_approved_when_the_approval_ends() -> None:
    world = make_flowing()
    number = world.order()
    assert (state(number), waiting(number)) == ("pending_approval", ["王总"])
    agree(world, world.boss, number, "可以")
    order = PurchaseOrder.objects.get(number=number)
    assert (order.state, order.approved_by, order.decision_note) == ("approved", world.boss, "可以")
    assert Instance.objects.get().state == "approved"
    told = Event.objects.filter(subject_kind="po", subject_number=number).order_by("id").values_list("type", flat=True)
    assert list(told) == [
        "purchasing.order_created",
        "purchasing.order_submitted",
        "flow.started",
        "flow.asked",
        "flow.task_approved",
        "flow.passed",
        "purchasing.order_approved",
    ]


def test_nobody_passes_the_wall_who_is_not_asked_whatever_the_door_and_the_amount() -> None:
    world = make_flowing()
    number = world.order()
    with pytest.raises(NotAsked) as refused:
        purchasing.approve_order(actor=world.admin, number=number)
    assert "王总" in str(refused.value)
    with pytest.raises(NotAsked):
        purchasing.reject_order(actor=world.admin, number=number, reason="不")
    for call in (commands.approve_task, commands.transfer_task):
        more = {} if call is commands.approve_task else {"to": world.chief.username}
        with pytest.raises(NotAsked):
            call(actor=world.actor(world.chief), task_id=task_of(world.boss, number), **more)
    draft = purchasing.create_order
    made = draft(actor=world.admin, supplier="S001", warehouse="MAIN", lines=world_lines(), submit=True)
    assert made.state == "pending_approval", "an administrator's unlimited amount does not count where a flow is"
    copy = purchasing.copy_order(actor=world.admin, number=number)
    assert purchasing.submit_order(actor=world.admin, number=copy.number).state == "pending_approval"
    assert state(number) == "pending_approval"


def test_who_does_not_see_the_document_learns_nothing_of_its_approval() -> None:
    world = make_flowing()
    task = task_of(world.boss, world.order())
    narrowed = replace(world.actor(world.chief), scope=Scope((("purchasing", (Limit(0, "own"),)),)))
    stranger = make_user(world.company, permissions=["inventory.view"], limit=0, name="外人")
    for actor in (narrowed, world.actor(stranger)):
        with pytest.raises(NotFound) as refused:
            commands.approve_task(actor=actor, task_id=task)
        assert "PO-" not in str(refused.value)
    with pytest.raises(NotFound):
        commands.urge_task(actor=narrowed, task_id=task)


def world_lines() -> Any:
    from decimal import Decimal

    from gendan.purchasing.rules.lines import LineIn

    return [LineIn("BOLT", Decimal(1), Decimal(1))]


def test_who_is_asked_may_decide_on_the_document_itself() -> None:
    world = make_flowing()
    number = world.order()
    able = replace(world.actor(world.boss), permissions=frozenset({"purchasing.approve_order"}))
    assert purchasing.approve_order(actor=able, number=number, note="好").state == "approved"


def test_a_flow_that_needs_nobody_approves_at_once() -> None:
    arms = [
        {"key": "small", "when": "amount < 1000.0", "nodes": []},
        {"key": "rest", "nodes": [approve()]},
    ]
    world = make_flowing({"key": "b", "type": "branch", "branches": arms})
    assert state(small := world.order(1)) == "approved"
    assert Instance.objects.get(number=small).state == "approved"
    assert state(world.order(1000)) == "pending_approval"


def test_a_condition_without_an_answer_lets_nothing_pass() -> None:
    arms = [{"key": "odd", "when": "lines[7].amount > 1.0", "nodes": []}, {"key": "rest", "nodes": []}]
    world = make_flowing({"key": "b", "type": "branch", "branches": arms})
    number = world.order()
    task = Task.objects.get()
    assert (task.user_id, task.source) == (world.admin.user_id, "fallback")
    assert "index out of bounds" in task.note
    commands.approve_task(actor=world.admin, task_id=task.pk)
    assert state(number) == "approved"


@pytest.mark.parametrize(
    ("mode", "need", "decisions", "ends"),
    [
        ("one", 1, [1], "approved"),
        ("one", 1, [-1], "draft"),
        ("all", 1, [1, 1], "pending_approval"),
        ("all", 1, [1, 1, 1], "approved"),
        ("all", 1, [1, -1], "draft"),
        ("some", 2, [1], "pending_approval"),
        ("some", 2, [-1, 1, 1], "approved"),
        ("some", 2, [-1, 1, -1], "draft"),
    ],
)
def test_how_several_decide_together(mode: str, need: int, decisions: list[int], ends: str) -> None:
    world = make_flowing()
    people = three(world, "甲", "乙", "丙")
    draw_again(world, approve("n", *(person(one) for one in people), mode=mode, need=need))
    number = world.order()
    assert waiting(number) == ["甲", "乙", "丙"]
    for one, says in zip(people, decisions, strict=False):
        call, more = (commands.approve_task, {}) if says > 0 else (commands.reject_task, {"reason": "不行"})
        call(actor=world.actor(one), task_id=task_of(one, number), **more)
    assert state(number) == ends
    open_ = Task.objects.filter(state__in=["waiting", "later"]).count()
    assert bool(open_) == (ends == "pending_approval")


def draw_again(world: Flowing, *nodes: Any, **more: Any) -> None:
    """Publish the next version."""
    commands.save_draft(actor=world.admin, kind="po", definition={"nodes": list(nodes), **more}, version=0)
    commands.publish_flow(actor=world.admin, kind="po")


def test_in_sequence_one_is_asked_after_the_other() -> None:
    world = make_flowing()
    people = three(world, "甲", "乙")
    draw_again(world, approve("n", *(person(one) for one in people), mode="sequence", then="remind"))
    number = world.order()
    assert waiting(number) == ["甲"]
    assert Task.objects.get(user=people[1]).due_at is None
    agree(world, people[0], number)
    assert waiting(number) == ["乙"]
    assert Task.objects.get(user=people[1]).due_at is not None
    agree(world, people[1], number)
    assert state(number) == "approved"


def test_the_own_turn_goes_to_the_superior_unless_the_flow_says_otherwise() -> None:
    world = make_flowing()
    for own, asked in (("superior", ["王总"]), ("allow", ["李采购"]), ("skip", [])):
        draw_again(world, approve("n", person(world.buyer)), own=own)
        assert waiting(world.order()) == asked
    draw_again(world, approve("n", person(world.chief)))
    made = purchasing.create_order(
        actor=replace(world.actor(world.chief), permissions=frozenset(SUBMITS)),
        supplier="S001",
        warehouse="MAIN",
        lines=world_lines(),
        submit=True,
    )
    assert waiting(made.number) == [User.objects.get(pk=world.admin.user_id or 0).name], "nobody above: administrators"


def test_who_decided_before_is_passed_over_where_the_flow_says_so() -> None:
    world = make_flowing()
    twice = (approve("a"), approve("b"))
    draw_again(world, *twice)
    agree(world, world.boss, number := world.order())
    assert waiting(number) == ["王总"]
    draw_again(world, *twice, skip_repeated=True)
    agree(world, world.boss, number := world.order())
    assert state(number) == "approved"


def test_sent_back_to_a_node_or_to_the_submitter() -> None:
    world = make_flowing()
    one = three(world, "甲")[0]
    draw_again(world, approve("first", person(one)), approve("second"))
    number = world.order()
    task = task_of(one, number)
    with pytest.raises(NotEarlier):
        commands.send_back_task(actor=world.actor(one), task_id=task, to="second", reason="再看")
    agree(world, one, number)
    task = task_of(world.boss, number)
    commands.send_back_task(actor=world.actor(world.boss), task_id=task, to="first", reason="再看")
    assert waiting(number) == ["甲"]
    agree(world, one, number)
    assert waiting(number) == ["王总"]
    commands.send_back_task(actor=world.actor(world.boss), task_id=task_of(world.boss, number), reason="改数量")
    assert (state(number), Instance.objects.get().state) == ("draft", "sent_back")
    purchasing.submit_order(actor=world.actor(world.buyer), number=number)
    assert waiting(number) == ["甲"]


def test_signers_before_and_after() -> None:
    world = make_flowing()
    before, after = three(world, "前", "后")
    number = world.order()
    boss = world.actor(world.boss)
    task = task_of(world.boss, number)
    with pytest.raises(OwnDocument):
        commands.add_signer(actor=boss, task_id=task, people=[world.buyer.username])
    commands.add_signer(actor=boss, task_id=task, people=[after.username], side="after")
    with pytest.raises(AlreadyAsked):
        commands.add_signer(actor=boss, task_id=task, people=[after.username])
    commands.add_signer(actor=boss, task_id=task, people=[before.username], side="before")
    assert waiting(number) == ["前"]
    with pytest.raises(NotAsked):
        commands.approve_task(actor=boss, task_id=task)
    agree(world, before, number)
    assert waiting(number) == ["王总"]
    agree(world, world.boss, number)
    assert (state(number), waiting(number)) == ("pending_approval", ["后"])
    agree(world, after, number)
    assert state(number) == "approved"


def test_handed_on_delegated_and_substituted() -> None:
    world = make_flowing()
    other = three(world, "别人")[0]
    number = world.order()
    commands.transfer_task(actor=world.actor(world.boss), task_id=task_of(world.boss, number), to=other.username)
    assert waiting(number) == ["别人"]
    with pytest.raises(NotAsked):
        commands.approve_task(actor=world.actor(world.boss), task_id=task_of(other, number))
    commands.delegate_task(actor=world.actor(other), task_id=task_of(other, number), to=world.chief.username)
    commands.approve_task(actor=world.actor(world.chief), task_id=task_of(other, number))
    task = Task.objects.get(user=other)
    assert (task.state, task.acted_by, state(number)) == ("approved", world.chief, "approved")


def test_urged_once_an_hour_by_the_submitter() -> None:
    world = make_flowing()
    number = world.order()
    task = task_of(world.boss, number)
    commands.urge_task(actor=world.actor(world.buyer), task_id=task)
    with pytest.raises(UrgedAlready):
        commands.urge_task(actor=world.actor(world.buyer), task_id=task)
    blind = replace(world.actor(world.chief), permissions=frozenset())
    with pytest.raises(Forbidden):
        commands.urge_task(actor=blind, task_id=task)


def test_withdrawn_cancelled_and_over() -> None:
    world = make_flowing()
    number = world.order()
    task = task_of(world.boss, number)
    with pytest.raises(NotSubmitter):
        commands.withdraw_approval(actor=world.actor(world.boss), kind="po", number=number)
    commands.withdraw_approval(actor=world.actor(world.buyer), kind="po", number=number)
    assert (state(number), Instance.objects.get().state) == ("draft", "withdrawn")
    with pytest.raises(NothingRuns):
        commands.approve_task(actor=world.actor(world.boss), task_id=task)
    purchasing.submit_order(actor=world.actor(world.buyer), number=number)
    purchasing.withdraw_order(actor=world.actor(world.buyer), number=number)
    purchasing.submit_order(actor=world.actor(world.buyer), number=number)
    purchasing.cancel_order(actor=world.admin, number=number, reason="不要了")
    assert Instance.objects.latest("id").state == "ended"
    assert not Task.objects.filter(state="waiting").exists()
    with pytest.raises(NotFound):
        commands.approve_task(actor=world.actor(world.boss), task_id=10**9)


def test_a_running_approval_keeps_the_version_it_began_with() -> None:
    world = make_flowing()
    number = world.order()
    draw_again(world, approve("n", person(world.chief)))
    assert waiting(number) == ["王总"]
    agree(world, world.boss, number)
    assert state(number) == "approved"


def test_orders_that_may_have_been_split_are_shown() -> None:
    world = make_flowing()
    first, second = world.order(), world.order()
    parts = Instance.objects.get(number=second).facts["split_with"]
    assert [part["number"] for part in parts] == [first]
    assert "split_with" not in Instance.objects.get(number=first).facts


def test_people_are_told_and_read_it() -> None:
    world = make_flowing()
    told = {"key": "t", "type": "inform", "name": "抄送", "assignees": [person(world.chief)]}
    draw_again(world, told, approve())
    number = world.order()
    task = Task.objects.get(kind="inform")
    commands.read_task(actor=world.actor(world.chief), task_id=task.pk)
    with pytest.raises(NotFound):
        commands.read_task(actor=world.actor(world.boss), task_id=task.pk)
    assert waiting(number) == ["王总"]


def test_programs_read_how_an_approval_goes(client: Any) -> None:
    world = make_flowing()
    make_user(world.company, ["management"], name="郑总")
    draw_again(world, approve("first"), approve("second", {"by": "role", "value": "management"}))
    first, number = world.order(), world.order()
    headers = {"Authorization": f"Bearer {make_api_key(world.boss)}"}
    found = client.get(f"/api/v1/approvals/po/{number}", headers=headers).json()
    assert [(one["key"], one["tone"], [p["name"] for p in one["people"]]) for one in found["steps"]][-2:] == [
        ("first", "now", ["王总"]),
        ("second", "later", ["郑总"]),
    ]
    assert found["mine"]["task_id"] == task_of(world.boss, number)
    assert [part["number"] for part in found["split_with"]] == [first]
    assert client.get("/api/v1/approvals/po/PO-1", headers=headers).status_code == 404
    assert client.get("/api/v1/approvals/thing/PO-1", headers=headers).status_code == 404
