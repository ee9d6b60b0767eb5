"""Duties that one person should not hold together, on purchases."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gendan.accounts import commands as accounts
from gendan.accounts.models import Company, User
from gendan.accounts.tests.make import actor_for, api_client, make_actor, signed_in_client
from gendan.catalog import commands as catalog
from gendan.kernel import duties
from gendan.kernel.actor import Actor
from gendan.kernel.duties import DutiesMixed
from gendan.kernel.models import Event, Notice
from gendan.purchasing import commands
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.tests.make import World, make_order, make_world, receive

pytestmark = pytest.mark.django_db


def with_rules(world: World, **rules: str) -> World:
    """The same world after its administrator has chosen."""
    boss = make_actor(Company.objects.get(pk=world.actor.company_id), roles=["admin"])
    accounts.set_duties(actor=boss, rules=rules)
    again = actor_for(User.objects.get(pk=world.actor.user_id or 0))
    return replace(world, actor=again)


def state_of(number: str) -> str:
    return PurchaseOrder.objects.get(number=number).state


def colleague(world: World, *roles: str) -> Actor:
    return make_actor(Company.objects.get(pk=world.actor.company_id), roles=roles or ["admin"])


def test_who_ordered_does_not_receive():
    world = make_world()
    order = make_order(world, 10)
    world = with_rules(world, order_receive="stop")
    with pytest.raises(DutiesMixed) as refused:
        receive(world, order.number)
    assert order.number in str(refused.value)
    assert "请让同事来做" in str(refused.value)
    commands.receive_goods(actor=colleague(world), order=order.number)
    assert state_of(order.number) == "received"


def test_a_warning_lets_it_pass_but_not_unseen():
    world = make_world()
    order = make_order(world, 10)
    world = with_rules(world, order_receive="warn")
    receive(world, order.number)
    event = Event.objects.get(type=duties.EVENT)
    assert (event.subject_number, event.user_id, event.data["rule"]) == (
        order.number,
        world.actor.user_id,
        "order_receive",
    )
    assert (
        Notice.objects.filter(
            kind="duties", user__username=User.objects.get(pk=world.actor.user_id or 0).username
        ).count()
        == 1
    )


def test_who_submitted_does_not_approve_not_even_within_the_own_limit():
    world = with_rules(make_world(), submit_approve="stop")
    order = make_order(world, 10, submit=True)
    assert state_of(order.number) == "pending_approval"
    with pytest.raises(DutiesMixed):
        commands.approve_order(actor=world.actor, number=order.number)
    commands.approve_order(actor=colleague(world), number=order.number)
    assert state_of(order.number) == "approved"


def test_who_changed_the_terms_does_not_approve_the_supplier_s_orders():
    world = with_rules(make_world(), terms_approve="stop", submit_approve="stop")
    order = make_order(world, 10, submit=True)
    other = colleague(world)
    catalog.save_rows(actor=other, resource="partners", rows=[{"code": "S001", "payment_terms": "预付"}])
    with pytest.raises(DutiesMixed):
        commands.approve_order(actor=other, number=order.number)
    commands.approve_order(actor=colleague(world), number=order.number)


def test_a_rule_that_is_off_costs_no_statement():
    world = make_world()
    every: list[dict[str, str]] = [{}, {}, {"terms_approve": "stop"}, {"order_receive": "stop"}]
    orders = [make_order(world, 10) for _ in every]
    counts = []
    for rules, order in zip(every, orders, strict=True):
        world = with_rules(world, **rules)
        with CaptureQueriesContext(connection) as captured:
            receive(world, order.number, actor=colleague(world))
        counts.append(len(captured))
    assert [count - counts[1] for count in counts[2:]] == [0, 1]


def test_the_page_the_file_and_the_api_say_who_holds_both_and_where_it_happened():
    world = make_world()
    order = make_order(world, 10)
    receive(world, order.number)
    boss = colleague(world)
    page = signed_in_client(boss).get("/settings/duties").content.decode()
    assert "下单的人不收货" in page
    assert order.number in page
    api = api_client(boss)
    assert {row["first_number"] for row in api.get("/api/v1/duties/happened").json()["items"]} == {order.number}
    by_rule = {row["rule"]: row for row in api.get("/api/v1/duties").json()["items"]}
    assert User.objects.get(pk=boss.user_id or 0).username in by_rule["order_receive"]["holders"]
    assert api.put("/api/v1/duties", {"rules": {"order_receive": "stop"}}).status_code == 200
    assert {row["rule"]: row["mode"] for row in api.get("/api/v1/duties").json()["items"]}["order_receive"] == "stop"
    assert Event.objects.get(type="accounts.duties_set").data["changes"] == {"order_receive": ["off", "stop"]}


def test_it_is_said_beside_the_button_before_and_at_once_after():
    world = make_world()
    order = make_order(world, 10)
    commands.confirm_order(actor=colleague(world), number=order.number)
    world = with_rules(world, order_receive="warn")
    page = signed_in_client(world.actor)
    for address in (f"/po/{order.number}", f"/receive?order={order.number}"):
        assert "下单的人不收货：您已" in page.get(address, follow=True).content.decode(), address
        calm = signed_in_client(colleague(world)).get(address, follow=True).content.decode()
        assert "下单的人不收货" not in calm
    lines = [{"line": 1, "quantity": "4"}]
    api = api_client(world.actor)
    answer = api.post(f"/purchase-orders/{order.number}/receipts", {"lines": lines}, key="once").json()
    assert "warnings" in answer["data"], answer
    (said,) = answer["data"]["warnings"]
    assert "下单的人不收货" in said
    assert order.number in said
    again = api.post(f"/purchase-orders/{order.number}/receipts", {"lines": lines}, key="once").json()
    assert again["data"]["warnings"] == [said]
    assert "warnings" not in receive(replace(world, actor=colleague(world)), order.number, (1, "2")).data
    booked = page.post(
        "/receive/book",
        {"document_order": order.number, "order": order.number, "line": "1", "quantity": "1", "lot": "", "bin": ""},
    )
    assert "而您已" in booked.content.decode()


def test_who_submitted_is_told_so_where_an_approval_is_decided():
    world = with_rules(make_world(), submit_approve="warn")
    order = make_order(world, 10, submit=False)
    commands.submit_order(actor=colleague(world, "buyer"), number=order.number)
    commands.withdraw_order(actor=colleague(world), number=order.number)
    page = signed_in_client(world.actor)
    commands.submit_order(actor=replace(world.actor, amount_limit=Decimal(0)), number=order.number)
    assert state_of(order.number) == "pending_approval"
    assert "提交的人不审批：您已" in page.get(f"/po/{order.number}").content.decode()
    done = page.post(reverse("purchasing:order_verb", args=[order.number, "approve"]), {})
    assert done.status_code == 302, done.content.decode()
    said = [str(text) for text in get_messages(done.wsgi_request)]
    assert any("提交的人不审批，而您已" in text for text in said), said
    stopped = with_rules(world, submit_approve="stop")
    assert duties.ahead(stopped.actor, "approve", "po", [order.number])[0].endswith("调整规则。")
    assert duties.ahead(colleague(world), "approve", "po", [order.number]) == []
