"""What raises an order above what was approved meets the flow of such orders; what could not apply can be corrected."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gendan.accounts.models import Membership
from gendan.accounts.tests.make import actor_for, api_client, make_user, signed_in_client
from gendan.catalog.models import Partner
from gendan.changes import commands
from gendan.changes.models import ChangeOrder
from gendan.changes.queries import change_detail
from gendan.flow import commands as flows
from gendan.flow.models import Instance, Task
from gendan.flow.tests.make import SUBMITS, Flowing, approve, make_flowing
from gendan.kernel.actor import Actor
from gendan.kernel.verify import differences
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.tests import make as bought
from gendan.sales.models import ReviewRule
from gendan.sales.tests import make as sold

from .test_guards import EVERYTHING, colleague, content

pytestmark = pytest.mark.django_db
LARGE = {"key": "large", "name": "大额", "when": "amount > 500.0", "nodes": [approve("chief")]}
REST: dict[str, Any] = {"key": "rest", "name": "其他", "when": "", "nodes": []}
CHIEF: dict[str, Any] = {"key": "worth", "type": "branch", "name": "金额", "branches": [LARGE, REST]}


def make_approved(*nodes: dict[str, Any]) -> tuple[Flowing, Actor, str]:
    """An order of a buyer who may change it, which her superior approved by the flow."""
    world = make_flowing(*(nodes or [approve()]))
    buyer = make_user(
        world.company,
        permissions=[*SUBMITS, "changes.view", "changes.create_change", "purchasing.update_order"],
        limit=None,
        name="周采购",
    )
    Membership.objects.filter(company=world.company, user=buyer).update(superior=world.boss)
    number = bought.make_order(world.buy, 10, actor=actor_for(buyer, world.company)).number
    decide(world, number)
    assert PurchaseOrder.objects.get(number=number).state == "approved"
    return world, actor_for(buyer, world.company), number


def decide(world: Flowing, number: str) -> str:
    """王总 approves; the state of the document."""
    task = Task.objects.get(instance__number=number, state="waiting")
    return flows.approve_task(actor=world.actor(world.boss), task_id=task.pk).state


@pytest.mark.parametrize("cells", [{"quantity": "11"}, {"unit_price": "12"}, {"quantity": "9", "unit_price": "9.91"}])
def test_the_people_who_approved_an_order_are_asked_again_when_a_change_raises_it(cells: dict[str, Any]) -> None:
    world, buyer, number = make_approved()
    change = commands.create_change(
        actor=buyer, kind="po", order=number, content=content(buyer, "po", number, **cells), submit=True
    )
    assert change.state == "pending_approval"
    instance = Instance.objects.get(number=change.number)
    assert (instance.kind, instance.facts["order"], instance.facts["order_kind"]) == ("co", number, "po")
    page = signed_in_client(world.boss).get("/approvals/").content.decode()
    assert change.number in page
    assert decide(world, change.number) == "applied"
    assert not any(found for _check, found in differences(world.buy.company_id))


def test_what_lowers_an_order_does_not_ask_them_and_conditions_look_at_the_order_as_it_would_be() -> None:
    world, buyer, number = make_approved(approve(), CHIEF)
    less = commands.create_change(
        actor=buyer, kind="po", order=number, content=content(buyer, "po", number, quantity="9"), submit=True
    )
    assert less.state == "pending_approval"  # she may not approve at all, as before
    commands.withdraw_change(actor=buyer, number=less.number)
    more = commands.create_change(
        actor=buyer, kind="po", order=number, content=content(buyer, "po", number, quantity="90"), submit=True
    )
    assert decide(world, more.number) == ""
    task = Task.objects.get(instance__number=more.number, state="waiting")
    assert (task.user, Instance.objects.get(number=more.number).facts["amount"]) == (world.boss, 891)


def beyond(world: bought.World) -> tuple[Actor, Actor, str]:
    """A change that everybody agreed to, of an order that another change made dearer meanwhile."""
    number = bought.make_order(world, 10, 20).number  # 297.00
    clerk, boss = (replace(world.actor, amount_limit=Decimal(limit)) for limit in (0, 1000))
    first, second = (
        commands.create_change(
            actor=clerk, kind="po", order=number, content=content(clerk, "po", number, n, quantity=much), submit=True
        ).number
        for n, much in ((1, "30"), (2, "40"))
    )
    commands.approve_change(actor=boss, number=first)
    assert commands.approve_change(actor=boss, number=second).state == "approved"
    return clerk, boss, second


def test_what_exceeds_its_approval_is_sent_to_approval_again_as_it_is() -> None:
    world = bought.make_world()
    clerk, boss, number = beyond(world)
    page = signed_in_client(world.actor).get(f"/co/{number}").content.decode()
    assert f"/co/{number}/do/submit" in page
    assert f"/co/{number}/edit" in page
    again = commands.submit_change(actor=clerk, number=number)
    change = ChangeOrder.objects.get(number=number)
    assert (again.state, change.blocked, change.amount) == ("pending_approval", "", Decimal("693.00"))
    assert commands.approve_change(actor=boss, number=number).state == "applied"
    assert not any(found for _check, found in differences(world.company_id))


def test_what_could_not_apply_is_corrected_by_page_and_by_api() -> None:
    world = bought.make_world()
    _clerk, _boss, number = beyond(world)
    web = signed_in_client(world.actor)
    form = web.get(f"/co/{number}/edit").content.decode()
    assert "30" in form  # what another change brought meanwhile
    client = api_client(world.actor)
    wrong = client.patch(f"/changes/{number}", {"lines": [{"line": 9, "quantity": "1"}]})
    assert wrong.status_code == 422
    answer = client.patch(f"/changes/{number}", {"lines": [{"line": 2, "quantity": "21"}], "reason": "少买"})
    assert (answer.status_code, answer.json()["state"]) == (200, "draft")
    change = ChangeOrder.objects.get(number=number)
    assert [line["quantity"] for line in change.content["lines"]] == ["30", "21"]
    assert (change.reason, change.blocked, change.proposals) == ("少买", "", 2)
    done = client.post(f"/changes/{number}/submit", {})
    assert done.json()["state"] == "applied"


def test_why_a_sale_cannot_change_names_its_credit_only_to_who_may_know_it() -> None:
    world = sold.make_world(bolts=500)
    number = sold.make_order(world, 10).number  # 99.00
    wanted = content(world.actor, "so", number, quantity="40")
    change = commands.create_change(
        actor=world.actor, kind="so", order=number, content=wanted, origin="own", submit=True
    ).number
    Partner.objects.filter(code="C001").update(credit_limit=123)
    ReviewRule.objects.update_or_create(
        company_id=world.actor.company_id, code="credit_limit", defaults={"answer": "stop"}
    )
    done = commands.accept_change(actor=world.actor, number=change)
    assert (done.state, "123" in done.data["blocked"]) == ("approved", False)
    assert "信用额度" in done.data["blocked"]
    someone = actor_for(colleague(world.actor.company_id, permissions=EVERYTHING))
    assert "123" in change_detail(someone, change)["blocked"]
    narrowed = replace(someone, fields=(("partner", "credit_limit", "hidden", ()),))
    told = change_detail(narrowed, change)["blocked"]
    assert ("123" in told, "信用额度" in told) == (False, True)
