"""Who is asked about a document out of their scope sees it while they are asked, and reads what they decided on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from gendan.accounts import commands as accounts
from gendan.accounts.models import User
from gendan.accounts.queries import known_permissions
from gendan.accounts.tests.make import actor_for, api_client, make_user, signed_in_client
from gendan.changes import commands as changes
from gendan.changes.targets import TARGETS
from gendan.flow import commands
from gendan.flow.models import Task
from gendan.kernel.errors import NotFound
from gendan.kernel.timeline import entries
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.queries.orders import OrderFilter, list_orders
from gendan.purchasing.tests.make import make_order

from .make import Flowing, approve, draw, make_flowing, redraw

pytestmark = pytest.mark.django_db
EVERYTHING = sorted(known_permissions())


def narrowed(world: Flowing, name: str) -> User:
    """A colleague who may do all, and sees their own documents only."""
    user = make_user(world.company, permissions=EVERYTHING, limit=None, name=name)
    role = user.memberships.get().roles.get()
    accounts.save_role_scope(actor=world.admin, code=role.code, documents={"purchasing": "own"})
    return user


def make_asked() -> tuple[Flowing, User, User, str]:
    """A submitted order about which 赵 is asked; 钱 is not, both see their own orders only."""
    world = make_flowing()
    asked, other = narrowed(world, "赵"), narrowed(world, "钱")
    redraw(world.admin, approve("boss", {"by": "person", "value": asked.username}))
    return world, asked, other, world.order(10)


def doors(user: User, number: str) -> set[int]:
    """What page, API, comments, history and print answer."""
    web, api = signed_in_client(user), api_client(user)
    return {
        web.get(f"/po/{number}").status_code,
        web.get(f"/approvals/po/{number}", follow=True).status_code,
        web.get(f"/po/{number}/print", follow=True).status_code,
        api.get(f"/purchase-orders/{number}").status_code,
        api.get(f"/approvals/po/{number}").status_code,
        api.get(f"/documents/po/{number}/comments").status_code,
    }


def test_who_is_asked_sees_the_document_by_every_door_and_in_no_list() -> None:
    world, asked, other, number = make_asked()
    assert doors(asked, number) == {200}
    assert doors(other, number) == {404}
    assert list_orders(actor_for(asked), OrderFilter(state="all")).items == []
    assert number not in signed_in_client(asked).get("/po/").content.decode()
    page = signed_in_client(asked).get("/approvals/").content.decode()
    assert f"/approvals/po/{number}" in page
    purchasing.approve_order(actor=actor_for(asked), number=number)
    assert doors(asked, number) == {200}
    with pytest.raises(NotFound):  # what was decided is read, not worked on
        purchasing.cancel_order(actor=actor_for(asked), number=number, reason="x")
    assert doors(other, number) == {404}
    assert world.order(10) != number


WRITING: dict[str, Any] = {
    "cancel": lambda actor, number: purchasing.cancel_order(actor=actor, number=number, reason="x"),
    "withdraw": lambda actor, number: purchasing.withdraw_order(actor=actor, number=number),
    "copy": lambda actor, number: purchasing.copy_order(actor=actor, number=number),
    "close": lambda actor, number: purchasing.close_order(actor=actor, number=number, reason="x"),
    "note": lambda actor, number: purchasing.set_line_note(actor=actor, number=number, line=1, note="x"),
    "receive": lambda actor, number: purchasing.receive_goods(actor=actor, order=number),
    "urge": lambda actor, number: purchasing.urge_supplier(actor=actor, number=number),
    "change": lambda actor, number: changes.create_change(
        actor=actor, kind="po", order=number, content=TARGETS["po"].read(actor, number).content
    ),
}


@pytest.mark.parametrize("verb", WRITING)
def test_who_is_asked_writes_nothing_but_the_decision(verb: str) -> None:
    _world, asked, _other, number = make_asked()
    was = PurchaseOrder.objects.values().get(number=number)
    with pytest.raises(NotFound):
        WRITING[verb](actor_for(asked), number)
    assert PurchaseOrder.objects.values().get(number=number) == was


def test_who_is_asked_may_comment_and_decide_and_is_offered_nothing_else() -> None:
    world, asked, _other, number = make_asked()
    web, api = signed_in_client(asked), api_client(asked)
    page = web.get(f"/po/{number}").content.decode()
    task = Task.objects.get(instance__number=number, state="waiting")
    assert f"/approvals/tasks/{task.pk}/approve" in page
    assert reverse("kernel:add_comment", args=["po", number]) in page
    for verb in ("edit", "do/cancel", "do/withdraw", "do/copy", "do/approve", "do/close"):
        assert f"/po/{number}/{verb}" not in page, verb
    assert web.get(f"/po/{number}/edit").status_code in {403, 404}
    assert web.post(f"/po/{number}/do/cancel", {"reason": "x"}).status_code == 404
    assert api.post(f"/purchase-orders/{number}/cancel", {"reason": "x"}).status_code == 404
    assert api.post(f"/documents/po/{number}/comments", {"text": "价格高了"}).status_code < 300
    assert api.post(f"/purchase-orders/{number}/reject", {"reason": "太贵"}).status_code == 200
    assert PurchaseOrder.objects.get(number=number).state == "draft"
    assert world.admin.user_id != asked.pk


def test_a_document_taken_back_is_out_of_sight_again() -> None:
    world, asked, _other, number = make_asked()
    commands.withdraw_approval(actor=world.actor(world.buyer), kind="po", number=number)
    assert doors(asked, number) == {404}


def test_a_substitute_sees_what_may_be_decided_meanwhile() -> None:
    world, asked, other, number = make_asked()
    today = world.admin.today()
    commands.name_substitute(
        actor=actor_for(asked), substitute=other.username, first=today, last=today + timedelta(days=1)
    )
    assert doors(other, number) == {200}
    task = Task.objects.get(instance__number=number, state="waiting")
    assert commands.approve_task(actor=actor_for(other), task_id=task.pk).state == "approved"


def test_who_is_asked_about_a_change_sees_the_order_behind_it() -> None:
    world, asked, other, _number = make_asked()
    draw(world.admin, approve("boss", {"by": "person", "value": asked.username}), kind="co")
    commands.switch_off(actor=world.admin, kind="po")
    number = make_order(world.buy, 10).number
    content = TARGETS["po"].read(world.admin, number).content
    content["lines"][0]["quantity"] = "12"
    change = changes.create_change(actor=world.admin, kind="po", order=number, content=content, submit=True).number
    web, api = signed_in_client(asked), api_client(asked)
    assert web.get(f"/approvals/co/{change}", follow=True).status_code == 200
    assert web.get(f"/po/{number}").status_code == 200
    assert api.get(f"/changes/{change}").status_code == 200
    assert signed_in_client(other).get(f"/co/{change}").status_code == 404
    task = Task.objects.get(instance__number=change, state="waiting")
    assert commands.approve_task(actor=actor_for(asked), task_id=task.pk).state == "applied"
    assert web.get(f"/co/{change}").status_code == 200


def test_who_may_not_open_such_documents_sees_what_is_judged_and_decides_there() -> None:
    world = make_flowing()
    outsider = make_user(world.company, permissions=["catalog.view"], limit=0, name="孙")
    other = make_user(world.company, permissions=["catalog.view"], limit=0, name="李")
    redraw(world.admin, approve("boss", {"by": "person", "value": outsider.username}))
    number = world.order(10)
    web, api = signed_in_client(outsider), api_client(outsider)
    page = web.get(f"/approvals/po/{number}", follow=True).content.decode()
    task = Task.objects.get(instance__number=number, state="waiting")
    assert f"/approvals/tasks/{task.pk}/approve" in page
    assert ("六角螺栓" in page, "单价" in page) == (True, False)  # goods, but no prices
    told = api.get(f"/approvals/po/{number}").json()
    assert (told["facts"]["lines"][0]["product"], "amount" in told["facts"]) == ("BOLT", False)
    assert api_client(other).get(f"/approvals/po/{number}").status_code == 403
    assert signed_in_client(other).get(f"/approvals/po/{number}", follow=True).status_code == 403
    answer = web.post(f"/approvals/tasks/{task.pk}/approve", {"reason": ""}, follow=True)
    assert answer.status_code == 200
    assert number in answer.content.decode()


def test_who_takes_a_document_back_is_not_said_to_have_sent_it_back() -> None:
    world = make_flowing()
    number = world.order(10)
    commands.withdraw_approval(actor=world.actor(world.buyer), kind="po", number=number)
    order = PurchaseOrder.objects.get(number=number)
    happened = [entry["type"] for entry in entries(world.admin, [("po", order.pk)])]
    assert order.state == "draft"
    assert "flow.withdrawn" in happened
    assert "purchasing.order_sent_back" not in happened
