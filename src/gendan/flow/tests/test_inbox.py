"""My approvals: what waits for me and for whom I stand in, what I decided, submitted and was told of; in bulk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gendan.accounts.tests.make import actor_for, make_company, make_user, signed_in_client
from gendan.flow import commands
from gendan.flow.models import Delegate, Task
from gendan.flow.queries.inbox import Wanted, inbox, todo_count, todo_counts
from gendan.flow.tests.make import MAY, Flowing, approve, make_flowing
from gendan.kernel.errors import Forbidden, Invalid
from gendan.kernel.models import Event, Notice
from gendan.purchasing.models import PurchaseOrder

pytestmark = pytest.mark.django_db(transaction=True)


def numbers(world: Flowing, who: Any, view: str = "todo", **wanted: str) -> list[str]:
    return [row.number for row in inbox(world.actor(who), Wanted(view, **wanted)).items]


def task_of(number: str, **more: Any) -> Task:
    return Task.objects.get(instance__number=number, state="waiting", kind="approve", **more)


def name(world: Flowing, person: Any, other: Any, first: int = 0, last: int = 3, **more: Any) -> None:
    """``other`` stands in for ``person`` from so many days from today on."""
    actor = world.actor(person)
    days = [actor.today() + timedelta(days=n) for n in (first, last)]
    commands.name_substitute(actor=actor, substitute=other.username, first=days[0], last=days[1], **more)


def test_what_waits_for_me_and_what_became_of_it() -> None:
    inform = {"key": "told", "type": "inform", "assignees": [{"by": "submitter"}]}
    world = make_flowing(approve(then="remind"), inform)
    one, two = world.order(), world.order()
    assert numbers(world, world.boss) == [two, one]
    assert numbers(world, world.chief) == []
    row = inbox(world.actor(world.boss), Wanted()).items[0]
    assert (row.submitter, row.node, row.state) == ("李采购", "主管审批", "waiting")
    assert row.amount is not None
    assert row.due_at is not None
    commands.approve_task(actor=world.actor(world.boss), task_id=task_of(one).pk, note="同意")
    assert numbers(world, world.boss) == [two]
    assert numbers(world, world.boss, "handled") == [one]
    assert numbers(world, world.buyer, "sent") == [two, one]
    sent = inbox(world.actor(world.buyer), Wanted("sent")).items
    assert [(row.approval, row.waiting_for) for row in sent] == [("running", "王总"), ("approved", "")]
    assert numbers(world, world.buyer, "copied") == [one]
    assert numbers(world, world.boss, kind="requisition") == []
    assert numbers(world, world.boss, q=two[-4:]) == [two]
    assert (todo_count(world.actor(world.boss)), todo_counts(world.actor(world.boss)).kinds[0][2]) == (1, 1)


def test_the_amount_is_hidden_from_who_may_not_see_prices() -> None:
    world = make_flowing()
    world.order()
    blind = make_user(world.company, permissions=["purchasing.view"], name="仓管")
    Task.objects.update(user=blind)
    (row,) = inbox(world.actor(blind), Wanted()).items
    assert row.amount is None


def test_the_list_says_what_may_be_a_piece_of_a_split_order() -> None:
    world = make_flowing()
    one, _two = world.order(3), world.order(4)
    second, first = inbox(world.actor(world.boss), Wanted()).items
    assert (first.parts, second.parts) == ((), (one,))
    assert first.amount is not None
    assert second.amount is not None
    assert second.joint_amount == first.amount + second.amount
    shown = signed_in_client(world.actor(world.boss)).get("/approvals/").content.decode()
    assert shown.count("可能拆单") == 1
    assert f"可能是一单拆开的：{one}；连同本单共 {second.joint_amount:,.2f} CNY" in shown
    blind = make_user(world.company, permissions=["purchasing.view"], name="仓管")
    Task.objects.update(user=blind)
    row = inbox(world.actor(blind), Wanted()).items[0]
    assert (row.parts, row.joint_amount) == ((one,), None)


def test_a_substitute_sees_and_decides_for_somebody() -> None:
    world = make_flowing()
    number = world.order()
    name(world, world.boss, world.chief)
    (row,) = inbox(world.actor(world.chief), Wanted()).items
    assert (row.number, row.instead_of) == (number, "王总")
    commands.approve_task(actor=world.actor(world.chief), task_id=row.id)
    task = Task.objects.get()
    assert (task.user_id, task.acted_by_id) == (world.boss.pk, world.chief.pk)
    assert Notice.objects.filter(user=world.chief, kind="substitute").count() == 1
    assert PurchaseOrder.objects.get().state == "approved"


@pytest.mark.parametrize(
    ("first", "last", "kinds"), [(1, 3, []), (0, 3, ["requisition"])], ids=["not yet", "other documents"]
)
def test_a_substitute_for_another_time_or_kind_does_not(first: int, last: int, kinds: list[str]) -> None:
    world = make_flowing()
    world.order()
    name(world, world.boss, world.chief, first, last, kinds=kinds)
    assert numbers(world, world.chief) == []
    assert todo_count(world.actor(world.chief)) == 0


def test_nobody_stands_in_for_the_own_document() -> None:
    world = make_flowing()
    world.order()
    name(world, world.boss, world.buyer)
    assert numbers(world, world.buyer) == []


def test_an_ended_substitution_is_over_at_once() -> None:
    world = make_flowing()
    world.order()
    name(world, world.boss, world.chief)
    commands.end_substitute(actor=world.actor(world.boss), delegate_id=Delegate.objects.get().pk)
    assert numbers(world, world.chief) == []


def test_who_may_name_a_substitute() -> None:
    world = make_flowing()
    actor = world.actor(world.boss)
    today = actor.today()
    given: dict[str, Any] = {"actor": actor, "first": today, "last": today}
    stranger = make_user(make_company())
    for wrong in (
        {"substitute": world.boss.username},
        {"substitute": stranger.username},
        {"substitute": world.chief.username, "kinds": ["moon"]},
        {"substitute": world.chief.username, "last": today - timedelta(days=1)},
    ):
        with pytest.raises(Invalid):
            commands.name_substitute(**{**given, **wrong})
    with pytest.raises(Forbidden):
        commands.name_substitute(**given, substitute=world.chief.username, person=world.buyer.username)
    commands.name_substitute(
        **{**given, "actor": world.admin}, substitute=world.chief.username, person=world.boss.username
    )
    assert Delegate.objects.get().created_by_id == world.admin.user_id
    assert Event.objects.get(type="flow.substitute_named").subject_number == world.boss.username


def test_lists_cost_the_same_however_many_rows() -> None:
    world = make_flowing(approve(then="remind"))
    spent = []
    for count in (1, 5):
        for _n in range(count):
            world.order()
        for view in ("todo", "handled", "sent", "copied"):
            with CaptureQueriesContext(connection) as queries:
                inbox(world.actor(world.boss), Wanted(view))
            spent.append(len(queries))
    assert spent[:4] == spent[4:]


def test_paging_shows_every_row_once() -> None:
    world = make_flowing()
    made = [world.order() for _n in range(5)]
    found, after = [], None
    actor = world.actor(world.boss)
    while True:
        page = inbox(actor, Wanted(), 2, after)
        found += [row.number for row in page.items]
        if not (after := page.after):
            break
    assert found == made[::-1]
    for number in made:
        commands.approve_task(actor=actor, task_id=task_of(number).pk)
    found, after = [], None
    while True:
        page = inbox(actor, Wanted("handled"), 2, after)
        found += [row.number for row in page.items]
        if not (after := page.after):
            break
    assert found == made[::-1]


def test_the_pages_show_and_decide_in_bulk() -> None:
    world = make_flowing()
    one, two = world.order(), world.order()
    client = signed_in_client(world.actor(world.boss))
    page = client.get("/approvals/").content.decode()
    assert one in page
    assert "data-decide" in page
    gone = task_of(two)
    commands.reject_task(actor=world.actor(world.boss), task_id=gone.pk, reason="太贵")
    answer = client.post("/approvals/bulk", {"ids": [f"po:{one}:{task_of(one).pk}", f"po:{two}:{gone.pk}", "x"]})
    assert "1 张完成，2 张未完成" in answer.content.decode()
    assert PurchaseOrder.objects.get(number=one).state == "approved"
    for view in ("handled", "sent", "copied"):
        assert client.get(f"/approvals/?view={view}").status_code == 200
    assert client.get(f"/approvals/po/{one}").headers["Location"].endswith(one)


def test_a_decision_in_place_needs_a_reason_for_no() -> None:
    world = make_flowing()
    number = world.order()
    client = signed_in_client(world.actor(world.boss))
    url = f"/approvals/tasks/{task_of(number).pk}"
    assert client.post(f"{url}/reject", headers={"Accept": "application/json"}).status_code == 422
    assert client.post(f"{url}/reject", {"reason": "太贵", "next": "/approvals/"}).headers["Location"] == "/approvals/"
    assert client.post(f"{url}/none").status_code == 404


def test_my_day_and_the_navigation_say_how_much_waits() -> None:
    world = make_flowing(approve("both", {"by": "superior"}, mode="all"))
    for _n in range(8):
        number = world.order()
    client = signed_in_client(world.actor(world.boss))
    assert client.get("/approvals/count").content == b"8"
    home = client.get("/").content.decode()
    assert "待我审批" in home
    assert number in home
    # by permission alone nobody may approve what a flow asks others about
    able = make_user(world.company, permissions=[*MAY, "purchasing.approve_order"])
    client = signed_in_client(able)
    assert client.get("/approvals/count").content == b""
    assert "待审批的订单" not in client.get("/").content.decode()


def test_the_pages_of_substitutes() -> None:
    world = make_flowing()
    client = signed_in_client(world.actor(world.boss))
    today = world.admin.today().isoformat()
    client.post("/approvals/substitutes", {"substitute": world.chief.username, "first": today, "last": today})
    page = client.get("/approvals/substitutes").content.decode()
    assert "陈董" in page
    client.post(f"/approvals/substitutes/{Delegate.objects.get().pk}/end")
    assert not Delegate.objects.get().is_active
    assert client.get("/approvals/substitutes?view=all").status_code == 403
    outsider = actor_for(make_user(world.company, permissions=MAY), world.company)
    assert "陈董" not in signed_in_client(outsider).get("/approvals/substitutes?over=1").content.decode()
